package routes.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
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

    public static void main(String[] args) throws IOException {
        var store = "h2";
        var orders = 1_000;
        var faultsEach = 30;
        var dropPercent = 0;
        var seed = System.nanoTime();
        for (int at = 0; at < args.length; at++) {
            switch (args[at]) {
                case "--store" -> store = args[++at];
                case "--orders" -> orders = Integer.parseInt(args[++at]);
                case "--faults" -> faultsEach = Integer.parseInt(args[++at]);
                case "--drop-percent" -> dropPercent = Integer.parseInt(args[++at]);
                case "--seed" -> seed = Long.parseLong(args[++at]);
                default -> throw new IllegalArgumentException("unknown option " + args[at]
                        + "; there are --store h2|postgres --orders N --faults N-per-operation-and-kind"
                        + " --drop-percent N --seed S");
            }
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
            var faults = withhold(partners, faultsEach);
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

    private static int withhold(PartnersProcess partners, int each) {
        var faults = 0;
        if (each == 0) return 0;
        for (var partner : CHANGING.entrySet()) {
            for (var operation : partner.getValue()) {
                // An ERP's journal takes many orders at once: fewer calls, so fewer faults.
                var count = partner.getKey().equals("erp") ? Math.max(1, each / 5) : each;
                for (var fault : FAULTS) {
                    partners.doors().fault(partner.getKey(), operation, fault, count);
                    faults += count;
                }
            }
        }
        return faults;
    }
}
