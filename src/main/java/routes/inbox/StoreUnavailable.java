package routes.inbox;

/** The store cannot take this now; the caller may try again (doors answer 503 with Retry-After). */
public final class StoreUnavailable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StoreUnavailable(Throwable cause) {
        super("The store cannot take this now: " + cause, cause);
    }

    StoreUnavailable(String why) {
        super(why);
    }
}
