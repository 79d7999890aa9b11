package routes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What tests and demonstrations ask of the sandbox itself: {@code /sandbox/shop/orders}, {@code
 * /sandbox/shop/orders/{id}/cancel}, {@code .../edit} and {@code .../move}, {@code /sandbox/shop/webhooks}, {@code
 * /sandbox/warehouse/stock}, {@code .../pick}, {@code .../enter} and {@code .../withdraw}, {@code /sandbox/faults},
 * {@code /sandbox/effects}, {@code /sandbox/clock}, {@code /sandbox/health}.
 */
final class ControlDoor extends HttpServlet {

    private static final Pattern CHANGE = Pattern.compile("/shop/orders/(\\d{1,18}|[1-8]\\d{18})/(cancel|edit|move)");
    private static final Set<String> CANCEL_REASONS =
            Set.of("CUSTOMER", "DECLINED", "FRAUD", "INVENTORY", "OTHER", "STAFF");
    private static final int PAGE = 1_000;
    private static final int MAX_ORDERS = 20_000;

    private final transient LocalPartners partners;
    private final transient ClockDoor clock;

    /** The question was not understood; the message says why. */
    private static final class Unclear extends Exception {
        Unclear(String message) {
            super(message);
        }
    }

    ControlDoor(LocalPartners partners, ClockDoor clock) {
        this.partners = partners;
        this.clock = clock;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!PartnerDoor.fromHere(request)) {
            problem(response, 403, "the sandbox answers callers on its own machine only");
            return;
        }
        var call = Call.read(request, "/sandbox").orElse(null);
        if (call == null) {
            problem(response, 413, "too large");
            return;
        }
        try {
            var change = CHANGE.matcher(call.path());
            if (call.method().equals("POST") && change.matches()) {
                change(change.group(1), change.group(2), object(call));
                write(response, 202, Json.object().put("changed", change.group(1)));
                return;
            }
            switch (call.method() + " " + call.path()) {
                case "POST /shop/orders" -> write(response, 202, place(object(call)));
                case "GET /shop/orders" -> write(
                        response, 200, partners.shop().list(number(call, "after", 0), (int) limit(call)));
                case "POST /warehouse/stock" -> write(response, 201, stock(object(call)));
                case "POST /warehouse/pick" -> write(response, 202, pick(object(call)));
                case "POST /warehouse/enter" -> write(response, 201, enter(object(call)));
                case "POST /warehouse/withdraw" -> write(response, 200, withdraw(object(call)));
                case "GET /shop/webhooks" -> write(response, 200, webhooks());
                case "POST /faults" -> write(response, 201, order(object(call)));
                case "GET /faults" -> write(response, 200, faults());
                case "DELETE /faults" -> {
                    partners.faults().clear();
                    response.setStatus(204);
                }
                case "GET /effects" -> write(response, 200, effects(call));
                case "GET /health" -> write(
                        response, 200, Json.object().put("status", "UP").put("webhooksOwed", partners.owedWebhooks()));
                case "POST /clock", "GET /clock" -> clock.answer(call, response);
                default -> problem(response, 404, "no such door in the sandbox");
            }
        } catch (Unclear e) {
            problem(response, 400, e.getMessage());
        } catch (Shop.Refused e) {
            problem(response, 409, e.getMessage());
        }
    }

    /** What the customer or the shop's staff do to an order. */
    private void change(String id, String what, JsonNode body) throws Unclear, Shop.Refused {
        var gid = Json.MAPPER.getNodeFactory().textNode(ShopOrder.gid("Order", Long.parseLong(id)));
        var state = partners.shop().find(gid).orElseThrow(() -> new Unclear("the shop has no order " + id));
        if (what.equals("cancel")) {
            var reason = Json.text(body, "reason", "CUSTOMER").toUpperCase(Locale.ROOT);
            if (!CANCEL_REASONS.contains(reason)) throw new Unclear("reason is one of " + CANCEL_REASONS);
            partners.shop().cancelled(state, reason);
        } else if (what.equals("move")) {
            partners.shop().moved(state, Json.text(body, "location", ""));
        } else {
            var add = new LinkedHashMap<String, Integer>();
            for (var one : body.path("add")) add.merge(one.path("sku").asText(), quantity(one), Integer::sum);
            var remove = new LinkedHashMap<Integer, Integer>();
            for (var one : body.path("remove")) remove.merge(one.path("line").asInt(), quantity(one), Integer::sum);
            partners.shop().edit(state, add, remove);
        }
        partners.journal().awaitDisk();
    }

    private static int quantity(JsonNode one) throws Unclear {
        return whole(one, "quantity", 1, 1, 999);
    }

    private ObjectNode webhooks() {
        var answer = Json.object();
        var items = answer.putArray("items");
        for (var one : partners.shop().subscriptions(Set.of())) {
            items.addObject()
                    .put("id", String.valueOf(one.id()))
                    .put("topic", one.topic())
                    .put("uri", partners.shop().uri(one));
        }
        return answer.putNull("next");
    }

    private ObjectNode place(JsonNode body) throws Unclear {
        var count = whole(body, "count", 1, 1, MAX_ORDERS);
        var scenario = Json.text(body, "scenario", OrderMaker.HAPPY);
        if (!OrderMaker.SCENARIOS.contains(scenario)) throw new Unclear("scenario is one of " + OrderMaker.SCENARIOS);
        var market = Json.text(body, "market", null);
        if (market != null && !OrderMaker.sellsIn(market)) throw new Unclear("the shop does not sell in " + market);
        var lines = whole(body, "lines", null, 1, OrderMaker.MAX_LINES);
        var parcels = whole(body, "parcels", null, 1, 2);
        var perSecond = Json.text(body, "perSecond", null) == null
                ? 0
                : body.path("perSecond").asDouble();
        if (perSecond < 0) throw new Unclear("perSecond is a positive number");
        var wish = new OrderMaker.Wish(
                market, lines, parcels, scenario, skus(body), whole(body, "quantity", null, 1, 99), typed(body));
        var answer = Json.object().put("placed", count);
        for (var i = 0; i < count; i++) {
            var order = partners.shop().place(wish, perSecond > 0 ? (long) (i * 1_000 / perSecond) : 0);
            if (i == 0) answer.put("first", String.valueOf(order.id()));
            answer.put("last", String.valueOf(order.id()));
        }
        partners.journal().awaitDisk();
        return answer;
    }

    /** Picks at once what lies there for later. */
    private ObjectNode pick(JsonNode body) throws Unclear {
        var reference = Json.text(body, "reference", "");
        if (reference.isBlank()) throw new Unclear("reference is that of a warehouse order");
        if (!partners.warehouse().pickNow(reference)) throw new Unclear("the warehouse has no order " + reference);
        partners.journal().awaitDisk();
        return Json.object().put("picked", reference);
    }

    /** Somebody at the warehouse enters an order by hand: one that is there already once more, or the given one. */
    private ObjectNode enter(JsonNode body) throws Unclear {
        var reference = Json.text(body, "reference", "");
        if (body.path("order") instanceof ObjectNode order) {
            var wrong = partners.warehouse().enter(order.put("reference_id", reference));
            if (!wrong.isEmpty()) throw new Unclear("the warehouse does not take this order: " + wrong);
        } else if (!partners.warehouse().enter(reference)) {
            throw new Unclear("the warehouse has no order " + reference);
        }
        partners.journal().awaitDisk();
        return Json.object().put("entered", reference);
    }

    /** Somebody at the warehouse takes back the newest order of a reference. */
    private ObjectNode withdraw(JsonNode body) throws Unclear {
        var reference = Json.text(body, "reference", "");
        if (!partners.warehouse().withdraw(reference)) throw new Unclear("the warehouse has no order " + reference);
        partners.journal().awaitDisk();
        return Json.object().put("withdrawn", reference);
    }

    /** What the customer typed, by field. */
    private static Map<String, String> typed(JsonNode body) throws Unclear {
        var typed = new LinkedHashMap<String, String>();
        body.path("typed")
                .properties()
                .forEach(field -> typed.put(field.getKey(), field.getValue().asText()));
        if (!OrderMaker.TYPED.containsAll(typed.keySet()))
            throw new Unclear("typed has the fields " + OrderMaker.TYPED);
        return typed;
    }

    /** The articles an order is to have, or null to leave them to chance. */
    private static List<String> skus(JsonNode body) throws Unclear {
        var asked = body.path("skus");
        if (asked.isMissingNode() || asked.isNull()) return null;
        var skus = new ArrayList<String>();
        asked.forEach(sku -> skus.add(sku.asText()));
        if (skus.isEmpty()
                || skus.size() > OrderMaker.MAX_LINES
                || Set.copyOf(skus).size() < skus.size()) {
            throw new Unclear("skus are 1 to " + OrderMaker.MAX_LINES + " articles");
        }
        if (skus.stream().anyMatch(sku -> !sku.matches("[A-Z0-9-]{1,40}")))
            throw new Unclear("skus are of A-Z, 0-9 and -");
        return skus;
    }

    /** How much of an article a centre has from now on; answers what all centres have of it. */
    private ObjectNode stock(JsonNode body) throws Unclear {
        var sku = Json.text(body, "sku", null);
        if (sku == null || sku.isBlank()) throw new Unclear("sku is the article's number");
        var node = Json.text(body, "node", "");
        if (!node.matches("\\d{1,6}")) throw new Unclear("node is the number of a fulfilment centre, as text");
        var units = whole(body, "onHand", null, 0, Integer.MAX_VALUE);
        if (units == null) throw new Unclear("onHand is how many units lie there");
        partners.warehouse().stock(sku, Integer.parseInt(node), units);
        partners.journal().awaitDisk();
        return partners.warehouse().levels(sku);
    }

    private ObjectNode order(JsonNode body) throws Unclear {
        var partner = Json.text(body, "partner", Faults.ANY);
        if (!partner.equals(Faults.ANY) && !partners.knows(partner)) throw new Unclear("no partner " + partner);
        var fault = Fault.of(body.path("fault").asText())
                .orElseThrow(() -> new Unclear("no fault " + body.path("fault").asText()));
        // A percentage is meant to last; whoever orders one says when it ends.
        var share = fault == Fault.DROP_WEBHOOKS;
        var count = whole(body, "count", share ? Integer.MAX_VALUE : 1, 1, Integer.MAX_VALUE);
        var percent = whole(body, "percent", 100, 1, 100);
        if (share && !body.has("percent")) throw new Unclear("percent is a whole number from 1 to 100");
        var because = Json.text(body, "because", null);
        if (because != null && !partners.reasons(partner).contains(because)) {
            throw new Unclear("because is one of " + partners.reasons(partner));
        }
        partners.faults().order(partner, Json.text(body, "operation", Faults.ANY), fault, count, percent, because);
        return faults();
    }

    private ObjectNode faults() {
        return Json.object().<ObjectNode>set("items", partners.faults().json()).putNull("next");
    }

    private ObjectNode effects(Call call) throws Unclear {
        var query = call.query();
        return partners.journal()
                .effects(query.get("partner"), query.get("operation"), query.get("key"), number(call, "after", 0), (int)
                        limit(call));
    }

    private static long limit(Call call) throws Unclear {
        return Math.max(1, Math.min(number(call, "limit", PAGE), 10L * PAGE));
    }

    private static long number(Call call, String name, long fallback) throws Unclear {
        var text = call.query().getOrDefault(name, "");
        if (text.isEmpty()) return fallback;
        if (!text.matches("\\d{1,19}")) throw new Unclear(name + " is not one of our positions");
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new Unclear(name + " is not one of our positions");
        }
    }

    private static Integer whole(JsonNode body, String field, Integer fallback, int least, int most) throws Unclear {
        var value = body.path(field);
        if (value.isMissingNode() || value.isNull()) return fallback;
        if (!value.isIntegralNumber() || value.longValue() < least || value.longValue() > most) {
            throw new Unclear(field + " is a whole number from " + least + " to " + most);
        }
        return value.intValue();
    }

    private static JsonNode object(Call call) throws Unclear {
        if (call.body().length == 0) return Json.object();
        var body = call.json();
        if (!body.isObject()) throw new Unclear("the body is not a JSON object");
        return body;
    }

    static void write(HttpServletResponse response, int status, JsonNode json) throws IOException {
        response.setStatus(status);
        response.setContentType("application/json; charset=utf-8");
        response.getOutputStream().write(Json.bytes(json));
    }

    static void problem(HttpServletResponse response, int status, String detail) throws IOException {
        response.setStatus(status);
        response.setContentType("application/problem+json");
        response.getOutputStream()
                .write(Json.bytes(Json.object().put("status", status).put("detail", detail)));
    }
}
