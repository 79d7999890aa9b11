package routes.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import routes.sandbox.OrderState.Fulfilment;
import routes.sandbox.OrderState.Refund;
import routes.sandbox.OrderState.Removed;
import routes.sandbox.OrderState.Transaction;
import routes.sandbox.OrderState.Units;
import routes.sandbox.Subscriptions.Subscription;

/**
 * The shop's books: orders, their payments and fulfilments, and the rules a real shop keeps. It has no idempotency
 * key where the real one has none: asked twice to capture, it captures twice while authorised money is left.
 */
final class Shop {

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

    /** An idempotency key came again with another wish. */
    static final class KeyReused extends Exception {
        KeyReused() {
            super("The same idempotency key was used with other parameters");
        }
    }

    /** A payment asked for by mandate: what it is known by, and the job that carries it out. */
    record Payment(String reference, String job) {}

    private static final Logger LOG = LoggerFactory.getLogger(Shop.class);
    private static final int ORDER_ID_STEP = 1_000;
    private static final int FIRST_NUMBER = 1_001;
    private static final int MOST_LINES = 40;

    private final Webhooks webhooks;
    private final Clock clock;
    private final ScheduledExecutorService timer;
    private final SandboxSettings settings;
    private final Subscriptions subscriptions = new Subscriptions();
    private final ConcurrentSkipListMap<Long, OrderState> orders = new ConcurrentSkipListMap<>();
    private final Map<String, Long> jobs = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong();
    private final AtomicLong lastNumber = new AtomicLong(FIRST_NUMBER - 1);

    Shop(Webhooks webhooks, Clock clock, ScheduledExecutorService timer, SandboxSettings settings) {
        this.webhooks = webhooks;
        this.clock = clock;
        this.timer = timer;
        this.settings = settings;
        // Above 2^53, and never the same again when somebody throws this data away but keeps the hub's.
        lastId.set(5_000_000_000_000_000_000L + System.currentTimeMillis() * 100_000L);
        webhooks.onAcknowledged(this::acknowledged);
        webhooks.onFailed(this::notDelivered);
        webhooks.onUnsubscribed(webhook -> unsubscribe(webhook.subscription()));
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
            apply(event);
            var body = OrderPayload.of(orders.get(order.id()));
            var told = about("order-placed", "orders/create", order, at, body).stream()
                    .map(webhook -> webhook.after(delayMs))
                    .toList();
            webhooks.append(event, List.of(), told);
        }
        changeLater(orders.get(order.id()), delayMs + settings.changeAfterMs());
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
            var order = state.order();
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
                        .thenComparing(state -> state.order().id()))
                .toList();
    }

    /** Takes money from an authorisation; a bank that declines is an answer too. */
    Transaction capture(OrderState state, JsonNode input) throws Refused {
        synchronized (state) {
            var order = state.order();
            var parent = state.transaction(number(input.path("parentTransactionId"), "OrderTransaction"));
            if (parent == null || !parent.took("AUTHORIZATION")) {
                throw new Refused("Transaction does not exist or cannot be captured", "input", "parentTransactionId");
            }
            if (parent.shownStatus().equals("PENDING")) {
                throw new Refused("The authorization is still pending", "input", "parentTransactionId");
            }
            var currency = Json.text(input, "currency", order.currency());
            if (!currency.equals(order.currency())) {
                throw new Refused("Currency must match the authorization's currency", "input", "currency");
            }
            var amount = amount(input.path("amount"), currency);
            if (amount <= 0) throw new Refused("Amount must be greater than zero", "input", "amount");
            if (clock.instant().isAfter(parent.expiresAt())) {
                throw new Refused("The authorization has expired", "input", "parentTransactionId");
            }
            if (amount > state.capturableMinor(parent)) {
                throw new Refused("Amount exceeds the amount that can be captured", "input", "amount");
            }
            var declined = OrderMaker.CAPTURE_DECLINED.equals(order.scenario());
            var event = event("captured", order)
                    .put("parent", parent.id())
                    .put("amountMinor", amount)
                    .put("declined", declined)
                    .put("final", input.path("finalCapture").asBoolean());
            var effect = effect("capture-payment", order, amount, Amounts.text(amount, currency));
            happen(state, event, declined ? List.of() : List.of(effect), !declined && settings.tellsOwnChanges());
            return last(state.transactions);
        }
    }

    /** Notes a parcel and what was in it. */
    Fulfilment fulfil(OrderState state, JsonNode input) throws Refused {
        synchronized (state) {
            var order = state.order();
            if (state.cancelledAt != null) throw new Refused("The order is cancelled", "fulfillment");
            if (state.cancelAsked != null) throw new Refused("The order is being cancelled", "fulfillment");
            var units = new ArrayList<Units>();
            String location = null;
            for (var part : input.path("lineItemsByFulfillmentOrder")) {
                var place = place(state, part.path("fulfillmentOrderId"), "fulfillment");
                var here = state.places.get(place).location();
                if (location != null && !location.equals(here)) {
                    throw new Refused("All fulfillment orders must have the same location.", "fulfillment");
                }
                location = here;
                unitsOf(state, place, part.path("fulfillmentOrderLineItems"), "fulfillment")
                        .forEach((piece, quantity) ->
                                units.add(new Units(order.fulfilmentOrderLine(place, piece), quantity)));
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
            happen(state, event, List.of(effect), settings.tellsOwnChanges());
            return last(state.fulfilments);
        }
    }

    /** Accepts a wish to cancel; answers the job that will do it. A second wish is refused. */
    String cancel(OrderState state, String reason, String note, boolean refund) throws Refused {
        synchronized (state) {
            mayBeCancelled(state);
            var order = state.order();
            var job = job();
            var event = event("cancel-asked", order)
                    .put("reason", reason)
                    .put("note", note)
                    .put("refund", refund)
                    .put("job", job)
                    .put("doneAt", System.currentTimeMillis() + settings.cancelAfterMs());
            webhooks.append(event, List.of(effect("cancel-order", order, null, reason)), List.of());
            apply(event);
            finishLater(state, reason, note, refund, settings.cancelAfterMs());
            return job;
        }
    }

    /** The customer, or staff of the shop, cancels an order; what was paid is given back. */
    void cancelled(OrderState state, String reason) throws Refused {
        synchronized (state) {
            mayBeCancelled(state);
            finish(state, reason, null, true);
        }
    }

    private static void mayBeCancelled(OrderState state) throws Refused {
        if (state.cancelledAt != null) throw new Refused("Order has already been cancelled", "orderId");
        if (state.cancelAsked != null) throw new Refused("Order is already being cancelled", "orderId");
        if (!state.fulfilments.isEmpty()) throw new Refused("Order has fulfilled items", "orderId");
    }

    private void finishLater(OrderState state, String reason, String note, boolean refund, long delayMs) {
        if (delayMs <= 0) {
            finish(state, reason, note, refund);
        } else {
            timer.schedule(() -> finish(state, reason, note, refund), delayMs, TimeUnit.MILLISECONDS);
        }
    }

    private void finish(OrderState state, String reason, String note, boolean refund) {
        synchronized (state) {
            if (state.cancelledAt != null) return;
            var event = event("cancelled", state.order())
                    .put("reason", reason)
                    .put("note", note)
                    .put("refund", refund)
                    .put("knownAt", System.currentTimeMillis() + settings.refundAfterMs());
            happen(state, event, List.of(), true);
        }
    }

    /** Whether a job is done; empty when there is no such job. */
    Optional<Boolean> jobDone(String gid) {
        return Optional.ofNullable(jobs.get(gid)).map(due -> due <= System.currentTimeMillis());
    }

    /** Takes units off an order and gives money back; the same key again answers the refund of the first time. */
    Refund refund(OrderState state, JsonNode input, String key) throws Refused, KeyReused {
        synchronized (state) {
            var known = state.refundsByKey.get(key);
            if (known != null) {
                if (!input.toString().equals(state.refundInputs.get(key))) throw new KeyReused();
                return known;
            }
            var order = state.order();
            var event = event("refunded", order)
                    .put("key", key)
                    .put("input", input.toString())
                    .put("note", input.path("note").textValue())
                    .put("shippingMinor", shippingBack(order, input.path("shipping")))
                    .put("knownAt", System.currentTimeMillis() + settings.refundAfterMs());
            event.set("lines", Json.MAPPER.valueToTree(removed(state, input.path("refundLineItems"))));
            var sum = moneyBack(state, input.path("transactions"), event.putArray("transactions"));
            var effect = effect("refund-units", order, sum, Json.text(input, "note", key));
            happen(state, event, List.of(effect), true);
            return state.refundsByKey.get(key);
        }
    }

    private static long shippingBack(ShopOrder order, JsonNode shipping) throws Refused {
        if (shipping.path("fullRefund").asBoolean()) return order.shipping().netMinor();
        if (!shipping.hasNonNull("amount")) return 0;
        var amount = amount(shipping.path("amount"), order.currency());
        if (amount < 0 || amount > order.shipping().netMinor()) {
            throw new Refused("Refund amount exceeds the shipping that was charged", "input", "shipping");
        }
        return amount;
    }

    private static List<Removed> removed(OrderState state, JsonNode wanted) throws Refused {
        var lines = new ArrayList<Removed>();
        var taken = new HashMap<Integer, Integer>();
        for (var one : wanted) {
            var line = lineOf(state.order(), number(one.path("lineItemId"), "LineItem"));
            if (line < 0) throw new Refused("Line item does not exist", "input", "refundLineItems");
            var quantity = one.path("quantity").asInt();
            var all = taken.merge(line, quantity, Integer::sum);
            var restock = Json.text(one, "restockType", "NO_RESTOCK");
            if (quantity <= 0 || all > state.current(line)) {
                throw new Refused("Cannot refund more items than were purchased", "input", "refundLineItems");
            }
            if (restock.equals("CANCEL") && all > state.open(line)) {
                throw new Refused("Quantity cannot be cancelled: it is fulfilled", "input", "refundLineItems");
            }
            var location = bare(one.path("locationId").asText());
            if (!location.isEmpty() && !OrderMaker.LOCATIONS.contains(location)) {
                throw new Refused("Location not found", "input", "refundLineItems");
            }
            lines.add(new Removed(line, quantity, location.isEmpty() ? null : location, restock));
        }
        return lines;
    }

    private static long moneyBack(OrderState state, JsonNode wanted, ArrayNode into) throws Refused {
        var sum = 0L;
        var used = new HashMap<Long, Long>();
        for (var one : wanted) {
            var amount = amount(one.path("amount"), state.order().currency());
            if (amount <= 0) throw new Refused("Refund amount must be positive", "input", "transactions");
            // Without a parent the real shop takes the first payment; so does this one.
            var named = one.path("parentId").asText().isEmpty()
                    ? state.taken().stream().findFirst().orElse(null)
                    : state.transaction(number(one.path("parentId"), "OrderTransaction"));
            if (named == null || !state.taken().contains(named)) {
                throw new Refused("Parent transaction is not a payment that was taken", "input", "transactions");
            }
            if (!one.path("gateway").asText().equals(named.gateway())) {
                throw new Refused("Gateway does not match the parent transaction", "input", "transactions");
            }
            if (used.merge(named.id(), amount, Long::sum) > state.refundableMinor(named)) {
                throw new Refused("Refund amount exceeds the amount that can be refunded", "input", "transactions");
            }
            into.addObject().put("parent", named.id()).put("amountMinor", amount);
            sum += amount;
        }
        return sum;
    }

    /** Staff of the shop give all that is left of an order to another of its locations. */
    void moved(OrderState state, String location) throws Refused {
        synchronized (state) {
            if (!OrderMaker.LOCATIONS.contains(location)) throw new Refused("Location not found", "newLocationId");
            var places = state.places.size();
            for (var place = 0; place < places; place++) {
                if (state.left(place) == 0 || state.places.get(place).location().equals(location)) continue;
                var event = event("moved", state.order()).put("place", place).put("location", location);
                var pieces = event.putObject("pieces");
                unitsOf(state, place, Json.MAPPER.missingNode(), "id")
                        .forEach((piece, quantity) -> pieces.put(String.valueOf(piece), quantity));
                webhooks.append(event, List.of(), List.of());
                apply(event);
            }
        }
    }

    /** Gives what is left of a fulfilment order, or some of its units, to another location; the number it has there. */
    int move(OrderState state, JsonNode gid, String location, JsonNode lines) throws Refused {
        synchronized (state) {
            var place = place(state, gid, "id");
            if (state.left(place) == 0) throw new Refused("The fulfillment order is closed", "id");
            if (!OrderMaker.LOCATIONS.contains(location)) throw new Refused("Location not found", "newLocationId");
            if (state.places.get(place).location().equals(location)) {
                throw new Refused("The fulfillment order is assigned to this location already", "newLocationId");
            }
            if (state.places.size() >= OrderState.MOST_PLACES) {
                throw new Refused("The order has too many fulfillment orders", "id");
            }
            var units = unitsOf(state, place, lines, "fulfillmentOrderLineItems");
            var event = event("moved", state.order()).put("place", place).put("location", location);
            var pieces = event.putObject("pieces");
            units.forEach((piece, quantity) -> pieces.put(String.valueOf(piece), quantity));
            var gidText = ShopOrder.gid("FulfillmentOrder", state.order().fulfilmentOrder(place));
            var effect = effect("move-fulfilment-order", state.order(), null, bare(gidText) + " to " + location);
            webhooks.append(event, List.of(effect), List.of());
            apply(event);
            // A move is the last thing that made a place, or it left the place where it was.
            return state.places.get(place).location().equals(location) ? place : state.places.size() - 1;
        }
    }

    /** Asks the customer's bank once more, by mandate; the same key again answers the payment of the first time. */
    Payment reauthorise(OrderState state, JsonNode arguments) throws Refused {
        synchronized (state) {
            var order = state.order();
            var key = arguments.path("idempotencyKey").asText();
            if (key.isEmpty()) throw new Refused("An idempotency key is required", "idempotencyKey");
            var known = state.paymentsByKey.get(key);
            if (known == null) {
                if (state.cancelledAt != null) throw new Refused("The order is cancelled", "id");
                if (order.mandate() == null
                        || !order.mandate().equals(arguments.path("mandateId").asText())) {
                    throw new Refused("Mandate does not exist", "mandateId");
                }
                var money = arguments.path("amount");
                var amount = amount(money.path("amount"), order.currency());
                if (amount <= 0 || !order.currency().equals(Json.text(money, "currencyCode", order.currency()))) {
                    throw new Refused("Amount is invalid", "amount");
                }
                var event = event("reauthorised", order)
                        .put("key", key)
                        .put("amountMinor", amount)
                        .put("capture", arguments.path("autoCapture").asBoolean(true))
                        .put("reference", "PR-" + key)
                        .put(
                                "knownAt",
                                OrderMaker.EXPIRED_SILENT.equals(order.scenario())
                                        ? Long.MAX_VALUE
                                        : System.currentTimeMillis() + settings.cancelAfterMs());
                webhooks.append(event, List.of(effect("reauthorise-payment", order, amount, key)), List.of());
                apply(event);
                known = state.paymentsByKey.get(key);
            }
            return new Payment(known.reference(), jobOf(known.reference()));
        }
    }

    /**
     * An edit as the shop's staff make it.
     *
     * @param add products by SKU; they become lines of their own
     * @param remove lines by number, from 1, and how many units of each
     */
    void edit(OrderState state, Map<String, Integer> add, Map<Integer, Integer> remove) throws Refused {
        synchronized (state) {
            var order = state.order();
            if (state.cancelledAt != null) throw new Refused("The order is cancelled", "id");
            var event = event("edited", order);
            var removals = event.putArray("remove");
            for (var one : remove.entrySet()) {
                var line = one.getKey() - 1;
                if (line < 0 || line >= order.lines().size()) throw new Refused("There is no such line", "remove");
                if (one.getValue() <= 0 || one.getValue() > state.open(line)) {
                    throw new Refused("So many units are not left to be removed", "remove");
                }
                removals.addObject().put("line", line).put("quantity", one.getValue());
            }
            var lines = new ArrayList<ShopOrder.Line>();
            for (var one : add.entrySet()) {
                var position = order.lines().size() + lines.size();
                if (position >= MOST_LINES || state.places.size() >= OrderState.MOST_PLACES) {
                    throw new Refused("The order is too large", "add");
                }
                if (one.getValue() <= 0) throw new Refused("A quantity is positive", "add");
                try {
                    lines.add(OrderMaker.added(order, position, one.getKey(), one.getValue()));
                } catch (IllegalArgumentException e) {
                    throw new Refused(e.getMessage(), "add");
                }
            }
            if (lines.isEmpty() && remove.isEmpty()) throw new Refused("Nothing to change", "id");
            event.set("add", Json.MAPPER.valueToTree(lines));
            happen(state, event, List.of(), true);
        }
    }

    /** Subscriptions of some topics, or all. */
    List<Subscription> subscriptions(Set<String> topics) {
        return subscriptions.of(topics);
    }

    /** Where a subscription's webhooks go. */
    String uri(Subscription subscription) {
        return subscription.uri() == null ? webhooks.door(ShopifyAdmin.NAME) : subscription.uri();
    }

    /** Has the shop send a topic to an address; the same again is refused, as the real one does. */
    Subscription subscribe(String topic, String uri) throws Refused {
        synchronized (subscriptions) {
            if (!uri.matches("https?://\\S+")) {
                throw new Refused("Address is invalid", "webhookSubscription", "uri");
            }
            for (var known : subscriptions.of(Set.of(topic))) {
                if (uri(known).equals(uri)) {
                    throw new Refused("Address for this topic has already been taken", "webhookSubscription", "uri");
                }
            }
            var made = new Subscription(subscriptions.nextId(), topic, uri);
            var event =
                    event("subscribed").put("id", made.id()).put("topic", topic).put("uri", uri);
            var effect = new Effect(ShopifyAdmin.NAME, "create-webhook", topic, clock.instant(), null, null, uri);
            webhooks.append(event, List.of(effect), List.of());
            apply(event);
            return made;
        }
    }

    private void unsubscribe(long id) {
        synchronized (subscriptions) {
            var event = event("unsubscribed").put("id", id);
            if (!subscriptions.remove(id)) return;
            webhooks.append(event, List.of(), List.of());
        }
        webhooks.giveUp(id);
    }

    /** Takes up what was under way when the process ended. */
    void resume() {
        for (var state : orders.values()) {
            if (state.cancelAsked != null && state.cancelledAt == null) {
                finishLater(state, state.cancelAsked, state.cancelNote, true, settings.cancelAfterMs());
            }
            changeLater(state, settings.changeAfterMs());
        }
    }

    /** What scenarios {@code edited} and {@code cancelled} are about. */
    private void changeLater(OrderState state, long delayMs) {
        var scenario = state.order().scenario();
        if (state.edited || state.cancelledAt != null) return;
        if (OrderMaker.EDITED.equals(scenario) || OrderMaker.CANCELLED.equals(scenario)) {
            timer.schedule(() -> change(state), delayMs, TimeUnit.MILLISECONDS);
        }
    }

    private void change(OrderState state) {
        try {
            if (OrderMaker.EDITED.equals(state.order().scenario())) {
                edit(state, Map.of(), Map.of(1, 1));
            } else {
                cancelled(state, "CUSTOMER");
            }
        } catch (Refused tooLate) {
            LOG.info("order {} is not changed: {}", state.order().name(), tooLate.getMessage());
        }
    }

    // What happened ----------------------------------------------------------------------------------------------

    /** Changes the books and tells of it. Call it under the lock of the state. */
    private void happen(OrderState state, ObjectNode event, List<Effect> effects, boolean tells) {
        var refunds = state.refunds.size();
        if (tells) event.put("updatedAt", state.nextUpdate(clock.instant()).toString());
        apply(event);
        var told = new ArrayList<Webhook>();
        if (tells) {
            var order = state.order();
            var at = clock.instant();
            var whole = OrderPayload.of(state);
            switch (event.path("event").asText()) {
                case "cancelled" -> told.addAll(about("order-cancelled", "orders/cancelled", order, at, whole));
                case "edited" -> told.addAll(
                        about("order-edited", "orders/edited", order, at, OrderPayload.edit(order, event)));
                default -> {
                    // Its update tells.
                }
            }
            for (var refund : state.refunds.subList(refunds, state.refunds.size())) {
                told.addAll(about("refund-made", "refunds/create", order, at, OrderPayload.refund(state, refund)));
            }
            told.addAll(about("order-updated", "orders/updated", order, at, whole));
        }
        webhooks.append(event, effects, told);
    }

    /** One webhook per subscription: the same event. */
    private List<Webhook> about(String operation, String topic, ShopOrder order, Instant at, ObjectNode body) {
        var event = Webhook.about(ShopifyAdmin.NAME, operation, topic, String.valueOf(order.id()), at, Json.text(body));
        return subscriptions.of(Set.of(topic)).stream().map(event::to).toList();
    }

    /** Changes the books by one event, new or remembered. */
    void apply(ObjectNode event) {
        switch (event.path("event").asText()) {
            case "placed" -> {
                try {
                    var order = Json.MAPPER.treeToValue(event.path("order"), ShopOrder.class);
                    orders.put(order.id(), new OrderState(order, Duration.ofDays(settings.authorizationDays())));
                    lastId.accumulateAndGet(order.id(), Math::max);
                    lastNumber.accumulateAndGet(order.number(), Math::max);
                } catch (JsonProcessingException e) {
                    throw new IllegalStateException("an order in the sandbox's journal cannot be read", e);
                }
            }
            case "subscribed" -> subscriptions.add(new Subscription(
                    event.path("id").longValue(),
                    event.path("topic").asText(),
                    event.path("uri").textValue()));
            case "unsubscribed" -> subscriptions.remove(event.path("id").longValue());
            default -> {
                var state = orders.get(event.path("id").longValue());
                synchronized (state) {
                    apply(state, event, Instant.parse(event.path("at").asText()));
                    // What tells of no change claims none either: a poll would call it a webhook that never came.
                    if (event.has("updatedAt"))
                        state.updatedAt = Instant.parse(event.path("updatedAt").asText());
                }
            }
        }
    }

    private void apply(OrderState state, ObjectNode event, Instant at) {
        switch (event.path("event").asText()) {
            case "captured" -> state.transactions.add(new Transaction(
                    state.nextTransaction(),
                    event.path("parent").longValue(),
                    "CAPTURE",
                    event.path("declined").asBoolean() ? "FAILURE" : "SUCCESS",
                    event.path("amountMinor").longValue(),
                    at,
                    state.transaction(event.path("parent").longValue()).gateway(),
                    null,
                    event.path("final").asBoolean(),
                    0,
                    null));
            case "fulfilled" -> {
                var units = new ArrayList<Units>();
                event.path("units")
                        .forEach(piece -> units.add(new Units(
                                piece.path("line").longValue(),
                                piece.path("quantity").intValue())));
                state.fulfilments.add(new Fulfilment(
                        state.order().id() + 400 + state.fulfilments.size(),
                        at,
                        event.path("company").textValue(),
                        event.path("number").textValue(),
                        event.path("url").textValue(),
                        event.path("location").asText(),
                        units));
            }
            case "cancel-asked" -> {
                state.cancelAsked = event.path("reason").asText();
                state.cancelNote = event.path("note").textValue();
                jobs.put(event.path("job").asText(), event.path("doneAt").longValue());
            }
            case "cancelled" -> applyCancelled(state, event, at);
            case "refunded" -> applyRefunded(state, event, at);
            case "moved" -> {
                var units = new LinkedHashMap<Integer, Integer>();
                event.path("pieces")
                        .fields()
                        .forEachRemaining(piece -> units.put(
                                Integer.parseInt(piece.getKey()),
                                piece.getValue().intValue()));
                state.move(
                        event.path("place").intValue(), event.path("location").asText(), units);
            }
            case "reauthorised" -> applyReauthorised(state, event, at);
            case "edited" -> {
                state.edited = true;
                event.path("remove")
                        .forEach(one -> state.remove(
                                one.path("line").intValue(),
                                one.path("quantity").intValue(),
                                null,
                                true));
                var lines = new ArrayList<ShopOrder.Line>();
                event.path("add").forEach(one -> lines.add(Json.MAPPER.convertValue(one, ShopOrder.Line.class)));
                state.add(lines);
            }
            default -> throw new IllegalStateException("an event the shop does not know: " + event);
        }
    }

    private void applyCancelled(OrderState state, ObjectNode event, Instant at) {
        for (var authorised : List.copyOf(state.transactions)) {
            if (!authorised.took("AUTHORIZATION")) continue;
            var open = state.capturableMinor(authorised);
            if (open > 0) state.transactions.add(child(state, authorised, "VOID", "SUCCESS", open, at, 0));
        }
        var back = new ArrayList<Long>();
        if (event.path("refund").asBoolean()) {
            for (var taken : state.taken()) {
                var amount = state.refundableMinor(taken);
                if (amount > 0) back.add(addRefund(state, taken, amount, event, at));
            }
        }
        if (!back.isEmpty()) {
            var lines = new ArrayList<Removed>();
            for (var line = 0; line < state.order().lines().size(); line++) {
                if (state.current(line) > 0) lines.add(new Removed(line, state.current(line), null, "CANCEL"));
            }
            var shipping = state.order().shipping().netMinor();
            state.refunds.add(new Refund(nextRefund(state), at, null, lines, shipping, back));
        }
        state.removeAll();
        state.cancelledAt = at;
        state.cancelReason = event.path("reason").asText();
        state.cancelNote = event.path("note").textValue();
        // Journals of earlier days name the job here.
        if (event.has("job"))
            jobs.put(event.path("job").asText(), event.path("doneAt").longValue());
    }

    private void applyRefunded(OrderState state, ObjectNode event, Instant at) {
        var back = new ArrayList<Long>();
        event.path("transactions").forEach(one -> {
            var parent = state.transaction(one.path("parent").longValue());
            back.add(addRefund(state, parent, one.path("amountMinor").longValue(), event, at));
        });
        var lines = new ArrayList<Removed>();
        event.path("lines").forEach(one -> lines.add(Json.MAPPER.convertValue(one, Removed.class)));
        lines.forEach(one -> state.remove(
                one.line(), one.quantity(), one.location(), one.restock().equals("CANCEL")));
        var refund = new Refund(
                nextRefund(state),
                at,
                event.path("note").textValue(),
                lines,
                event.path("shippingMinor").longValue(),
                back);
        state.refunds.add(refund);
        state.refundsByKey.put(event.path("key").asText(), refund);
        state.refundInputs.put(event.path("key").asText(), event.path("input").asText());
    }

    private void applyReauthorised(OrderState state, ObjectNode event, Instant at) {
        var capture = event.path("capture").asBoolean();
        var payment = new Transaction(
                state.nextTransaction(),
                0,
                capture ? "SALE" : "AUTHORIZATION",
                "SUCCESS",
                event.path("amountMinor").longValue(),
                at,
                OrderState.GATEWAY,
                capture ? null : at.plus(Duration.ofDays(settings.authorizationDays())),
                false,
                event.path("knownAt").longValue(),
                event.path("reference").asText());
        state.transactions.add(payment);
        state.paymentsByKey.put(event.path("key").asText(), payment);
        jobs.put(jobOf(payment.reference()), payment.knownAt());
    }

    private static long addRefund(OrderState state, Transaction taken, long amount, ObjectNode event, Instant at) {
        var fails = OrderMaker.REFUND_FAILED.equals(state.order().scenario());
        var status = fails ? "FAILURE" : "SUCCESS";
        var known = event.path("knownAt").longValue();
        var made = child(state, taken, "REFUND", status, amount, at, known);
        state.transactions.add(made);
        return made.id();
    }

    private static Transaction child(
            OrderState state, Transaction parent, String kind, String status, long amount, Instant at, long knownAt) {
        return new Transaction(
                state.nextTransaction(),
                parent.id(),
                kind,
                status,
                amount,
                at,
                parent.gateway(),
                null,
                false,
                knownAt,
                null);
    }

    private static long nextRefund(OrderState state) {
        return state.order().id() + 600 + state.refunds.size();
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

    /** What stands behind the last slash. */
    static String bare(String gid) {
        return gid.substring(gid.lastIndexOf('/') + 1);
    }

    /** The position of a line of an order; -1 when it has no such line. */
    static int lineOf(ShopOrder order, long id) {
        for (var line = 0; line < order.lines().size(); line++)
            if (order.lines().get(line).id() == id) return line;
        return -1;
    }

    private static int place(OrderState state, JsonNode gid, String field) throws Refused {
        var place = number(gid, "FulfillmentOrder") - state.order().fulfilmentOrder(0);
        if (place < 0 || place >= state.places.size()) {
            throw new Refused("Fulfillment order does not exist.", field);
        }
        return (int) place;
    }

    /** Quantities by piece: those wanted, or all that are left. */
    private static Map<Integer, Integer> unitsOf(OrderState state, int place, JsonNode wanted, String field)
            throws Refused {
        var pieces = state.places.get(place).pieces();
        var units = new LinkedHashMap<Integer, Integer>();
        if (wanted.isMissingNode() || wanted.isNull() || wanted.isEmpty()) {
            for (var i = 0; i < pieces.size(); i++) if (state.left(place, i) > 0) units.put(i, state.left(place, i));
            return units;
        }
        for (var piece : wanted) {
            var id = number(piece.path("id"), "FulfillmentOrderLineItem");
            var position = id - state.order().fulfilmentOrderLine(place, 0);
            if (position < 0 || position >= pieces.size()) {
                throw new Refused("Fulfillment order line item does not exist.", field);
            }
            units.merge((int) position, piece.path("quantity").asInt(), Integer::sum);
        }
        for (var piece : units.entrySet()) {
            if (piece.getValue() <= 0 || piece.getValue() > state.left(place, piece.getKey())) {
                throw new Refused("Invalid fulfillment order line item quantity requested.", field);
            }
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

    private static String job() {
        return "gid://shopify/Job/" + UUID.randomUUID();
    }

    private static String jobOf(String reference) {
        return "gid://shopify/Job/" + UUID.nameUUIDFromBytes(reference.getBytes(StandardCharsets.UTF_8));
    }

    private void acknowledged(Webhook webhook) {
        if (webhook.subscription() != 0) subscriptions.delivered(webhook.subscription());
        if (!"order-placed".equals(webhook.operation())) return;
        var state = orders.get(Long.parseLong(webhook.subject()));
        if (state != null) state.acknowledged = true;
    }

    private void notDelivered(Webhook webhook) {
        if (webhook.subscription() == 0 || !subscriptions.failed(webhook.subscription(), clock.instant())) return;
        LOG.info("the shop gives up sending {}: too many deliveries failed", webhook.topic());
        unsubscribe(webhook.subscription());
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
