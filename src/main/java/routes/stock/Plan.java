package routes.stock;

import java.util.List;

/**
 * From where an order is sent. Every unit asked for is in exactly one of its lists.
 *
 * @param parts one for each place that sends something, best place first; the shop's order of places where its choice stands
 * @param backordered units that wait until they are there
 * @param unfillable units that are nowhere and may not wait
 * @param unknown units of articles no warehouse knows
 * @param asTheShopChose whether every unit is sent as the shop would: then nothing needs to be moved there
 * @param promiseDays how many days the backordered units may take; null when none are
 * @param reason one sentence for staff
 */
public record Plan(
        List<Part> parts,
        List<Missing> backordered,
        List<Missing> unfillable,
        List<Missing> unknown,
        boolean asTheShopChose,
        Integer promiseDays,
        String reason) {

    public Plan {
        parts = List.copyOf(parts);
        backordered = List.copyOf(backordered);
        unfillable = List.copyOf(unfillable);
        unknown = List.copyOf(unknown);
    }

    /** What one place sends. */
    public record Part(String node, List<Units> units) {

        public Part {
            units = List.copyOf(units);
        }
    }

    /** Units of one line; each line once in a part. */
    public record Units(int line, String sku, int quantity) {}

    /** Units of one line that nobody sends now. */
    public record Missing(int line, String sku, int quantity) {}

    /** Whether everything can be sent now. */
    public boolean complete() {
        return backordered.isEmpty() && unfillable.isEmpty() && unknown.isEmpty();
    }
}
