package routes.sandbox;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * An order as it was placed in the shop; what happens to it later is the {@link Shop}'s. All money in minor units of
 * {@code currency}. Ids of its parts are the order's id plus a small number, so that every one is above 2^53.
 *
 * @param number 1001 for "#1001"
 * @param market us, de, jp, or the shop's own word for nowhere
 * @param taxIncluded prices hold the tax already
 * @param discountCode null when no code was entered
 * @param tipMinor what the customer gave beside
 * @param totalMinor what the customer pays: lines - discounts + shipping + tip + duties (+ tax when it is on top)
 * @param shownTotalMinor what the webhook says; differs only in scenario {@code sum-wrong}
 * @param routing which location ships what
 */
record ShopOrder(
        long id,
        long number,
        Instant placedAt,
        String market,
        String scenario,
        String currency,
        boolean taxIncluded,
        String email,
        Person person,
        Address address,
        List<Line> lines,
        Shipping shipping,
        List<Discount> discounts,
        String discountCode,
        long tipMinor,
        long totalMinor,
        long shownTotalMinor,
        List<Routed> routing) {

    record Person(String firstName, String lastName, String phone) {}

    record Address(
            String address1,
            String city,
            String zip,
            String province,
            String provinceCode,
            String country,
            String countryCode) {}

    /** {@code discountMinor} is the sum of its allocations, {@code taxMinor} of its taxes; a gift card is not shipped. */
    record Line(
            long id,
            String sku,
            String title,
            int grams,
            int quantity,
            long unitMinor,
            long unitCostMinor,
            List<Share> allocations,
            List<Tax> taxes,
            boolean giftCard,
            long dutyMinor) {

        long grossMinor() {
            return unitMinor * quantity;
        }

        long discountMinor() {
            return allocations.stream().mapToLong(Share::amountMinor).sum();
        }

        long taxMinor() {
            return taxes.stream().mapToLong(Tax::amountMinor).sum();
        }
    }

    record Shipping(long id, String title, String code, long priceMinor, List<Share> allocations, List<Tax> taxes) {

        long discountMinor() {
            return allocations.stream().mapToLong(Share::amountMinor).sum();
        }

        long netMinor() {
            return priceMinor - discountMinor();
        }

        long taxMinor() {
            return taxes.stream().mapToLong(Tax::amountMinor).sum();
        }
    }

    /** What a discount takes off one line; {@code discount} is its index in the order's list. */
    record Share(int discount, long amountMinor) {}

    record Tax(String title, BigDecimal rate, long amountMinor) {}

    /** One discount, in the shop's own words; {@code value} is a percentage or an amount as text. */
    record Discount(String type, String title, String valueType, String value, String targetType, String selection) {}

    /** What one location ships: quantities by position of the line. */
    record Routed(String location, List<Piece> pieces) {}

    record Piece(int line, int quantity) {}

    String name() {
        return "#" + number;
    }

    long subtotalMinor() {
        return lines.stream()
                .mapToLong(line -> line.grossMinor() - line.discountMinor())
                .sum();
    }

    long taxMinor() {
        return lines.stream().mapToLong(Line::taxMinor).sum() + shipping.taxMinor();
    }

    long discountMinor() {
        return lines.stream().mapToLong(Line::discountMinor).sum() + shipping.discountMinor();
    }

    long dutyMinor() {
        return lines.stream().mapToLong(Line::dutyMinor).sum();
    }

    /** What its addresses say beside the country's name; null when they say nothing. */
    String shownCountryCode() {
        return OrderMaker.UNMAPPED_COUNTRY.equals(scenario) ? null : address.countryCode();
    }

    /** Whether its payment may no longer be captured when it is placed. */
    boolean expired() {
        return List.of(OrderMaker.EXPIRED, OrderMaker.EXPIRED_VAULTED, OrderMaker.EXPIRED_SILENT)
                .contains(scenario);
    }

    /** The customer's mandate to authorise payments anew; null when none was given. */
    String mandate() {
        var given = List.of(OrderMaker.VAULTED, OrderMaker.EXPIRED_VAULTED, OrderMaker.EXPIRED_SILENT)
                .contains(scenario);
        return given ? gid("PaymentMandate", id + 800) : null;
    }

    /** The same order with more lines; the customer owes what they cost. */
    ShopOrder with(List<Line> more) {
        var all = new ArrayList<>(lines);
        all.addAll(more);
        var added = more.stream()
                .mapToLong(line -> line.grossMinor() - line.discountMinor() + (taxIncluded ? 0 : line.taxMinor()))
                .sum();
        return new ShopOrder(
                id,
                number,
                placedAt,
                market,
                scenario,
                currency,
                taxIncluded,
                email,
                person,
                address,
                all,
                shipping,
                discounts,
                discountCode,
                tipMinor,
                totalMinor + added,
                shownTotalMinor + added,
                routing);
    }

    static String gid(String type, long id) {
        return "gid://shopify/" + type + "/" + id;
    }

    long firstTransaction() {
        return id + 200;
    }

    long fulfilmentOrder(int routed) {
        return id + 300 + routed;
    }

    long fulfilmentOrderLine(int routed, int piece) {
        return id + 310 + routed * 20L + piece;
    }
}
