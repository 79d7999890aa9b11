package routes.order;

import routes.ledger.Money;

/** Whether an order's sums agree to the last minor unit. A difference holds the order; it is never mended. */
final class AddUp {

    private AddUp() {}

    /** What does not add up, in words for staff, or null. */
    static String difference(Order order) {
        long lines = order.lines().stream()
                .mapToLong(line -> line.grossMinor() - line.discountMinor())
                .sum();
        if (lines != order.subtotalMinor()) {
            return words(
                    order, "The lines less their discounts come to", lines, "the subtotal is", order.subtotalMinor());
        }
        long total = order.subtotalMinor()
                + order.shippingMinor()
                + order.tipMinor()
                + order.dutyMinor()
                + (order.taxIncluded() ? 0 : order.taxMinor());
        if (total != order.totalMinor()) {
            return words(order, "The parts come to", total, "the total is", order.totalMinor());
        }
        long tax = order.lines().stream().mapToLong(Order.Line::taxMinor).sum()
                + (order.shipping() == null ? 0 : order.shipping().taxMinor());
        if (tax != order.taxMinor()) {
            return words(order, "The lines' taxes come to", tax, "the order's tax is", order.taxMinor());
        }
        return null;
    }

    private static String words(Order order, String one, long oneMinor, String other, long otherMinor) {
        return one + " " + Money.decimal(oneMinor, order.currency()).toPlainString() + ", " + other + " "
                + Money.decimal(otherMinor, order.currency()).toPlainString() + " " + order.currency();
    }
}
