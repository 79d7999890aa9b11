package routes.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A shop's busy hour: of the orders some go the plain way, others are cancelled by whoever may, whole or in part, before,
 * while and after they are sent; some are paid in advance, some lie elsewhere than the shop believes, some have a payment
 * that has run out and a mandate, some are rejected for fraud. Each order's {@link Fate} says what may become of it.
 */
final class MixedWorld {

    /** What is done to an order; what must have come of it is {@link Judgement}'s. */
    enum Fate {
        PLAIN,
        SHOP_CANCELS,
        STAFF_CANCEL,
        STAFF_CANCEL_UNITS,
        SHOP_TAKES_UNITS_OUT,
        LIES_ELSEWHERE,
        RENEWED,
        REJECTED
    }

    /** One placed order, by the shop's id of it. */
    record Placed(String shopId, Fate fate) {}

    private static final List<String> ELSEWHERE = List.of("HALL-1", "HALL-2", "HALL-3");
    private static final String SCARCE = "SCARCE-1";
    private static final int SCARCE_UNITS = 25;
    private static final long LATEST_CHANGE_MS = 9_000;

    /** What the shop's people do comes early: whatever has left by then ends with a person, and shows little. */
    private static final long SHOPS_LATEST_MS = 3_000;

    private final PartnersProcess partners;
    private final HubProcess hub;
    private final Random random;
    private final ScheduledExecutorService hands = Executors.newScheduledThreadPool(6);
    private final AtomicInteger open = new AtomicInteger();
    private final List<RuntimeException> failed = new CopyOnWriteArrayList<>();
    private final List<Placed> placed = new CopyOnWriteArrayList<>();
    private final Map<String, String> numbers = new HashMap<>();
    private final Map<String, Integer> answers = new ConcurrentHashMap<>();
    private long numbersReadAt;

    MixedWorld(PartnersProcess partners, HubProcess hub, Random random) {
        this.partners = partners;
        this.hub = hub;
        this.random = random;
    }

    /** Settings of a world in which goods lie long enough to be stopped, sometimes. */
    static void settings(PartnersProcess partners, HubProcess hub) {
        partners.with("oms.sandbox.ship-after-ms", 4_000)
                .with("oms.sandbox.pick-after-ms", 9_000)
                .with("oms.sandbox.review-after-ms", 1_500);
        hub.with("oms.cancels.shop-look-again-ms", 500)
                .with("oms.cancels.refund-look-again-ms", 500)
                .with("oms.polls.stock.every-seconds", 10)
                .with("oms.polls.stock.lag-seconds", 2)
                .with("oms.polls.webhooks.every-seconds", 5);
    }

    /** Puts goods where the shop does not look for them; to be done before the hub reads what lies where. */
    void stock() {
        for (var sku : ELSEWHERE) {
            lay(sku, "11", 0);
            lay(sku, "12", 100_000);
        }
        lay(SCARCE, "11", SCARCE_UNITS);
        lay(SCARCE, "12", 100_000);
    }

    private void lay(String sku, String node, int units) {
        partners.doors()
                .sandbox(
                        "warehouse/stock",
                        Doors.JSON
                                .createObjectNode()
                                .put("sku", sku)
                                .put("node", node)
                                .put("onHand", units));
    }

    /** Whether the hub has read what lies where. */
    boolean hubKnowsTheStock() {
        return hub.doors().messages(Map.of("state", "DONE", "limit", "500")).stream()
                .anyMatch(message -> message.path("lane").asText().contains("stock"));
    }

    /** Places so many orders, so many a second, and has each meet its fate; answers what was placed. */
    List<Placed> happen(int orders, double perSecond) {
        var start = System.nanoTime();
        for (int at = 0; at < orders; at++) {
            at(start + (long) (at * 1e9 / perSecond), this::place);
        }
        // Subscriptions go missing while much is told, and must be made again.
        for (int at = 1; at <= 4; at++) {
            at(start + (long) (at * orders / 5.0 / perSecond * 1e9), () -> partners.doors()
                    .fault("shopify", "refund-made", "delete-subscription", 1));
        }
        // One task begins others, so none is open only when all are done.
        while (open.get() > 0) Pause.millis(100);
        hands.shutdown();
        if (!failed.isEmpty()) throw failed.get(0);
        return placed;
    }

    /** How often which wish was answered how, for the report. */
    Map<String, Integer> answers() {
        return answers;
    }

    private void at(long nanos, Runnable work) {
        open.incrementAndGet();
        hands.schedule(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException failure) {
                        failed.add(failure);
                    } finally {
                        open.decrementAndGet();
                    }
                },
                nanos - System.nanoTime(),
                TimeUnit.NANOSECONDS);
    }

    private void soon(Runnable work) {
        soon(LATEST_CHANGE_MS, work);
    }

    private void soon(long latestMs, Runnable work) {
        at(System.nanoTime() + (long) (random.nextDouble() * latestMs * 1e6), work);
    }

    private void place() {
        var fate = fate();
        var wish = new LinkedHashMap<String, Object>();
        wish.put("count", 1);
        wish.put("market", List.of("us", "de", "jp").get(random.nextInt(3)));
        wish.put("parcels", 1 + random.nextInt(3) / 2);
        wish.put("lines", 1 + random.nextInt(4));
        var scenario = scenario(fate);
        wish.put("scenario", scenario);
        if (fate == Fate.LIES_ELSEWHERE || fate == Fate.STAFF_CANCEL_UNITS && random.nextInt(4) == 0) {
            wish.put("market", List.of("us", "de").get(random.nextInt(2)));
            wish.remove("lines");
            wish.put(
                    "skus",
                    random.nextInt(3) == 0
                            ? List.of(SCARCE)
                            : random.nextBoolean()
                                    ? List.of(ELSEWHERE.get(random.nextInt(ELSEWHERE.size())))
                                    : List.of(ELSEWHERE.get(random.nextInt(ELSEWHERE.size())), "MUG-1"));
            wish.put("quantity", 1 + random.nextInt(3));
        }
        var shopId = partners.doors().place(wish).path("first").asText();
        placed.add(new Placed(shopId, fate));
        switch (fate) {
            case SHOP_CANCELS -> soon(
                    SHOPS_LATEST_MS,
                    () -> answered("shop cancels", shop(shopId, "cancel", "{\"reason\":\"CUSTOMER\"}")));
            case STAFF_CANCEL -> soon(() -> ask(shopId, false, 0));
            case STAFF_CANCEL_UNITS -> {
                soon(() -> ask(shopId, true, 0));
                if (random.nextInt(4) == 0) soon(() -> ask(shopId, true, 0));
                if (random.nextInt(6) == 0) soon(() -> ask(shopId, false, 0));
            }
            case SHOP_TAKES_UNITS_OUT -> soon(
                    SHOPS_LATEST_MS,
                    () -> answered(
                            "shop takes out", shop(shopId, "edit", "{\"remove\":[{\"line\":1,\"quantity\":1}]}")));
            default -> {}
        }
    }

    private Fate fate() {
        var drawn = random.nextInt(100);
        if (drawn < 22) return Fate.PLAIN;
        if (drawn < 33) return Fate.SHOP_CANCELS;
        if (drawn < 49) return Fate.STAFF_CANCEL;
        if (drawn < 66) return Fate.STAFF_CANCEL_UNITS;
        if (drawn < 71) return Fate.SHOP_TAKES_UNITS_OUT;
        if (drawn < 84) return Fate.LIES_ELSEWHERE;
        if (drawn < 92) return Fate.RENEWED;
        return Fate.REJECTED;
    }

    private String scenario(Fate fate) {
        var some =
                switch (fate) {
                    case PLAIN -> List.of("happy", "paid", "gift-card-tender", "two-tenders", "duty", "tip");
                    case SHOP_CANCELS -> List.of("slow-pick", "slow-pick", "paid", "fraud-review", "happy");
                    case STAFF_CANCEL -> List.of(
                            "slow-pick", "paid", "fraud-review", "cancel-too-late", "gift-card-tender");
                    case STAFF_CANCEL_UNITS -> List.of("slow-pick", "paid", "two-tenders", "gift-card-tender", "happy");
                    case SHOP_TAKES_UNITS_OUT -> List.of("slow-pick");
                    case LIES_ELSEWHERE -> List.of("happy", "paid");
                    case RENEWED -> List.of("expired-vaulted");
                    case REJECTED -> List.of("fraud-reject", "fraud-review-reject");
                };
        return some.get(random.nextInt(some.size()));
    }

    private int shop(String shopId, String what, String body) {
        try {
            partners.doors().sandbox("shop/orders/" + shopId + "/" + what, Doors.JSON.readTree(body));
            return 202;
        } catch (Doors.Refused refused) {
            return refused.status();
        } catch (com.fasterxml.jackson.core.JsonProcessingException broken) {
            throw new IllegalArgumentException(broken);
        }
    }

    /** Staff ask for a cancel as soon as the hub knows the order. */
    private void ask(String shopId, boolean units, int tries) {
        var number = number(shopId);
        if (number == null) {
            if (tries < 120) at(System.nanoTime() + 500_000_000L, () -> ask(shopId, units, tries + 1));
            else answered("not known to the hub", 0);
            return;
        }
        var body =
                Doors.JSON.createObjectNode().put("reason", "CUSTOMER").put("why", "the customer changed their mind");
        if (units) {
            var lines = hub.doors().order(number).path("units");
            if (!lines.isEmpty()) {
                var line = lines.get(random.nextInt(lines.size()));
                body.putArray("lines")
                        .addObject()
                        .put("line", line.path("line").asInt(1))
                        .put("quantity", 1);
            }
        }
        answered(
                units ? "staff cancel units" : "staff cancel",
                hub.doors()
                        .ask(number, "cancellations", body.toString(), "staff")
                        .statusCode());
    }

    private void answered(String what, int status) {
        answers.merge(what + " " + status, 1, Integer::sum);
    }

    /** The hub's number of an order, null while it has none. */
    private synchronized String number(String shopId) {
        if (!numbers.containsKey(shopId)
                && System.nanoTime() - numbersReadAt > Duration.ofSeconds(1).toNanos()) {
            var names = new HashMap<String, String>();
            for (JsonNode order : hub.doors().orders()) {
                names.put(
                        order.path("shopNumber").asText(), order.path("number").asText());
            }
            for (var order : partners.doors().shopOrders()) {
                var known = names.get(order.path("name").asText());
                if (known != null) numbers.put(order.path("id").asText(), known);
            }
            numbersReadAt = System.nanoTime();
        }
        return numbers.get(shopId);
    }
}
