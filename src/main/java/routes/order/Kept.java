package routes.order;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import routes.order.Order.FulfilmentOrder;
import routes.order.Order.PlannedLine;
import routes.stock.Reserved;
import routes.stock.Stock;

/**
 * What a verb means for the stock, worked out from the order before and after it: units that are planned or sent and have
 * not left are kept for the order. So no verb has to think of reservations, and none can forget them.
 *
 * @param wanted units to keep from now on
 * @param left units that have left
 * @param free units that are kept no longer
 */
record Kept(List<Reserved> wanted, List<Reserved> left, List<Reserved> free) {

    private record Matter(String subject, int line) {}

    static Kept between(Order before, Order after) {
        Kept kept = new Kept(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        if (before.fulfilmentOrders() == after.fulfilmentOrders() && before.parcels() == after.parcels()) {
            return kept;
        }
        String warehouse = after.partners().get("warehouse");
        Map<Matter, Integer> keptBefore = kept(before);
        Map<Matter, Integer> keptAfter = kept(after);
        for (FulfilmentOrder one : after.fulfilmentOrders()) {
            FulfilmentOrder was = before.fulfilmentOrder(one.id());
            Map<Integer, Integer> lines = new LinkedHashMap<>();
            one.lines().forEach(line -> lines.put(line.line(), 0));
            if (was != null) {
                was.lines().forEach(line -> lines.put(line.line(), 0));
            }
            for (int line : lines.keySet()) {
                if (!after.line(line).requiresShipping()) {
                    continue;
                }
                Matter matter = new Matter(one.id(), line);
                int gone = left(after, one.id(), line) - left(before, one.id(), line);
                int change = keptAfter.getOrDefault(matter, 0) - keptBefore.getOrDefault(matter, 0) + gone;
                String sku = after.line(line).sku();
                String place = Stock.place(warehouse, one.node());
                if (gone > 0) {
                    kept.left().add(new Reserved(one.id(), line, sku, place, gone));
                }
                if (change > 0) {
                    kept.wanted().add(new Reserved(one.id(), line, sku, place, change));
                } else if (change < 0) {
                    kept.free().add(new Reserved(one.id(), line, sku, place, -change));
                }
            }
        }
        return kept;
    }

    private static Map<Matter, Integer> kept(Order order) {
        Map<Matter, Integer> kept = new LinkedHashMap<>();
        for (FulfilmentOrder one : order.fulfilmentOrders()) {
            if (one.live() && one.state() != FulfilmentOrder.State.BACKORDERED) {
                for (PlannedLine line : one.lines()) {
                    int units = line.quantity() - left(order, one.id(), line.line());
                    kept.merge(new Matter(one.id(), line.line()), Math.max(0, units), Integer::sum);
                }
            }
        }
        return kept;
    }

    private static int left(Order order, String fulfilmentOrder, int line) {
        return order.parcels().stream()
                .filter(p -> p.fulfilmentOrder().equals(fulfilmentOrder))
                .mapToInt(p -> p.units(line))
                .sum();
    }
}
