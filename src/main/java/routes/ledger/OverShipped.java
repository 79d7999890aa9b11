package routes.ledger;

import routes.inbox.Caused;

/** More units in parcels than were ordered; a person must say what really left the warehouse. */
public class OverShipped extends RuntimeException implements Caused {

    public OverShipped(String message) {
        super(message);
    }

    @Override
    public String causeCode() {
        return "OVER_SHIPPED";
    }
}
