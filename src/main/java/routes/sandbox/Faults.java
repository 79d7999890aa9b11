package routes.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The faults ordered for the next calls. Each befalls as many calls as it says and is then gone; the oldest that
 * matches comes first. They live in memory: a restarted sandbox is well behaved. One with a percentage befalls exactly so
 * many of every hundred, in an order that nobody foresees.
 */
final class Faults {

    /** Stands for every partner or every operation. */
    static final String ANY = "*";

    /** What befalls a call; {@code because} is the reason of a refusal, null where none was ordered. */
    record Befallen(Fault fault, String because) {}

    private static final class Order {
        final String partner;
        final String operation;
        final Fault fault;
        final int percent;
        final String because;
        final List<Boolean> next = new ArrayList<>();
        int left;

        Order(String partner, String operation, Fault fault, int left, int percent, String because) {
            this.because = because;
            this.percent = percent;
            this.partner = partner;
            this.operation = operation;
            this.fault = fault;
            this.left = left;
        }

        boolean meets(String aPartner, String anOperation) {
            return (partner.equals(ANY) || partner.equals(aPartner))
                    && (operation.equals(ANY) || operation.equals(anOperation));
        }

        /** Whether it befalls this one. */
        boolean strikes() {
            if (next.isEmpty()) {
                for (var i = 0; i < 100; i++) next.add(i < percent);
                Collections.shuffle(next);
            }
            return next.remove(next.size() - 1);
        }
    }

    private final List<Order> orders = new ArrayList<>();

    synchronized void order(String partner, String operation, Fault fault, int count) {
        order(partner, operation, fault, count, 100, null);
    }

    /**
     * @param percent of the calls or webhooks it matches, 1 to 100
     * @param because why a refusal is one, as the partner knows it; null for no reason
     */
    synchronized void order(String partner, String operation, Fault fault, int count, int percent, String because) {
        orders.add(new Order(partner, operation, fault, count, percent, because));
    }

    synchronized void clear() {
        orders.clear();
    }

    /** The fault for this call, if one is due; it is used up by asking. */
    Optional<Befallen> ofCall(String partner, String operation) {
        return take(partner, operation, false);
    }

    /** The fault for this webhook, if one is due; it is used up by asking. */
    Optional<Fault> ofWebhook(String partner, String operation) {
        return take(partner, operation, true).map(Befallen::fault);
    }

    synchronized ArrayNode json() {
        var list = Json.array();
        for (var order : orders) {
            list.addObject()
                    .put("partner", order.partner)
                    .put("operation", order.operation)
                    .put("fault", order.fault.word())
                    .put("count", order.left)
                    .put("percent", order.percent)
                    .put("because", order.because);
        }
        return list;
    }

    private synchronized Optional<Befallen> take(String partner, String operation, boolean webhooks) {
        for (Iterator<Order> all = orders.iterator(); all.hasNext(); ) {
            var order = all.next();
            if (order.fault.ofWebhooks() != webhooks || !order.meets(partner, operation)) continue;
            if (!order.strikes()) continue;
            if (--order.left == 0) all.remove();
            return Optional.of(new Befallen(order.fault, order.because));
        }
        return Optional.empty();
    }
}
