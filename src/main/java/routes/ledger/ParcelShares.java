package routes.ledger;

import java.util.List;

/**
 * What one parcel carries of its order's money, in minor units of the order's currency.
 *
 * <p>Shares are worked out from running units, so that whatever way an order is split its parcels add up to it exactly, in
 * every component; the last parcel takes what is left without being told that it is the last. Shipping and a tip go with
 * whichever parcel the caller gives them to: the first.
 *
 * @param lines the order lines that are in this parcel, in the order's sequence
 * @param shippingMinor what the customer pays for shipping, net of its discounts, with its tax when prices include tax
 * @param amountMinor what is captured for this parcel
 * @param taxMinor all tax of this parcel, on lines and shipping
 */
public record ParcelShares(
        List<LineShare> lines,
        long shippingMinor,
        long shippingTaxMinor,
        long tipMinor,
        long amountMinor,
        long taxMinor) {

    /**
     * An order line and how far it has got.
     *
     * @param quantity units ordered
     * @param grossMinor price of all units, before discounts
     * @param discountMinor all discounts on the line, a positive number
     * @param taxMinor tax of all units
     * @param dutyMinor import duty on all units, on top of price and tax
     * @param earlier units in earlier parcels, or cancelled before this one
     * @param now units in this parcel; a line that needs no shipping goes in whole with the first
     */
    public record OrderLine(
            int number,
            int quantity,
            long grossMinor,
            long discountMinor,
            long taxMinor,
            long dutyMinor,
            int earlier,
            int now) {}

    /** A line's part of one parcel. */
    public record LineShare(
            int line, int quantity, long grossMinor, long discountMinor, long taxMinor, long dutyMinor) {

        /** What the customer pays for it; with tax when prices include tax. */
        public long netMinor() {
            return grossMinor - discountMinor;
        }
    }

    public ParcelShares {
        lines = List.copyOf(lines);
    }

    /**
     * Works out one parcel's shares.
     *
     * @param lines lines of the order; those that have no unit in this parcel are left out
     * @param shippingMinor the shipping it carries, net of its discounts
     * @param shippingTaxMinor the tax on it
     * @param tipMinor the tip it carries
     * @param taxIncluded whether prices already include tax; if not, tax comes on top of the amount
     * @throws OverShipped when a line has more units in parcels than were ordered
     * @throws IllegalArgumentException when the parcel is empty
     */
    public static ParcelShares of(
            List<OrderLine> lines, long shippingMinor, long shippingTaxMinor, long tipMinor, boolean taxIncluded) {
        lines.forEach(ParcelShares::withinOrder);
        if (lines.stream().allMatch(line -> line.now() == 0)) {
            throw new IllegalArgumentException("A parcel with nothing in it has no share");
        }
        List<LineShare> shares = lines.stream()
                .filter(line -> line.now() > 0)
                .map(ParcelShares::share)
                .toList();
        long net = shares.stream().mapToLong(LineShare::netMinor).sum() + shippingMinor;
        long tax = shares.stream().mapToLong(LineShare::taxMinor).sum() + shippingTaxMinor;
        long onTop = tipMinor + shares.stream().mapToLong(LineShare::dutyMinor).sum();
        return new ParcelShares(
                shares, shippingMinor, shippingTaxMinor, tipMinor, (taxIncluded ? net : net + tax) + onTop, tax);
    }

    private static LineShare share(OrderLine line) {
        long gross = Allocation.cumulative(line.grossMinor(), line.quantity(), line.earlier(), line.now());
        // Discount follows price and tax follows what is left to pay, rather than each following units by itself: so a
        // share of discount never exceeds its share of price, however small the amounts are.
        long grossEarlier = Allocation.cumulative(line.grossMinor(), line.quantity(), 0, line.earlier());
        long discountEarlier =
                following(line, line.discountMinor(), line.grossMinor(), 0, 0, line.earlier(), grossEarlier);
        long discount = following(
                line, line.discountMinor(), line.grossMinor(), line.earlier(), grossEarlier, line.now(), gross);
        long tax = following(
                line,
                line.taxMinor(),
                line.grossMinor() - line.discountMinor(),
                line.earlier(),
                grossEarlier - discountEarlier,
                line.now(),
                gross - discount);
        long duty = Allocation.cumulative(line.dutyMinor(), line.quantity(), line.earlier(), line.now());
        return new LineShare(line.number(), line.now(), gross, discount, tax, duty);
    }

    /** A share of {@code total} in the measure of {@code whole}; by units where there is no such measure. */
    private static long following(
            OrderLine line, long total, long whole, int unitsEarlier, long earlier, int unitsNow, long now) {
        return whole > 0 && total <= whole
                ? Allocation.cumulative(total, whole, earlier, now)
                : Allocation.cumulative(total, line.quantity(), unitsEarlier, unitsNow);
    }

    private static void withinOrder(OrderLine line) {
        if (line.earlier() < 0 || line.now() < 0) {
            throw new IllegalArgumentException("Line " + line.number() + " has a negative number of units in a parcel");
        }
        if ((long) line.earlier() + line.now() > line.quantity()) {
            throw new OverShipped("Line " + line.number() + ": " + line.quantity() + " ordered, " + line.earlier()
                    + " in earlier parcels, " + line.now() + " more in this one");
        }
    }
}
