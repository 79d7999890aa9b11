package routes.stock;

import routes.inbox.Caused;

/** Somebody else has reserved what an order's plan counted on. Nothing of the verb was written; it plans anew. */
public final class StockTaken extends RuntimeException implements Caused {

    private static final long serialVersionUID = 1L;

    private final String node;
    private final String sku;
    private final int quantity;

    StockTaken(String node, String sku, int quantity) {
        super("There are no " + quantity + " free units of " + sku + " at " + node + " any more", null, false, false);
        this.node = node;
        this.sku = sku;
        this.quantity = quantity;
    }

    /** The place whose units ran out. */
    public String node() {
        return node;
    }

    public String sku() {
        return sku;
    }

    /** How many units were wanted. */
    public int quantity() {
        return quantity;
    }

    @Override
    public String causeCode() {
        return "STOCK_TAKEN";
    }
}
