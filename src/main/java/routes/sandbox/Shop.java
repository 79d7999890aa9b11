package routes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The shop's books: orders, their payments and fulfilments, and the rules a real shop keeps. It has no idempotency
 * key where the real one has none: asked twice to capture, it captures twice while authorised money is left.
 */
final class Shop {

    static final String GATEWAY = "bogus";

    /** A rule said no; {@code field} is the path into the input, as in the real shop's user errors. */
    static final class Refused extends Exception {
        private final transient List<String> field;

        Refused(String message, String... field) {
            super(message);
            this.field = List.of(field);
        }

        List<String> field() {
            return field;
        }
    }

    /** Money that moved or was put aside; {@code parent} is 0 for the first. */
    record Transaction(
            long id, long parent, String kind, long amountMinor, Instant at, String gateway, boolean finalCapture) {}

    /** Units of one fulfilment order line. */
    record Units(long line, int quantity) {}

    /** A parcel the shop was told of. */
    record Fulfilment(
            long id, Instant at, String company, String number, String url, String location, List<Units> units) {}

    /** What happened to one order; guarded by itself. */
    static final class OrderState {
        final ShopOrder order;
        final List<Transaction> transactions = new ArrayList<>();
        final List<Fulfilment> fulfilments = new ArrayList<>();
        final Map<String, Long> refundsByKey = new LinkedHashMap<>();
        volatile boolean acknowledged;
        Instant cancelledAt;
        String cancelReason;
        volatile Instant updatedAt;

        OrderState(ShopOrder order) {
            this.order = order;
            updatedAt = order.placedAt();
            var kind = order.paidAtOnce() ? "SALE" : "AUTHORIZATION";
            transactions.add(new Transaction(
                    order.firstTransaction(), 0, kind, order.totalMinor(), order.placedAt(), GATEWAY, false));
        }

        long sum(String kind) {
            return transactions.stream()
                    .filter(transaction -> transaction.kind().equals(kind))
                    .mapToLong(Transaction::amountMinor)
                    .sum();
        }

        long capturedMinor() {
            return sum("CAPTURE") + sum("SALE");
        }

        /** What is authorised and neither captured nor given back. */
        long capturableMinor() {
            var closed = cancelledAt != null || transactions.stream().anyMatch(Transaction::finalCapture);
            return closed ? 0 : sum("AUTHORIZATION") - sum("CAPTURE");
        }

        int fulfilled(long fulfilmentOrderLine) {
            return fulfilments.stream()
                    .flatMap(fulfilment -> fulfilment.units().stream())
                    .filter(units -> units.line() == fulfilmentOrderLine)
                    .mapToInt(Units::quantity)
                    .sum();
        }
    }

    private static final int ORDER_ID_STEP = 1_000;
    private static final int FIRST_NUMBER = 1_001;

    private final Webhooks webhooks;
    private final Clock clock;
    private final SandboxSettings settings;
    private final ConcurrentSkipListMap<Long, OrderState> orders = new ConcurrentSkipListMap<>();
    private final Map<String, Long> cancelJobs = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong();
    private final AtomicLong lastNumber = new AtomicLong(FIRST_NUMBER - 1);

    Shop(Webhooks webhooks, Clock clock, SandboxSettings settings) {
        this.webhooks = webhooks;
        this.clock = clock;
        this.settings = settings;
        // Above 2^53, and never the same again when somebody throws this data away but keeps the hub's.
        lastId.set(5_000_000_000_000_000_000L + System.currentTimeMillis() * 100_000L);
        webhooks.onAcknowledged(this::acknowledged);
    }

    /**
     * A customer places an order; its webhook leaves once it is on disk, not before {@code delayMs}.
     *
     * @throws IllegalArgumentException when the shop has no such market
     */
    ShopOrder place(OrderMaker.Wish wish, long delayMs) {
        ShopOrder order;
        synchronized (orders) {
            // One at a time, so that ids in the journal rise and the list of orders never grows in its middle.
            var at = clock.instant().plusMillis(delayMs);
            var seed = ThreadLocalRandom.current().nextLong();
            order = OrderMaker.make(
                    seed, lastId.get() + ORDER_ID_STEP, lastNumber.get() + 1, at.truncatedTo(ChronoUnit.MILLIS), wish);
            var event = event("placed");
            event.set("order", Json.MAPPER.valueToTree(order));
            var webhook = Webhook.about(
                            ShopifyAdmin.NAME,
                            "order-placed",
                            "orders/create",
                            String.valueOf(order.id()),
                            at,
                            Json.text(OrderPayload.created(order)))
                    .after(delayMs);
            webhooks.append(event, List.of(), List.of(webhook));
            apply(event);
        }
        return order;
    }

    Optional<OrderState> find(JsonNode gid) {
        return Optional.ofNullable(orders.get(number(gid, "Order")));
    }

    /** The order a fulfilment order belongs to. */
    Optional<OrderState> findByFulfilmentOrder(JsonNode gid) {
        var entry = orders.floorEntry(number(gid, "FulfillmentOrder"));
        return Optional.ofNullable(entry).map(Map.Entry::getValue);
    }

    /** Orders placed after the one with this id, at most {@code limit}. */
    ObjectNode list(long after, int limit) {
        var answer = Json.object();
        var items = answer.putArray("items");
        var last = after;
        for (var state : orders.tailMap(after, false).values()) {
            if (items.size() == limit) {
                return answer.put("next", String.valueOf(last));
            }
            var order = state.order;
            last = order.id();
            items.addObject()
                    .put("id", String.valueOf(order.id()))
                    .put("name", order.name())
                    .put("acknowledged", state.acknowledged)
                    .put("currency", order.currency())
                    .put("totalMinor", order.totalMinor())
                    .put("market", order.market())
                    .put("scenario", order.scenario())
                    .put("parcels", order.routing().size())
                    .put("placedAt", order.placedAt().toString());
        }
        return answer.putNull("next");
    }

    /** Orders changed at or after a moment, the oldest change first. */
    List<OrderState> changedSince(Instant moment) {
        return orders.values().stream()
                .filter(state ->
                        !state.updatedAt.truncatedTo(ChronoUnit.SECONDS).isBefore(moment))
                .sorted(Comparator.comparing((OrderState state) -> state.updatedAt)
                        .thenComparing(state -> state.order.id()))
                .toList();
    }

    /** Takes money from an authorisation. */
    Transaction capture(OrderState state, JsonNode input) throws Refused {
        synchronized (state) {
            var order = state.order;
            var parent = number(input.path("parentTransactionId"), "OrderTransaction");
            if (parent != order.firstTransaction() || order.paidAtOnce()) {
                throw new Refused("Transaction does not exist or cannot be captured", "input", "parentTransactionId");
            }
            var currency = Json.text(input, "currency", order.currency());
            if (!currency.equals(order.currency())) {
                throw new Refused("Currency must match the authorization's currency", "input", "currency");
            }
            var amount = amount(input.path("amount"), currency);
            if (amount <= 0) throw new Refused("Amount must be greater than zero", "input", "amount");
            if (clock.instant().isAfter(expiry(order))) {
                throw new Refused("The authorization has expired", "input", "parentTransactionId");
            }
            if (amount > state.capturableMinor()) {
                throw new Refused("Amount exceeds the amount that can be captured", "input", "amount");
            }
            var event = event("captured", order)
                    .put("parent", parent)
                    .put("amountMinor", amount)
                    .put("final", input.path("finalCapture").asBoolean());
            var effect = effect("capture-payment", order, amount, Amounts.text(amount, currency));
            webhooks.append(event, List.of(effect), List.of());
            apply(event);
            return last(state.transactions);
        }
    }

    /** Notes a parcel and what was in it. */
    Fulfilment fulfil(OrderState state, JsonNode input) throws Refused {
        synchronized (state) {
            var order = state.order;
            if (state.cancelledAt != null) throw new Refused("The order is cancelled", "fulfillment");
            var units = new ArrayList<Units>();
            String location = null;
            for (var part : input.path("lineItemsByFulfillmentOrder")) {
                var routed = number(part.path("fulfillmentOrderId"), "FulfillmentOrder") - order.fulfilmentOrder(0);
                if (routed < 0 || routed >= order.routing().size()) {
                    throw new Refused("Fulfillment order does not exist.", "fulfillment");
                }
                var here = order.routing().get((int) routed).location();
                if (location != null && !location.equals(here)) {
                    throw new Refused("All fulfillment orders must have the same location.", "fulfillment");
                }
                location = here;
                units.addAll(unitsOf(state, (int) routed, part.path("fulfillmentOrderLineItems")));
            }
            if (units.isEmpty()) throw new Refused("Fulfillment order has nothing left to fulfill.", "fulfillment");
            var tracking = input.path("trackingInfo");
            var number = Json.text(
                    tracking, "number", tracking.path("numbers").path(0).textValue());
            var event = event("fulfilled", order)
                    .put("company", tracking.path("company").textValue())
                    .put("number", number)
                    .put(
                            "url",
                            Json.text(
                                    tracking,
                                    "url",
                                    tracking.path("urls").path(0).textValue()))
                    .put("location", location);
            event.set("units", Json.MAPPER.valueToTree(units));
            var effect = effect("create-fulfilment", order, null, number == null ? "" : number);
            webhooks.append(event, List.of(effect), List.of());
            apply(event);
            return last(state.fulfilments);
        }
    }

    /** Accepts a wish to cancel; answers the job that will do it. */
    String cancel(OrderState state, String reason) throws Refused {
        synchronized (state) {
            if (state.cancelledAt != null) throw new Refused("Order has already been cancelled", "orderId");
            if (!state.fulfilments.isEmpty()) throw new Refused("Order has fulfilled items", "orderId");
            var order = state.order;
            var done = System.currentTimeMillis() + settings.cancelAfterMs();
            var job = "gid://shopify/Job/" + java.util.UUID.randomUUID();
            var event = event("cancelled", order)
                    .put("reason", reason)
                    .put("job", job)
                    .put("doneAt", done);
            var webhook = Webhook.about(
                            ShopifyAdmin.NAME,
                            "order-cancelled",
                            "orders/cancelled",
                            String.valueOf(order.id()),
                            clock.instant(),
                            Json.text(OrderPayload.cancelled(order, clock.instant(), reason)))
                    .after(settings.cancelAfterMs());
            webhooks.append(event, List.of(effect("cancel-order", order, null, reason)), List.of(webhook));
            apply(event);
            return job;
        }
    }

    /** Whether a job is done; empty when there is no such job. */
    Optional<Boolean> jobDone(String gid) {
        return Optional.ofNullable(cancelJobs.get(gid)).map(due -> due <= System.currentTimeMillis());
    }

    /** Gives money back; the same key again answers the refund of the first time. */
    long refund(OrderState state, JsonNode input, String key) throws Refused {
        synchronized (state) {
            var known = state.refundsByKey.get(key);
            if (known != null) return known;
            var order = state.order;
            var amount = 0L;
            for (var transaction : input.path("transactions")) {
                amount += amount(transaction.path("amount"), order.currency());
            }
            if (amount < 0) throw new Refused("Refund amount must be positive", "input", "transactions");
            if (amount > state.capturedMinor() - state.sum("REFUND")) {
                throw new Refused("Refund amount exceeds the amount that can be refunded", "input", "transactions");
            }
            var event = event("refunded", order).put("amountMinor", amount).put("key", key);
            var effect = effect("refund-payment", order, amount, key);
            webhooks.append(event, List.of(effect), List.of());
            apply(event);
            return state.refundsByKey.get(key);
        }
    }

    /** When an order's authorisation ends, by the business clock. */
    Instant expiry(ShopOrder order) {
        return order.placedAt().plus(Duration.ofDays(settings.authorizationDays()));
    }

    /** Changes the books by one event, new or remembered. */
    void apply(ObjectNode event) {
        if (event.path("event").asText().equals("placed")) {
            try {
                var order = Json.MAPPER.treeToValue(event.path("order"), ShopOrder.class);
                orders.put(order.id(), new OrderState(order));
                lastId.accumulateAndGet(order.id(), Math::max);
                lastNumber.accumulateAndGet(order.number(), Math::max);
            } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                throw new IllegalStateException("an order in the sandbox's journal cannot be read", e);
            }
            return;
        }
        var state = orders.get(event.path("id").longValue());
        var at = Instant.parse(event.path("at").asText());
        synchronized (state) {
            // This shop sends no orders/updated for what its caller did itself, so it claims no change either: a poll
            // would call each one a webhook that never came.
            if (!Set.of("captured", "fulfilled").contains(event.path("event").asText())) state.updatedAt = at;
            switch (event.path("event").asText()) {
                case "captured" -> state.transactions.add(new Transaction(
                        state.order.firstTransaction() + state.transactions.size(),
                        event.path("parent").longValue(),
                        "CAPTURE",
                        event.path("amountMinor").longValue(),
                        at,
                        GATEWAY,
                        event.path("final").asBoolean()));
                case "fulfilled" -> {
                    var units = new ArrayList<Units>();
                    event.path("units")
                            .forEach(piece -> units.add(new Units(
                                    piece.path("line").longValue(),
                                    piece.path("quantity").intValue())));
                    state.fulfilments.add(new Fulfilment(
                            state.order.id() + 400 + state.fulfilments.size(),
                            at,
                            event.path("company").textValue(),
                            event.path("number").textValue(),
                            event.path("url").textValue(),
                            event.path("location").asText(),
                            units));
                }
                case "cancelled" -> {
                    state.cancelledAt = at;
                    state.cancelReason = event.path("reason").asText();
                    cancelJobs.put(
                            event.path("job").asText(), event.path("doneAt").longValue());
                    var open = state.sum("AUTHORIZATION") - state.sum("CAPTURE");
                    if (open > 0) {
                        state.transactions.add(new Transaction(
                                state.order.firstTransaction() + state.transactions.size(),
                                state.order.firstTransaction(),
                                "VOID",
                                open,
                                at,
                                GATEWAY,
                                false));
                    }
                }
                case "refunded" -> {
                    state.refundsByKey.put(
                            event.path("key").asText(), state.order.id() + 600 + state.refundsByKey.size());
                    state.transactions.add(new Transaction(
                            state.order.firstTransaction() + state.transactions.size(),
                            state.order.firstTransaction(),
                            "REFUND",
                            event.path("amountMinor").longValue(),
                            at,
                            GATEWAY,
                            false));
                }
                default -> throw new IllegalStateException("an event the shop does not know: " + event);
            }
        }
    }

    static long productId(String sku) {
        return 788_000_000_000_000_000L + Math.abs((long) sku.hashCode());
    }

    static long variantId(String sku) {
        return productId(sku) + 50_000_000_000L;
    }

    /** The number behind a gid of this type; -1 when it is none. */
    static long number(JsonNode gid, String type) {
        var text = gid.asText();
        var prefix = "gid://shopify/" + type + "/";
        var bare = text.startsWith(prefix) ? text.substring(prefix.length()).replaceFirst("\\?.*", "") : "";
        return bare.matches("\\d{1,18}|[1-8]\\d{18}") ? Long.parseLong(bare) : -1;
    }

    private List<Units> unitsOf(OrderState state, int routed, JsonNode wanted) throws Refused {
        var pieces = state.order.routing().get(routed).pieces();
        var units = new ArrayList<Units>();
        if (wanted.isMissingNode() || wanted.isNull() || wanted.isEmpty()) {
            for (var i = 0; i < pieces.size(); i++) {
                var line = state.order.fulfilmentOrderLine(routed, i);
                var left = pieces.get(i).quantity() - state.fulfilled(line);
                if (left > 0) units.add(new Units(line, left));
            }
            return units;
        }
        var asked = new LinkedHashMap<Long, Integer>();
        for (var piece : wanted) {
            asked.merge(
                    number(piece.path("id"), "FulfillmentOrderLineItem"),
                    piece.path("quantity").asInt(),
                    Integer::sum);
        }
        for (var piece : asked.entrySet()) {
            var position = piece.getKey() - state.order.fulfilmentOrderLine(routed, 0);
            if (position < 0 || position >= pieces.size()) {
                throw new Refused("Fulfillment order line item does not exist.", "fulfillment");
            }
            var left = pieces.get((int) position).quantity() - state.fulfilled(piece.getKey());
            if (piece.getValue() <= 0 || piece.getValue() > left) {
                throw new Refused("Invalid fulfillment order line item quantity requested.", "fulfillment");
            }
            units.add(new Units(piece.getKey(), piece.getValue()));
        }
        return units;
    }

    private static long amount(JsonNode amount, String currency) throws Refused {
        try {
            return Amounts.minor(new BigDecimal(amount.asText()), currency);
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new Refused("Amount is invalid", "input", "amount");
        }
    }

    private void acknowledged(Webhook webhook) {
        if (!"order-placed".equals(webhook.operation())) return;
        var state = orders.get(Long.parseLong(webhook.subject()));
        if (state != null) state.acknowledged = true;
    }

    private ObjectNode event(String event) {
        return Json.object()
                .put("partner", ShopifyAdmin.NAME)
                .put("event", event)
                .put("at", clock.instant().toString());
    }

    private ObjectNode event(String event, ShopOrder order) {
        return event(event).put("id", order.id());
    }

    private Effect effect(String operation, ShopOrder order, Long amountMinor, String subject) {
        return new Effect(
                ShopifyAdmin.NAME,
                operation,
                String.valueOf(order.id()),
                clock.instant(),
                amountMinor,
                amountMinor == null ? null : order.currency(),
                subject);
    }

    private static <T> T last(List<T> list) {
        return list.get(list.size() - 1);
    }
}
