package routes.order;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import routes.inbox.LeaseClock;
import routes.inbox.NotYet;
import routes.inbox.Refused;
import routes.ledger.Entries;
import routes.ledger.ParcelShares;
import routes.order.Order.Cancellation;
import routes.order.Order.CancelledLine;
import routes.order.Order.FulfilmentOrder;
import routes.order.Order.Line;
import routes.order.Order.PlannedLine;
import routes.order.Order.Tender;

/**
 * The verbs of a cancel: it is wished, what the warehouses have is asked back, then it is decided once for all units
 * together, the shop is told, and the books follow when the money has really gone back. What has left stays sold: the
 * customer may return it.
 */
@Component("cancellations")
public class Cancellations {

    private static final Duration RELEASE_MOMENT = Duration.ofSeconds(1);
    private static final String HOLD = "CANCEL_PENDING";

    private final Verbs verbs;
    private final Duration shopMoment;
    private final Duration refundMoment;

    /**
     * @param shopMs how long until the shop is asked again whether it has carried a cancel out
     * @param refundMs how long until it is asked again whether the money has gone back
     */
    Cancellations(
            Verbs verbs,
            @Value("${oms.cancels.shop-look-again-ms:2000}") long shopMs,
            @Value("${oms.cancels.refund-look-again-ms:60000}") long refundMs) {
        this.verbs = verbs;
        shopMoment = Duration.ofMillis(shopMs);
        refundMoment = Duration.ofMillis(refundMs);
    }

    /**
     * What a client or a member of staff wishes.
     *
     * @param said {@code {reason, lines: [{line, quantity}], requestedBy}}; anything else stands for the message's own body
     */
    public Order requested(Object said, Exchange exchange) {
        JsonNode asked = said instanceof JsonNode mapped ? mapped : verbs.detail();
        String who = asked.path("requestedBy").asText(Verbs.who());
        List<CancelledLine> lines = new ArrayList<>();
        for (JsonNode line : asked.path("lines")) {
            lines.add(new CancelledLine(
                    line.path("line").asInt(), "", line.path("quantity").asInt(), 0, 0));
        }
        return wish(exchange, asked.path("reason").asText("CUSTOMER"), who, false, lines);
    }

    /** The shop cancelled the whole order: it has voided or refunded already. */
    public Order cancelledInShop(Object said, Exchange exchange) {
        JsonNode placed = Verbs.said(said);
        String reason = placed.path("cancelReason").asText("OTHER").toUpperCase(java.util.Locale.ROOT);
        return wish(exchange, reason, Verbs.who(), true, List.of());
    }

    /** The shop took units out of the order; what of them has not been cancelled here is. */
    public Order takenOutInShop(Exchange exchange) {
        Order order = verbs.current();
        List<CancelledLine> lines = order.lines().stream()
                .filter(line -> line.removed() > line.cancelled())
                .map(line -> new CancelledLine(line.number(), "", line.removed() - line.cancelled(), 0, 0))
                .toList();
        // What was too late once is too late whenever the shop says it again.
        boolean refused = order.cancellations().stream()
                .anyMatch(c -> c.inShop()
                        && c.state() == Cancellation.State.REFUSED
                        && c.lines().equals(lines));
        // Of an order that the shop has cancelled altogether all units are taken out: that was followed as a whole.
        return lines.isEmpty() || refused || followed(order, true, true)
                ? order
                : wish(exchange, "OTHER", Verbs.who(), true, lines);
    }

    /** Fraud was found, by the partner or by silence: nothing of the order may leave any more. */
    public Order rejected(Exchange exchange) {
        return wish(exchange, "FRAUD", Verbs.who(), false, List.of());
    }

    /** The customer did not agree to wait: what is late is cancelled and paid back. */
    public Order late(Exchange exchange) {
        Order order = verbs.current();
        Map<Integer, Integer> units = new HashMap<>();
        order.fulfilmentOrders().stream()
                .filter(FulfilmentOrder::unsent)
                .flatMap(f -> f.lines().stream())
                .forEach(l -> units.merge(l.line(), l.quantity(), Integer::sum));
        List<CancelledLine> lines = units.entrySet().stream()
                .map(one -> new CancelledLine(one.getKey(), "", one.getValue(), 0, 0))
                .toList();
        if (!order.held("DELAY_CONSENT") || lines.isEmpty()) {
            return verbs.apply("not-late", "", draft -> draft.noDeadline(Fulfilments.CONSENT_DUE, "")
                    .note("Nothing is late any more."));
        }
        return wish(exchange, "INVENTORY", Verbs.who(), false, lines);
    }

    private Order wish(Exchange exchange, String reason, String who, boolean inShop, List<CancelledLine> lines) {
        Order order = verbs.apply("cancel-requested", "", draft -> {
            boolean whole = lines.isEmpty();
            Cancellation open = open(draft.before());
            boolean covered = open != null && (open.whole() || open.lines().equals(lines));
            boolean gone = !whole
                    && lines.stream()
                            .allMatch(one -> draft.before().line(one.line()).wanted() == 0);
            if (nothingLeft(draft.before()) || covered || gone || followed(draft.before(), inShop, whole)) {
                draft.note(inShop ? "The shop has cancelled it, too." : "It is cancelled already, or being so.");
                draft.wish = nothingLeft(draft.before()) || open != null ? Draft.Wish.UNTOUCHED : Draft.Wish.LIFTED;
                return;
            }
            if (open != null) {
                // Its message ended before it was decided: a later wish stands for both.
                draft.cancellation(open.in(Cancellation.State.REFUSED, null));
                draft.note("Cancellation " + open.id() + " was overtaken by a later one.");
            }
            String id = "C" + (draft.cancellations.size() + 1);
            draft.cancellation(new Cancellation(
                    id,
                    verbs.now(),
                    who,
                    reason,
                    whole,
                    inShop,
                    Cancellation.State.REQUESTED,
                    lines,
                    0,
                    0,
                    0,
                    0,
                    0,
                    null));
            draft.wish = Draft.Wish.STANDS;
            draft.hold(HOLD, "Somebody wants it cancelled: " + reason + " (" + who + ")", verbs.now());
            draft.noDeadline(Fulfilments.CONSENT_DUE, "");
        });
        exchange.setVariable("partners", order.partners());
        return order;
    }

    /** Whether all units are cancelled. */
    private static boolean nothingLeft(Order order) {
        return order.parcels().isEmpty()
                && order.cancellations().stream().anyMatch(Cancellation::effective)
                && order.lines().stream().allMatch(line -> line.wanted() == 0);
    }

    /** Whether the shop's cancel of the whole order was followed before, as far as it could be. */
    private static boolean followed(Order order, boolean inShop, boolean whole) {
        return inShop && whole && order.cancellations().stream().anyMatch(c -> c.inShop() && c.whole());
    }

    private static Cancellation open(Order order) {
        return order.cancellations().stream()
                .filter(c -> c.state() == Cancellation.State.REQUESTED)
                .findFirst()
                .orElse(null);
    }

    /**
     * The next fulfilment order that must be asked back before the cancel can be decided, or an empty text.
     *
     * @param standing fulfilment orders that a warehouse may have been asked for, whatever we have written down
     * @param doubtful those of them of which nobody knows whether it was: the warehouse is asked first
     * @throws NotYet while one is just being sent: only when that is known it can be asked back
     */
    public String nextToRecall(Order order, List<String> standing, List<String> doubtful) {
        Cancellation wish = open(order);
        if (wish == null) {
            return "";
        }
        for (FulfilmentOrder one : order.fulfilmentOrders()) {
            if (one.unsent() && standing.contains(one.id()) && needs(order, wish, one, standing)) {
                if (doubtful.contains(one.id())) {
                    return one.id();
                }
                throw new NotYet(
                        "RELEASE_UNDER_WAY",
                        LeaseClock.now().plus(RELEASE_MOMENT),
                        "Fulfilment order " + one.id() + " is just being sent");
            }
            if (one.state() == FulfilmentOrder.State.SENT
                    && !wish.id().equals(one.recallRefusedFor())
                    && needs(order, wish, one, standing)) {
                return one.id();
            }
        }
        return "";
    }

    /** Whether units of this fulfilment order are wished for that nobody else could give up. */
    private static boolean needs(Order order, Cancellation wish, FulfilmentOrder one, List<String> standing) {
        if (wish.whole()) {
            return true;
        }
        return wish.lines().stream().anyMatch(line -> {
            Line ours = order.line(line.line());
            int free =
                    ours == null ? 0 : ours.wanted() - order.shipped(line.line()) - stuck(order, line.line(), standing);
            return one.units(line.line()) > 0 && line.quantity() > free;
        });
    }

    /** Units of a line that are with a warehouse, or on their way to one, and have not left. */
    private static int stuck(Order order, int line, List<String> standing) {
        return order.fulfilmentOrders().stream()
                .filter(f -> f.live() && !free(f, standing))
                .mapToInt(f -> f.units(line)
                        - order.parcels().stream()
                                .filter(p -> p.fulfilmentOrder().equals(f.id()))
                                .mapToInt(p -> p.units(line))
                                .sum())
                .sum();
    }

    /** Whether no warehouse has it or may be having it right now. */
    private static boolean free(FulfilmentOrder one, List<String> standing) {
        return one.unsent() && !standing.contains(one.id());
    }

    /** Whether nobody knows if the warehouse has this fulfilment order: it may have been sent, and no answer came. */
    public boolean inDoubt(Order order, String subject) {
        FulfilmentOrder one = order.fulfilmentOrder(subject);
        return one != null && one.unsent();
    }

    /** What the warehouse said when it was asked to give a fulfilment order back. */
    public Order recalled(Order order, String subject, JsonNode answer) {
        // One message may ask it twice, for one wish after the other: each has an answer of its own.
        Cancellation wish = open(verbs.current());
        return verbs.apply("recalled", wish == null ? subject : subject + " for " + wish.id(), draft -> {
            if (answer.path("recalled").asBoolean()) {
                draft.fulfilmentOrder(subject, f -> f.in(FulfilmentOrder.State.RECALLED));
                draft.note("The warehouse gave " + subject + " back.");
            } else {
                draft.fulfilmentOrder(subject, f -> f.notGivenBackFor(wish == null ? "" : wish.id()));
                draft.note("The warehouse does not give " + subject + " back: "
                        + answer.path("why").asText("it gives no reason") + ".");
            }
        });
    }

    /** Whether the shop must first be asked how the customer pays: what was paid goes back, and is in the books. */
    public boolean unknownPayment(Order order) {
        return open(order) != null && order.capturedAtOrder() == null;
    }

    /**
     * Decides the wish once for all its units: they are cancelled here, with their money, or it is too late.
     *
     * @param standing fulfilment orders that a warehouse may have been asked for, whatever we have written down
     */
    public Order decided(Order order, List<String> standing) {
        Cancellation asked = open(order);
        return verbs.apply("cancel-decided", asked == null ? "" : asked.id(), draft -> {
            Cancellation wish = open(draft.before());
            if (wish == null) {
                draft.nothingNew();
                return;
            }
            Map<Integer, Integer> units = cancellable(draft, wish, standing);
            draft.release(HOLD, verbs.now(), Verbs.who());
            if (units.isEmpty()) {
                refuse(draft, wish);
            } else {
                cancel(draft, wish, units, standing);
            }
        });
    }

    /** The units that go, by line; none when the wish cannot be met. */
    private static Map<Integer, Integer> cancellable(Draft draft, Cancellation wish, List<String> standing) {
        Order order = draft.before();
        Map<Integer, Integer> free = new HashMap<>();
        for (Line line : order.lines()) {
            int units = line.wanted() - order.shipped(line.number()) - stuck(order, line.number(), standing);
            if (units > 0 && line.requiresShipping()) {
                free.put(line.number(), units);
            }
        }
        if (wish.whole()) {
            boolean everything = order.lines().stream()
                    .filter(Line::requiresShipping)
                    .allMatch(line -> free.getOrDefault(line.number(), 0) == line.wanted());
            if (everything) {
                order.lines().stream()
                        .filter(line -> !line.requiresShipping() && line.wanted() > 0)
                        .forEach(line -> free.put(line.number(), line.wanted()));
            }
            return free;
        }
        Map<Integer, Integer> wished = new HashMap<>();
        wish.lines().forEach(line -> wished.merge(line.line(), line.quantity(), Integer::sum));
        boolean possible = wished.entrySet().stream()
                .allMatch(one -> one.getValue() > 0 && one.getValue() <= free.getOrDefault(one.getKey(), 0));
        return possible ? wished : Map.of();
    }

    private void refuse(Draft draft, Cancellation wish) {
        draft.cancellation(wish.in(Cancellation.State.REFUSED, null));
        draft.wish = Draft.Wish.LIFTED;
        String why = "The goods have left or are being packed; the customer may return them";
        if (wish.reason().equals("FRAUD")) {
            watch(draft);
        } else if (wish.inShop()) {
            draft.open("CANCELLED_IN_SHOP_ONLY", "", "The shop cancelled it. " + why, verbs.now());
        } else {
            draft.open("CANCEL_REFUSED", wish.id(), why, verbs.now());
        }
    }

    /** Fraud was found too late for what has left: it goes on as it is, and a person watches for the chargeback. */
    private void watch(Draft draft) {
        draft.release("FRAUD_REJECTED", verbs.now(), Verbs.who());
        draft.open(
                "CHARGEBACK_WATCH",
                "",
                "The fraud partner rejects the order although goods have left; a chargeback may come",
                verbs.now());
    }

    private void cancel(Draft draft, Cancellation wish, Map<Integer, Integer> units, List<String> standing) {
        Order order = draft.before();
        boolean everything = order.parcels().isEmpty()
                && order.lines().stream().allMatch(line -> units.getOrDefault(line.number(), 0) == line.wanted());
        ParcelShares shares = Fulfilments.shares(draft, units, everything);
        long refund = refund(draft, shares.amountMinor());
        List<CancelledLine> lines = shares.lines().stream()
                .map(share -> new CancelledLine(
                        share.line(),
                        order.line(share.line()).shopLineId(),
                        share.quantity(),
                        share.netMinor() + (order.taxIncluded() ? 0 : share.taxMinor()) + share.dutyMinor(),
                        share.taxMinor()))
                .toList();
        units.forEach((line, quantity) -> draft.line(line, l -> l.cancelling(quantity)));
        takeOut(draft, units, standing);
        draft.entry(Entries.cancelled(order.number(), wish.id(), order.company(), order.currency(), refund));
        draft.cancellation(new Cancellation(
                wish.id(),
                wish.at(),
                wish.who(),
                wish.reason(),
                wish.whole(),
                wish.inShop(),
                Cancellation.State.DECIDED,
                lines,
                shares.shippingMinor(),
                shares.shippingTaxMinor(),
                shares.amountMinor(),
                shares.taxMinor(),
                refund,
                null));
        if (everything) {
            closeAll(draft);
        } else {
            draft.wish = Draft.Wish.LIFTED;
            if (wish.reason().equals("FRAUD")) {
                watch(draft);
            }
        }
        if (draft.fulfilmentOrders.stream().noneMatch(FulfilmentOrder::unsent)) {
            draft.noDeadline(Fulfilments.DELAY_DUE, "").release("DELAY_CONSENT", verbs.now(), Verbs.who());
        }
        int sum = units.values().stream().mapToInt(Integer::intValue).sum();
        draft.note((everything ? "The order is cancelled" : sum + (sum == 1 ? " unit is" : " units are") + " cancelled")
                + (refund > 0 ? "; " + Verbs.money(refund, order.currency()) + " go back to the customer." : "."));
    }

    /** Nothing of the order is left to hold or to wait for; only that fraud rejected it still says why it ended. */
    private void closeAll(Draft draft) {
        draft.before().holds().stream()
                .filter(hold -> hold.holding() && !hold.kind().equals("FRAUD_REJECTED"))
                .forEach(hold -> draft.release(hold.kind(), hold.line(), verbs.now(), Verbs.who()));
        draft.close("REVIEW_OVERDUE", "", verbs.now(), Verbs.who());
        draft.noDeadline(Orders.END_REMORSE, "")
                .noDeadline(Screening.ESCALATE, "")
                .noDeadline(Screening.GIVE_UP, "")
                .noDeadline(Screening.SCREEN_AGAIN, "");
        draft.fulfilmentOrders.forEach(one -> draft.noDeadline(Fulfilments.LOOK_AGAIN, one.id()));
    }

    /** What was paid in advance covers what is still to be sent before anything of it goes back. */
    private static long refund(Draft draft, long cancelledMinor) {
        long parcelled =
                draft.parcels.stream().mapToLong(Order.Parcel::amountMinor).sum();
        long cancelledBefore = draft.cancellations.stream()
                .mapToLong(Cancellation::amountMinor)
                .sum();
        long stillToSend = draft.before().totalMinor() - parcelled - cancelledBefore - cancelledMinor;
        return Math.max(0, Math.min(cancelledMinor, Fulfilments.prepaidLeft(draft) - Math.max(0, stillToSend)));
    }

    /** Takes cancelled units out of what is planned; what a warehouse gave back and is still wanted is planned anew. */
    private static void takeOut(Draft draft, Map<Integer, Integer> units, List<String> standing) {
        Map<Integer, Integer> left = new HashMap<>(units);
        List<FulfilmentOrder> next = new ArrayList<>();
        int number = draft.fulfilmentOrders.size();
        for (FulfilmentOrder one : draft.fulfilmentOrders) {
            boolean givenBack = one.state() == FulfilmentOrder.State.RECALLED;
            if (!givenBack && !free(one, standing)) {
                next.add(one);
                continue;
            }
            List<PlannedLine> rest = new ArrayList<>();
            for (PlannedLine line : one.lines()) {
                int gone = Math.min(line.quantity(), left.getOrDefault(line.line(), 0));
                left.merge(line.line(), -gone, Integer::sum);
                if (line.quantity() > gone) {
                    rest.add(new PlannedLine(line.line(), line.shopLineId(), line.quantity() - gone));
                }
            }
            if (givenBack) {
                next.add(one.in(FulfilmentOrder.State.CANCELLED));
                if (!rest.isEmpty()) {
                    FulfilmentOrder again = FulfilmentOrder.planned("F" + ++number, one.shopId(), one.node(), rest);
                    next.add(again);
                    draft.ref("hub", "fulfilment-order", draft.before().number() + "-" + again.id(), again.id());
                }
            } else {
                next.add(rest.isEmpty() ? one.in(FulfilmentOrder.State.CANCELLED) : one.holding(rest));
            }
        }
        draft.fulfilmentOrders = next;
    }

    /** The cancellation that the shop is to be told of, or an empty text. */
    public String toTell(Order order) {
        return order.cancellations().stream()
                .filter(c -> c.state() == Cancellation.State.DECIDED)
                .map(Cancellation::id)
                .findFirst()
                .orElse("");
    }

    /** How the shop learns of it: {@code whole}, {@code part}, or {@code knows} where it did it itself. */
    public String wayToTell(Order order, String id) {
        Cancellation cancellation = order.cancellation(id);
        if (cancellation.inShop()) {
            return "knows";
        }
        boolean last = order.cancellations().stream()
                .filter(Cancellation::effective)
                .reduce((earlier, later) -> later)
                .filter(c -> c.id().equals(id))
                .isPresent();
        return nothingLeft(order) && last ? "whole" : "part";
    }

    /**
     * What the fraud partner learns from a cancel: {@code rejected} or {@code cancelled} where nothing is left of the order,
     * {@code shipped} where all that is left has gone; empty while the order goes on, or when nobody screened it.
     */
    public String outcome(Order order) {
        if (order.fraud() == null) {
            return "";
        }
        if (nothingLeft(order)) {
            return order.held("FRAUD_REJECTED") ? "rejected" : "cancelled";
        }
        boolean gone = order.lines().stream()
                .filter(Line::requiresShipping)
                .allMatch(line -> order.shipped(line.number()) >= line.wanted());
        return gone ? "shipped" : "";
    }

    /** The shop knows of the cancellation. */
    public Order told(Order order, String id, JsonNode answer) {
        return verbs.apply("cancel-told", id, draft -> {
            String theirs = answer == null
                    ? null
                    : answer.path("refundId").asText(answer.path("job").asText(null));
            draft.cancellation(draft.before().cancellation(id).in(Cancellation.State.TOLD, theirs));
            draft.note("The shop knows of cancellation " + id + ".");
        });
    }

    /** Whether money is still on its way back, or the shop still has to carry the cancel out. */
    public boolean unsettled(Order order, String id) {
        return order.cancellation(id).state() == Cancellation.State.TOLD;
    }

    /**
     * What the shop says has become of the money: booked only when it has really gone back.
     *
     * @throws NotYet while the shop is not ready, or the refund is under way
     */
    public Order settled(Order order, String id, JsonNode shop) {
        return verbs.apply("cancel-settled", id, draft -> {
            Cancellation done = draft.before().cancellation(id);
            if (done.state() != Cancellation.State.TOLD) {
                draft.nothingNew();
                return;
            }
            boolean whole = wayToTell(draft.before(), id).equals("whole") || done.whole() && done.inShop();
            if (whole && !shop.hasNonNull("cancelledAt")) {
                throw notYet(shopMoment, "The shop has not carried out cancellation " + id + " yet");
            }
            if (done.refundMinor() > 0) {
                settleRefund(draft, done, whole, shop);
            } else {
                draft.cancellation(done.in(Cancellation.State.DONE, done.shopId()));
                draft.note("Cancellation " + id + " is done; nothing had been paid for it.");
            }
        });
    }

    private void settleRefund(Draft draft, Cancellation done, boolean whole, JsonNode shop) {
        Order order = draft.before();
        String reference = order.number() + "-" + done.id();
        long settled = 0;
        boolean failed = false;
        boolean pending = false;
        for (JsonNode refund : shop.path("refunds")) {
            String theirs = refund.path("reference").asText();
            boolean ours = theirs.equals(reference) || (whole || done.inShop()) && !ofAnother(order, theirs);
            if (ours && refund.path("status").asText().equals("SETTLED")) {
                settled += refund.path("amountMinor").asLong();
            }
            failed |= ours && refund.path("status").asText().equals("FAILED");
            pending |= ours && refund.path("status").asText().equals("PENDING");
        }
        if (settled < done.refundMinor() && failed) {
            draft.open(
                    "REFUND_FAILED",
                    done.id(),
                    Verbs.money(done.refundMinor() - settled, order.currency())
                            + " could not be paid back; the customer must be paid another way",
                    verbs.now());
            draft.cancellation(done.in(Cancellation.State.DONE, done.shopId()));
            return;
        }
        if (settled < done.refundMinor() && done.inShop() && !pending) {
            // Whether and when the shop's people pay it back is theirs to say; their next word on the order is looked
            // at.
            draft.open(
                    "REFUND_OPEN",
                    done.id(),
                    "The shop took units out that were paid for; "
                            + Verbs.money(done.refundMinor() - settled, order.currency()) + " have not gone back",
                    verbs.now());
            return;
        }
        if (settled < done.refundMinor()) {
            throw notYet(refundMoment, "The refund of cancellation " + done.id() + " is under way");
        }
        draft.close("REFUND_OPEN", done.id(), verbs.now(), Verbs.who());
        String processor = draft.tenders.stream()
                .map(Tender::gateway)
                .filter(gateway -> !gateway.equals("gift_card"))
                .findFirst()
                .orElse("");
        draft.entry(Entries.refunded(
                order.number(),
                done.id(),
                order.company(),
                order.currency(),
                done.refundMinor(),
                backOntoGiftCards(draft, done),
                processor));
        draft.cancellation(done.in(Cancellation.State.DONE, done.shopId()));
        draft.note(Verbs.money(done.refundMinor(), order.currency()) + " went back to the customer.");
    }

    /** What was taken is given back tender by tender, in their order; earlier cancellations have used up the first part. */
    private static long backOntoGiftCards(Draft draft, Cancellation done) {
        long from = 0;
        for (Cancellation earlier : draft.before().cancellations()) {
            if (earlier.id().equals(done.id())) {
                break;
            }
            from += earlier.refundMinor();
        }
        long to = from + done.refundMinor();
        long start = 0;
        long giftCards = 0;
        for (Tender tender : draft.tenders) {
            if (tender.kind().equals("AUTHORIZATION")) {
                continue;
            }
            long end = start + tender.amountMinor();
            if (tender.gateway().equals("gift_card")) {
                giftCards += Math.max(0, Math.min(to, end) - Math.max(from, start));
            }
            start = end;
        }
        return giftCards;
    }

    /** The cancellations whose money the shop's people have not given back, for the splitter. */
    public List<String> openRefunds(Order order) {
        return order.cancellations().stream()
                .filter(c -> c.inShop() && c.state() == Cancellation.State.TOLD)
                .filter(c -> order.cases().stream()
                        .anyMatch(one -> one.open()
                                && one.kind().equals("REFUND_OPEN")
                                && one.subject().equals(c.id())))
                .map(Cancellation::id)
                .toList();
    }

    /** Whether a refund is that of a cancellation we asked the shop for by name. */
    private static boolean ofAnother(Order order, String reference) {
        return order.cancellations().stream()
                .anyMatch(c -> !c.inShop() && (order.number() + "-" + c.id()).equals(reference));
    }

    private static NotYet notYet(Duration pause, String why) {
        return new NotYet("SHOP_AT_WORK", LeaseClock.now().plus(pause), why);
    }

    /** Checks a wish before it is stored, so that whoever has it is told at once what is wrong with it. */
    static void check(Order order, List<CancelledLine> lines) {
        for (CancelledLine line : lines) {
            Line ours = order.line(line.line());
            if (ours == null) {
                throw new Refused("STATE_REFUSED", "The order has no line " + line.line());
            }
            if (line.quantity() < 1 || line.quantity() > ours.wanted()) {
                throw new Refused(
                        "STATE_REFUSED",
                        "Of line " + line.line() + " 1 to " + ours.wanted() + " units can be cancelled");
            }
        }
    }
}
