package routes.order;

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
                    order,
                    "The lines less their discounts come to %s, the subtotal is %s",
                    lines,
                    order.subtotalMinor());
        }
        long total = order.subtotalMinor()
                + order.shippingMinor()
                + order.tipMinor()
                + order.dutyMinor()
                + (order.taxIncluded() ? 0 : order.taxMinor());
        if (total != order.totalMinor()) {
            return words(order, "The parts come to %s, the total is %s", total, order.totalMinor());
        }
        long tax = order.lines().stream().mapToLong(Order.Line::taxMinor).sum()
                + (order.shipping() == null ? 0 : order.shipping().taxMinor());
        if (tax != order.taxMinor()) {
            return words(order, "The lines' taxes come to %s, the order's tax is %s", tax, order.taxMinor());
        }
        return null;
    }

    private static String words(Order order, String sentence, long oneMinor, long otherMinor) {
        return sentence.formatted(Verbs.money(oneMinor, order.currency()), Verbs.money(otherMinor, order.currency()));
    }
}
