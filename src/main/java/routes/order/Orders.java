package routes.order;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;
import routes.inbox.Committer;
import routes.inbox.Preparation;
import routes.inbox.Refused;
import routes.inbox.Turn;
import routes.ledger.Entries;
import routes.ledger.Money;
import routes.ledger.ParcelShares;
import routes.order.Order.FulfilmentOrder;
import routes.order.Order.Line;
import routes.order.Order.Parcel;
import routes.order.Order.ParcelLine;
import routes.order.Order.PlannedLine;
import routes.order.Order.Tender;
import routes.region.Market;
import routes.region.Regions;

/**
 * The verbs of an order: each is one atomic change that refuses what must not happen, naming the state it saw. Run
 * again for the same message and step it changes nothing and answers the same.
 */
@Component("orders")
public class Orders implements Preparation {

    private static final int TRIES = 20;

    private final OrderDocuments documents;
    private final Committer committer;
    private final Regions regions;
    private final ObjectMapper json;
    private final Clock clock;

    Orders(OrderDocuments documents, Committer committer, Regions regions, ObjectMapper json, Clock clock) {
        this.documents = documents;
        this.committer = committer;
        this.regions = regions;
        this.json = json;
        this.clock = clock;
    }

    /** Lays the order as the body, its partners by role and its subject, before a step entered in mid-story. */
    @Override
    public void prepare(Turn turn, Exchange exchange) {
        exchange.setVariable("subject", turn.message().subject());
        if (turn.message().orderNumber() != null) {
            Order order = load(turn.message().orderNumber());
            exchange.setVariable("partners", order.partners());
            exchange.getMessage().setBody(order);
            turn.urgency(urgency(order));
        }
    }

    /** Whether what the shop says opens an order ({@code new}), is {@code newer} than what we know, or {@code stale}. */
    public String recognise(JsonNode placed) {
        Turn turn = Turn.current();
        Order known = documents.find(turn.message().orderNumber()).orElse(null);
        if (known == null) {
            return "new";
        }
        Instant said = instant(placed, "shopVersion");
        return said != null && known.shopVersion() != null && said.isAfter(known.shopVersion()) ? "newer" : "stale";
    }

    /**
     * Opens an order from what the shop said. Sums that do not add up hold the order; nobody mends them silently.
     *
     * @throws Refused MARKET_UNKNOWN, CURRENCY_UNBOOKED or FIELD_MISSING
     */
    public Order accept(Object placed, Exchange exchange) {
        Order order = Turn.current().did("accepted", "")
                ? load(Turn.current().message().orderNumber())
                : open((JsonNode) placed);
        exchange.setVariable("partners", order.partners());
        Turn.current().urgency(urgency(order));
        return order;
    }

    private int urgency(Order order) {
        return regions.named(order.market()).serviceLevel(order.serviceLevel()).priority();
    }

    private Order open(JsonNode placed) {
        Order said = read(placed);
        String country = placed.path("country").asText("");
        Market market = regions.forCountry(country)
                .orElseThrow(() -> new Refused(
                        "MARKET_UNKNOWN",
                        "No market serves " + (country.isEmpty() ? "an order without a country" : country)));
        if (!market.company().currency().equals(said.currency())) {
            throw new Refused(
                    "CURRENCY_UNBOOKED",
                    "The books of " + market.company().name() + " are kept in "
                            + market.company().currency() + ", the order is in " + said.currency());
        }
        Market.ServiceLevel level = market.serviceLevel(said.serviceLevel());
        return apply(
                "accepted",
                "",
                said.number(),
                draft -> {
                    draft.market = market.name();
                    draft.partners = servedBy(market, said.channel());
                    draft.company = market.company().name();
                    draft.serviceLevel = level.name();
                    draft.ref("hub", "order", said.number(), "");
                    draft.note("Order " + said.shopNumber() + " accepted in market " + market.name() + ".");
                    holdWhatIsWrong(draft, said, placed);
                },
                said);
    }

    /** The market's partners; the shop is whoever the order came from. */
    private static Map<String, String> servedBy(Market market, String channel) {
        Map<String, String> partners = new HashMap<>(market.partners());
        if (channel != null) {
            partners.put("shop", channel);
        }
        return partners;
    }

    private void holdWhatIsWrong(Draft draft, Order said, JsonNode placed) {
        Instant now = clock.instant();
        String wrong = AddUp.difference(said);
        if (wrong != null) {
            draft.hold("ADDUP", wrong, now);
        }
        if (said.tipMinor() != 0 || said.dutyMinor() != 0) {
            draft.hold("EXTRA_CHARGES", "Tips and duties are settled by a person", now);
        }
        if (said.lines().stream().noneMatch(Line::requiresShipping)) {
            draft.hold("NOTHING_TO_SHIP", "No line of this order is shipped", now);
        }
        if (placed.hasNonNull("cancelledAt")) {
            draft.hold("CANCELLED_IN_SHOP", "The shop cancelled this order", now);
        }
    }

    /** Notes that the shop has changed the order since. */
    public Order noteVersion(Object said) {
        return apply("noted", "", Turn.current().message().orderNumber(), draft -> {
            JsonNode placed = (JsonNode) said;
            Instant version = instant(placed, "shopVersion");
            draft.shopVersion = version;
            draft.note("The shop changed the order at " + version + ".");
            if (placed.hasNonNull("cancelledAt") && draft.fulfilmentOrders.isEmpty()) {
                draft.hold("CANCELLED_IN_SHOP", "The shop cancelled this order", clock.instant());
            }
        });
    }

    /** Whether nothing holds the order before it is sourced. */
    public boolean mayGoOn(Order order) {
        return !order.held();
    }

    /** Whether the order may be asked of the warehouses now: nothing holds it and fraud said a plain yes. */
    public boolean mayBeSourced(Order order) {
        return !order.held()
                && order.fulfilmentOrders().isEmpty()
                && order.fraud() != null
                && order.fraud().decision().equals("ACCEPT");
    }

    /** Writes down what the tax partner quoted and what it thinks of the address. */
    public Order taxed(Order order, JsonNode tax, JsonNode address) {
        Market market = regions.named(order.market());
        return apply("taxed", "", order.number(), draft -> {
            draft.tax = read(tax, "taxMinor", Order.Tax.class);
            long quoted = tax.path("taxMinor").asLong();
            draft.note("Tax quoted: " + money(quoted, order.currency()) + ".");
            long difference = Math.abs(quoted - order.taxMinor());
            if (difference > market.tolerances().taxMinor()) {
                draft.hold(
                        "TAX_DIFF",
                        "The shop charged " + money(order.taxMinor(), order.currency())
                                + " tax, the tax partner quotes " + money(quoted, order.currency()),
                        clock.instant());
            }
            if (address != null && address.path("verdict").asText().equals("UNKNOWN")) {
                draft.note("The address is not known to the tax partner.");
            }
        });
    }

    /** Writes down the fraud partner's answer; only a plain ACCEPT lets the order go on. */
    public Order screened(Order order, JsonNode fraud) {
        return apply("screened", "", order.number(), draft -> decide(draft, fraud));
    }

    /** The analyst's resolution of a review; it may come twice, late, or before our own answer is written. */
    public Order fraudDecided(Object said, Exchange exchange) {
        String number = Turn.current().message().orderNumber();
        exchange.setVariable("partners", load(number).partners());
        return apply("fraud-decided", "", number, draft -> {
            JsonNode resolution = (JsonNode) said;
            if (draft.fraud != null && !draft.before().held("FRAUD_REVIEW")) {
                draft.note("The fraud partner's decision "
                        + resolution.path("decision").asText() + " changes nothing: the order is "
                        + draft.before().status() + ".");
                return;
            }
            draft.release(
                    "FRAUD_REVIEW", clock.instant(), Turn.current().message().partner());
            decide(draft, resolution);
        });
    }

    /**
     * A person releases a hold, with a reason; a review that staff release is that person's ACCEPT.
     *
     * @throws Refused STATE_REFUSED when such a hold cannot be released, or when the order's sums could not be settled
     */
    public Order holdReleased(Order order, String kind) {
        return apply("hold-released", kind, order.number(), draft -> {
            if (!draft.before().held(kind)) {
                draft.nothingNew();
                return;
            }
            String refusal = Holds.refusal(draft.before(), kind);
            if (refusal != null) {
                throw new Refused("STATE_REFUSED", refusal);
            }
            String who = Turn.current().message().who();
            draft.release(kind, clock.instant(), who);
            draft.note("Hold " + kind + " released by " + who + ": " + reason());
            if (kind.equals("FRAUD_REVIEW")) {
                Order.Fraud before = draft.fraud;
                draft.fraud = new Order.Fraud(
                        "ACCEPT",
                        "STAFF",
                        before == null ? "" : before.score(),
                        before == null ? "" : before.reference());
                draft.note("Fraud screening: ACCEPT by " + who + ".");
            }
        });
    }

    private String reason() {
        try {
            return json.readTree(Turn.current().message().body()).path("reason").asText();
        } catch (IOException e) {
            throw new Refused("UNREADABLE", "The request cannot be read: " + e.getMessage());
        }
    }

    /** Which question the order has not had an answer to: {@code tax}, {@code fraud}, or {@code none}. */
    public String unanswered(Order order) {
        return order.tax() == null ? "tax" : order.fraud() == null ? "fraud" : "none";
    }

    private void decide(Draft draft, JsonNode fraud) {
        String decision = fraud.path("decision").asText("REVIEW");
        draft.fraud = new Order.Fraud(
                decision,
                fraud.path("code").asText(""),
                fraud.path("score").asText(""),
                fraud.path("reference").asText(""));
        draft.note("Fraud screening: " + decision + " (" + draft.fraud.code() + ").");
        switch (decision) {
            case "ACCEPT" -> {}
            case "REJECT" -> draft.hold("FRAUD_REJECTED", "The fraud partner rejects this order", clock.instant());
            default -> draft.hold("FRAUD_REVIEW", "An analyst looks at this order", clock.instant());
        }
    }

    /** Plans one fulfilment order for each of the shop's, and learns how the customer pays. */
    public Order sourced(Order order, JsonNode shop) {
        Market market = regions.named(order.market());
        return apply("sourced", "", order.number(), draft -> {
            if (!draft.fulfilmentOrders.isEmpty()) {
                draft.note("It was sourced before.");
                return;
            }
            List<FulfilmentOrder> planned = new ArrayList<>();
            for (JsonNode theirs : shop.path("fulfilmentOrders")) {
                planned.add(plan(order, market, theirs, "F" + (planned.size() + 1)));
            }
            if (planned.isEmpty()) {
                throw new Refused(
                        "SHOP_ORDER_UNKNOWN", "The shop has nothing to fulfil for order " + order.shopNumber());
            }
            draft.fulfilmentOrders = planned;
            draft.lines = costed(order, shop.path("costs"));
            draft.tenders = tenders(shop);
            long taken = draft.tenders.stream()
                    .filter(t -> t.kind().equals("SALE") || t.kind().equals("CAPTURE"))
                    .mapToLong(Tender::amountMinor)
                    .sum();
            draft.capturedAtOrder = taken >= order.totalMinor();
            if (draft.capturedAtOrder) {
                String processor = draft.tenders.get(0).gateway();
                draft.entry(Entries.capturedAtOrder(
                        order.number(), draft.company, order.currency(), order.totalMinor(), processor));
            }
            for (FulfilmentOrder one : planned) {
                draft.ref("hub", "fulfilment-order", order.number() + "-" + one.id(), one.id());
            }
            draft.note("Sourced into " + planned.size()
                    + (planned.size() == 1 ? " fulfilment order." : " fulfilment orders."));
        });
    }

    private static FulfilmentOrder plan(Order order, Market market, JsonNode theirs, String id) {
        String node = theirs.path("node").asText();
        if (!market.nodes().containsKey(node)) {
            throw new Refused(
                    "NODE_UNKNOWN", "Market " + market.name() + " ships nothing from the shop's location " + node);
        }
        List<PlannedLine> lines = new ArrayList<>();
        for (JsonNode line : theirs.path("lines")) {
            Line ours = order.lines().stream()
                    .filter(l -> l.shopLineId().equals(line.path("orderLineId").asText()))
                    .findFirst()
                    .orElseThrow(() -> new Refused(
                            "SHOP_ORDER_UNKNOWN",
                            "The shop wants line " + line.path("orderLineId").asText()
                                    + " fulfilled, which the order has not"));
            int quantity = line.path("quantity").asInt();
            if (quantity > 0) {
                lines.add(new PlannedLine(ours.number(), line.path("shopLineId").asText(), quantity));
            }
        }
        return new FulfilmentOrder(
                id,
                theirs.path("shopId").asText(),
                market.node(node),
                FulfilmentOrder.State.PLANNED,
                null,
                lines,
                Map.of());
    }

    private static List<Line> costed(Order order, JsonNode costs) {
        Map<String, Long> byLine = new HashMap<>();
        for (JsonNode cost : costs) {
            if (cost.path("unitCostMinor").isIntegralNumber()) {
                byLine.put(
                        cost.path("orderLineId").asText(),
                        cost.path("unitCostMinor").asLong());
            }
        }
        return order.lines().stream()
                .map(l -> l.costing(byLine.get(l.shopLineId())))
                .toList();
    }

    private List<Tender> tenders(JsonNode shop) {
        List<Tender> tenders = new ArrayList<>();
        for (JsonNode tender : shop.path("tenders")) {
            if (tender.path("status").asText("SUCCESS").equals("SUCCESS")) {
                tenders.add(new Tender(
                        tender.path("id").asText(),
                        tender.path("kind").asText(),
                        tender.path("gateway").asText(""),
                        tender.path("amountMinor").asLong(),
                        instant(tender, "expiresAt")));
            }
        }
        return tenders;
    }

    /** The warehouse has the fulfilment order. */
    public Order released(Order order, String subject, JsonNode warehouse) {
        return apply("released", subject, order.number(), draft -> {
            String theirs = warehouse.path("warehouseId").asText();
            draft.fulfilmentOrder(subject, f -> f.in(FulfilmentOrder.State.SENT, theirs));
            draft.note("Fulfilment order " + subject + " is with the warehouse as " + theirs + ".");
        });
    }

    /**
     * Goods left the warehouse: one parcel for each shipment, with its share of the order's money and its entries.
     *
     * @throws Refused OVER_SHIPPED when more units left than were asked for, SKU_UNKNOWN for goods nobody ordered
     */
    public Order shipped(Object said, String subject) {
        String number = Turn.current().message().orderNumber();
        return apply("shipped", subject, number, draft -> {
            FulfilmentOrder asked = draft.before().fulfilmentOrder(subject);
            if (asked == null) {
                throw new Refused("STATE_REFUSED", "Order " + number + " has no fulfilment order " + subject);
            }
            int before = draft.parcels.size();
            for (JsonNode shipment : ((JsonNode) said).path("shipments")) {
                if (draft.parcels.stream().noneMatch(p -> p.warehouseId()
                        .equals(shipment.path("id").asText()))) {
                    ship(draft, asked, shipment);
                }
            }
            if (draft.parcels.size() == before) {
                draft.nothingNew();
                return;
            }
            int units = draft.parcels.stream()
                    .filter(p -> p.fulfilmentOrder().equals(subject))
                    .flatMap(p -> p.lines().stream())
                    .mapToInt(ParcelLine::quantity)
                    .sum();
            if (units >= asked.units()) {
                draft.fulfilmentOrder(subject, f -> f.in(FulfilmentOrder.State.SHIPPED, f.warehouseId()));
            }
            closeDelivered(draft, subject);
        });
    }

    private void ship(Draft draft, FulfilmentOrder asked, JsonNode shipment) {
        Order order = draft.before();
        Map<Integer, Integer> units = unitsOf(draft, asked, shipment);
        boolean first = draft.parcels.isEmpty();
        List<ParcelShares.OrderLine> lines = new ArrayList<>();
        for (Line line : order.lines()) {
            int earlier =
                    draft.parcels.stream().mapToInt(p -> p.units(line.number())).sum();
            int now = line.requiresShipping() ? units.getOrDefault(line.number(), 0) : first ? line.quantity() : 0;
            lines.add(new ParcelShares.OrderLine(
                    line.number(),
                    line.quantity(),
                    line.grossMinor(),
                    line.discountMinor(),
                    line.taxMinor(),
                    earlier,
                    now));
        }
        ParcelShares shares = ParcelShares.of(
                lines,
                order.shippingMinor(),
                order.shipping() == null ? 0 : order.shipping().taxMinor(),
                order.taxIncluded());
        long cost = 0;
        for (Line line : draft.lines) {
            if (line.unitCostMinor() != null) {
                cost += line.unitCostMinor() * units.getOrDefault(line.number(), 0);
            }
        }
        String id = "P" + (draft.parcels.size() + 1);
        Parcel parcel = new Parcel(
                id,
                asked.id(),
                shipment.path("id").asText(),
                shipment.path("tracking").asText(null),
                shipment.path("trackingUrl").asText(null),
                shipment.path("carrier").asText(null),
                instant(shipment, "shippedAt"),
                asked.deliveredEarly().get(shipment.path("id").asText()),
                shares.lines().stream()
                        .map(l ->
                                new ParcelLine(l.line(), l.quantity(), l.grossMinor(), l.discountMinor(), l.taxMinor()))
                        .toList(),
                shares.shippingMinor(),
                shares.shippingTaxMinor(),
                shares.amountMinor(),
                shares.taxMinor(),
                cost,
                null,
                0,
                null,
                null,
                Turn.current().message().id());
        draft.parcels = new ArrayList<>(draft.parcels);
        draft.parcels.add(parcel);
        Market market = regions.named(order.market());
        draft.entry(Entries.shipped(
                order.number(),
                id,
                order.company(),
                order.currency(),
                shares,
                order.taxIncluded(),
                Boolean.TRUE.equals(order.capturedAtOrder()),
                market.jurisdiction(order.shipTo().country(), order.shipTo().region())));
        draft.entry(Entries.cost(order.number(), id, order.company(), order.currency(), cost));
        draft.note("Parcel " + id + " shipped" + (parcel.carrier() == null ? "" : " with " + parcel.carrier()) + ", "
                + parcel.tracking() + ".");
    }

    /** Which units of which order line are in a shipment; the warehouse knows only SKUs. */
    private static Map<Integer, Integer> unitsOf(Draft draft, FulfilmentOrder asked, JsonNode shipment) {
        Map<Integer, Integer> units = new HashMap<>();
        for (JsonNode shipped : shipment.path("lines")) {
            String sku = shipped.path("sku").asText();
            int left = shipped.path("quantity").asInt();
            boolean known = false;
            for (PlannedLine planned : asked.lines()) {
                Line line = draft.before().line(planned.line());
                if (!sku.equals(line.sku())) {
                    continue;
                }
                known = true;
                int gone = draft.parcels.stream()
                                .filter(p -> p.fulfilmentOrder().equals(asked.id()))
                                .mapToInt(p -> p.units(line.number()))
                                .sum()
                        + units.getOrDefault(line.number(), 0);
                int taken = Math.min(left, planned.quantity() - gone);
                if (taken > 0) {
                    units.merge(line.number(), taken, Integer::sum);
                    left -= taken;
                }
            }
            if (!known) {
                throw new Refused(
                        "SKU_UNKNOWN", "The warehouse shipped " + sku + ", which " + asked.id() + " does not hold");
            }
            if (left > 0) {
                throw new Refused(
                        "OVER_SHIPPED",
                        "The warehouse shipped " + left + " more of " + sku + " than " + asked.id() + " holds");
            }
        }
        return units;
    }

    /** The parcels this message told of, for the splitter. */
    public List<String> newParcels(Order order) {
        long message = Turn.current().message().id();
        return order.parcels().stream()
                .filter(p -> p.reportedBy() == message)
                .map(Parcel::id)
                .toList();
    }

    /** The fulfilment orders that are planned, for the splitter. */
    public List<String> planned(Order order) {
        return order.fulfilmentOrders().stream().map(FulfilmentOrder::id).toList();
    }

    /** The parcel's share of the payment is captured. */
    public Order captured(Order order, String parcelId, JsonNode capture) {
        return apply("captured", parcelId, order.number(), draft -> {
            long minor = capture.path("amountMinor").asLong();
            Parcel parcel = draft.before().parcel(parcelId);
            if (parcel.captureId() != null) {
                draft.nothingNew();
                return;
            }
            if (minor != parcel.amountMinor()) {
                throw new Refused(
                        "SUM_WRONG",
                        "Parcel " + parcelId + " is worth " + money(parcel.amountMinor(), order.currency())
                                + ", the shop captured " + money(minor, order.currency()));
            }
            draft.parcel(parcelId, p -> p.captured(capture.path("captureId").asText(), minor));
            String processor =
                    draft.tenders.isEmpty() ? "" : draft.tenders.get(0).gateway();
            draft.entry(
                    Entries.captured(order.number(), parcelId, order.company(), order.currency(), minor, processor));
            draft.note("Captured " + money(minor, order.currency()) + " for parcel " + parcelId + ".");
        });
    }

    /** Whether this parcel's payment is still to be captured. */
    public boolean toCapture(Order order, String parcelId) {
        Parcel parcel = order.parcel(parcelId);
        return !Boolean.TRUE.equals(order.capturedAtOrder()) && parcel.amountMinor() > 0 && parcel.captureId() == null;
    }

    /** The parcel's tax is committed. */
    public Order taxCommitted(Order order, String parcelId, JsonNode document) {
        return apply("tax-committed", parcelId, order.number(), draft -> {
            long minor = document.path("taxMinor").asLong();
            Parcel parcel = draft.before().parcel(parcelId);
            if (parcel.taxDocument() != null) {
                draft.nothingNew();
                return;
            }
            if (minor != parcel.taxMinor()) {
                throw new Refused(
                        "SUM_WRONG",
                        "The books say " + money(parcel.taxMinor(), order.currency()) + " tax for parcel " + parcelId
                                + ", the tax partner committed " + money(minor, order.currency()));
            }
            draft.parcel(parcelId, p -> p.taxed(document.path("document").asText()));
            draft.note("Tax of parcel " + parcelId + " committed as "
                    + document.path("document").asText() + ".");
        });
    }

    /** The shop knows the parcel and its tracking number. */
    public Order told(Order order, String parcelId, JsonNode shop) {
        return apply("told", parcelId, order.number(), draft -> {
            draft.parcel(parcelId, p -> p.told(shop.path("shopFulfilmentId").asText()));
            draft.note("The shop knows of parcel " + parcelId + ".");
        });
    }

    /** The carrier delivered a parcel; where the shipment itself is not known yet, the fact is kept for it. */
    public Order delivered(Object said, String subject) {
        Turn turn = Turn.current();
        return apply("delivered", subject, turn.message().orderNumber(), draft -> {
            JsonNode delivery = (JsonNode) said;
            String shipment = delivery.path("shipment").asText();
            Instant at = instant(delivery, "deliveredAt") == null ? clock.instant() : instant(delivery, "deliveredAt");
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
                    f -> f.state() == FulfilmentOrder.State.SHIPPED
                            ? f.in(FulfilmentOrder.State.DELIVERED, f.warehouseId())
                            : f);
        }
    }

    /** The ERP has posted some of these orders' entries; written for all of them at once. */
    public void booked(Map<String, Integer> entriesByOrder, String batch) {
        Turn turn = Turn.current();
        Map<String, Integer> left = new HashMap<>(entriesByOrder);
        left.keySet().removeIf(number -> turn.did("booked", number));
        for (int attempt = 1; !left.isEmpty(); attempt++) {
            List<Change> changes = left.entrySet().stream()
                    .map(one -> {
                        Draft draft = new Draft(load(one.getKey()));
                        draft.entriesBooked += one.getValue();
                        draft.note(one.getValue() + " entries posted to the ERP in journal " + batch + ".");
                        return change(turn, draft, "booked", one.getKey());
                    })
                    .toList();
            List<RuntimeException> failed = new ArrayList<>();
            committer.writeAll(changes).forEach((change, failure) -> {
                if (failure == null) {
                    left.remove(change.number());
                } else if (!(failure instanceof Change.VersionConflict)) {
                    failed.add(failure);
                }
            });
            if (!failed.isEmpty()) {
                throw failed.get(0);
            }
            if (attempt == TRIES) {
                throw new Refused("STATE_REFUSED", "Orders " + left.keySet() + " change too fast to be written");
            }
        }
    }

    private Order apply(String verb, String subject, String number, Consumer<Draft> change) {
        return apply(verb, subject, number, change, null);
    }

    /** Works out a change on the order as it is now and writes it; when somebody was faster, works it out anew. */
    private Order apply(String verb, String subject, String number, Consumer<Draft> change, Order opening) {
        Turn turn = Turn.current();
        turn.mayGoOn();
        if (turn.did(verb, subject)) {
            return load(number);
        }
        for (int attempt = 1; ; attempt++) {
            Draft draft = new Draft(opening != null ? opening : load(number));
            change.accept(draft);
            if (draft.isNothingNew()) {
                return draft.before();
            }
            try {
                return committer.write(change(turn, draft, verb, subject));
            } catch (Change.VersionConflict conflict) {
                if (attempt == TRIES || opening != null) {
                    throw new Refused("STATE_REFUSED", conflict.getMessage());
                }
            }
        }
    }

    private Change change(Turn turn, Draft draft, String verb, String subject) {
        Order after = draft.after();
        return new Change(turn, draft, documents.document(after), after, verb, subject, clock.instant());
    }

    private Order load(String number) {
        return documents.find(number).orElseThrow(() -> new Refused("ORDER_UNKNOWN", "There is no order " + number));
    }

    private Order read(JsonNode placed) {
        Turn turn = Turn.current();
        try {
            ObjectNode copy = placed.deepCopy();
            copy.put("number", turn.message().orderNumber());
            copy.put("version", 0);
            copy.put("channel", turn.message().partner());
            copy.put("shop", turn.message().shop());
            Order order = json.treeToValue(copy, Order.class);
            if (order.placedAt() == null
                    || order.currency() == null
                    || order.lines().isEmpty()) {
                throw new Refused("FIELD_MISSING", "An order needs a date, a currency and at least one line");
            }
            return order;
        } catch (JsonProcessingException e) {
            throw new Refused("UNREADABLE", "The order cannot be read: " + e.getOriginalMessage());
        }
    }

    private <T> T read(JsonNode node, String quotedFrom, Class<T> type) {
        try {
            ObjectNode copy = node.deepCopy();
            copy.set("quotedMinor", node.path(quotedFrom));
            return json.treeToValue(copy, type);
        } catch (JsonProcessingException e) {
            throw new Refused("PARTNER_GARBLED", "The answer cannot be read: " + e.getOriginalMessage());
        }
    }

    private static Instant instant(JsonNode node, String field) {
        String text = node.path(field).asText("");
        return text.isEmpty() ? null : Instant.parse(text);
    }

    private static String money(long minor, String currency) {
        return Money.decimal(minor, currency).toPlainString() + " " + currency;
    }
}
