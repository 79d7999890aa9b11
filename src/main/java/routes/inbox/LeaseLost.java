package routes.inbox;

/** This worker no longer holds its lane: whoever does will finish the message. Nothing may be written or called. */
public final class LeaseLost extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LeaseLost(String lane) {
        super("The lease of lane " + lane + " is lost", null, false, false);
    }
}
