package routes.order;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;
import routes.inbox.Preparation;
import routes.inbox.Refused;
import routes.inbox.Turn;
import routes.order.Order.Line;
import routes.region.Market;
import routes.region.Regions;

/**
 * The verbs of taking an order in: what the shop says becomes an order, its tax is quoted, its holds are placed and
 * released. Each is one atomic change that refuses what must not happen, naming the state it saw.
 */
@Component("orders")
public class Orders implements Preparation {

    /** Holds under which there is no point in asking further partners. */
    private static final List<String> STOPPING = List.of("ADDUP", "NOTHING_TO_SHIP", "ADDRESS_UNKNOWN", "TAX_DIFF");

    /** Holds that come from what partners said of the order as it was; an edit has them asked anew. */
    private static final List<String> FOUND = List.of(
            "NOTHING_TO_SHIP",
            "NOTHING_IN_SHOP",
            "ADDRESS_UNKNOWN",
            "TAX_DIFF",
            "TAX_UNVERIFIED",
            "FRAUD_REVIEW",
            "FRAUD_UNSCREENED");

    static final String END_REMORSE = "order-capture.end-remorse";

    private final Verbs verbs;
    private final OrderDocuments documents;
    private final Regions regions;

    Orders(Verbs verbs, OrderDocuments documents, Regions regions) {
        this.verbs = verbs;
        this.documents = documents;
        this.regions = regions;
    }

    /** Lays the order as the body, its partners by role and its subject, before a step entered in mid-story. */
    @Override
    public void prepare(Turn turn, Exchange exchange) {
        exchange.setVariable("subject", turn.message().subject());
        if (turn.message().orderNumber() != null) {
            Order order = verbs.load(turn.message().orderNumber());
            exchange.setVariable("partners", order.partners());
            exchange.getMessage().setBody(order);
            turn.urgency(urgency(order));
        }
    }

    /**
     * Whether what the shop says opens an order ({@code new}), is {@code newer} than what we know, is a cancel
     * ({@code cancelled}), comes too late to open one ({@code gone}), or is {@code stale}.
     */
    public String recognise(JsonNode placed) {
        Order known = documents.find(Verbs.number()).orElse(null);
        boolean cancelled = placed.hasNonNull("cancelledAt");
        if (known == null && !cancelled) {
            // A cancel is final in the shop, so this word is the older one, whenever it comes.
            return documents.goneBeforeOpened(Verbs.number()) ? "stale" : "new";
        }
        if (known == null) {
            return "gone";
        }
        if (cancelled && (Turn.current().message().topic().endsWith("cancelled") || !ended(known))) {
            return "cancelled";
        }
        Instant said = Verbs.instant(placed, "shopVersion");
        return said != null && known.shopVersion() != null && said.isAfter(known.shopVersion()) ? "newer" : "stale";
    }

    /**
     * Opens an order from what the shop said. Sums that do not add up hold the order; nobody mends them silently.
     *
     * @throws Refused MARKET_UNKNOWN, CURRENCY_UNBOOKED or FIELD_MISSING
     */
    public Order accept(Object placed, Exchange exchange) {
        Order order = Turn.current().did("accepted", "") ? verbs.current() : open((JsonNode) placed);
        return at(order, exchange);
    }

    /** The order as it is now, with its partners, for a step that was entered with something else. */
    public Order at(Exchange exchange) {
        return at(verbs.current(), exchange);
    }

    private Order at(Order order, Exchange exchange) {
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
        return verbs.open("accepted", said, draft -> {
            draft.market = market.name();
            draft.partners = servedBy(market, said.channel());
            draft.company = market.company().name();
            draft.serviceLevel = level.name();
            draft.ref("hub", "order", said.number(), "");
            draft.note("Order " + said.shopNumber() + " accepted in market " + market.name() + ".");
            holdWhatIsWrong(draft, said);
            letThinkBetter(draft, market.policies());
        });
    }

    /** The market's partners; the shop is whoever the order came from. */
    private static Map<String, String> servedBy(Market market, String channel) {
        Map<String, String> partners = new HashMap<>(market.partners());
        if (channel != null) {
            partners.put("shop", channel);
        }
        return partners;
    }

    private void holdWhatIsWrong(Draft draft, Order said) {
        String wrong = AddUp.difference(said);
        if (wrong != null) {
            draft.hold("ADDUP", wrong, verbs.now());
        } else {
            draft.release("ADDUP", verbs.now(), Verbs.who());
        }
        if (said.lines().stream().noneMatch(line -> line.quantity() > 0)) {
            draft.hold("NOTHING_TO_SHIP", "No line of this order has a unit", verbs.now());
        }
    }

    private void letThinkBetter(Draft draft, Market.Policies policies) {
        if (policies.remorseMinutes() > 0) {
            Instant until = draft.before().placedAt().plus(Duration.ofMinutes(policies.remorseMinutes()));
            if (until.isAfter(verbs.now())) {
                draft.hold("REMORSE", "The customer may think better of it until " + until, verbs.now());
                draft.deadline(END_REMORSE, "", until);
            }
        }
    }

    /** The customer had time to think better of it and did not. */
    public Order remorseEnded() {
        return verbs.apply("remorse-ended", "", draft -> {
            draft.release("REMORSE", verbs.now(), Verbs.who());
            draft.noDeadline(END_REMORSE, "");
            draft.note("The time to think better of it is over.");
        });
    }

    private Order read(JsonNode placed) {
        Turn turn = Turn.current();
        ObjectNode copy = placed.deepCopy();
        copy.put("number", turn.message().orderNumber());
        copy.put("version", 0);
        copy.put("channel", turn.message().partner());
        copy.put("shop", turn.message().shop());
        Order order = verbs.order(copy);
        if (order.placedAt() == null
                || order.currency() == null
                || order.lines().isEmpty()) {
            throw new Refused("FIELD_MISSING", "An order needs a date, a currency and at least one line");
        }
        return order;
    }

    /**
     * Follows what the shop has changed in an order. What nothing was done for yet is taken over whole, and its tax and
     * its screening are asked anew; goods that were added later are sourced later; goods that the shop took out are
     * cancelled here too, by the step after this one.
     */
    public Order edited(Object said, Exchange exchange) {
        if (!(said instanceof JsonNode placed)) {
            return at(exchange); // resumed after it was written down
        }
        Order order = verbs.apply("edited", "", draft -> {
            draft.shopVersion = Verbs.instant(placed, "shopVersion");
            Order now = read(placed);
            now.lines()
                    .forEach(line -> draft.lines = draft.lines.stream()
                            .map(ours ->
                                    ours.shopLineId().equals(line.shopLineId()) ? ours.removing(line.removed()) : ours)
                            .toList());
            if (finished(draft.before())) {
                draft.note("The shop changed the order at " + draft.shopVersion + ", which is cancelled.");
                return;
            }
            if (sameGoods(draft.before(), now)) {
                draft.note("The shop changed the order at " + draft.shopVersion + "; goods and sums are the same.");
                return;
            }
            takeOver(draft, now);
        });
        return at(order, exchange);
    }

    private static boolean sameGoods(Order before, Order now) {
        return before.totalMinor() == now.totalMinor()
                && before.lines().size() == now.lines().size()
                && before.lines().stream().allMatch(line -> now.lines().stream()
                        .anyMatch(other -> other.shopLineId().equals(line.shopLineId())
                                && other.quantity() == line.quantity()
                                && other.unitPriceMinor() == line.unitPriceMinor()
                                && other.discountMinor() == line.discountMinor()
                                && other.taxMinor() == line.taxMinor()));
    }

    private void takeOver(Draft draft, Order now) {
        Order before = draft.before();
        boolean begun = !before.fulfilmentOrders().isEmpty();
        boolean onlyMore = before.lines().stream().allMatch(line -> now.lines().stream()
                .anyMatch(other -> other.shopLineId().equals(line.shopLineId())
                        && other.quantity() == line.quantity()
                        && other.unitPriceMinor() == line.unitPriceMinor()
                        && other.discountMinor() == line.discountMinor()));
        if (begun && !onlyMore) {
            draft.hold(
                    "EDITED",
                    "The shop changed lines that are being sent; a person decides what is still right",
                    verbs.now());
            return;
        }
        draft.said = now;
        draft.lines = renumbered(before.lines(), now.lines());
        if (!begun) {
            draft.shipTo = now.shipTo();
        }
        // Goods that are on their way go on; what was added is taxed and screened before it is sent.
        draft.tax = null;
        draft.fraud = null;
        askAnew(draft);
        draft.note("The shop edited the order at " + draft.shopVersion + ": its total was "
                + Verbs.money(before.totalMinor(), before.currency()) + " and is "
                + Verbs.money(now.totalMinor(), before.currency()) + ".");
        holdWhatIsWrong(draft, now);
    }

    /** What was found of the order as it was says nothing of the order as it is: it is asked again. */
    private void askAnew(Draft draft) {
        for (String kind : FOUND) {
            draft.release(kind, verbs.now(), Verbs.who());
        }
        draft.flags = List.of();
        Screening.noMoreReview(draft, verbs.now(), Verbs.who());
        draft.noDeadline(Screening.SCREEN_AGAIN, "");
    }

    /** Lines keep the number they had; what was cancelled stays so. */
    private static List<Line> renumbered(List<Line> before, List<Line> now) {
        int[] next = {before.stream().mapToInt(Line::number).max().orElse(0)};
        return now.stream()
                .map(line -> before.stream()
                        .filter(known -> known.shopLineId().equals(line.shopLineId()))
                        .findFirst()
                        .map(known -> line.as(known))
                        .orElseGet(() -> line.numbered(++next[0])))
                .toList();
    }

    /** Whether partners may be asked about the order: its sums and its address are believed. Other holds wait beside it. */
    public boolean mayGoOn(Order order) {
        return STOPPING.stream().noneMatch(order::held) && !finished(order);
    }

    /** Whether the fraud partner is to be asked: the order may go on, and nobody has decided on it. */
    public boolean mayBeScreened(Order order) {
        return mayGoOn(order) && order.fraud() == null;
    }

    /** Whether it is cancelled here, too, or was found to have gone too far for that. */
    private static boolean ended(Order order) {
        return finished(order) || order.cancellations().stream().anyMatch(c -> c.inShop() && c.whole());
    }

    private static boolean finished(Order order) {
        return order.status() == OrderStatus.CANCELLED || order.status() == OrderStatus.REJECTED;
    }

    /** Whether the order may be asked of the warehouses now: nothing holds it and fraud said a plain yes. */
    public boolean mayBeSourced(Order order) {
        return !order.held()
                && !finished(order)
                && hasGoodsToPlan(order)
                && order.fraud() != null
                && order.fraud().decision().equals("ACCEPT");
    }

    /** Whether an order of which nothing is shipped, such as gift cards, may be handed over now. */
    public boolean mayBeHandedOver(Order order) {
        return !order.held()
                && !finished(order)
                && order.parcels().isEmpty()
                && order.lines().stream().noneMatch(Line::requiresShipping)
                && order.lines().stream().anyMatch(line -> line.wanted() > 0)
                && order.fraud() != null
                && order.fraud().decision().equals("ACCEPT");
    }

    private static boolean hasGoodsToPlan(Order order) {
        return order.lines().stream()
                .filter(Line::requiresShipping)
                .anyMatch(line -> order.fulfilmentOrders().stream()
                                .filter(Order.FulfilmentOrder::live)
                                .mapToInt(f -> f.units(line.number()))
                                .sum()
                        < line.wanted());
    }

    /** Writes down what the tax partner says of the address: one it does not know holds the order. */
    public Order addressed(Order order, JsonNode address) {
        String verdict = address == null ? "" : address.path("verdict").asText();
        boolean takenAsItIs = order.holds().stream()
                .anyMatch(h -> h.kind().equals("ADDRESS_UNKNOWN")
                        && !h.holding()
                        && !h.releasedBy().equals(order.channel()));
        return verbs.apply("addressed", "", draft -> {
            switch (verdict) {
                case "UNKNOWN" -> {
                    if (takenAsItIs) {
                        draft.nothingNew();
                    } else {
                        String why = address.path("messages").path(0).asText("it gives no reason");
                        draft.hold(
                                "ADDRESS_UNKNOWN", "The tax partner does not know this address: " + why, verbs.now());
                    }
                }
                case "CORRECTED" -> correct(draft, address.path("address"));
                default -> draft.nothingNew();
            }
        });
    }

    private void correct(Draft draft, JsonNode theirs) {
        Order.Address was = draft.before().shipTo();
        Order.Address means = verbs.as(theirs, Order.Address.class);
        Order.Address next = new Order.Address(
                was.name(),
                was.company(),
                means.line1(),
                means.line2(),
                means.city(),
                means.region(),
                means.postalCode(),
                means.country() == null ? was.country() : means.country(),
                was.phone());
        if (next.equals(was)) {
            draft.nothingNew();
        } else if (!verbs.policies(draft.before()).correctAddresses()) {
            draft.note("The tax partner would write the address " + oneLine(next) + "; it is kept as it was.");
        } else {
            draft.shipTo = next;
            draft.flag("ADDRESS_CORRECTED");
            draft.note(
                    "The address was " + oneLine(was) + " and is " + oneLine(next) + ", as the tax partner knows it.");
        }
    }

    private static String oneLine(Order.Address address) {
        return String.join(
                ", ",
                java.util.stream.Stream.of(
                                address.line1(),
                                address.line2(),
                                address.city(),
                                address.region(),
                                address.postalCode(),
                                address.country())
                        .filter(part -> part != null && !part.isBlank())
                        .toList());
    }

    /** Writes down what the tax partner quoted. */
    public Order taxed(Order order, JsonNode tax) {
        Market market = verbs.market(order);
        return verbs.apply("taxed", "", draft -> {
            draft.tax = verbs.read(tax, "taxMinor", Order.Tax.class);
            draft.unflag("TAX_UNVERIFIED");
            long quoted = tax.path("taxMinor").asLong();
            draft.note("Tax quoted: " + Verbs.money(quoted, order.currency()) + ".");
            long difference = Math.abs(quoted - order.taxMinor());
            if (difference > market.tolerances().taxMinor()) {
                draft.hold(
                        "TAX_DIFF",
                        "The shop charged " + Verbs.money(order.taxMinor(), order.currency())
                                + " tax, the tax partner quotes " + Verbs.money(quoted, order.currency()),
                        verbs.now());
            }
        });
    }

    /** The tax partner is away: the shop's own tax is kept and flagged where the market allows that, else a person looks. */
    public Order taxKept(Order order) {
        return verbs.apply("tax-kept", "", draft -> {
            draft.tax = new Order.Tax(
                    order.taxMinor(),
                    order.lines().stream()
                            .map(line -> new Order.TaxLine(line.number(), line.taxMinor()))
                            .toList(),
                    order.shipping() == null ? 0 : order.shipping().taxMinor());
            draft.flag("TAX_UNVERIFIED");
            draft.note("The tax partner does not answer; the shop's tax of "
                    + Verbs.money(order.taxMinor(), order.currency()) + " is kept unchecked.");
            if (verbs.policies(order).taxOutage() == Market.Policies.TaxOutage.HOLD) {
                draft.hold("TAX_UNVERIFIED", "Nobody checked the shop's tax", verbs.now());
            }
        });
    }

    /**
     * A person places a hold, on the order or on one of its lines.
     *
     * @throws Refused STATE_REFUSED when nothing of it is left to hold
     */
    public Order holdPlaced(Order order, String kind) {
        JsonNode asked = verbs.detail();
        Integer line = asked.path("line").isInt() ? asked.path("line").asInt() : null;
        return verbs.apply("hold-placed", kind, draft -> {
            if (line != null && draft.line(line) == null) {
                throw new Refused("STATE_REFUSED", "The order has no line " + line);
            }
            draft.hold(kind, asked.path("reason").asText() + " (" + Verbs.who() + ")", line, verbs.now());
            if (draft.holds == draft.before().holds()) {
                draft.nothingNew();
            }
        });
    }

    /**
     * A person releases a hold, with a reason; a review that staff release is that person's ACCEPT.
     *
     * @throws Refused STATE_REFUSED when such a hold cannot be released, or when the order's sums could not be settled
     */
    public Order holdReleased(Order order, String kind) {
        JsonNode asked = verbs.detail();
        Integer line = asked.path("line").isInt() ? asked.path("line").asInt() : null;
        return verbs.apply("hold-released", kind, draft -> {
            if (draft.before().holds().stream().noneMatch(h -> h.holding() && h.is(kind, line))) {
                draft.nothingNew();
                return;
            }
            String refusal = Holds.refusal(draft.before(), kind);
            if (refusal != null) {
                throw new Refused("STATE_REFUSED", refusal);
            }
            String who = Verbs.who();
            draft.release(kind, line, verbs.now(), who);
            draft.note("Hold " + kind + " released by " + who + ": "
                    + asked.path("reason").asText());
            switch (kind) {
                case "FRAUD_REVIEW", "FRAUD_UNSCREENED" -> Screening.acceptedBy(draft, verbs.now(), who);
                case "REMORSE" -> draft.noDeadline(END_REMORSE, "");
                case "DELAY_CONSENT" -> Fulfilments.consented(draft);
                default -> {}
            }
        });
    }

    /** Which question the order has not had an answer to: {@code tax}, {@code fraud}, or {@code none}. */
    public String unanswered(Order order) {
        return order.tax() == null ? "tax" : order.fraud() == null ? "fraud" : "none";
    }
}
