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

    private static final class Order {
        final String partner;
        final String operation;
        final Fault fault;
        final int percent;
        final List<Boolean> next = new ArrayList<>();
        int left;

        Order(String partner, String operation, Fault fault, int left, int percent) {
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
        order(partner, operation, fault, count, 100);
    }

    /** @param percent of the calls or webhooks it matches, 1 to 100 */
    synchronized void order(String partner, String operation, Fault fault, int count, int percent) {
        orders.add(new Order(partner, operation, fault, count, percent));
    }

    synchronized void clear() {
        orders.clear();
    }

    /** The fault for this call, if one is due; it is used up by asking. */
    Optional<Fault> ofCall(String partner, String operation) {
        return take(partner, operation, false);
    }

    /** The fault for this webhook, if one is due; it is used up by asking. */
    Optional<Fault> ofWebhook(String partner, String operation) {
        return take(partner, operation, true);
    }

    synchronized ArrayNode json() {
        var list = Json.array();
        for (var order : orders) {
            list.addObject()
                    .put("partner", order.partner)
                    .put("operation", order.operation)
                    .put("fault", order.fault.word())
                    .put("count", order.left)
                    .put("percent", order.percent);
        }
        return list;
    }

    private synchronized Optional<Fault> take(String partner, String operation, boolean webhooks) {
        for (Iterator<Order> all = orders.iterator(); all.hasNext(); ) {
            var order = all.next();
            if (order.fault.ofWebhooks() != webhooks || !order.meets(partner, operation)) continue;
            if (!order.strikes()) continue;
            if (--order.left == 0) all.remove();
            return Optional.of(order.fault);
        }
        return Optional.empty();
    }
}
