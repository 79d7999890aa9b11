package routes.order;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import routes.inbox.Refused;
import routes.order.Order.FulfilmentOrder;
import routes.order.Order.Line;
import routes.order.Order.PlannedLine;
import routes.region.Market;
import routes.stock.Demand;
import routes.stock.Levels;
import routes.stock.Plan;
import routes.stock.Sourcing;
import routes.stock.SourcingRules;

/** Plans the units of an order that nobody has planned: our rules say which place sends them, the shop has its names for it. */
final class Planning {

    /** Units of one of the shop's fulfilment orders that are still to be planned. */
    private static final class Theirs {
        final String shopId;
        final String node;
        final int line;
        final String shopLineId;
        int units;

        Theirs(String shopId, String node, int line, String shopLineId, int units) {
            this.shopId = shopId;
            this.node = node;
            this.line = line;
            this.shopLineId = shopLineId;
            this.units = units;
        }
    }

    private final Order order;
    private final Market market;
    private final List<Theirs> theirs = new ArrayList<>();
    private final List<FulfilmentOrder> planned = new ArrayList<>();
    private final int before;
    final Plan plan;

    /** @param shop what the shop says of its fulfilment orders: {@code fulfilmentOrders[].{shopId, node, lines[]}} */
    Planning(Order order, List<Line> lines, Market market, JsonNode shop, Levels levels, SourcingRules rules) {
        this.order = order;
        this.market = market;
        this.before = order.fulfilmentOrders().size();
        Map<Integer, Integer> open = open(lines);
        for (JsonNode one : shop.path("fulfilmentOrders")) {
            for (JsonNode line : one.path("lines")) {
                read(one, line, lines, open);
            }
        }
        this.plan = Sourcing.plan(demand(lines), levels, rules);
    }

    private Map<Integer, Integer> open(List<Line> lines) {
        Map<Integer, Integer> open = new LinkedHashMap<>();
        for (Line line : lines) {
            int known = order.fulfilmentOrders().stream()
                    .filter(FulfilmentOrder::live)
                    .mapToInt(f -> f.units(line.number()))
                    .sum();
            open.put(line.number(), line.wanted() - known);
        }
        return open;
    }

    private void read(JsonNode one, JsonNode line, List<Line> lines, Map<Integer, Integer> open) {
        String wanted = line.path("orderLineId").asText();
        Line ours = lines.stream()
                .filter(l -> l.shopLineId().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new Refused(
                        "SHOP_ORDER_UNKNOWN", "The shop wants line " + wanted + " fulfilled, which the order has not"));
        int units = Math.min(line.path("quantity").asInt(), open.get(ours.number()));
        if (units > 0 && ours.requiresShipping()) {
            open.merge(ours.number(), -units, Integer::sum);
            theirs.add(new Theirs(
                    one.path("shopId").asText(),
                    node(one.path("node").asText()),
                    ours.number(),
                    line.path("shopLineId").asText(),
                    units));
        }
    }

    private String node(String shopLocation) {
        if (!market.nodes().containsKey(shopLocation)) {
            throw new Refused(
                    "NODE_UNKNOWN",
                    "Market " + market.name() + " ships nothing from the shop's location " + shopLocation);
        }
        return market.node(shopLocation);
    }

    boolean nothingToPlan() {
        return theirs.isEmpty();
    }

    private Demand demand(List<Line> lines) {
        Map<Integer, Integer> units = new LinkedHashMap<>();
        theirs.forEach(one -> units.merge(one.line, one.units, Integer::sum));
        List<Demand.Line> wanted = lines.stream()
                .filter(line -> units.containsKey(line.number()))
                .map(line -> new Demand.Line(
                        line.number(),
                        line.sku(),
                        units.get(line.number()),
                        (line.grossMinor() - line.discountMinor()) * units.get(line.number()) / line.quantity()))
                .toList();
        List<Demand.Choice> choice = theirs.stream()
                .map(one -> new Demand.Choice(one.node, one.line, one.units))
                .toList();
        Order.Address to = order.shipTo();
        return new Demand(to.country(), to.region(), order.serviceLevel(), wanted, choice);
    }

    /**
     * The next thing the shop must move so that its places are ours, or null when nothing is left to move.
     *
     * @param moved what it was asked to move before
     */
    ObjectNode nextMove(List<String> moved) {
        for (Plan.Part part : plan.parts()) {
            for (Plan.Units units : part.units()) {
                int there = theirs.stream()
                        .filter(one -> one.line == units.line() && one.node.equals(part.node()))
                        .mapToInt(one -> one.units)
                        .sum();
                int missing = units.quantity() - there;
                for (Theirs from : theirs) {
                    if (missing > 0 && from.line == units.line() && !from.node.equals(part.node())) {
                        ObjectNode move = move(from, part.node(), Math.min(missing, from.units));
                        if (!moved.contains(move.path("subject").asText())) {
                            return move;
                        }
                    }
                }
            }
        }
        return null;
    }

    private ObjectNode move(Theirs from, String node, int units) {
        String location = market.nodes().entrySet().stream()
                .filter(one -> one.getValue().equals(node))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new Refused("NODE_UNKNOWN", "The shop has no location for " + node));
        ObjectNode move = JsonNodeFactory.instance.objectNode();
        String line = from.shopLineId.substring(from.shopLineId.lastIndexOf('/') + 1);
        move.put("subject", line + ">" + location);
        move.put("shopId", from.shopId);
        move.put("location", "gid://shopify/Location/" + location);
        ArrayNode lines = move.putArray("lines");
        lines.addObject().put("shopLineId", from.shopLineId).put("quantity", units);
        return move;
    }

    /** One fulfilment order for each place and each of the shop's own; what must wait has its own, so that it holds nothing up. */
    List<FulfilmentOrder> fulfilmentOrders(Instant now) {
        for (Plan.Part part : plan.parts()) {
            take(part.node(), units(part), null, true);
        }
        Instant promise = plan.promiseDays() == null ? null : now.plus(Duration.ofDays(plan.promiseDays()));
        wait(plan.backordered(), promise);
        wait(plan.unknown(), null);
        wait(plan.unfillable(), null);
        return planned;
    }

    private static Map<Integer, Integer> units(Plan.Part part) {
        Map<Integer, Integer> units = new LinkedHashMap<>();
        part.units().forEach(one -> units.merge(one.line(), one.quantity(), Integer::sum));
        return units;
    }

    private void wait(List<Plan.Missing> missing, Instant promise) {
        Map<Integer, Integer> units = new LinkedHashMap<>();
        missing.forEach(one -> units.merge(one.line(), one.quantity(), Integer::sum));
        if (!units.isEmpty()) {
            take(null, units, promise, false);
        }
    }

    /** @param node where it is sent from; null = from where the shop would */
    private void take(String node, Map<Integer, Integer> units, Instant promise, boolean now) {
        Map<String, List<PlannedLine>> byShopOrder = new LinkedHashMap<>();
        Map<String, String> nodes = new LinkedHashMap<>();
        List<Theirs> nearest = theirs.stream()
                .sorted(Comparator.comparing((Theirs one) -> !one.node.equals(node)))
                .toList();
        units.forEach((line, quantity) -> {
            int left = quantity;
            for (Theirs one : nearest) {
                int taken = one.line == line ? Math.min(left, one.units) : 0;
                if (taken > 0) {
                    one.units -= taken;
                    left -= taken;
                    nodes.putIfAbsent(one.shopId, one.node);
                    byShopOrder
                            .computeIfAbsent(one.shopId, id -> new ArrayList<>())
                            .add(new PlannedLine(line, one.shopLineId, taken));
                }
            }
        });
        byShopOrder.forEach((shopId, lines) -> {
            String id = "F" + (before + planned.size() + 1);
            String from = node == null ? nodes.get(shopId) : node;
            planned.add(
                    now
                            ? FulfilmentOrder.planned(id, shopId, from, lines)
                            : FulfilmentOrder.waiting(id, shopId, from, lines, promise));
        });
    }
}
