package routes.order;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import routes.inbox.LeaseClock;
import routes.inbox.NotYet;
import routes.inbox.Refused;
import routes.inbox.Turn;
import routes.ledger.Entries;
import routes.ledger.ParcelShares;
import routes.order.Order.Due;
import routes.order.Order.FulfilmentOrder;
import routes.order.Order.Line;
import routes.order.Order.Parcel;
import routes.order.Order.ParcelLine;
import routes.order.Order.PlannedLine;
import routes.order.Order.Tender;
import routes.region.Market;
import routes.stock.AllRules;
import routes.stock.Levels;
import routes.stock.Stock;

/**
 * The verbs of goods: which place sends what, what the warehouse has been asked, what left, what did not, and what
 * arrived. Facts of a warehouse are taken in any order and more than once.
 */
@Component("fulfilments")
public class Fulfilments {

    static final String DELAY_DUE = "fulfilment.ask-to-wait";
    static final String CONSENT_DUE = "order-cancel.cancel-late";
    static final String DELAY_CONSENT = "DELAY_CONSENT";
    static final String LOOK_AGAIN = "fulfilment.look-for-stock";
    static final String NOTHING_IN_SHOP = "NOTHING_IN_SHOP";
    private static final String PAYMENT_SHORT = "PAYMENT_SHORT";
    private static final String HELD = "SHIPMENT_HELD";
    private static final String UNKNOWN = "SKU_UNKNOWN";
    private static final Duration LOOK_AGAIN_AFTER = Duration.ofHours(1);
    private static final Duration PROMISE = Duration.ofDays(14);

    private final Verbs verbs;
    private final Stock stock;
    private final AllRules sourcingRules;

    Fulfilments(Verbs verbs, Stock stock, AllRules sourcingRules) {
        this.verbs = verbs;
        this.stock = stock;
        this.sourcingRules = sourcingRules;
    }

    /**
     * What the shop must move so that its fulfilment orders lie where ours will, or null when nothing is left to move.
     *
     * @param moved what it was asked to move before, by subject
     * @return {@code {subject, shopId, location, lines: [{shopLineId, quantity}]}}
     */
    public JsonNode nextMove(Order order, JsonNode shop, List<String> moved) {
        return planning(order, order.lines(), shop).nextMove(moved);
    }

    /** What a move is known by among the effects of its order. */
    public String subjectOf(JsonNode move) {
        return move.path("subject").asText();
    }

    private Levels levels(Order order, Collection<String> skus) {
        return stock.levels(order.partners().get("warehouse"), skus);
    }

    private Planning planning(Order order, List<Line> lines, JsonNode shop) {
        List<String> skus = lines.stream().map(Line::sku).distinct().toList();
        return new Planning(
                order, lines, verbs.market(order), shop, levels(order, skus), sourcingRules.of(order.market()));
    }

    /**
     * Plans what nobody has planned, by the market's rules and the stock there is, keeps the units, and learns how the
     * customer pays. What is nowhere waits for stock in a fulfilment order of its own; articles that no warehouse knows
     * hold their line.
     *
     * @param moved what the shop was asked to move before, by subject
     * @throws NotYet when the stock has changed so that the shop must move something first: the step begins anew
     */
    public Order sourced(Order order, JsonNode shop, List<String> moved) {
        return verbs.apply("sourced", "", draft -> {
            Planning planning = planning(draft.before(), draft.lines, shop);
            if (planning.nothingToPlan()) {
                if (!draft.fulfilmentOrders.isEmpty()) {
                    draft.note("It was sourced before.");
                    return;
                }
                // Its next word says why, and stands behind this one: it must not be kept waiting.
                draft.hold(
                        NOTHING_IN_SHOP,
                        "The shop has nothing to fulfil for order " + order.shopNumber()
                                + "; what it says next of the order is followed",
                        verbs.now());
                return;
            }
            draft.release(NOTHING_IN_SHOP, verbs.now(), Verbs.who());
            if (planning.nextMove(moved) != null) {
                throw new NotYet("STOCK_TAKEN", LeaseClock.now(), "What lies where has changed while it was planned");
            }
            Instant now = verbs.now();
            for (FulfilmentOrder one : planning.fulfilmentOrders(now)) {
                draft.fulfilmentOrders = Draft.with(draft.fulfilmentOrders, one);
                draft.ref("hub", "fulfilment-order", order.number() + "-" + one.id(), one.id());
                if (one.state() == FulfilmentOrder.State.BACKORDERED) {
                    watchStock(draft, one.id());
                }
            }
            planning.plan
                    .unknown()
                    .forEach(
                            one -> draft.hold(UNKNOWN, "No warehouse knows the article " + one.sku(), one.line(), now));
            planning.plan
                    .unfillable()
                    .forEach(one -> draft.hold(
                            "UNFILLABLE",
                            "There is no stock of " + one.sku() + ", and it may not be backordered",
                            one.line(),
                            now));
            draft.lines = costed(draft.lines, shop.path("costs"));
            learnPayment(draft, shop);
            holdShortPayment(draft);
            int count = draft.fulfilmentOrders.size()
                    - draft.before().fulfilmentOrders().size();
            draft.note("Sourced into " + count + (count == 1 ? " fulfilment order. " : " fulfilment orders. ")
                    + planning.plan.reason());
        });
    }

    /** Looks for stock again later, and asks the customer when it takes too long. */
    private void watchStock(Draft draft, String fulfilmentOrder) {
        draft.deadline(LOOK_AGAIN, fulfilmentOrder, verbs.now().plus(LOOK_AGAIN_AFTER));
        int days = verbs.policies(draft.before()).delayNoticeDays();
        draft.deadline(DELAY_DUE, "", draft.before().placedAt().plus(Duration.ofDays(days)));
    }

    private static List<Line> costed(List<Line> lines, JsonNode costs) {
        Map<String, Long> byLine = new HashMap<>();
        for (JsonNode cost : costs) {
            if (cost.path("unitCostMinor").isIntegralNumber()) {
                byLine.put(
                        cost.path("orderLineId").asText(),
                        cost.path("unitCostMinor").asLong());
            }
        }
        return lines.stream().map(l -> l.costing(byLine.get(l.shopLineId()))).toList();
    }

    /** What was paid already and what is only authorised. */
    private static void learnPayment(Draft draft, JsonNode shop) {
        Order order = draft.before();
        boolean first = draft.capturedAtOrder == null;
        draft.tenders = tenders(shop);
        draft.mandate = shop.path("mandate").asText(null);
        if (first) {
            draft.prepaidMinor = draft.tenders.stream()
                    .filter(Fulfilments::taken)
                    .mapToLong(Tender::amountMinor)
                    .sum();
            long giftCards = draft.tenders.stream()
                    .filter(t -> taken(t) && t.gateway().equals("gift_card"))
                    .mapToLong(Tender::amountMinor)
                    .sum();
            draft.capturedAtOrder = draft.prepaidMinor >= order.totalMinor();
            String processor = draft.tenders.stream()
                    .filter(t -> !t.gateway().equals("gift_card"))
                    .map(Tender::gateway)
                    .findFirst()
                    .orElse("gift_card");
            draft.entry(Entries.capturedAtOrder(
                    order.number(), draft.company, order.currency(), draft.prepaidMinor, giftCards, processor));
        }
    }

    /** How the customer pays, for an order that ends before it was sourced. */
    public Order paymentLearned(Order order, JsonNode shop) {
        return verbs.apply("payment-learned", "", draft -> {
            learnPayment(draft, shop);
            draft.note(
                    draft.prepaidMinor == 0
                            ? "Nothing has been paid yet."
                            : Verbs.money(draft.prepaidMinor, order.currency()) + " have been paid.");
        });
    }

    /** What was paid and what is authorised must cover the order together. */
    private void holdShortPayment(Draft draft) {
        Order order = draft.before();
        long authorised = draft.tenders.stream()
                .filter(t -> t.kind().equals("AUTHORIZATION"))
                .mapToLong(Tender::amountMinor)
                .sum();
        if (draft.prepaidMinor + authorised < order.totalMinor()) {
            draft.hold(
                    PAYMENT_SHORT,
                    "The order costs " + Verbs.money(order.totalMinor(), order.currency()) + ", paid or authorised are "
                            + Verbs.money(draft.prepaidMinor + authorised, order.currency()),
                    verbs.now());
        }
    }

    private static boolean taken(Tender tender) {
        return tender.kind().equals("SALE") || tender.kind().equals("CAPTURE");
    }

    static List<Tender> tenders(JsonNode shop) {
        List<Tender> tenders = new ArrayList<>();
        for (JsonNode tender : shop.path("tenders")) {
            if (tender.path("status").asText("SUCCESS").equals("SUCCESS")) {
                tenders.add(new Tender(
                        tender.path("id").asText(),
                        tender.path("kind").asText(),
                        tender.path("gateway").asText(""),
                        tender.path("amountMinor").asLong(),
                        Verbs.instant(tender, "expiresAt")));
            }
        }
        return tenders;
    }

    /** The fulfilment orders that may be sent now, for the splitter. */
    public List<String> toRelease(Order order) {
        return order.fulfilmentOrders().stream()
                .filter(one -> mayBeReleased(order, one.id()))
                .map(FulfilmentOrder::id)
                .toList();
    }

    /** Whether a fulfilment order may be sent: nothing holds the order or a line of it, and it was not sent or cancelled. */
    public boolean mayBeReleased(Order order, String id) {
        FulfilmentOrder one = order.fulfilmentOrder(id);
        return one != null
                && one.state() == FulfilmentOrder.State.PLANNED
                && !held(order)
                && one.lines().stream().noneMatch(line -> order.heldLine(line.line()));
    }

    /** Whether the order is held. What the customer is asked to wait for holds only what waits: the rest may go. */
    private static boolean held(Order order) {
        return order.holds().stream()
                .anyMatch(h -> h.holding() && h.line() == null && !h.kind().equals(DELAY_CONSENT));
    }

    /** Nobody need agree to wait for goods that have come. */
    private void noLongerLate(Draft draft, boolean waits) {
        if (!waits && draft.before().held(DELAY_CONSENT)) {
            draft.release(DELAY_CONSENT, verbs.now(), Verbs.who());
            draft.noDeadline(CONSENT_DUE, "").note("Nothing of it is late any more.");
        }
    }

    /** The warehouse has the fulfilment order. */
    public Order released(Order order, String subject, JsonNode warehouse) {
        return verbs.apply("released", subject, draft -> {
            String theirs = warehouse.path("warehouseId").asText();
            draft.fulfilmentOrder(subject, f -> f.sent(theirs));
            draft.note("Fulfilment order " + subject + " is with the warehouse as " + theirs + ".");
            noLongerLate(draft, late(draft));
        });
    }

    /**
     * Goods left the warehouse: one parcel for each shipment, with its share of the order's money and its entries. What
     * left beyond what was asked for, or after it was cancelled, nobody pays for: it is written off and a person is told.
     *
     * @throws Refused SKU_UNKNOWN for goods nobody ordered
     */
    public Order shipped(Object said, String subject) {
        return verbs.apply("shipped", subject, draft -> {
            FulfilmentOrder asked = draft.before().fulfilmentOrder(subject);
            if (asked == null) {
                throw new Refused(
                        "STATE_REFUSED", "Order " + draft.before().number() + " has no fulfilment order " + subject);
            }
            boolean news = false;
            for (JsonNode shipment : Verbs.said(said).path("shipments")) {
                news |= ship(draft, asked, shipment);
            }
            if (!news) {
                draft.nothingNew();
                return;
            }
            int units = draft.parcels.stream()
                    .filter(p -> p.fulfilmentOrder().equals(subject))
                    .flatMap(p -> p.lines().stream())
                    .filter(l -> asked.units(l.line()) > 0)
                    .mapToInt(ParcelLine::quantity)
                    .sum();
            if (asked.live() && units >= asked.units()) {
                draft.fulfilmentOrder(subject, f -> f.in(FulfilmentOrder.State.SHIPPED));
            }
            String theirs = Verbs.said(said).path("warehouseId").asText("");
            if (asked.warehouseId() == null && !theirs.isEmpty()) {
                // Its answer to our asking never came, or has still to come: that it sends the goods says the same.
                draft.fulfilmentOrder(subject, f -> f.sent(theirs));
            }
            closeDelivered(draft, subject);
            Screening.watchChargeback(draft, verbs.now());
        });
    }

    /** @return whether this shipment was news */
    private boolean ship(Draft draft, FulfilmentOrder asked, JsonNode shipment) {
        String theirs = shipment.path("id").asText();
        String caseSubject = asked.id() + "/" + theirs;
        boolean known = draft.parcels.stream().anyMatch(p -> p.warehouseId().equals(theirs))
                || draft.cases.stream().anyMatch(c -> c.subject().equals(caseSubject));
        if (known) {
            return false;
        }
        draft.close(HELD, asked.id(), verbs.now(), Verbs.who());
        Map<Integer, Integer> beyond = new HashMap<>();
        Map<Integer, Integer> units = unitsOf(draft, asked, shipment, beyond);
        if (!units.isEmpty()) {
            addParcel(draft, asked, shipment, units);
        }
        if (!beyond.isEmpty()) {
            writeOff(draft, asked, caseSubject, beyond);
        }
        return true;
    }

    /**
     * Hands over what needs no shipping: the shop does it the moment it is told, so it has left and arrived at once. One
     * parcel for each of the shop's fulfilment orders; what is in none of them the shop has handed over by itself.
     */
    public Order handedOver(Order order, JsonNode shop) {
        return verbs.apply("handed-over", "", draft -> {
            learnPayment(draft, shop);
            if (draft.holds.stream().noneMatch(h -> h.kind().equals(PAYMENT_SHORT))) {
                holdShortPayment(draft);
            }
            if (draft.holds.stream().anyMatch(Order.Hold::holding) || !draft.parcels.isEmpty()) {
                return;
            }
            Map<Integer, Integer> left = new LinkedHashMap<>();
            draft.lines.forEach(line -> left.put(line.number(), line.wanted()));
            for (JsonNode theirs : shop.path("fulfilmentOrders")) {
                List<PlannedLine> lines = new ArrayList<>();
                for (JsonNode line : theirs.path("lines")) {
                    draft.lines.stream()
                            .filter(l -> l.shopLineId()
                                    .equals(line.path("orderLineId").asText()))
                            .forEach(l -> {
                                int units = Math.min(line.path("quantity").asInt(), left.get(l.number()));
                                if (units > 0) {
                                    left.merge(l.number(), -units, Integer::sum);
                                    lines.add(new PlannedLine(
                                            l.number(), line.path("shopLineId").asText(), units));
                                }
                            });
                }
                handOver(
                        draft,
                        theirs.path("shopId").asText(),
                        theirs.path("node").asText(null),
                        lines);
            }
            List<PlannedLine> rest = left.entrySet().stream()
                    .filter(one -> one.getValue() > 0)
                    .map(one -> new PlannedLine(one.getKey(), null, one.getValue()))
                    .toList();
            handOver(draft, null, null, rest);
        });
    }

    private void handOver(Draft draft, String shopId, String node, List<PlannedLine> lines) {
        if (lines.isEmpty()) {
            return;
        }
        String id = "F" + (draft.fulfilmentOrders.size() + 1);
        String shipment = draft.before().number() + "-" + id;
        Instant now = verbs.now();
        FulfilmentOrder one = FulfilmentOrder.planned(id, shopId, node, lines)
                .deliveredEarly(shipment, now)
                .in(FulfilmentOrder.State.DELIVERED);
        draft.fulfilmentOrders = Draft.with(draft.fulfilmentOrders, one);
        Map<Integer, Integer> units = new HashMap<>();
        lines.forEach(line -> units.merge(line.line(), line.quantity(), Integer::sum));
        addParcel(
                draft,
                one,
                JsonNodeFactory.instance.objectNode().put("id", shipment).put("shippedAt", now.toString()),
                units);
        if (shopId == null) {
            draft.parcel("P" + draft.parcels.size(), p -> p.told("handed over by the shop"));
        }
    }

    private void writeOff(Draft draft, FulfilmentOrder asked, String caseSubject, Map<Integer, Integer> beyond) {
        Order order = draft.before();
        long cost = costOf(draft, beyond);
        long writeOffs = draft.cases.stream()
                .filter(c -> c.kind().equals("OVER_SHIPPED") || c.kind().equals("SHIPPED_THOUGH_CANCELLED"))
                .count();
        String goods = beyond.entrySet().stream()
                .map(one -> one.getValue() + " x " + draft.line(one.getKey()).sku())
                .sorted()
                .collect(Collectors.joining(", "));
        draft.entry(Entries.writtenOff(order.number(), "W" + (writeOffs + 1), order.company(), order.currency(), cost));
        if (asked.live()) {
            draft.open(
                    "OVER_SHIPPED",
                    caseSubject,
                    "The warehouse sent " + goods + " more than " + asked.id() + " asks for; nobody pays for it",
                    verbs.now());
        } else {
            draft.open(
                    "SHIPPED_THOUGH_CANCELLED",
                    caseSubject,
                    "The warehouse sent " + goods + " although " + asked.id() + " was cancelled; nobody pays for it",
                    verbs.now());
        }
    }

    private void addParcel(Draft draft, FulfilmentOrder asked, JsonNode shipment, Map<Integer, Integer> units) {
        Order order = draft.before();
        boolean first = draft.parcels.isEmpty();
        Map<Integer, Integer> now = new HashMap<>(units);
        if (first && asked.lines().stream().allMatch(l -> draft.line(l.line()).requiresShipping())) {
            // What needs no shipping goes with the first parcel: gift cards by mail, services.
            draft.lines.stream().filter(l -> !l.requiresShipping()).forEach(l -> now.put(l.number(), l.wanted()));
        }
        ParcelShares shares = shares(draft, now, first);
        long cost = costOf(draft, units);
        String id = "P" + (draft.parcels.size() + 1);
        long prepaid = Math.min(shares.amountMinor(), prepaidLeft(draft));
        Parcel parcel = new Parcel(
                id,
                asked.id(),
                shipment.path("id").asText(),
                shipment.path("tracking").asText(null),
                shipment.path("trackingUrl").asText(null),
                shipment.path("carrier").asText(null),
                Verbs.instant(shipment, "shippedAt"),
                asked.deliveredEarly().get(shipment.path("id").asText()),
                shares.lines().stream()
                        .map(l -> new ParcelLine(
                                l.line(), l.quantity(), l.grossMinor(), l.discountMinor(), l.taxMinor(), l.dutyMinor()))
                        .toList(),
                shares.shippingMinor(),
                shares.shippingTaxMinor(),
                shares.amountMinor(),
                shares.taxMinor(),
                cost,
                prepaid,
                dues(draft, id, shares.amountMinor() - prepaid),
                null,
                null,
                Turn.current().message().id());
        draft.parcels = Draft.with(draft.parcels, parcel);
        Market market = verbs.market(order);
        draft.entry(Entries.shipped(
                order.number(),
                id,
                order.company(),
                order.currency(),
                shares,
                order.taxIncluded(),
                prepaid,
                giftCardLines(draft),
                market.jurisdiction(order.shipTo().country(), order.shipTo().region())));
        draft.entry(Entries.cost(order.number(), id, order.company(), order.currency(), cost));
        draft.note(
                parcel.tracking() == null
                        ? "Parcel " + id + " needs no shipping and is handed over."
                        : "Parcel " + id + " shipped"
                                + (parcel.carrier() == null ? "" : " with " + parcel.carrier()) + ", "
                                + parcel.tracking() + ".");
    }

    private static Set<Integer> giftCardLines(Draft draft) {
        return draft.lines.stream().filter(Line::giftCard).map(Line::number).collect(Collectors.toSet());
    }

    private static long costOf(Draft draft, Map<Integer, Integer> units) {
        long cost = 0;
        for (Line line : draft.lines) {
            if (line.unitCostMinor() != null) {
                cost += line.unitCostMinor() * units.getOrDefault(line.number(), 0);
            }
        }
        return cost;
    }

    /** The money of these units: running units make all shares of an order add up to it, whatever way it is split. */
    static ParcelShares shares(Draft draft, Map<Integer, Integer> now, boolean withShipping) {
        Order order = draft.said;
        List<ParcelShares.OrderLine> lines = new ArrayList<>();
        for (Line line : draft.lines) {
            int parcelled =
                    draft.parcels.stream().mapToInt(p -> p.units(line.number())).sum();
            lines.add(new ParcelShares.OrderLine(
                    line.number(),
                    line.quantity(),
                    line.grossMinor(),
                    line.discountMinor(),
                    line.taxMinor(),
                    line.dutyMinor(),
                    parcelled + line.cancelled(),
                    now.getOrDefault(line.number(), 0)));
        }
        return ParcelShares.of(
                lines,
                withShipping ? order.shippingMinor() : 0,
                withShipping && order.shipping() != null ? order.shipping().taxMinor() : 0,
                withShipping ? order.tipMinor() : 0,
                order.taxIncluded());
    }

    /** What was paid when the order was placed and no parcel has used up nor a cancellation given back. */
    static long prepaidLeft(Draft draft) {
        long used = draft.parcels.stream().mapToLong(Parcel::prepaidMinor).sum();
        long back = draft.cancellations.stream()
                .mapToLong(Order.Cancellation::refundMinor)
                .sum();
        return Math.max(0, draft.prepaidMinor - used - back);
    }

    /** From which tenders a parcel's money is to be captured: each is used up before the next. */
    private static List<Due> dues(Draft draft, String parcel, long minor) {
        List<Due> dues = new ArrayList<>();
        long left = minor;
        List<Tender> authorised = draft.tenders.stream()
                .filter(t -> t.kind().equals("AUTHORIZATION"))
                .toList();
        for (int i = 0; i < authorised.size() && left > 0; i++) {
            Tender tender = authorised.get(i);
            long free = tender.amountMinor()
                    - draft.parcels.stream()
                            .flatMap(p -> p.dues().stream())
                            .filter(due -> tender.id().equals(due.tender()))
                            .mapToLong(Due::amountMinor)
                            .sum();
            boolean last = i == authorised.size() - 1;
            // The last tender is asked for whatever is left: the shop says no if it cannot, and a person learns of it.
            long taken = last ? left : Math.min(left, Math.max(0, free));
            if (taken > 0) {
                dues.add(new Due(dueId(parcel, dues.size()), tender.id(), taken, null));
                left -= taken;
            }
        }
        if (left > 0) {
            dues.add(new Due(dueId(parcel, dues.size()), null, left, null));
        }
        return dues;
    }

    private static String dueId(String parcel, int before) {
        return before == 0 ? parcel : parcel + "-" + (before + 1);
    }

    /**
     * Which units of which order line are in a shipment; the warehouse knows only SKUs.
     *
     * @param beyond takes the units that nobody asked for
     */
    private static Map<Integer, Integer> unitsOf(
            Draft draft, FulfilmentOrder asked, JsonNode shipment, Map<Integer, Integer> beyond) {
        Map<Integer, Integer> units = new HashMap<>();
        for (JsonNode shipped : shipment.path("lines")) {
            String sku = shipped.path("sku").asText();
            int left = shipped.path("quantity").asInt();
            int known = 0;
            for (PlannedLine planned : asked.lines()) {
                Line line = draft.line(planned.line());
                if (!sku.equals(line.sku())) {
                    continue;
                }
                known = line.number();
                int gone = draft.parcels.stream()
                                .filter(p -> p.fulfilmentOrder().equals(asked.id()))
                                .mapToInt(p -> p.units(line.number()))
                                .sum()
                        + units.getOrDefault(line.number(), 0);
                int taken = asked.live() ? Math.min(left, planned.quantity() - gone) : 0;
                if (taken > 0) {
                    units.merge(line.number(), taken, Integer::sum);
                    left -= taken;
                }
            }
            if (known == 0) {
                throw new Refused(
                        "SKU_UNKNOWN", "The warehouse shipped " + sku + ", which " + asked.id() + " does not hold");
            }
            if (left > 0) {
                beyond.merge(known, left, Integer::sum);
            }
        }
        return units;
    }

    /**
     * The warehouse cannot send some units. They leave this fulfilment order and are planned anew, as a backorder with a
     * promise, until stock is found for them.
     */
    public Order shortPicked(Object said, String subject) {
        JsonNode trouble = Verbs.said(said);
        return verbs.apply("short-picked", subject, draft -> {
            FulfilmentOrder asked = draft.before().fulfilmentOrder(subject);
            String kind = trouble.path("kind").asText();
            boolean ours = kind.equals("CANCELLED") && draft.before().held("CANCEL_PENDING");
            if (asked == null || ours || !asked.live() || asked.state() == FulfilmentOrder.State.DELIVERED) {
                draft.nothingNew();
                return;
            }
            String shipment = trouble.path("shipment").asText();
            if (kind.equals("HELD")) {
                holdUp(draft, subject, shipment, why(trouble));
                return;
            }
            Map<String, Integer> told = new HashMap<>(asked.shortOf());
            List<PlannedLine> missing = missing(draft, asked, shipment, trouble.path("lines"), told);
            if (missing.isEmpty()) {
                draft.nothingNew();
                return;
            }
            draft.fulfilmentOrder(subject, f -> f.lacking(told));
            List<PlannedLine> rest = less(asked.lines(), missing);
            boolean allGone = rest.stream().allMatch(line -> parcelled(draft, subject, line.line()) >= line.quantity());
            draft.fulfilmentOrder(subject, f -> {
                FulfilmentOrder fewer = f.holding(rest);
                return rest.isEmpty()
                        ? fewer.in(FulfilmentOrder.State.CANCELLED)
                        : allGone ? fewer.in(FulfilmentOrder.State.SHIPPED) : fewer;
            });
            closeDelivered(draft, subject);
            backorder(draft, asked, missing, "The warehouse will not send it: " + why(trouble) + ".");
        });
    }

    private void holdUp(Draft draft, String subject, String shipment, String why) {
        boolean left = draft.parcels.stream().anyMatch(p -> p.warehouseId().equals(shipment));
        boolean known = draft.cases.stream()
                .anyMatch(c -> c.open() && c.kind().equals(HELD) && c.subject().equals(subject));
        if (left || known) {
            draft.nothingNew();
        } else {
            draft.open(HELD, subject, "The warehouse holds it: " + why, verbs.now());
        }
    }

    private static String why(JsonNode trouble) {
        return trouble.path("why").asText("it gives no reason");
    }

    private static int parcelled(Draft draft, String fulfilmentOrder, int line) {
        return draft.parcels.stream()
                .filter(p -> p.fulfilmentOrder().equals(fulfilmentOrder))
                .mapToInt(p -> p.units(line))
                .sum();
    }

    /**
     * The units that will not come and that we did not know of.
     *
     * @param told how many units of which shipment were known not to come; takes what is told now
     */
    private static List<PlannedLine> missing(
            Draft draft, FulfilmentOrder asked, String shipment, JsonNode lines, Map<String, Integer> told) {
        List<PlannedLine> missing = new ArrayList<>();
        for (JsonNode one : lines) {
            String matter = shipment + "/" + one.path("sku").asText();
            int all = one.path("quantity").asInt();
            int left = all - told.getOrDefault(matter, 0);
            told.merge(matter, all, Math::max);
            for (PlannedLine planned : asked.lines()) {
                if (!draft.line(planned.line()).sku().equals(one.path("sku").asText())) {
                    continue;
                }
                int open = planned.quantity() - parcelled(draft, asked.id(), planned.line());
                int units = Math.min(left, open);
                if (units > 0) {
                    missing.add(new PlannedLine(planned.line(), planned.shopLineId(), units));
                    left -= units;
                }
            }
        }
        return missing;
    }

    static List<PlannedLine> less(List<PlannedLine> lines, List<PlannedLine> fewer) {
        return lines.stream()
                .map(line -> new PlannedLine(
                        line.line(),
                        line.shopLineId(),
                        line.quantity()
                                - fewer.stream()
                                        .filter(f -> f.line() == line.line())
                                        .mapToInt(PlannedLine::quantity)
                                        .sum()))
                .filter(line -> line.quantity() > 0)
                .toList();
    }

    private void backorder(Draft draft, FulfilmentOrder from, List<PlannedLine> lines, String why) {
        Instant promise = verbs.now().plus(PROMISE);
        String id = "F" + (draft.fulfilmentOrders.size() + 1);
        FulfilmentOrder next = FulfilmentOrder.waiting(id, from.shopId(), from.node(), lines, promise);
        draft.fulfilmentOrders = Draft.with(draft.fulfilmentOrders, next);
        draft.ref("hub", "fulfilment-order", draft.before().number() + "-" + next.id(), next.id());
        watchStock(draft, next.id());
        draft.note(why).note(next.id() + " waits for stock, promised for " + promise + ".");
    }

    /** Sends a fulfilment order that waited, from wherever there is stock for all of it now; else it waits on. */
    public Order stocked(String subject) {
        return verbs.apply("stocked", subject, draft -> {
            FulfilmentOrder one = draft.before().fulfilmentOrder(subject);
            if (one == null || one.state() != FulfilmentOrder.State.BACKORDERED) {
                draft.noDeadline(LOOK_AGAIN, subject).note("Nothing waits for stock any more.");
                return;
            }
            letKnownGo(draft, one);
            boolean held = one.lines().stream().anyMatch(line -> draft.holds.stream()
                    .anyMatch(h -> h.holding() && h.line() != null && h.line() == line.line()));
            String node = held ? null : nodeWith(draft, one);
            if (node == null) {
                draft.deadline(LOOK_AGAIN, subject, verbs.now().plus(LOOK_AGAIN_AFTER));
                draft.note("There is no stock for " + subject + " yet.");
                return;
            }
            draft.noDeadline(LOOK_AGAIN, subject);
            draft.fulfilmentOrder(subject, f -> f.from(node).in(FulfilmentOrder.State.PLANNED));
            draft.note("There is stock for " + subject + " at " + node + ".");
            noLongerLate(
                    draft,
                    draft.fulfilmentOrders.stream().anyMatch(f -> f.state() == FulfilmentOrder.State.BACKORDERED));
        });
    }

    /** Articles that no warehouse knew and one knows by now hold their line no longer. */
    private void letKnownGo(Draft draft, FulfilmentOrder one) {
        Levels levels = levels(
                draft.before(),
                one.lines().stream().map(line -> draft.line(line.line()).sku()).toList());
        List<String> everywhere = sourcingRules.of(draft.before().market()).everywhere();
        for (PlannedLine line : one.lines()) {
            String sku = draft.line(line.line()).sku();
            boolean heldForIt = draft.holds.stream().anyMatch(h -> h.holding() && h.is(UNKNOWN, line.line()));
            if (heldForIt && !levels.unknown(everywhere, sku)) {
                draft.release(UNKNOWN, line.line(), verbs.now(), Verbs.who());
                draft.note("A warehouse knows " + sku + " now.");
            }
        }
    }

    /** A place that has all units of a fulfilment order, its own first; null where none has. */
    private String nodeWith(Draft draft, FulfilmentOrder one) {
        Map<String, Integer> units = new HashMap<>();
        one.lines().forEach(line -> units.merge(draft.line(line.line()).sku(), line.quantity(), Integer::sum));
        Levels levels = levels(draft.before(), units.keySet());
        List<String> nodes = new ArrayList<>(List.of(one.node()));
        nodes.addAll(verbs.market(draft.before()).nodes().values());
        return nodes.stream()
                .filter(node -> units.entrySet().stream()
                        .allMatch(need -> levels.available(node, need.getKey()) >= need.getValue()))
                .findFirst()
                .orElse(null);
    }

    /** The law gives a customer a say when goods are late: they are asked whether they wait any longer. */
    public Order delayNoticed() {
        return verbs.apply("delay-noticed", "", draft -> {
            draft.noDeadline(DELAY_DUE, "");
            if (draft.before().status() == OrderStatus.CANCELLED || !late(draft)) {
                draft.note("Nothing is late.");
                return;
            }
            int days = verbs.policies(draft.before()).delayConsentDays();
            Instant until = verbs.now().plus(Duration.ofDays(days));
            draft.hold(DELAY_CONSENT, "Goods are late; the customer must agree to wait until " + until, verbs.now());
            draft.deadline(CONSENT_DUE, "", until);
        });
    }

    private static boolean late(Draft draft) {
        return draft.fulfilmentOrders.stream().anyMatch(FulfilmentOrder::unsent);
    }

    static void consented(Draft draft) {
        draft.noDeadline(CONSENT_DUE, "").note("The customer agreed to wait.");
    }

    /** Whether with this message's parcels all that the customer still wants has left. */
    public boolean hasAllLeft(Order order) {
        return reported(order).findAny().isPresent()
                && order.lines().stream()
                        .filter(Line::requiresShipping)
                        .allMatch(line -> order.shipped(line.number()) >= line.wanted());
    }

    /** The parcels this message told of, for the splitter. */
    public List<String> newParcels(Order order) {
        return reported(order).map(Parcel::id).toList();
    }

    /** What is to be captured for the parcels this message told of, for the splitter. */
    public List<String> newDues(Order order) {
        return reported(order).flatMap(p -> p.dues().stream()).map(Due::id).toList();
    }

    private static java.util.stream.Stream<Parcel> reported(Order order) {
        long message = Turn.current().message().id();
        return order.parcels().stream().filter(p -> p.reportedBy() == message);
    }

    /** The carrier delivered a parcel; where the shipment itself is not known yet, the fact is kept for it. */
    public Order delivered(Object said, String subject) {
        return verbs.apply("delivered", subject, draft -> {
            JsonNode delivery = Verbs.said(said);
            String shipment = delivery.path("shipment").asText();
            Instant told = Verbs.instant(delivery, "deliveredAt");
            Instant at = told == null ? verbs.now() : told;
            Parcel parcel = draft.parcels.stream()
                    .filter(p -> p.warehouseId().equals(shipment))
                    .findFirst()
                    .orElse(null);
            if (parcel == null) {
                draft.fulfilmentOrder(subject, f -> f.deliveredEarly(shipment, at));
                draft.note("Shipment " + shipment + " was delivered; the warehouse has not told of it yet.");
            } else if (parcel.deliveredAt() != null) {
                draft.nothingNew();
            } else {
                draft.parcel(parcel.id(), p -> p.delivered(at));
                closeDelivered(draft, subject);
                draft.note("Parcel " + parcel.id() + " delivered.");
            }
        });
    }

    /** [Aggregator] A fulfilment order is delivered when all its parcels are. */
    private static void closeDelivered(Draft draft, String subject) {
        boolean all = draft.parcels.stream()
                .filter(p -> p.fulfilmentOrder().equals(subject))
                .allMatch(p -> p.deliveredAt() != null);
        if (all) {
            draft.fulfilmentOrder(
                    subject,
                    f -> f.state() == FulfilmentOrder.State.SHIPPED ? f.in(FulfilmentOrder.State.DELIVERED) : f);
        }
    }
}
