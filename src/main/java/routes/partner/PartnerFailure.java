package routes.partner;

import java.time.Duration;
import routes.inbox.Caused;

/** What went wrong at a partner, and what that means for another try. Partners throw, policies judge. */
public final class PartnerFailure extends RuntimeException implements Caused {

    private static final long serialVersionUID = 1L;

    /** What is known about the call that failed. */
    public enum Fate {
        /** It was certainly not carried out, and another try may be. */
        NOT_DONE,
        /** Nobody knows: the partner must be asked before it is called again. */
        UNKNOWN,
        /** The partner said no; another try of the same request would end the same way. */
        REFUSED
    }

    private final String code;
    private final Fate fate;
    private final Duration retryAfter;
    private final int status;
    private String answer;
    private boolean ofProbe;

    PartnerFailure(String code, Fate fate, Duration retryAfter, int status, String why) {
        super(why);
        this.code = code;
        this.fate = fate;
        this.retryAfter = retryAfter;
        this.status = status;
    }

    @Override
    public String causeCode() {
        return code;
    }

    public Fate fate() {
        return fate;
    }

    /** Whether waiting may cure it. */
    public boolean passing() {
        return fate != Fate.REFUSED;
    }

    /** How long the partner asked us to wait, or null. */
    public Duration retryAfter() {
        return retryAfter;
    }

    /** The partner's words, as they came; null when none came. */
    public String answer() {
        return answer;
    }

    PartnerFailure answering(String words) {
        answer = words;
        return this;
    }

    /** It befell a message that only found out whether the partner is back. */
    void probing() {
        ofProbe = true;
    }

    boolean ofProbe() {
        return ofProbe;
    }

    /** The HTTP status, or 0 when there was no answer. */
    public int status() {
        return status;
    }
}
