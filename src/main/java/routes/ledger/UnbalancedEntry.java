package routes.ledger;

import routes.inbox.Caused;

/** An entry whose debits and credits differ; it is never booked, its message parks for an engineer. */
public class UnbalancedEntry extends RuntimeException implements Caused {

    public UnbalancedEntry(String message) {
        super(message);
    }

    @Override
    public String causeCode() {
        return "ENTRY_UNBALANCED";
    }
}
