package routes.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import routes.harness.Expectations.Kind;

/**
 * The hub against partners that carry things out and do not say so: at every changing operation of every partner some calls
 * are carried out and never answered, others are carried out only after the caller gave up. Nothing may be missing or
 * doubled. With {@code --drop-percent} the shop's and the warehouse's webhooks are lost for good as well, and only polls
 * find what they told. A command of its own: the README has it.
 */
public final class FaultTest {

    /** What changes something at a partner in the walk of an order that goes well. */
    private static final Map<String, List<String>> CHANGING = Map.of(
            "warehouse", List.of("place-order"),
            "shopify", List.of("capture-payment", "create-fulfilment"),
            "avalara", List.of("commit-tax"),
            "accertify", List.of("report-outcome"),
            "erp", List.of("open-journal", "write-lines", "post-journal"));

    /** And what does when orders are cancelled, paid back, moved and renewed. */
    private static final Map<String, List<String>> CHANGING_MORE = Map.of(
            "warehouse", List.of("cancel-order"),
            "shopify",
                    List.of(
                            "cancel-order",
                            "refund-units",
                            "move-fulfilment-order",
                            "reauthorise-payment",
                            "create-webhook"));

    private static final Set<String> ENDS = Set.of("COMPLETED", "CANCELLED", "REJECTED");

    private static final List<String> FAULTS = List.of("commit-then-time-out", "late-commit");

    private FaultTest() {}

    /**
     * What came of it.
     *
     * @param faults how many answers were withheld, over all operations
     * @param parked what waits for a person: step and cause
     * @param gaps what only polls found
     */
    record Report(
            String store,
            long seed,
            int faults,
            int dropPercent,
            int orders,
            long acknowledged,
            long completed,
            long missing,
            long doubled,
            long unexpected,
            long wrong,
            Map<String, Object> equation,
            List<String> parked,
            List<String> differences) {}

    /**
     * What came of a mixed world.
     *
     * @param ends how many orders of each fate ended how
     * @param withPeople what waits for a person because nobody else may decide it
     */
    record MixedReport(
            String store,
            long seed,
            int faults,
            Map<String, Integer> faultsLeft,
            int orders,
            Map<String, Integer> wishes,
            Map<String, Map<String, Integer>> ends,
            long missing,
            long doubled,
            long unexpected,
            long wrong,
            Map<String, Object> equation,
            List<String> withPeople,
            List<String> differences) {}

    public static void main(String[] args) throws IOException {
        var world = "plain";
        var perSecond = 12.0;
        var store = "h2";
        var orders = 1_000;
        var faultsEach = 30;
        var dropPercent = 0;
        var seed = System.nanoTime();
        for (int at = 0; at < args.length; at++) {
            switch (args[at]) {
                case "--world" -> world = args[++at];
                case "--per-second" -> perSecond = Double.parseDouble(args[++at]);
                case "--store" -> store = args[++at];
                case "--orders" -> orders = Integer.parseInt(args[++at]);
                case "--faults" -> faultsEach = Integer.parseInt(args[++at]);
                case "--drop-percent" -> dropPercent = Integer.parseInt(args[++at]);
                case "--seed" -> seed = Long.parseLong(args[++at]);
                default -> throw new IllegalArgumentException("unknown option " + args[at]
                        + "; there are --world plain|mixed --per-second N --store h2|postgres --orders N --faults N-per-operation-and-kind"
                        + " --drop-percent N --seed S");
            }
        }
        if (world.equals("mixed")) {
            var mixed = mixed(store, orders, faultsEach, perSecond, seed);
            var json = KillTest.json(mixed);
            System.out.println(json);
            Files.writeString(Path.of("target", "fault-test-mixed-" + store + ".json"), json);
            System.exit(mixed.differences().isEmpty() ? 0 : 1);
        }
        var report = run(store, orders, faultsEach, dropPercent, seed);
        var json = KillTest.json(report);
        System.out.println(json);
        Files.writeString(Path.of("target", "fault-test-" + store + ".json"), json);
        System.exit(report.differences().isEmpty() ? 0 : 1);
    }

    private static Report run(String store, int orders, int faultsEach, int dropPercent, long seed) {
        try (var both = new TwoProcesses(store, "fault")) {
            var hub = both.hub();
            var partners = both.partners();
            if (dropPercent > 0) {
                for (var poll : List.of("orders", "shipments")) hub.with("oms.polls." + poll + ".every-seconds", 10);
                hub.with("oms.polls.orders.grace-seconds", 5).with("oms.polls.shipments.after-seconds", 5);
            }
            both.start();
            var faults = withhold(partners, CHANGING, faultsEach);
            if (dropPercent > 0) {
                for (var partner : List.of("shopify", "warehouse")) {
                    partners.doors()
                            .sandbox(
                                    "faults",
                                    Doors.JSON.valueToTree(Map.of(
                                            "partner", partner, "fault", "drop-webhooks", "percent", dropPercent)));
                }
            }
            KillTest.place(partners, new Random(seed), orders, 20, 50);
            var world = both.world();
            // What a poll found was never acknowledged, and polls never rest: then completed orders are the end.
            var wanted = orders;
            if (dropPercent > 0) {
                Pause.until(Duration.ofMinutes(5), 2_000, () -> world.look().completed() >= wanted);
            }
            // The longest pause before a retry fits in here.
            var sight = dropPercent > 0 ? world.look() : world.settle(Duration.ofSeconds(150));
            var counts = Expectations.counted(sight.differences());
            return new Report(
                    store,
                    seed,
                    faults,
                    dropPercent,
                    sight.placed().size(),
                    sight.acknowledged(),
                    sight.completed(),
                    counts.get(Kind.MISSING),
                    counts.get(Kind.DOUBLED),
                    counts.get(Kind.UNEXPECTED),
                    counts.get(Kind.WRONG),
                    world.equation(),
                    hub.doors().deadLetters().stream()
                            .map(letter -> letter.path("step").asText() + " "
                                    + letter.path("cause").asText() + ": "
                                    + letter.path("detail").asText())
                            .toList(),
                    sight.differences().stream().map(Object::toString).limit(40).toList());
        }
    }

    private static MixedReport mixed(String store, int orders, int faultsEach, double perSecond, long seed) {
        var name = "fault-mixed-" + store + "-" + ProcessHandle.current().pid();
        var home = Path.of("target", "harness", name);
        try (var partners = new PartnersProcess(name + "-partners", home.resolve("partners"));
                var hub = store.equals("postgres")
                        ? HubProcess.on(
                                Postgres.installed().orElseThrow().freshDatabase("fault"), name, home.resolve("hub"))
                        : HubProcess.embedded(name, home.resolve("hub"))) {
            Hurry.partners(partners);
            Hurry.hub(hub);
            hub.facing(partners);
            partners.callingBack(hub);
            MixedWorld.settings(partners, hub);
            partners.start();
            var world = new MixedWorld(partners, hub, new Random(seed));
            world.stock();
            hub.start();
            if (!Pause.until(Duration.ofMinutes(2), 500, world::hubKnowsTheStock)) {
                throw new IllegalStateException("the hub never read what lies where");
            }
            var faults = withhold(partners, CHANGING, faultsEach) + withhold(partners, CHANGING_MORE, faultsEach / 2);
            var placed = world.happen(orders, perSecond);
            rest(partners, hub);
            var equation = new World(hub.doors(), partners.doors()).equation();
            var evidence = new MixedEvidence(partners, hub);
            var verdicts = new LinkedHashMap<Judgement.Evidence, Judgement.Verdict>();
            for (var one : placed) {
                var known = evidence.of(one);
                verdicts.put(known, Judgement.of(known));
            }
            var differences = new ArrayList<>(verdicts.values().stream()
                    .flatMap(verdict -> verdict.differences().stream())
                    .toList());
            var counts = Expectations.counted(differences);
            var said = new ArrayList<>(
                    differences.stream().map(Object::toString).limit(80).toList());
            said.addAll(evidence.stock());
            said.addAll(evidence.parkedElsewhere());
            if (!Boolean.TRUE.equals(equation.get("balanced"))) said.add("the equation is not balanced");
            webhooksTwice(partners).forEach(topic -> said.add("doubled: the shop has two subscriptions of " + topic));
            return new MixedReport(
                    store,
                    seed,
                    faults,
                    left(partners),
                    placed.size(),
                    world.answers(),
                    Judgement.counted(verdicts),
                    counts.get(Kind.MISSING),
                    counts.get(Kind.DOUBLED),
                    counts.get(Kind.UNEXPECTED),
                    counts.get(Kind.WRONG) + evidence.stock().size(),
                    equation,
                    verdicts.entrySet().stream()
                            .filter(one -> one.getValue().end().equals("WITH_PEOPLE"))
                            .flatMap(one -> one.getKey().parked().stream())
                            .limit(20)
                            .toList(),
                    said);
        }
    }

    /** Until nothing has moved for so long that the longest pause before a retry fits in. */
    private static void rest(PartnersProcess partners, HubProcess hub) {
        var world = new World(hub.doors(), partners.doors());
        var seen = "";
        var last = System.nanoTime();
        while (System.nanoTime() - last < Duration.ofSeconds(150).toNanos()) {
            var now = hub.doors().conservation();
            // The clocks' own questions go on for ever; orders do not.
            var orders = hub.doors().orders().stream()
                    .map(order -> order.path("status").asText())
                    .collect(Collectors.groupingBy(status -> status, TreeMap::new, Collectors.counting()));
            var look = orders + " " + now.path("parked");
            if (!look.equals(seen)) {
                seen = look;
                last = System.nanoTime();
                System.err.println(look);
            } else if (orders.keySet().stream().allMatch(ENDS::contains)
                    && world.underWay() == 0
                    && partners.doors().webhooksOwed() == 0
                    && System.nanoTime() - last > Duration.ofSeconds(15).toNanos()) {
                return;
            }
            Pause.millis(2_000);
        }
    }

    private static List<String> webhooksTwice(PartnersProcess partners) {
        return StreamSupport.stream(
                        partners.doors()
                                .get("/sandbox/shop/webhooks")
                                .path("items")
                                .spliterator(),
                        false)
                .map(one -> one.path("topic").asText())
                .collect(Collectors.groupingBy(topic -> topic, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .filter(one -> one.getValue() > 1)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Faults that befell nothing, because too little was asked of that operation. */
    private static Map<String, Integer> left(PartnersProcess partners) {
        var left = new TreeMap<String, Integer>();
        for (var fault : partners.doors().get("/sandbox/faults").path("items")) {
            left.merge(
                    fault.path("partner").asText() + "."
                            + fault.path("operation").asText(),
                    fault.path("count").asInt(),
                    Integer::sum);
        }
        return left;
    }

    private static int withhold(PartnersProcess partners, Map<String, List<String>> changing, int each) {
        var faults = 0;
        if (each == 0) return 0;
        for (var partner : changing.entrySet()) {
            for (var operation : partner.getValue()) {
                // An ERP's journal takes many orders at once: fewer calls, so fewer faults.
                var count = partner.getKey().equals("erp")
                        ? Math.max(1, each / 5)
                        : operation.equals("create-webhook") ? 1 : each;
                for (var fault : FAULTS) {
                    partners.doors().fault(partner.getKey(), operation, fault, count);
                    faults += count;
                }
            }
        }
        return faults;
    }
}
