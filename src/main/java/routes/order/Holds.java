package routes.order;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;
import routes.inbox.Inbox;
import routes.inbox.Refused;
import routes.inbox.Take;
import routes.ledger.ParcelShares;

/** What staff may do about holds: ask for a release, which then waits in the order's lane like everything else. */
@Component
public class Holds {

    /** Holds that no word of staff lifts: what they say is not ours to overrule. */
    private static final Set<String> FINAL = Set.of("FRAUD_REJECTED", "CANCEL_PENDING", "NOTHING_TO_SHIP");

    /** Holds that say that the order's money cannot be explained; it must be, before anything is captured. */
    private static final Set<String> ABOUT_SUMS = Set.of("ADDUP");

    /** What a person may hold an order, or one of its lines, for. */
    public static final List<String> PLACED_BY_STAFF =
            List.of("CUSTOMER_ASKED", "ADDRESS_CHECK", "PAYMENT_CHECK", "STOCK_CHECK", "OTHER");

    private final OrderDocuments documents;
    private final Inbox inbox;
    private final ObjectMapper json;

    Holds(OrderDocuments documents, Inbox inbox, ObjectMapper json) {
        this.documents = documents;
        this.inbox = inbox;
        this.json = json;
    }

    /** Whether holds of this kind can ever be released by staff. */
    public static boolean releasable(String kind) {
        return !FINAL.contains(kind);
    }

    /**
     * Stores a person's wish to hold an order or one of its lines; it is carried out in the order's lane.
     *
     * @param kind one of {@link #PLACED_BY_STAFF}
     * @param line the order line, null for the whole order
     * @throws Refused ORDER_UNKNOWN when there is no such order, STATE_REFUSED when it cannot be held so
     */
    public Take.Receipt place(String number, String kind, Integer line, String who, String why) {
        Order order = known(number);
        if (!PLACED_BY_STAFF.contains(kind)) {
            throw new Refused(
                    "STATE_REFUSED", "A person places holds of the kinds " + PLACED_BY_STAFF + ", not " + kind);
        }
        if (line != null && order.line(line) == null) {
            throw new Refused("STATE_REFUSED", "Order " + number + " has no line " + line);
        }
        return inbox.request("order-capture.place-hold", number, kind, who, detail(line, why), false);
    }

    /** As {@link #release(String, String, Integer, String, String)}, for a hold on the whole order. */
    public Take.Receipt release(String number, String kind, String who, String why) {
        return release(number, kind, null, who, why);
    }

    /**
     * Stores a person's wish to release a hold; it is carried out in the order's lane.
     *
     * @param line the order line it holds, null for the whole order
     * @param why the person's own words, kept in the history
     * @throws Refused ORDER_UNKNOWN when there is no such order or it never had such a hold, STATE_REFUSED when the hold is
     *     released already or cannot be
     */
    public Take.Receipt release(String number, String kind, Integer line, String who, String why) {
        Order order = known(number);
        List<Order.Hold> such =
                order.holds().stream().filter(hold -> hold.is(kind, line)).toList();
        if (such.isEmpty()) {
            throw new Refused("ORDER_UNKNOWN", "Order " + number + " has no hold " + kind);
        }
        if (such.stream().noneMatch(Order.Hold::holding)) {
            throw new Refused("STATE_REFUSED", "The hold " + kind + " of order " + number + " is released already");
        }
        String refusal = refusal(order, kind);
        if (refusal != null) {
            throw new Refused("STATE_REFUSED", refusal);
        }
        return inbox.request("order-capture.release-hold", number, kind, who, detail(line, why), false);
    }

    private String detail(Integer line, String why) {
        ObjectNode detail = json.createObjectNode().put("reason", why);
        if (line != null) {
            detail.put("line", line);
        }
        return detail.toString();
    }

    private Order known(String number) {
        return documents
                .find(number)
                .orElseThrow(() -> new Refused("ORDER_UNKNOWN", "No order has the number " + number));
    }

    /** Why this hold cannot be released by staff, in words for them, or null. */
    static String refusal(Order order, String kind) {
        if (!releasable(kind)) {
            return "A hold " + kind + " cannot be released by staff";
        }
        return ABOUT_SUMS.contains(kind) ? unsettled(order) : null;
    }

    /** Why the order's parcels could never be captured for exactly its total, or null when they can. */
    private static String unsettled(Order order) {
        List<ParcelShares.OrderLine> lines = order.lines().stream()
                .filter(line -> line.quantity() > 0)
                .map(line -> new ParcelShares.OrderLine(
                        line.number(),
                        line.quantity(),
                        line.grossMinor(),
                        line.discountMinor(),
                        line.taxMinor(),
                        line.dutyMinor(),
                        0,
                        line.quantity()))
                .toList();
        if (lines.isEmpty()) {
            return "No line of the order has a unit to ship, so nothing could be captured";
        }
        long captured = ParcelShares.of(
                        lines,
                        order.shippingMinor(),
                        order.shipping() == null ? 0 : order.shipping().taxMinor(),
                        order.tipMinor(),
                        order.taxIncluded())
                .amountMinor();
        return captured == order.totalMinor()
                ? null
                : "All parcels together would capture "
                        + Verbs.money(captured, order.currency())
                        + ", the order's total is "
                        + Verbs.money(order.totalMinor(), order.currency()) + "; it must be mended in the shop";
    }
}
