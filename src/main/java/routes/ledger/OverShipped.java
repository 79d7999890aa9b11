package routes.ledger;

/** More units in parcels than were ordered; a person must say what really left the warehouse. */
public class OverShipped extends RuntimeException {

    public OverShipped(String message) {
        super(message);
    }

    /** The cause staff see, a file in {@code causes/}. */
    public String causeCode() {
        return "OVER_SHIPPED";
    }
}
