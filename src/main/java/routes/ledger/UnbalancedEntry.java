package routes.ledger;

/** An entry whose debits and credits differ; it is never booked, its message parks for an engineer. */
public class UnbalancedEntry extends RuntimeException {

    public UnbalancedEntry(String message) {
        super(message);
    }

    /** The cause staff see, a file in {@code causes/}. */
    public String causeCode() {
        return "ENTRY_UNBALANCED";
    }
}
