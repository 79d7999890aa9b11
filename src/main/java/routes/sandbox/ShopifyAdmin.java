package routes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import routes.sandbox.OrderState.Fulfilment;
import routes.sandbox.OrderState.Transaction;
import routes.sandbox.Shop.Refused;

/**
 * Shopify's Admin GraphQL API, version 2026-07: orders with their money and fulfilments, {@code orderCapture},
 * {@code fulfillmentCreate}, {@code orderCancel} (a job), {@code refundCreate} (only with {@code @idempotent}),
 * {@code fulfillmentOrderMove}, {@code orderCreateMandatePayment} (a job), webhook subscriptions.
 * Business errors are {@code userErrors} in a 200; every answer tells its cost.
 */
final class ShopifyAdmin implements Partner {

    static final String NAME = "shopify";
    static final String VERSION = "2026-07";
    static final String TOKEN = "shopify-sandbox-token";

    private static final String PATH = "/admin/api/" + VERSION + "/graphql.json";
    private static final int KEPT_DOCUMENTS = 500;
    private static final Map<String, String> MUTATIONS = Map.of(
            "orderCapture", "capture-payment",
            "fulfillmentCreate", "create-fulfilment",
            "orderCancel", "cancel-order",
            "refundCreate", "refund-units",
            "fulfillmentOrderMove", "move-fulfilment-order",
            "orderCreateMandatePayment", "reauthorise-payment",
            "webhookSubscriptionCreate", "create-webhook");
    private static final Map<String, String> QUERIES = Map.of(
            "order", "describe-order",
            "orders", "list-changed-orders",
            "fulfillmentOrder", "describe-order",
            "webhookSubscriptions", "list-webhooks",
            "job", "find-job",
            "shop", "ping");

    private static final Pattern CHANGED = Pattern.compile("updated_at:>='([^']+)'");

    private final Shop shop;
    private final String domain;
    private final Points points;
    private final Map<String, GraphQlDocument> documents = new ConcurrentHashMap<>();

    ShopifyAdmin(Shop shop, SandboxSettings settings) {
        this.shop = shop;
        domain = settings.shopDomain();
        points = new Points(settings.throttlePoints(), settings.throttlePointsPerSecond());
    }

    /** The leaky bucket of query costs; it leaks by the system's time. */
    private static final class Points {
        private final long most;
        private final long perSecond;
        private double left;
        private long seenAt = System.nanoTime();

        Points(long most, long perSecond) {
            this.most = most;
            this.perSecond = perSecond;
            left = most;
        }

        synchronized boolean take(int cost) {
            var now = System.nanoTime();
            left = Math.min(most, left + (now - seenAt) / 1e9 * perSecond);
            seenAt = now;
            if (left < cost) return false;
            left -= cost;
            return true;
        }

        synchronized ObjectNode json(int requested, Integer actual) {
            var cost = Json.object().put("requestedQueryCost", requested).put("actualQueryCost", actual);
            cost.putObject("throttleStatus")
                    .put("maximumAvailable", BigDecimal.valueOf(most).setScale(1))
                    .put("currentlyAvailable", (long) left)
                    .put("restoreRate", BigDecimal.valueOf(perSecond).setScale(1));
            return cost;
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    /** By the name of the GraphQL operation where it is one of ours ({@code FindCapture}), else by its first field. */
    @Override
    public String operation(Call call) {
        try {
            var document = document(call.json().path("query").asText());
            var field = document.fields().get(0).name();
            var byField = MUTATIONS.getOrDefault(field, QUERIES.getOrDefault(field, field));
            if (document.type().equals("mutation") || document.name().isEmpty()) return byField;
            return document.name().replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
        } catch (GraphQlDocument.Unreadable | IndexOutOfBoundsException e) {
            return "unreadable";
        }
    }

    @Override
    public Answer answer(Call call) {
        if (!call.path().equals(PATH)) return Answer.json(404, Json.object().put("errors", "Not Found"));
        if (!call.method().equals("POST")) return Answer.json(405, Json.object().put("errors", "Method Not Allowed"));
        if (!call.header("x-shopify-access-token").equals(TOKEN)) {
            var message = "[API] Invalid API key or access token (unrecognized login or wrong password)";
            return Answer.json(401, Json.object().put("errors", message));
        }
        var request = call.json();
        if (!request.path("query").isTextual()) {
            return Answer.json(400, Json.object().put("errors", "Required parameter missing or invalid"));
        }
        GraphQlDocument document;
        try {
            document = document(request.path("query").asText());
        } catch (GraphQlDocument.Unreadable e) {
            return Answer.json(200, errors(e.getMessage(), null));
        }
        var variables = request.path("variables").isObject() ? request.path("variables") : Json.object();
        for (var required : document.required()) {
            if (variables.path(required.name()).isMissingNode()
                    || variables.path(required.name()).isNull()) {
                var message = "Variable $" + required.name() + " of type " + required.type()
                        + " was provided invalid value: Expected value to not be null";
                return Answer.json(200, errors(message, "INVALID_VARIABLE"));
            }
        }
        if (!points.take(document.cost())) return throttled();
        return answer(document, variables);
    }

    @Override
    public Answer refusal(String operation) {
        var message = "Refused by the sandbox";
        var answer = Json.object();
        for (var field : MUTATIONS.entrySet()) {
            if (!field.getValue().equals(operation)) continue;
            var payload = answer.putObject("data").putObject(field.getKey());
            payload.set(userErrors(field.getKey()), errorList(new Refused(message, "input")));
            answer.putObject("extensions").set("cost", points.json(10, 10));
            return Answer.json(200, answer);
        }
        return Answer.json(200, errors(message, "ACCESS_DENIED"));
    }

    @Override
    public Answer trouble(int status) {
        var words = status == 429 ? "Exceeded the rate limit of this shop. Slow down." : "Internal Server Error";
        return Answer.json(status, Json.object().put("errors", words));
    }

    @Override
    public void apply(ObjectNode event) {
        shop.apply(event);
    }

    @Override
    public void resume() {
        shop.resume();
    }

    /** The shop's own "too fast". */
    Answer throttled() {
        var answer = errors("Throttled", "THROTTLED");
        ((ObjectNode) answer.path("errors").get(0).path("extensions"))
                .put("documentation", "https://shopify.dev/api/usage/rate-limits");
        answer.putObject("extensions").set("cost", points.json(10, null));
        return Answer.json(200, answer);
    }

    private Answer answer(GraphQlDocument document, JsonNode variables) {
        var data = Json.object();
        var references = new java.util.ArrayList<String>();
        for (var field : document.fields()) {
            var arguments = (ObjectNode) GraphQlDocument.value(field.arguments(), variables);
            var key = GraphQlDocument.value(
                    field.directives().getOrDefault("idempotent", Map.of()).get("key"), variables);
            JsonNode whole;
            switch (field.name()) {
                case "orderCapture" -> whole = capture(arguments.path("input"), references);
                case "fulfillmentCreate" -> whole = fulfil(arguments.path("fulfillment"), references);
                case "orderCancel" -> whole = cancel(arguments, references);
                case "refundCreate" -> {
                    if (key.asText().isEmpty()) {
                        var message = "The @idempotent directive is required for this mutation";
                        return Answer.json(200, errors(message, "BAD_REQUEST"));
                    }
                    try {
                        whole = refund(arguments.path("input"), key.asText(), references);
                    } catch (Shop.KeyReused e) {
                        return Answer.json(200, errors(e.getMessage(), "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"));
                    }
                }
                case "fulfillmentOrderMove" -> whole = move(arguments, references);
                case "orderCreateMandatePayment" -> whole = reauthorise(arguments, references);
                case "webhookSubscriptionCreate" -> whole = subscribe(arguments, references);
                case "webhookSubscriptions" -> whole = subscriptions(arguments);
                case "order" -> {
                    references.add(arguments.path("id").asText());
                    whole = order(arguments.path("id"));
                }
                case "orders" -> whole = orders(arguments);
                case "fulfillmentOrder" -> whole = fulfilmentOrder(arguments.path("id"));
                case "job" -> whole = job(arguments.path("id").asText());
                case "shop" -> whole = Json.object()
                        .put("name", "Order Hub Demo")
                        .put("id", "gid://shopify/Shop/1")
                        .put("myshopifyDomain", domain);
                default -> {
                    var type = MUTATIONS.containsKey(field.name()) ? "Mutation" : "QueryRoot";
                    var message = "Field '" + field.name() + "' doesn't exist on type '" + type + "'";
                    return Answer.json(200, errors(message, "undefinedField"));
                }
            }
            data.set(field.key(), GraphQlDocument.project(whole, field.selection(), variables));
        }
        var answer = Json.object();
        answer.set("data", data);
        answer.putObject("extensions").set("cost", points.json(document.cost(), document.cost()));
        return Answer.json(200, answer)
                .naming(references.stream().map(Shop::bare).toArray(String[]::new));
    }

    private ObjectNode capture(JsonNode input, List<String> references) {
        references.add(input.path("id").asText());
        references.add(input.path("parentTransactionId").asText());
        var payload = payload("orderCapture");
        try {
            var state =
                    shop.find(input.path("id")).orElseThrow(() -> new Refused("Order does not exist", "input", "id"));
            var transaction = shop.capture(state, input);
            payload.set("transaction", transaction(state, transaction));
        } catch (Refused refused) {
            payload.set("userErrors", errorList(refused));
        }
        return payload;
    }

    private ObjectNode fulfil(JsonNode input, List<String> references) {
        var first = input.path("lineItemsByFulfillmentOrder").path(0).path("fulfillmentOrderId");
        references.add(first.asText());
        var number = input.path("trackingInfo").path("number").asText();
        if (!number.isEmpty()) references.add(number);
        var payload = payload("fulfillmentCreate");
        try {
            var state = shop.findByFulfilmentOrder(first)
                    .orElseThrow(() -> new Refused("Fulfillment order does not exist.", "fulfillment"));
            references.add(ShopOrder.gid("Order", state.order().id()));
            payload.set("fulfillment", fulfilment(state, shop.fulfil(state, input)));
        } catch (Refused refused) {
            payload.set("userErrors", errorList(refused));
        }
        return payload;
    }

    private ObjectNode cancel(JsonNode arguments, List<String> references) {
        references.add(arguments.path("orderId").asText());
        var payload = payload("orderCancel");
        payload.putArray("userErrors");
        try {
            var state = shop.find(arguments.path("orderId"))
                    .orElseThrow(() -> new Refused("Order does not exist", "orderId"));
            var refund = arguments.path("refund").asBoolean()
                    || arguments
                            .path("refundMethod")
                            .path("originalPaymentMethodsRefund")
                            .asBoolean();
            var reason = arguments.path("reason").asText("OTHER");
            var job = shop.cancel(state, reason, arguments.path("staffNote").textValue(), refund);
            payload.set("job", Json.object().put("id", job).put("done", false));
        } catch (Refused refused) {
            payload.set("orderCancelUserErrors", errorList(refused));
        }
        return payload;
    }

    private ObjectNode refund(JsonNode input, String key, List<String> references) throws Shop.KeyReused {
        references.add(input.path("orderId").asText());
        references.add(input.path("note").asText());
        var payload = payload("refundCreate");
        try {
            var state = shop.find(input.path("orderId"))
                    .orElseThrow(() -> new Refused("Order does not exist", "input", "orderId"));
            var made = shop.refund(state, input, key);
            payload.set("order", order(state));
            synchronized (state) {
                payload.set("refund", refund(state, made));
            }
        } catch (Refused refused) {
            payload.set("userErrors", errorList(refused));
        }
        return payload;
    }

    private ObjectNode move(JsonNode arguments, List<String> references) {
        references.add(arguments.path("id").asText());
        references.add(arguments.path("newLocationId").asText());
        var payload = payload("fulfillmentOrderMove");
        try {
            var state = shop.findByFulfilmentOrder(arguments.path("id"))
                    .orElseThrow(() -> new Refused("Fulfillment order does not exist.", "id"));
            var location = Shop.number(arguments.path("newLocationId"), "Location");
            var lines = arguments.path("fulfillmentOrderLineItems");
            var place = shop.move(state, arguments.path("id"), String.valueOf(location), lines);
            synchronized (state) {
                var from = (int) (Shop.number(arguments.path("id"), "FulfillmentOrder")
                        - state.order().fulfilmentOrder(0));
                payload.set("movedFulfillmentOrder", fulfilmentOrder(state, place));
                payload.set("originalFulfillmentOrder", fulfilmentOrder(state, from));
                if (place != from) payload.set("remainingFulfillmentOrder", fulfilmentOrder(state, from));
            }
        } catch (Refused refused) {
            payload.set("userErrors", errorList(refused));
        }
        return payload;
    }

    private ObjectNode reauthorise(JsonNode arguments, List<String> references) {
        references.add(arguments.path("id").asText());
        var payload = payload("orderCreateMandatePayment");
        try {
            var state = shop.find(arguments.path("id")).orElseThrow(() -> new Refused("Order does not exist", "id"));
            var payment = shop.reauthorise(state, arguments);
            payload.set("job", Json.object().put("id", payment.job()).put("done", false));
            payload.put("paymentReferenceId", payment.reference());
        } catch (Refused refused) {
            payload.set("userErrors", errorList(refused));
        }
        return payload;
    }

    private ObjectNode subscribe(JsonNode arguments, List<String> references) {
        references.add(arguments.path("topic").asText());
        var payload = payload("webhookSubscriptionCreate");
        try {
            var uri = arguments.path("webhookSubscription").path("uri").asText();
            var topic = Subscriptions.topic(arguments.path("topic").asText());
            payload.set("webhookSubscription", subscription(shop.subscribe(topic, uri)));
        } catch (Refused refused) {
            payload.set("userErrors", errorList(refused));
        }
        return payload;
    }

    private ObjectNode subscriptions(JsonNode arguments) {
        var topics = new HashSet<String>();
        arguments.path("topics").forEach(topic -> topics.add(Subscriptions.topic(topic.asText())));
        var json = Json.object();
        var nodes = json.putArray("nodes");
        shop.subscriptions(topics).forEach(one -> nodes.add(subscription(one)));
        return json;
    }

    private ObjectNode subscription(Subscriptions.Subscription one) {
        return Json.object()
                .put("id", ShopOrder.gid("WebhookSubscription", one.id()))
                .put("legacyResourceId", String.valueOf(one.id()))
                .put("topic", Subscriptions.word(one.topic()))
                .put("uri", shop.uri(one))
                .put("format", "JSON");
    }

    private JsonNode order(JsonNode gid) {
        return shop.find(gid).<JsonNode>map(this::order).orElse(Json.MAPPER.nullNode());
    }

    /** A page of the orders changed since; the filter is the only one this shop knows, the cursor an order's place. */
    private JsonNode orders(JsonNode arguments) {
        var since = CHANGED.matcher(arguments.path("query").asText());
        if (!since.matches()) return Json.object().putNull("nodes");
        var changed = shop.changedSince(Instant.parse(since.group(1)));
        var after = arguments.path("after").asText("");
        var from = 0;
        while (!after.isEmpty()
                && from < changed.size()
                && cursor(changed.get(from)).compareTo(after) <= 0) from++;
        var until = Math.min(changed.size(), from + arguments.path("first").asInt(50));
        var json = Json.object();
        var nodes = json.putArray("nodes");
        changed.subList(from, until).forEach(state -> nodes.add(order(state)));
        json.putObject("pageInfo")
                .put("hasNextPage", until < changed.size())
                .put("hasPreviousPage", from > 0)
                .put("endCursor", until == from ? null : cursor(changed.get(until - 1)));
        return json;
    }

    private static String cursor(OrderState state) {
        return "%019d.%019d"
                .formatted(state.updatedAt.toEpochMilli(), state.order().id());
    }

    private JsonNode fulfilmentOrder(JsonNode gid) {
        var number = Shop.number(gid, "FulfillmentOrder");
        var state = shop.findByFulfilmentOrder(gid).orElse(null);
        var routed = state == null ? -1 : number - state.order().fulfilmentOrder(0);
        if (state == null || routed < 0 || routed >= state.places.size()) return Json.MAPPER.nullNode();
        synchronized (state) {
            return fulfilmentOrder(state, (int) routed);
        }
    }

    private JsonNode job(String gid) {
        return shop.jobDone(gid)
                .<JsonNode>map(done -> Json.object().put("id", gid).put("done", done))
                .orElse(Json.MAPPER.nullNode());
    }

    /** An order with everything this simulator knows of it; callers get what they select. */
    ObjectNode order(OrderState state) {
        synchronized (state) {
            var order = state.order();
            var paid = state.capturedMinor();
            var refunded = state.sum("REFUND");
            var json = Json.object();
            json.put("id", ShopOrder.gid("Order", order.id()));
            json.put("legacyResourceId", String.valueOf(order.id()));
            json.put("name", order.name());
            json.put("number", order.number());
            json.put("createdAt", time(order.placedAt()));
            json.put("processedAt", time(order.placedAt()));
            json.put("updatedAt", time(state.updatedAt));
            json.put("cancelledAt", state.cancelledAt == null ? null : time(state.cancelledAt));
            json.put("cancelReason", state.cancelReason);
            json.set(
                    "cancellation",
                    state.cancelledAt == null
                            ? Json.MAPPER.nullNode()
                            : Json.object().put("staffNote", state.cancelNote));
            json.put("edited", state.edited);
            json.put("closed", false);
            json.put("confirmed", true);
            json.put("test", true);
            json.put("email", order.email());
            json.put("currencyCode", order.currency());
            json.put("presentmentCurrencyCode", order.currency());
            json.put("taxesIncluded", order.taxIncluded());
            json.put("displayFinancialStatus", state.financialStatus());
            json.put("displayFulfillmentStatus", state.fulfilmentStatus());
            json.put("capturable", state.capturableMinor() > 0);
            json.put("fullyPaid", paid >= state.currentTotalMinor());
            json.put("unpaid", paid == 0);
            json.put("refundable", paid > refunded);
            json.put("totalCapturable", Amounts.text(state.capturableMinor(), order.currency()));
            json.set("totalCapturableSet", bag(state.capturableMinor(), order));
            json.set("totalPriceSet", bag(order.shownTotalMinor(), order));
            json.set("currentTotalPriceSet", bag(state.currentTotalMinor(), order));
            json.set("currentSubtotalPriceSet", bag(state.currentSubtotalMinor(), order));
            json.set("currentTotalTaxSet", bag(state.currentTaxMinor(), order));
            json.set("subtotalPriceSet", bag(order.subtotalMinor(), order));
            json.set("totalTaxSet", bag(order.taxMinor(), order));
            json.set("totalShippingPriceSet", bag(order.shipping().netMinor(), order));
            json.set("totalDiscountsSet", bag(order.discountMinor(), order));
            json.set("totalReceivedSet", bag(paid, order));
            json.set("totalRefundedSet", bag(refunded, order));
            json.set("totalOutstandingSet", bag(Math.max(0, state.currentTotalMinor() - paid), order));
            json.set("totalTipReceivedSet", bag(order.tipMinor(), order));
            if (order.dutyMinor() == 0) json.putNull("originalTotalDutiesSet");
            else json.set("originalTotalDutiesSet", bag(order.dutyMinor(), order));
            var mandates = json.putObject("paymentCollectionDetails").putArray("vaultedPaymentMethods");
            if (order.mandate() != null) mandates.addObject().put("id", order.mandate());
            var refunds = json.putArray("refunds");
            state.refunds.forEach(refund -> refunds.add(refund(state, refund)));
            json.putNull("closedAt");
            json.putNull("phone");
            json.putObject("customer")
                    .put("id", ShopOrder.gid("Customer", order.id() + 900))
                    .put("legacyResourceId", String.valueOf(order.id() + 900))
                    .put("firstName", order.person().firstName())
                    .put("lastName", order.person().lastName())
                    .putObject("defaultPhoneNumber")
                    .put("phoneNumber", order.person().phone());
            nodes(json, "shippingLines").add(shippingLine(order));
            var gateways = json.putArray("paymentGatewayNames");
            state.gateways().forEach(gateways::add);
            json.set("shippingAddress", address(order));
            json.set("billingAddress", address(order));
            var transactions = json.putArray("transactions");
            state.transactions.forEach(transaction -> transactions.add(transaction(state, transaction)));
            var fulfilments = json.putArray("fulfillments");
            state.fulfilments.forEach(fulfilment -> fulfilments.add(fulfilment(state, fulfilment)));
            var orders = nodes(json, "fulfillmentOrders");
            for (var i = 0; i < state.places.size(); i++) orders.add(fulfilmentOrder(state, i));
            var lines = nodes(json, "lineItems");
            for (var i = 0; i < order.lines().size(); i++) lines.add(line(state, i));
            return json;
        }
    }

    private ObjectNode transaction(OrderState state, Transaction transaction) {
        var order = state.order();
        var authorization = transaction.kind().equals("AUTHORIZATION");
        var json = Json.object();
        json.put("id", ShopOrder.gid("OrderTransaction", transaction.id()));
        json.put("kind", transaction.kind());
        json.put("status", transaction.shownStatus());
        json.put("gateway", transaction.gateway());
        json.put("formattedGateway", "(for testing) Bogus Gateway");
        json.put("test", true);
        json.put("createdAt", time(transaction.at()));
        json.put("processedAt", time(transaction.at()));
        json.put("authorizationCode", "SBX" + order.number());
        json.put("authorizationExpiresAt", authorization ? time(transaction.expiresAt()) : null);
        json.put("paymentId", transaction.reference());
        json.put("manuallyCapturable", authorization);
        json.put("multiCapturable", authorization);
        json.put("amount", Amounts.text(transaction.amountMinor(), order.currency()));
        json.set("amountSet", bag(transaction.amountMinor(), order));
        json.set("totalUnsettledSet", bag(authorization ? state.capturableMinor(transaction) : 0, order));
        json.set(
                "parentTransaction",
                transaction.parent() == 0
                        ? Json.MAPPER.nullNode()
                        : Json.object().put("id", ShopOrder.gid("OrderTransaction", transaction.parent())));
        json.putObject("order").put("id", ShopOrder.gid("Order", order.id())).put("name", order.name());
        return json;
    }

    private ObjectNode fulfilmentOrder(OrderState state, int routed) {
        var order = state.order();
        var pieces = state.places.get(routed).pieces();
        var location = state.places.get(routed).location();
        var json = Json.object();
        var lines = nodes(json, "lineItems");
        for (var i = 0; i < pieces.size(); i++) {
            var id = order.fulfilmentOrderLine(routed, i);
            var line = order.lines().get(pieces.get(i).line());
            var node = lines.addObject();
            node.put("id", ShopOrder.gid("FulfillmentOrderLineItem", id));
            node.put("sku", line.sku());
            node.put("totalQuantity", pieces.get(i).quantity());
            node.put("remainingQuantity", state.left(routed, i));
            node.put("requiresShipping", !line.giftCard());
            node.put("productTitle", line.title());
            node.set("lineItem", line(state, pieces.get(i).line()));
        }
        json.put("id", ShopOrder.gid("FulfillmentOrder", order.fulfilmentOrder(routed)));
        json.put("status", state.cancelledAt != null ? "CANCELLED" : state.left(routed) == 0 ? "CLOSED" : "OPEN");
        json.put("requestStatus", "UNSUBMITTED");
        json.put("createdAt", time(order.placedAt()));
        json.put("updatedAt", time(state.updatedAt));
        json.put("orderId", ShopOrder.gid("Order", order.id()));
        json.put("orderName", order.name());
        json.putObject("order").put("id", ShopOrder.gid("Order", order.id()));
        var assigned = json.putObject("assignedLocation");
        assigned.put("name", "Warehouse " + location).put("countryCode", "US");
        assigned.set("location", location(location));
        return json;
    }

    private ObjectNode fulfilment(OrderState state, Fulfilment fulfilment) {
        var order = state.order();
        var json = Json.object();
        json.put("id", ShopOrder.gid("Fulfillment", fulfilment.id()));
        json.put("legacyResourceId", String.valueOf(fulfilment.id()));
        json.put("name", order.name() + "-F" + (fulfilment.id() - order.id() - 399));
        json.put("status", "SUCCESS");
        json.put("displayStatus", "FULFILLED");
        json.put("createdAt", time(fulfilment.at()));
        json.put("updatedAt", time(fulfilment.at()));
        json.putNull("deliveredAt");
        json.put("requiresShipping", true);
        json.put(
                "totalQuantity",
                fulfilment.units().stream().mapToInt(OrderState.Units::quantity).sum());
        json.set("location", location(fulfilment.location()));
        json.putObject("order").put("id", ShopOrder.gid("Order", order.id())).put("name", order.name());
        var tracking = json.putArray("trackingInfo");
        if (fulfilment.number() != null) {
            tracking.addObject()
                    .put("company", fulfilment.company())
                    .put("number", fulfilment.number())
                    .put("url", fulfilment.url());
        }
        var lines = nodes(json, "fulfillmentLineItems");
        for (var units : fulfilment.units()) {
            var node = lines.addObject().put("quantity", units.quantity());
            lineOf(state, units.line(), node);
        }
        var orders = nodes(json, "fulfillmentOrders");
        for (var i = 0; i < state.places.size(); i++) {
            var from = order.fulfilmentOrderLine(i, 0);
            if (fulfilment.units().stream().anyMatch(units -> units.line() >= from && units.line() < from + 20)) {
                orders.addObject().put("id", ShopOrder.gid("FulfillmentOrder", order.fulfilmentOrder(i)));
            }
        }
        return json;
    }

    private void lineOf(OrderState state, long fulfilmentOrderLine, ObjectNode node) {
        for (var routed = 0; routed < state.places.size(); routed++) {
            var position = fulfilmentOrderLine - state.order().fulfilmentOrderLine(routed, 0);
            var pieces = state.places.get(routed).pieces();
            if (position >= 0 && position < pieces.size()) {
                node.put("id", ShopOrder.gid("FulfillmentLineItem", fulfilmentOrderLine + 200));
                node.set("lineItem", line(state, pieces.get((int) position).line()));
            }
        }
    }

    private ObjectNode refund(OrderState state, OrderState.Refund refund) {
        var order = state.order();
        var moves = refund.transactions().stream().map(state::transaction).toList();
        var json = Json.object();
        json.put("id", ShopOrder.gid("Refund", refund.id()));
        json.put("legacyResourceId", String.valueOf(refund.id()));
        json.put("note", refund.note());
        json.put("createdAt", time(refund.at()));
        json.put("processedAt", time(refund.at()));
        json.put("updatedAt", time(refund.at()));
        var back = moves.stream()
                .filter(move -> move.shownStatus().equals("SUCCESS"))
                .mapToLong(Transaction::amountMinor)
                .sum();
        json.set("totalRefundedSet", bag(back, order));
        var transactions = nodes(json, "transactions");
        moves.forEach(move -> transactions.add(transaction(state, move)));
        var lines = nodes(json, "refundLineItems");
        for (var removed : refund.lines()) {
            var node = lines.addObject();
            node.put("quantity", removed.quantity());
            node.put("restockType", removed.restock());
            node.put("restocked", !removed.restock().equals("NO_RESTOCK"));
            node.set("location", removed.location() == null ? Json.MAPPER.nullNode() : location(removed.location()));
            node.set("lineItem", line(state, removed.line()));
        }
        return json;
    }

    private static ObjectNode line(OrderState state, int position) {
        var order = state.order();
        var line = order.lines().get(position);
        var json = Json.object();
        json.put("id", ShopOrder.gid("LineItem", line.id()));
        json.put("sku", line.sku());
        json.put("name", line.title());
        json.put("title", line.title());
        json.put("quantity", line.quantity());
        json.put("currentQuantity", state.current(position));
        json.put("requiresShipping", !line.giftCard());
        json.put("taxable", !line.giftCard());
        json.put("isGiftCard", line.giftCard());
        var duties = json.putArray("duties");
        if (line.dutyMinor() > 0) {
            duties.addObject()
                    .put("id", ShopOrder.gid("Duty", line.id() + 20))
                    .put("harmonizedSystemCode", "691200")
                    .put("countryCodeOfOrigin", "CN")
                    .set("price", bag(line.dutyMinor(), order));
        }
        json.set("originalUnitPriceSet", bag(line.unitMinor(), order));
        json.set("discountAllocations", allocations(line.allocations(), order));
        json.set("taxLines", taxes(line.taxes(), order));
        json.set("discountedTotalSet", bag(line.grossMinor() - line.discountMinor(), order));
        var variant = json.putObject("variant");
        variant.put("id", ShopOrder.gid("ProductVariant", Shop.variantId(line.sku())));
        variant.put("sku", line.sku());
        var item = variant.putObject("inventoryItem");
        item.put("id", ShopOrder.gid("InventoryItem", Shop.variantId(line.sku()) + 1));
        item.put("sku", line.sku());
        item.put("tracked", true);
        item.set("unitCost", line.giftCard() ? Json.MAPPER.nullNode() : money(line.unitCostMinor(), order));
        return json;
    }

    private static ObjectNode shippingLine(ShopOrder order) {
        var json = Json.object();
        json.put("title", order.shipping().title());
        json.put("code", order.shipping().code());
        json.put("isRemoved", false);
        json.set("originalPriceSet", bag(order.shipping().priceMinor(), order));
        json.set("discountAllocations", allocations(order.shipping().allocations(), order));
        json.set("taxLines", taxes(order.shipping().taxes(), order));
        return json;
    }

    private static ArrayNode allocations(List<ShopOrder.Share> shares, ShopOrder order) {
        var list = Json.array();
        shares.forEach(share -> list.addObject().set("allocatedAmountSet", bag(share.amountMinor(), order)));
        return list;
    }

    private static ArrayNode taxes(List<ShopOrder.Tax> taxes, ShopOrder order) {
        var list = Json.array();
        taxes.forEach(tax -> list.addObject().put("title", tax.title()).set("priceSet", bag(tax.amountMinor(), order)));
        return list;
    }

    private static ObjectNode address(ShopOrder order) {
        return Json.object()
                .put("firstName", order.person().firstName())
                .put("lastName", order.person().lastName())
                .put("name", order.person().firstName() + " " + order.person().lastName())
                .put("province", order.address().province())
                .put("address1", order.address().address1())
                .put("city", order.address().city())
                .put("zip", order.address().zip())
                .put("provinceCode", order.address().provinceCode())
                .put("country", order.address().country())
                .put("countryCodeV2", order.shownCountryCode())
                .put("phone", order.person().phone());
    }

    private static ObjectNode location(String location) {
        return Json.object()
                .put("id", "gid://shopify/Location/" + location)
                .put("legacyResourceId", location)
                .put("name", "Warehouse " + location);
    }

    private static ObjectNode bag(long minor, ShopOrder order) {
        var json = Json.object();
        json.set("shopMoney", money(minor, order));
        json.set("presentmentMoney", money(minor, order));
        return json;
    }

    /** GraphQL money as the real one writes it: no more decimals than needed, but one: "59.4", "2400.0" for yen. */
    private static ObjectNode money(long minor, ShopOrder order) {
        var amount = Amounts.trimmed(Amounts.decimal(minor, order.currency()));
        return Json.object().put("amount", amount.toPlainString()).put("currencyCode", order.currency());
    }

    private static ArrayNode nodes(ObjectNode json, String connection) {
        return json.putObject(connection).putArray("nodes");
    }

    private static ObjectNode payload(String mutation) {
        var payload = Json.object();
        payload.putArray(userErrors(mutation));
        return payload;
    }

    private static String userErrors(String mutation) {
        return mutation.equals("orderCancel") ? "orderCancelUserErrors" : "userErrors";
    }

    private static ArrayNode errorList(Refused refused) {
        var list = Json.array();
        var error = list.addObject();
        var field = error.putArray("field");
        refused.field().forEach(field::add);
        error.put("message", refused.getMessage()).put("code", "INVALID");
        return list;
    }

    private static ObjectNode errors(String message, String code) {
        var answer = Json.object();
        var error = answer.putArray("errors").addObject().put("message", message);
        if (code != null) error.putObject("extensions").put("code", code);
        return answer;
    }

    private static String time(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private GraphQlDocument document(String text) {
        var known = documents.get(text);
        if (known != null) return known;
        var read = new GraphQlDocument(text);
        if (documents.size() < KEPT_DOCUMENTS) documents.put(text, read);
        return read;
    }
}
