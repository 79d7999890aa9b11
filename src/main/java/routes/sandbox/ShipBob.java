package routes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * ShipBob's REST API of 2026-01: closed objects, required fields, lengths. Goods ship and arrive by themselves after a
 * while, with webhooks for both. It has no idempotency key, and here two orders may bear one {@code reference_id} (the
 * real one refuses that), so that a doubled order shows.
 *
 * <p>There is plenty of everything unless a test says otherwise; what has shipped is there no more, and what is not there
 * is short. What else goes wrong follows the customer's email: its local part begins with one of the {@link #SCENARIOS}.
 */
final class ShipBob implements Partner {

    static final String NAME = "warehouse";
    static final String TOKEN = "warehouse-sandbox-token";

    /** One unit of the first product cannot be found; the rest leaves later. A second order has all. */
    static final String SHORT_PICK = "short-pick";
    /** One unit more of the first product leaves than was ordered. */
    static final String OVER_SHIP = "over-ship";
    /** As slow as {@link #SLOW_PICK}; a recall is confirmed, and then the goods leave all the same. */
    static final String SHIPS_CANCELLED = "ships-cancelled";
    /** That the goods have left is told twice, as two events. */
    static final String CONFIRMS_TWICE = "confirms-twice";
    /** As slow as {@link #SLOW_PICK}: nothing has left, and still a recall is too late. */
    static final String CANCEL_TOO_LATE = "cancel-too-late";
    /** Lies untouched for {@code oms.sandbox.pick-after-ms} before it is picked. */
    static final String SLOW_PICK = "slow-pick";
    /** Is put on hold once, and then leaves. */
    static final String HOLDS = "warehouse-holds";
    /** Cancels each shipment by itself; what is ordered again leaves. */
    static final String CANCELS = "warehouse-cancels";
    /** Does not take the order. */
    static final String REFUSES = "warehouse-refuses";

    static final Set<String> SCENARIOS = Set.of(
            SHORT_PICK,
            OVER_SHIP,
            SHIPS_CANCELLED,
            CONFIRMS_TWICE,
            CANCEL_TOO_LATE,
            SLOW_PICK,
            HOLDS,
            CANCELS,
            REFUSES);

    private static final String ORDERS = "/2026-01/order";
    private static final Pattern ONE = Pattern.compile("/2026-01/order/(\\d{1,9})(:cancel)?");
    private static final String STOCK = "/2026-01/inventory-level";
    private static final String STOCK_BY_CENTRE = STOCK + "/locations";
    private static final Pattern US_ZIP = Pattern.compile("\\d{5}(-?\\d{4})?");
    private static final int PLENTY = 1_000_000;
    private static final int MAX_LISTED = 250;
    private static final long SECOND_BOX_LATER_MS = 300;

    /** What a closed object may hold: each field with its greatest length as text, 0 = any; required ones named. */
    private record Shape(Map<String, Integer> fields, Set<String> required) {}

    private static final Shape ORDER = new Shape(
            Map.ofEntries(
                    Map.entry("financials", 0),
                    Map.entry("gift_message", 500),
                    Map.entry("location_id", 0),
                    Map.entry("order_number", 400),
                    Map.entry("origin_platform_program", 100),
                    Map.entry("products", 0),
                    Map.entry("purchase_date", 0),
                    Map.entry("recipient", 0),
                    Map.entry("reference_id", 300),
                    Map.entry("requested_delivery_date", 0),
                    Map.entry("retailer_program_data", 0),
                    Map.entry("sales_channel", 0),
                    Map.entry("shipping_method", 0),
                    Map.entry("shipping_terms", 0),
                    Map.entry("tags", 0),
                    Map.entry("type", 0)),
            Set.of("products", "recipient", "reference_id", "shipping_method", "type"));
    private static final Shape PRODUCT = new Shape(
            Map.of(
                    "external_line_id", 0,
                    "gtin", 50,
                    "name", 0,
                    "quantity", 0,
                    "quantity_unit_of_measure_code", 0,
                    "reference_id", 0,
                    "sku", 0,
                    "unit_price", 0,
                    "upc", 50,
                    "id", 0),
            Set.of("quantity"));
    private static final Shape RECIPIENT =
            new Shape(Map.of("address", 0, "email", 0, "name", 300, "phone_number", 50), Set.of("address", "name"));
    private static final Shape ADDRESS = new Shape(
            Map.of(
                    "address1", 0,
                    "address2", 0,
                    "city", 0,
                    "company_name", 0,
                    "country", 0,
                    "state", 0,
                    "zip_code", 0,
                    "type", 0),
            Set.of("address1", "city", "country"));
    private static final Map<String, Set<String>> WORDS = Map.of(
            "type", Set.of("DTC", "DropShip", "B2B"),
            "sales_channel",
                    Set.of(
                            "amazon",
                            "bigcommerce",
                            "ebay",
                            "faire",
                            "macy",
                            "magento",
                            "shein",
                            "shopify",
                            "squarespace",
                            "targetplus",
                            "temu",
                            "tiktok",
                            "unleashed",
                            "walmart",
                            "woocommerce"));

    /** One parcel: which product of the order, how many. */
    private record Packed(int product, int quantity) {}

    /** Where an article lies. */
    private record Shelf(String sku, int centre) {}

    private static final class Parcel {
        final int id;
        final List<Packed> packed;
        final List<Packed> lacking = new ArrayList<>();
        final long shipDueAt;
        boolean held;
        boolean wasHeld;
        boolean cancelled;
        boolean committed = true;
        Instant shippedAt;
        Instant deliveredAt;
        long deliverDueAt;

        Parcel(int id, List<Packed> packed, long shipDueAt) {
            this.id = id;
            this.packed = packed;
            this.shipDueAt = shipDueAt;
        }

        String tracking() {
            return "1Z999AA1" + String.format("%010d", id);
        }
    }

    /** What happened to one order; guarded by itself. */
    private static final class Placed {
        final int id;
        final JsonNode request;
        final Instant at;
        final List<Parcel> parcels = new ArrayList<>();
        boolean cancelled;

        Placed(int id, JsonNode request, Instant at) {
            this.id = id;
            this.request = request;
            this.at = at;
        }

        String reference() {
            return request.path("reference_id").asText();
        }

        boolean is(String scenario) {
            var email = request.path("recipient").path("email").asText();
            return email.startsWith(scenario + ".");
        }

        /** Whether it is not one that is sent because an earlier one for the same customer was not sent whole. */
        boolean first() {
            return !reference().matches(".*-F([2-9]|\\d{2,})");
        }

        int centre() {
            return request.path("location_id").asInt(11);
        }

        Shelf shelf(Packed packed) {
            var product = request.path("products").get(packed.product());
            return new Shelf(
                    Json.text(product, "sku", product.path("reference_id").asText()), centre());
        }
    }

    private final Webhooks webhooks;
    private final Clock clock;
    private final ScheduledExecutorService timer;
    private final SandboxSettings settings;
    private final Map<Integer, Placed> orders = new ConcurrentHashMap<>();
    private final Map<String, List<Placed>> byReference = new ConcurrentHashMap<>();
    private final AtomicInteger lastId = new AtomicInteger(100_000_000);
    private final Map<Shelf, Integer> onHand = new ConcurrentHashMap<>();
    private final Map<Shelf, Integer> committed = new ConcurrentHashMap<>();
    private final Object picking = new Object();

    ShipBob(Webhooks webhooks, Clock clock, ScheduledExecutorService timer, SandboxSettings settings) {
        this.webhooks = webhooks;
        this.clock = clock;
        this.timer = timer;
        this.settings = settings;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String operation(Call call) {
        if (call.path().equals(ORDERS)) return call.method().equals("POST") ? "place-order" : "find-order";
        if (call.path().endsWith(":cancel")) return "cancel-order";
        return call.path().startsWith(STOCK) ? "list-stock" : "find-order";
    }

    @Override
    public Answer answer(Call call) {
        if (!call.bearer(TOKEN)) return Answer.empty(401);
        var writes = call.method().equals("POST");
        if (writes && !call.header("shipbob_channel_id").matches("\\d{1,9}")) {
            return Answer.json(400, errors("shipbob_channel_id", "The shipbob_channel_id header is required."));
        }
        if (call.path().equals(ORDERS)) return writes ? place(call) : find(call.query());
        if (call.path().equals(STOCK) && !writes) return stock();
        if (call.path().equals(STOCK_BY_CENTRE) && !writes) return stockByCentre(call.query());
        var one = ONE.matcher(call.path());
        if (!one.matches()) return Answer.empty(404);
        var placed = orders.get(Integer.parseInt(one.group(1)));
        if (placed == null) return Answer.empty(404);
        if (writes) return one.group(2) == null ? Answer.empty(405) : cancel(placed);
        return one.group(2) == null ? Answer.json(200, order(placed)).naming(placed.reference()) : Answer.empty(405);
    }

    @Override
    public Answer refusal(String operation) {
        return Answer.json(422, errors("order", "Refused by the sandbox."));
    }

    @Override
    public Answer trouble(int status) {
        return Answer.json(status, errors("", "Something went wrong, please try again later."));
    }

    @Override
    public void apply(ObjectNode event) {
        if (event.path("event").asText().equals("stock")) {
            var shelf =
                    new Shelf(event.path("sku").asText(), event.path("centre").asInt());
            onHand.put(shelf, event.path("onHand").asInt());
            return;
        }
        var id = event.path("id").asInt();
        if (event.path("event").asText().equals("placed")) {
            var placed = new Placed(
                    id, event.path("request"), Instant.parse(event.path("at").asText()));
            for (var parcel : event.path("parcels")) {
                var packed = new ArrayList<Packed>();
                parcel.path("packed")
                        .forEach(piece -> packed.add(new Packed(
                                piece.path("product").asInt(),
                                piece.path("quantity").asInt())));
                placed.parcels.add(new Parcel(
                        parcel.path("id").asInt(),
                        packed,
                        parcel.path("shipDueAt").longValue()));
                lastId.accumulateAndGet(parcel.path("id").asInt(), Math::max);
            }
            lastId.accumulateAndGet(id, Math::max);
            orders.put(id, placed);
            byReference
                    .computeIfAbsent(placed.reference(), reference -> new CopyOnWriteArrayList<>())
                    .add(placed);
            placed.parcels.forEach(parcel -> parcel.packed.forEach(
                    packed -> committed.merge(placed.shelf(packed), packed.quantity(), Integer::sum)));
            return;
        }
        var placed = orders.get(id);
        synchronized (placed) {
            switch (event.path("event").asText()) {
                case "cancelled" -> {
                    placed.cancelled = true;
                    placed.parcels.forEach(parcel -> noLongerCommitted(placed, parcel));
                }
                case "shipment-cancelled" -> {
                    parcel(placed, event).cancelled = true;
                    noLongerCommitted(placed, parcel(placed, event));
                }
                case "held" -> {
                    parcel(placed, event).held = true;
                    parcel(placed, event).wasHeld = true;
                }
                case "short" -> lack(placed, parcel(placed, event), event.path("lacking"));
                case "shipped" -> {
                    var parcel = parcel(placed, event);
                    leave(placed, parcel, event.path("extra").asInt());
                    parcel.shippedAt = Instant.parse(event.path("at").asText());
                    parcel.deliverDueAt = event.path("deliverDueAt").longValue();
                }
                case "delivered" -> parcel(placed, event).deliveredAt =
                        Instant.parse(event.path("at").asText());
                default -> throw new IllegalStateException("an event the warehouse does not know: " + event);
            }
        }
    }

    @Override
    public void resume() {
        for (var placed : orders.values()) {
            for (var parcel : placed.parcels) {
                if (parcel.shippedAt == null) at(parcel.shipDueAt, () -> pick(placed, parcel));
                else if (parcel.deliveredAt == null) at(parcel.deliverDueAt, () -> deliver(placed, parcel));
            }
        }
    }

    private Answer place(Call call) {
        if (!(call.json() instanceof ObjectNode request)) {
            return Answer.json(400, errors("", "A non-empty JSON body is required."));
        }
        var wrong = wrong(request);
        if (request.path("recipient").path("email").asText().startsWith(REFUSES + ".")) {
            error(wrong, "products[0]", "The product is not active and cannot be fulfilled.");
        }
        if (!wrong.isEmpty()) return Answer.json(422, wrong);
        var id = lastId.incrementAndGet();
        var event = Json.object()
                .put("partner", NAME)
                .put("event", "placed")
                .put("id", id)
                .put("at", clock.instant().toString());
        event.set("request", request);
        var boxes = boxes(request);
        var parcels = event.putArray("parcels");
        for (var i = 0; i < boxes.size(); i++) {
            var email = request.path("recipient").path("email").asText();
            var slow = List.of(SLOW_PICK, CANCEL_TOO_LATE, SHIPS_CANCELLED).stream()
                    .anyMatch(scenario -> email.startsWith(scenario + "."));
            var due = System.currentTimeMillis()
                    + (slow ? settings.pickAfterMs() : 0)
                    + settings.shipAfterMs()
                    + i * SECOND_BOX_LATER_MS;
            var parcel = parcels.addObject().put("id", lastId.incrementAndGet()).put("shipDueAt", due);
            parcel.set("packed", Json.MAPPER.valueToTree(boxes.get(i)));
        }
        var effect = effect("place-order", request.path("reference_id").asText(), String.valueOf(id));
        webhooks.append(event, List.of(effect), List.of());
        apply(event);
        var placed = orders.get(id);
        placed.parcels.forEach(parcel -> at(parcel.shipDueAt, () -> pick(placed, parcel)));
        return Answer.json(201, order(placed)).naming(placed.reference());
    }

    private Answer find(Map<String, String> query) {
        var found = new ArrayList<Placed>();
        var references = query.get("ReferenceIds");
        var ids = query.get("IDs");
        if (references != null) {
            for (var reference : references.split(",")) {
                found.addAll(byReference.getOrDefault(reference.strip(), List.of()));
            }
        } else if (ids != null) {
            for (var id : ids.split(",")) {
                if (id.strip().matches("\\d{1,9}")) found.add(orders.get(Integer.parseInt(id.strip())));
            }
            found.removeIf(java.util.Objects::isNull);
        } else {
            orders.values().stream()
                    .sorted(java.util.Comparator.comparingInt((Placed placed) -> placed.id)
                            .reversed())
                    .limit(MAX_LISTED)
                    .forEach(found::add);
        }
        var list = Json.array();
        found.stream().limit(MAX_LISTED).forEach(placed -> list.add(order(placed)));
        return Answer.json(200, list)
                .naming(found.stream().map(Placed::reference).distinct().toArray(String[]::new));
    }

    private Answer cancel(Placed placed) {
        synchronized (placed) {
            if (placed.is(CANCEL_TOO_LATE) || placed.parcels.stream().anyMatch(parcel -> parcel.shippedAt != null)) {
                return Answer.json(422, errors("orderId", "The order has shipped and cannot be cancelled."));
            }
            if (!placed.cancelled) {
                var event = Json.object()
                        .put("partner", NAME)
                        .put("event", "cancelled")
                        .put("id", placed.id);
                var effect = effect("cancel-order", placed.reference(), String.valueOf(placed.id));
                webhooks.append(event, List.of(effect), List.of());
                apply(event);
                if (placed.is(SHIPS_CANCELLED)) {
                    var due = System.currentTimeMillis() + settings.shipAfterMs();
                    placed.parcels.forEach(parcel -> at(due, () -> pick(placed, parcel)));
                }
            }
            var answer = Json.object().put("order_id", placed.id).put("status", "Success");
            answer.set("order", order(placed));
            var results = answer.putArray("canceled_shipment_results");
            for (var parcel : placed.parcels) {
                results.addObject()
                        .put("action", "Cancel")
                        .put("is_success", true)
                        .putNull("reason")
                        .put("shipment_id", parcel.id);
            }
            return Answer.json(200, answer);
        }
    }

    /** Enters the newest order of a reference once more, by hand and not by a call; nobody picks it soon. */
    boolean enter(String reference) {
        var known = byReference.getOrDefault(reference, List.of());
        if (known.isEmpty()) return false;
        entered(known.get(known.size() - 1).request);
        return true;
    }

    /**
     * Enters an order that nobody asked for by a call, by hand; nobody picks it soon.
     *
     * @return what is wrong with it, by field; empty when it stands there now
     */
    ObjectNode enter(ObjectNode request) {
        var wrong = wrong(request);
        if (wrong.isEmpty()) entered(request);
        return wrong;
    }

    private void entered(JsonNode request) {
        var event = Json.object()
                .put("partner", NAME)
                .put("event", "placed")
                .put("id", lastId.incrementAndGet())
                .put("at", clock.instant().toString());
        event.set("request", request);
        event.putArray("parcels")
                .addObject()
                .put("id", lastId.incrementAndGet())
                .put("shipDueAt", System.currentTimeMillis() + settings.pickAfterMs())
                .set("packed", Json.MAPPER.valueToTree(boxes(request).get(0)));
        webhooks.append(event, List.of(), List.of());
        apply(event);
    }

    /** Takes back the newest order of a reference, by hand. */
    boolean withdraw(String reference) {
        var known = byReference.getOrDefault(reference, List.of());
        if (known.isEmpty()) return false;
        var newest = known.get(known.size() - 1);
        synchronized (newest) {
            var event =
                    Json.object().put("partner", NAME).put("event", "cancelled").put("id", newest.id);
            webhooks.append(event, List.of(), List.of());
            apply(event);
        }
        return true;
    }

    /** Picks an order that lies untouched; whether there is one. */
    boolean pickNow(String reference) {
        var found = byReference.getOrDefault(reference, List.of());
        found.forEach(placed -> placed.parcels.forEach(parcel -> pick(placed, parcel)));
        return !found.isEmpty();
    }

    /** Says how much of an article a centre has from now on. */
    void stock(String sku, int centre, int units) {
        synchronized (picking) {
            var event = Json.object()
                    .put("partner", NAME)
                    .put("event", "stock")
                    .put("sku", sku)
                    .put("centre", centre)
                    .put("onHand", units);
            webhooks.append(event, List.of(), List.of());
            apply(event);
        }
    }

    /** What each centre has of an article; plenty unless somebody said otherwise. */
    ObjectNode levels(String sku) {
        var json = Json.object();
        for (var centre : centres(sku)) json.put(String.valueOf(centre), onHand(new Shelf(sku, centre)));
        return json;
    }

    private int onHand(Shelf shelf) {
        return onHand.getOrDefault(shelf, PLENTY);
    }

    private List<String> skus() {
        var known = new TreeSet<>(OrderMaker.shelved());
        onHand.keySet().forEach(shelf -> known.add(shelf.sku()));
        return List.copyOf(known);
    }

    private List<Integer> centres(String sku) {
        var known = new TreeSet<Integer>();
        if (OrderMaker.shelved().contains(sku)) {
            OrderMaker.LOCATIONS.forEach(location -> known.add(Integer.parseInt(location)));
        }
        onHand.keySet().stream().filter(shelf -> shelf.sku().equals(sku)).forEach(shelf -> known.add(shelf.centre()));
        return List.copyOf(known);
    }

    private Answer stock() {
        var answer = Json.object();
        var items = answer.putArray("items");
        for (var sku : skus()) {
            var there = 0;
            var promised = 0;
            for (var centre : centres(sku)) {
                there += onHand(new Shelf(sku, centre));
                promised += committed.getOrDefault(new Shelf(sku, centre), 0);
            }
            items.addObject()
                    .put("inventory_id", inventoryId(sku))
                    .put("name", sku)
                    .put("sku", sku)
                    .put("total_awaiting_quantity", 0)
                    .put("total_backordered_quantity", 0)
                    .put("total_committed_quantity", promised)
                    .put("total_exception_quantity", 0)
                    .put("total_fulfillable_quantity", Math.max(0, there - promised))
                    .put("total_internal_transfer_quantity", 0)
                    .put("total_on_hand_quantity", there)
                    .put("total_sellable_quantity", Math.max(0, there - promised));
        }
        return Answer.json(
                200, answer.putNull("first").putNull("last").putNull("next").putNull("prev"));
    }

    /** By pages; the cursor is the last article of the page before. */
    private Answer stockByCentre(Map<String, String> query) {
        var size =
                query.getOrDefault("PageSize", "").matches("\\d{1,3}") ? Integer.parseInt(query.get("PageSize")) : 50;
        size = Math.max(1, Math.min(size, MAX_LISTED));
        var after = query.getOrDefault("Cursor", "");
        var left = skus().stream().filter(sku -> sku.compareTo(after) > 0).toList();
        var answer = Json.object();
        var items = answer.putArray("items");
        for (var sku : left.subList(0, Math.min(size, left.size()))) {
            var item = items.addObject()
                    .put("inventory_id", inventoryId(sku))
                    .put("name", sku)
                    .put("sku", sku);
            var locations = item.putArray("locations");
            for (var centre : centres(sku)) {
                var there = onHand(new Shelf(sku, centre));
                var promised = committed.getOrDefault(new Shelf(sku, centre), 0);
                locations
                        .addObject()
                        .put("location_id", centre)
                        .put("name", "Warehouse " + centre)
                        .put("on_hand_quantity", there)
                        .put("committed_quantity", promised)
                        .put("fulfillable_quantity", Math.max(0, there - promised))
                        .put("awaiting_quantity", 0)
                        .put("internal_transfer_quantity", 0);
            }
        }
        var next = left.size() <= size
                ? null
                : STOCK_BY_CENTRE + "?PageSize=" + size + "&Cursor="
                        + URLEncoder.encode(left.get(size - 1), StandardCharsets.UTF_8);
        return Answer.json(
                200, answer.putNull("first").putNull("last").putNull("prev").put("next", next));
    }

    private static int inventoryId(String sku) {
        return Math.abs(sku.hashCode() % 1_000_000);
    }

    private void noLongerCommitted(Placed placed, Parcel parcel) {
        if (!parcel.committed) return;
        parcel.committed = false;
        parcel.packed.forEach(packed -> committed.merge(placed.shelf(packed), -packed.quantity(), Integer::sum));
    }

    /** Takes what lacks out of the parcel. */
    private void lack(Placed placed, Parcel parcel, JsonNode lacking) {
        for (var piece : lacking) {
            var product = piece.path("product").asInt();
            var units = piece.path("quantity").asInt();
            parcel.lacking.add(new Packed(product, units));
            parcel.packed.replaceAll(
                    packed -> packed.product() != product ? packed : new Packed(product, packed.quantity() - units));
            if (parcel.committed) committed.merge(placed.shelf(new Packed(product, units)), -units, Integer::sum);
        }
    }

    /** Takes a parcel's units off the shelf, with {@code extra} ones that nobody ordered. */
    private void leave(Placed placed, Parcel parcel, int extra) {
        noLongerCommitted(placed, parcel);
        parcel.held = false;
        parcel.packed.removeIf(packed -> packed.quantity() == 0);
        if (extra > 0) {
            var first = parcel.packed.get(0);
            parcel.packed.set(0, new Packed(first.product(), first.quantity() + extra));
        }
        for (var packed : parcel.packed) {
            var shelf = placed.shelf(packed);
            // What nobody has told of is not on the list, and does not get there by leaving.
            if (skus().contains(shelf.sku())) onHand.put(shelf, Math.max(0, onHand(shelf) - packed.quantity()));
        }
    }

    /** Takes a parcel's units off the shelves, as far as they are there; then it leaves, now or when trouble is over. */
    private void pick(Placed placed, Parcel parcel) {
        synchronized (placed) {
            var stopped = parcel.cancelled || placed.cancelled && !placed.is(SHIPS_CANCELLED);
            if (stopped || parcel.shippedAt != null) return;
            if (placed.is(CANCELS) && placed.first()) {
                trouble(parcelEvent("shipment-cancelled", placed, parcel), placed, parcel, "cancelled");
                return;
            }
            if (placed.is(HOLDS) && !parcel.wasHeld) {
                trouble(parcelEvent("held", placed, parcel), placed, parcel, "on_hold");
                at(System.currentTimeMillis() + settings.shipAfterMs(), () -> pick(placed, parcel));
                return;
            }
            // One picker, so that two orders do not both find the last unit.
            synchronized (picking) {
                var lacking = parcel.lacking.isEmpty() ? lacking(placed, parcel) : Json.array();
                if (!lacking.isEmpty()) {
                    ObjectNode event = parcelEvent("short", placed, parcel);
                    event.set("lacking", lacking);
                    trouble(event, placed, parcel, "exception");
                    at(System.currentTimeMillis() + settings.shipAfterMs(), () -> pick(placed, parcel));
                } else if (parcel.packed.stream().anyMatch(packed -> packed.quantity() > 0)) {
                    ship(placed, parcel);
                }
            }
        }
    }

    /** What of a parcel is not there, by product. */
    private ArrayNode lacking(Placed placed, Parcel parcel) {
        var list = Json.array();
        var taken = new HashMap<Shelf, Integer>();
        for (var packed : parcel.packed) {
            var shelf = placed.shelf(packed);
            var there = Math.max(0, onHand(shelf) - taken.getOrDefault(shelf, 0));
            var lost = placed.is(SHORT_PICK) && placed.first() && list.isEmpty() && parcel == placed.parcels.get(0)
                    ? 1
                    : 0;
            var units = Math.max(lost, packed.quantity() - there);
            taken.merge(shelf, packed.quantity() - units, Integer::sum);
            if (units > 0) list.addObject().put("product", packed.product()).put("quantity", units);
        }
        return list;
    }

    private void trouble(ObjectNode event, Placed placed, Parcel parcel, String topic) {
        apply(event);
        var body = Json.text(shipment(placed, parcel));
        tell(event, "shipment-troubled", "order.shipment." + topic, parcel, body);
    }

    private void ship(Placed placed, Parcel parcel) {
        var due = System.currentTimeMillis() + settings.deliverAfterMs();
        var event = parcelEvent("shipped", placed, parcel).put("deliverDueAt", due);
        if (placed.is(OVER_SHIP) && parcel == placed.parcels.get(0)) event.put("extra", 1);
        // The webhook shows the order as it is afterwards, so the change comes first; the lock keeps it unseen.
        apply(event);
        var body = Json.text(order(placed));
        var told = shipped(parcel, body);
        webhooks.append(
                event, List.of(), placed.is(CONFIRMS_TWICE) ? List.of(told, shipped(parcel, body)) : List.of(told));
        at(due, () -> deliver(placed, parcel));
    }

    private Webhook shipped(Parcel parcel, String body) {
        return Webhook.about(NAME, "parcel-shipped", "order.shipped", String.valueOf(parcel.id), clock.instant(), body);
    }

    private void deliver(Placed placed, Parcel parcel) {
        synchronized (placed) {
            if (parcel.deliveredAt != null) return;
            var event = parcelEvent("delivered", placed, parcel);
            apply(event);
            var body = Json.text(shipment(placed, parcel));
            tell(event, "parcel-delivered", "order.shipment.delivered", parcel, body);
        }
    }

    private void tell(ObjectNode event, String operation, String topic, Parcel parcel, String body) {
        var webhook = Webhook.about(NAME, operation, topic, String.valueOf(parcel.id), clock.instant(), body);
        webhooks.append(event, List.of(), List.of(webhook));
    }

    private ObjectNode parcelEvent(String event, Placed placed, Parcel parcel) {
        return Json.object()
                .put("partner", NAME)
                .put("event", event)
                .put("id", placed.id)
                .put("parcel", parcel.id)
                .put("at", clock.instant().toString());
    }

    private void at(long dueAt, Runnable task) {
        timer.schedule(task, Math.max(0, dueAt - System.currentTimeMillis()), TimeUnit.MILLISECONDS);
    }

    private Effect effect(String operation, String reference, String subject) {
        return new Effect(NAME, operation, reference, clock.instant(), null, null, subject);
    }

    private static Parcel parcel(Placed placed, JsonNode event) {
        return placed.parcels.stream()
                .filter(parcel -> parcel.id == event.path("parcel").asInt())
                .findFirst()
                .orElseThrow();
    }

    /** Everything in one box, but for the customer who asks for two. */
    private static List<List<Packed>> boxes(JsonNode request) {
        var products = request.path("products");
        var first = new ArrayList<Packed>();
        var second = new ArrayList<Packed>();
        var two = request.path("recipient").path("email").asText().startsWith(OrderMaker.TWO_BOXES);
        for (var i = 0; i < products.size(); i++) {
            var quantity = products.get(i).path("quantity").asInt();
            var later = !two ? 0 : products.size() == 1 ? quantity / 2 : i == products.size() - 1 ? quantity : 0;
            if (quantity > later) first.add(new Packed(i, quantity - later));
            if (later > 0) second.add(new Packed(i, later));
        }
        return second.isEmpty() ? List.of(first) : List.of(first, second);
    }

    private ObjectNode order(Placed placed) {
        synchronized (placed) {
            var request = placed.request;
            var shipped = placed.parcels.stream()
                    .filter(parcel -> parcel.shippedAt != null)
                    .count();
            var status = shipped == placed.parcels.size()
                    ? "Fulfilled"
                    : shipped > 0
                            ? "PartiallyFulfilled"
                            : placed.parcels.stream().allMatch(parcel -> placed.cancelled || parcel.cancelled)
                                    ? "Cancelled"
                                    : placed.parcels.stream().anyMatch(parcel -> !parcel.lacking.isEmpty())
                                            ? "Exception"
                                            : "Processing";
            var json = Json.object();
            json.put("id", placed.id);
            json.put("created_date", placed.at.toString());
            copy(request, json, "purchase_date");
            json.put("reference_id", placed.reference());
            copy(request, json, "order_number");
            json.put("status", status);
            json.put("type", request.path("type").asText());
            json.putObject("channel").put("id", 100).put("name", "Order Hub");
            json.put("shipping_method", request.path("shipping_method").asText());
            json.set("recipient", request.path("recipient"));
            copy(request, json, "gift_message");
            json.putObject("shipping_terms").put("carrier_type", "Parcel").put("payment_term", "MerchantResponsible");
            var total = request.path("financials").path("total_price");
            json.putObject("financials").set("total_price", total.isNumber() ? total : Json.MAPPER.nullNode());
            json.set("tags", request.path("tags").isArray() ? request.path("tags") : Json.array());
            var products = json.putArray("products");
            for (var i = 0; i < request.path("products").size(); i++) {
                products.add(product(request.path("products").get(i), i));
            }
            var shipments = json.putArray("shipments");
            placed.parcels.forEach(parcel -> shipments.add(shipment(placed, parcel)));
            return json;
        }
    }

    private static ObjectNode product(JsonNode asked, int position) {
        var json = Json.object().put("id", 5_000 + position);
        for (var field : List.of(
                "reference_id",
                "sku",
                "quantity",
                "quantity_unit_of_measure_code",
                "external_line_id",
                "gtin",
                "upc",
                "unit_price")) {
            copy(asked, json, field);
        }
        return json;
    }

    private ObjectNode shipment(Placed placed, Parcel parcel) {
        var request = placed.request;
        var shipped = parcel.shippedAt != null;
        var moved = parcel.deliveredAt != null ? parcel.deliveredAt : shipped ? parcel.shippedAt : placed.at;
        var location = request.path("location_id").asInt(11);
        var json = Json.object();
        json.put("id", parcel.id);
        json.put("order_id", placed.id);
        json.put("reference_id", placed.reference());
        json.put("created_date", placed.at.toString());
        json.put("last_update_at", moved.toString());
        json.put("actual_fulfillment_date", shipped ? parcel.shippedAt.toString() : null);
        json.put(
                "estimated_fulfillment_date",
                placed.at.plusMillis(settings.shipAfterMs()).toString());
        json.put("estimated_fulfillment_date_status", shipped ? "FulfilledOnTime" : "PendingOnTime");
        json.put("delivery_date", parcel.deliveredAt == null ? null : parcel.deliveredAt.toString());
        json.put("last_tracking_update_at", shipped ? moved.toString() : null);
        json.put("is_tracking_uploaded", false);
        json.put("require_signature", false);
        json.put("ship_option", request.path("shipping_method").asText());
        json.put("package_material_type", "Box");
        var state = state(placed, parcel);
        json.put("status", state.status());
        json.putArray("status_details")
                .addObject()
                .put("id", state.id())
                .put("name", state.detail())
                .put("description", state.description());
        json.putObject("location").put("id", location).put("name", "Warehouse " + location);
        json.putObject("measurements")
                .put("depth_in", 6)
                .put("length_in", 12)
                .put("width_in", 9)
                .put("total_weight_oz", 32);
        var recipient = json.putObject("recipient");
        for (var field : List.of("name", "email", "phone_number", "address")) {
            copy(request.path("recipient"), recipient, field);
        }
        recipient.put("full_name", request.path("recipient").path("name").asText());
        if (shipped) json.set("tracking", tracking(parcel));
        json.putArray("parent_cartons");
        json.set("products", packed(placed, parcel));
        return json;
    }

    private record State(String status, int id, String detail, String description) {}

    private static State state(Placed placed, Parcel parcel) {
        if (parcel.deliveredAt != null) return new State("Completed", 1002, "Delivered", null);
        if (parcel.shippedAt != null) return new State("Completed", 1001, "InTransit", null);
        if (placed.cancelled || parcel.cancelled) return new State("Cancelled", 1005, "Cancelled", null);
        if (!parcel.lacking.isEmpty()) {
            return new State("Exception", 1004, "OutOfStock", "Not enough units at the fulfilment centre");
        }
        return parcel.held
                ? new State("OnHold", 1003, "HeldForReview", "The warehouse checks the address")
                : new State("Processing", 1000, "AwaitingPicking", null);
    }

    private static ObjectNode tracking(Parcel parcel) {
        return Json.object()
                .put("carrier", "UPS")
                .put("carrier_service", "Ground")
                .put("tracking_number", parcel.tracking())
                .put("tracking_url", "https://carrier.example.com/track?number=" + parcel.tracking())
                .put("shipping_date", parcel.shippedAt.toString())
                .putNull("bol")
                .putNull("pro_number")
                .putNull("scac");
    }

    private static ArrayNode packed(Placed placed, Parcel parcel) {
        var list = Json.array();
        for (var packed : parcel.packed) {
            var lacking = parcel.shippedAt != null
                    ? 0
                    : parcel.lacking.stream()
                            .filter(piece -> piece.product() == packed.product())
                            .mapToInt(Packed::quantity)
                            .sum();
            var asked = placed.request.path("products").get(packed.product());
            var json = list.addObject().put("id", 5_000 + packed.product());
            for (var field : List.of("name", "reference_id", "sku")) copy(asked, json, field);
            json.putArray("inventory_items")
                    .addObject()
                    .put("id", 6_000 + packed.product())
                    .put("name", asked.path("name").asText())
                    .put("quantity", packed.quantity() + lacking)
                    .put("quantity_committed", packed.quantity())
                    .put("is_dangerous_goods", false)
                    .putNull("lot")
                    .putNull("expiration_date")
                    .putArray("serial_numbers");
        }
        return list;
    }

    private static void copy(JsonNode from, ObjectNode to, String field) {
        to.set(field, from.path(field).isMissingNode() ? Json.MAPPER.nullNode() : from.path(field));
    }

    /** What is wrong with an order, by field; empty when nothing is. */
    private static ObjectNode wrong(ObjectNode request) {
        var errors = Json.object();
        check(request, ORDER, "", errors);
        WORDS.forEach((field, words) -> {
            if (request.has(field) && !words.contains(request.path(field).asText())) {
                error(errors, field, "The value '" + request.path(field).asText() + "' is not valid.");
            }
        });
        var recipient = request.path("recipient");
        check(recipient, RECIPIENT, "recipient.", errors);
        check(recipient.path("address"), ADDRESS, "recipient.address.", errors);
        var zip = Json.text(recipient.path("address"), "zip_code", "");
        if (recipient.path("address").path("country").asText().equals("US")
                && !zip.isEmpty()
                && !US_ZIP.matcher(zip).matches()) {
            error(errors, "recipient.address.zip_code", "The zip_code field is not a valid postal code.");
        }
        var products = request.path("products");
        if (!products.isArray() || products.isEmpty()) error(errors, "products", "At least one product is required.");
        for (var i = 0; i < products.size(); i++) {
            var at = "products[" + i + "].";
            var product = products.get(i);
            check(product, PRODUCT, at, errors);
            if (!product.path("quantity").isIntegralNumber()
                    || product.path("quantity").asLong() < 1) {
                error(errors, at + "quantity", "The field quantity must be between 1 and 2147483647.");
            }
            if (!product.has("id")) {
                for (var field : List.of("reference_id", "name")) {
                    if (Json.text(product, field, null) == null) {
                        error(errors, at + field, "The " + field + " field is required.");
                    }
                }
            }
        }
        return errors;
    }

    private static void check(JsonNode object, Shape shape, String prefix, ObjectNode errors) {
        if (!object.isObject()) return;
        object.fieldNames().forEachRemaining(field -> {
            var longest = shape.fields().get(field);
            if (longest == null) {
                error(errors, prefix + field, "The field " + field + " is unknown.");
            } else if (longest > 0 && object.path(field).asText().length() > longest) {
                error(errors, prefix + field, "The field " + field + " is longer than " + longest + " characters.");
            }
        });
        for (var field : shape.required()) {
            var value = object.path(field);
            if (value.isMissingNode()
                    || value.isNull()
                    || value.isTextual() && value.asText().isEmpty()) {
                error(errors, prefix + field, "The " + field + " field is required.");
            }
        }
    }

    private static ObjectNode errors(String field, String... messages) {
        var errors = Json.object();
        Arrays.stream(messages).forEach(message -> error(errors, field, message));
        return errors;
    }

    private static void error(ObjectNode errors, String field, String message) {
        var known = errors.path(field).isArray() ? (ArrayNode) errors.path(field) : errors.putArray(field);
        known.add(message);
    }
}
