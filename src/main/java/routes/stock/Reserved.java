package routes.stock;

/**
 * Units of one order line that are, or are to be, kept for it.
 *
 * @param subject the fulfilment order they are for, such as "F1"
 * @param line the order line's number
 * @param node the warehouse's place, as {@link Stock#place} has it
 * @param quantity in units, at least one
 */
public record Reserved(String subject, int line, String sku, String node, int quantity) {

    public Reserved {
        if (quantity < 1) {
            throw new IllegalArgumentException("Reservations are of at least one unit, not " + quantity);
        }
    }

    /** The same line's units in one; no more than {@link Levels#UNLIMITED}. */
    Reserved plus(Reserved other) {
        long sum = (long) quantity + other.quantity;
        return new Reserved(subject, line, sku, node, (int) Math.min(sum, Levels.UNLIMITED));
    }
}
