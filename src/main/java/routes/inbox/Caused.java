package routes.inbox;

/** A failure that knows its named cause (one file under {@code causes/}). */
public interface Caused {

    /** The cause's code, e.g. {@code MARKET_UNKNOWN}. */
    String causeCode();
}
