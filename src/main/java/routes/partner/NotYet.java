package routes.partner;

import java.time.Instant;

/**
 * The partner does not know our request yet, but it may still land: asking is conclusive only some time after the last
 * possible send. The message waits as a row until then; this uses up no attempt.
 */
public final class NotYet extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Instant until;

    NotYet(String operation, Instant until) {
        super(operation + " may still land at the partner; it is asked again after " + until);
        this.until = until;
    }

    public Instant until() {
        return until;
    }
}
