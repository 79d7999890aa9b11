package routes.inbox;

import java.time.Instant;

/**
 * Nothing is wrong, but it is too early: a request may still land at its partner, a cancel is being decided, a partner
 * carries something out in its own time. The message waits as a row until then; this uses up no attempt.
 */
public final class NotYet extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;
    private final transient Instant until;

    /**
     * @param reason what it waits for, as it stands beside the waiting message: OUTCOME_ASKED, CANCEL_PENDING ...
     * @param until when to look again, by the lease clock
     */
    public NotYet(String reason, Instant until, String why) {
        super(why + "; it is looked at again after " + until, null, false, false);
        this.reason = reason;
        this.until = until;
    }

    public String reason() {
        return reason;
    }

    public Instant until() {
        return until;
    }
}
