package routes.order;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;
import routes.inbox.Inbox;
import routes.inbox.Refused;
import routes.inbox.Take;
import routes.order.Order.CancelledLine;

/** How people and clients ask for a cancel: the wish is stored, and a wish for the whole order is seen at once. */
@Component
public class CancelRequest {

    /** Why an order is cancelled, in the shop's own words. */
    public static final Set<String> REASONS = Set.of("CUSTOMER", "DECLINED", "FRAUD", "INVENTORY", "OTHER", "STAFF");

    private static final String STEP = "order-cancel.request";

    private final OrderDocuments documents;
    private final Inbox inbox;
    private final ObjectMapper json;

    CancelRequest(OrderDocuments documents, Inbox inbox, ObjectMapper json) {
        this.documents = documents;
        this.inbox = inbox;
        this.json = json;
    }

    /** Units of one order line. */
    public record Units(int line, int quantity) {}

    /**
     * Stores the wish to cancel an order or some of its units.
     *
     * @param reason one of {@link #REASONS}
     * @param units none for everything that has not left
     * @throws Refused ORDER_UNKNOWN when there is no such order; STATE_REFUSED when it has no such units, is cancelled or has
     *     gone for good
     */
    public Take.Receipt ask(String number, String reason, String who, String why, List<Units> units) {
        Order order = documents
                .find(number)
                .orElseThrow(() -> new Refused("ORDER_UNKNOWN", "No order has the number " + number));
        if (!REASONS.contains(reason)) {
            throw new Refused("STATE_REFUSED", "A cancel has one of the reasons " + REASONS + ", not " + reason);
        }
        if (order.status() == OrderStatus.CANCELLED || order.status() == OrderStatus.REJECTED) {
            throw new Refused("STATE_REFUSED", "Order " + number + " is cancelled already");
        }
        if (order.status() == OrderStatus.DELIVERED || order.status() == OrderStatus.COMPLETED) {
            throw new Refused("STATE_REFUSED", "Order " + number + " has arrived; it can be returned, not cancelled");
        }
        Cancellations.check(
                order,
                units.stream()
                        .map(one -> new CancelledLine(one.line(), "", one.quantity(), 0, 0))
                        .toList());
        ObjectNode detail =
                json.createObjectNode().put("reason", reason).put("why", why).put("requestedBy", who);
        ArrayNode lines = detail.putArray("lines");
        units.forEach(one -> lines.addObject().put("line", one.line()).put("quantity", one.quantity()));
        return inbox.request(STEP, number, "", who, detail.toString(), units.isEmpty());
    }
}
