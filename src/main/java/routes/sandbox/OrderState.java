package routes.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What happened to one order since it was placed: its money, its parcels, its edits. Guarded by itself. */
final class OrderState {

    static final String GATEWAY = "bogus";
    static final String OTHER_GATEWAY = "other_bogus";
    static final String GIFT_CARD = "gift_card";

    /** The fraud partner's name for it is not known yet. */
    static final String NEW_GATEWAY = "bogus_later";

    /** More fulfilment orders than this have no ids in this shop. */
    static final int MOST_PLACES = 10;

    /**
     * Money that moved, was put aside, or was to be.
     *
     * @param parent 0 for the first of a tender
     * @param status SUCCESS or FAILURE, as it will be known; see {@link #status}
     * @param expiresAt of an authorisation, by the business clock, else null
     * @param knownAt system time in milliseconds until which the bank has not answered
     * @param reference of the payment, where the caller was told one
     */
    record Transaction(
            long id,
            long parent,
            String kind,
            String status,
            long amountMinor,
            Instant at,
            String gateway,
            Instant expiresAt,
            boolean finalCapture,
            long knownAt,
            String reference) {

        /** As the shop shows it now: PENDING while the bank has not answered. */
        String shownStatus() {
            return System.currentTimeMillis() < knownAt ? "PENDING" : status;
        }

        boolean took(String aKind) {
            return kind.equals(aKind) && status.equals("SUCCESS");
        }
    }

    /** Units of one fulfilment order line. */
    record Units(long line, int quantity) {}

    /** A parcel the shop was told of. */
    record Fulfilment(
            long id, Instant at, String company, String number, String url, String location, List<Units> units) {}

    /** Units taken off one line of the order; {@code line} is its position. */
    record Removed(int line, int quantity, String location, String restock) {}

    /** A refund: units, money, or both; its money is those of the transactions. */
    record Refund(long id, Instant at, String note, List<Removed> lines, long shippingMinor, List<Long> transactions) {}

    private ShopOrder order;
    final List<Transaction> transactions = new ArrayList<>();
    final List<Fulfilment> fulfilments = new ArrayList<>();
    final List<Refund> refunds = new ArrayList<>();
    /** Fulfilment orders by their number; edits, refunds and moves change them. */
    final List<ShopOrder.Routed> places = new ArrayList<>();

    final Map<String, Refund> refundsByKey = new LinkedHashMap<>();
    final Map<String, String> refundInputs = new HashMap<>();
    final Map<String, Transaction> paymentsByKey = new HashMap<>();
    private final Map<Integer, Integer> removed = new HashMap<>();
    volatile boolean acknowledged;
    boolean edited;
    /** A wish to cancel that is under way: its reason. */
    String cancelAsked;

    Instant cancelledAt;
    String cancelReason;
    String cancelNote;
    volatile Instant updatedAt;

    /** @param authorised how long its payment may be captured */
    OrderState(ShopOrder order, Duration authorised) {
        this.order = order;
        updatedAt = order.placedAt();
        places.addAll(order.routing());
        var expires = order.expired() ? order.placedAt() : order.placedAt().plus(authorised);
        var total = order.totalMinor();
        switch (order.scenario()) {
            case OrderMaker.PAID, OrderMaker.REFUND_FAILED -> open("SALE", total, GATEWAY, null);
            case OrderMaker.GIFT_CARD_TENDER -> {
                open("SALE", total / 3, GIFT_CARD, null);
                open("AUTHORIZATION", total - total / 3, GATEWAY, expires);
            }
            case OrderMaker.TWO_TENDERS -> {
                open("AUTHORIZATION", total * 3 / 5, GATEWAY, expires);
                open("AUTHORIZATION", total - total * 3 / 5, OTHER_GATEWAY, expires);
            }
            case OrderMaker.UNMAPPED_PAYMENT -> open("AUTHORIZATION", total, NEW_GATEWAY, expires);
            default -> open("AUTHORIZATION", total, GATEWAY, expires);
        }
    }

    private void open(String kind, long amount, String gateway, Instant expires) {
        transactions.add(new Transaction(
                nextTransaction(), 0, kind, "SUCCESS", amount, order.placedAt(), gateway, expires, false, 0, null));
    }

    /** The order with the lines that edits have added. */
    ShopOrder order() {
        return order;
    }

    long nextTransaction() {
        return order.firstTransaction() + transactions.size();
    }

    /** When the next change will have happened: later than the last by at least the second that webhooks tell. */
    Instant nextUpdate(Instant now) {
        var least = updatedAt.plusSeconds(1);
        return now.isBefore(least) ? least : now;
    }

    long sum(String kind) {
        return transactions.stream()
                .filter(transaction -> transaction.took(kind))
                .mapToLong(Transaction::amountMinor)
                .sum();
    }

    long capturedMinor() {
        return sum("CAPTURE") + sum("SALE");
    }

    private long children(Transaction parent, String kind) {
        return transactions.stream()
                .filter(transaction -> transaction.parent() == parent.id() && transaction.took(kind))
                .mapToLong(Transaction::amountMinor)
                .sum();
    }

    /** What is authorised there and neither captured nor given back. */
    long capturableMinor(Transaction authorisation) {
        var closed = cancelledAt != null
                || transactions.stream()
                        .anyMatch(child -> child.parent() == authorisation.id() && child.finalCapture());
        return closed
                ? 0
                : authorisation.amountMinor() - children(authorisation, "CAPTURE") - children(authorisation, "VOID");
    }

    long capturableMinor() {
        return transactions.stream()
                .filter(transaction -> transaction.took("AUTHORIZATION"))
                .mapToLong(this::capturableMinor)
                .sum();
    }

    /** What was taken there and not given back; what was asked for and failed was not given back. */
    long refundableMinor(Transaction taken) {
        return taken.amountMinor() - children(taken, "REFUND");
    }

    /** Everything that was taken. */
    List<Transaction> taken() {
        return transactions.stream()
                .filter(transaction -> transaction.took("SALE") || transaction.took("CAPTURE"))
                .toList();
    }

    Transaction transaction(long id) {
        return transactions.stream()
                .filter(transaction -> transaction.id() == id)
                .findFirst()
                .orElse(null);
    }

    int fulfilled(long fulfilmentOrderLine) {
        return fulfilments.stream()
                .flatMap(fulfilment -> fulfilment.units().stream())
                .filter(units -> units.line() == fulfilmentOrderLine)
                .mapToInt(Units::quantity)
                .sum();
    }

    /** What a fulfilment order still has to ship of one of its lines. */
    int left(int place, int piece) {
        return cancelledAt != null
                ? 0
                : places.get(place).pieces().get(piece).quantity() - fulfilled(order.fulfilmentOrderLine(place, piece));
    }

    int left(int place) {
        var left = 0;
        for (var piece = 0; piece < places.get(place).pieces().size(); piece++) left += left(place, piece);
        return left;
    }

    /** What all fulfilment orders still have to ship of one line of the order. */
    int open(int line) {
        var open = 0;
        for (var place = 0; place < places.size(); place++) {
            var pieces = places.get(place).pieces();
            for (var piece = 0; piece < pieces.size(); piece++) {
                if (pieces.get(piece).line() == line) open += left(place, piece);
            }
        }
        return open;
    }

    /** What has not been taken off a line. */
    int current(int line) {
        return order.lines().get(line).quantity() - removed.getOrDefault(line, 0);
    }

    /** A line's share of an amount for the units that are left of it. */
    long currentShare(int line, long minor) {
        var left = current(line);
        return Amounts.split(minor, new long[] {left, order.lines().get(line).quantity() - left})[0];
    }

    long currentSubtotalMinor() {
        var sum = 0L;
        for (var i = 0; i < order.lines().size(); i++) {
            var line = order.lines().get(i);
            sum += currentShare(i, line.grossMinor() - line.discountMinor());
        }
        return sum;
    }

    long currentTaxMinor() {
        var sum = cancelledAt == null ? order.shipping().taxMinor() : 0L;
        for (var i = 0; i < order.lines().size(); i++) {
            sum += currentShare(i, order.lines().get(i).taxMinor());
        }
        return sum;
    }

    long currentTotalMinor() {
        if (cancelledAt != null) return 0;
        var duties = 0L;
        for (var i = 0; i < order.lines().size(); i++) {
            duties += currentShare(i, order.lines().get(i).dutyMinor());
        }
        var shippingBack = refunds.stream().mapToLong(Refund::shippingMinor).sum();
        return currentSubtotalMinor()
                + order.shipping().netMinor()
                - shippingBack
                + order.tipMinor()
                + duties
                + (order.taxIncluded() ? 0 : currentTaxMinor());
    }

    Set<String> gateways() {
        var names = new TreeSet<String>();
        transactions.forEach(transaction -> names.add(transaction.gateway()));
        return names;
    }

    /** In the words of GraphQL. */
    String financialStatus() {
        var paid = capturedMinor();
        var refunded = sum("REFUND");
        if (refunded > 0) return refunded == paid ? "REFUNDED" : "PARTIALLY_REFUNDED";
        if (paid > 0) return paid >= currentTotalMinor() ? "PAID" : "PARTIALLY_PAID";
        return cancelledAt != null ? "VOIDED" : "AUTHORIZED";
    }

    /** In the words of GraphQL. */
    String fulfilmentStatus() {
        var done = fulfilments.stream()
                .flatMap(fulfilment -> fulfilment.units().stream())
                .mapToInt(Units::quantity)
                .sum();
        var open = 0;
        for (var place = 0; place < places.size(); place++) open += left(place);
        return done == 0 ? "UNFULFILLED" : open == 0 ? "FULFILLED" : "PARTIALLY_FULFILLED";
    }

    // Changes: only Shop.apply makes them ------------------------------------------------------------------------

    /** Takes units off a line, from the fulfilment orders at {@code location} first, else from the newest. */
    void remove(int line, int quantity, String location, boolean unshipped) {
        removed.merge(line, quantity, Integer::sum);
        var toTake = unshipped ? quantity : 0;
        for (var wanted : new boolean[] {true, false}) {
            for (var place = places.size() - 1; place >= 0 && toTake > 0; place--) {
                if (places.get(place).location().equals(location) == wanted) toTake -= take(place, line, toTake);
            }
        }
    }

    private int take(int place, int line, int most) {
        var routed = places.get(place);
        var pieces = new ArrayList<>(routed.pieces());
        var taken = 0;
        for (var i = 0; i < pieces.size(); i++) {
            var piece = pieces.get(i);
            if (piece.line() != line) continue;
            var here = Math.min(most - taken, left(place, i));
            pieces.set(i, new ShopOrder.Piece(line, piece.quantity() - here));
            taken += here;
        }
        places.set(place, new ShopOrder.Routed(routed.location(), pieces));
        return taken;
    }

    /** Nothing is left of the order. */
    void removeAll() {
        for (var i = 0; i < order.lines().size(); i++) {
            removed.put(i, order.lines().get(i).quantity());
        }
    }

    /** Adds lines; what ships becomes a fulfilment order of its own. */
    void add(List<ShopOrder.Line> lines) {
        var pieces = new ArrayList<ShopOrder.Piece>();
        for (var line : lines) {
            pieces.add(new ShopOrder.Piece(order.lines().size() + pieces.size(), line.quantity()));
        }
        order = order.with(lines);
        if (!pieces.isEmpty()) places.add(new ShopOrder.Routed(OrderMaker.LOCATIONS.get(0), pieces));
    }

    /** Gives units, by piece, to another location; all that are left keep their fulfilment order. The place's number. */
    int move(int place, String location, Map<Integer, Integer> units) {
        var routed = places.get(place);
        var moved = units.values().stream().mapToInt(Integer::intValue).sum();
        var whole = moved == left(place);
        var nothingShipped = true;
        for (var i = 0; i < routed.pieces().size(); i++) {
            nothingShipped &= fulfilled(order.fulfilmentOrderLine(place, i)) == 0;
        }
        if (whole && nothingShipped) {
            places.set(place, new ShopOrder.Routed(location, routed.pieces()));
            return place;
        }
        var stays = new ArrayList<>(routed.pieces());
        var goes = new ArrayList<ShopOrder.Piece>();
        units.forEach((piece, quantity) -> {
            var from = stays.get(piece);
            stays.set(piece, new ShopOrder.Piece(from.line(), from.quantity() - quantity));
            goes.add(new ShopOrder.Piece(from.line(), quantity));
        });
        places.set(place, new ShopOrder.Routed(routed.location(), stays));
        places.add(new ShopOrder.Routed(location, goes));
        return places.size() - 1;
    }
}
