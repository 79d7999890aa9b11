package routes.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import routes.harness.Expectations.Kind;

/**
 * Kills the hub, and only the hub, while orders flow, and then counts what happened at the partners, who live in a
 * process of their own and remember everything.
 *
 * <p>As a main: {@code --store h2|postgres --kills 40 --named --seed 1 --orders 200}; prints one JSON object and exits
 * with 1 when anything is missing, doubled, unexpected or wrong. {@code --named} adds one kill at each named point
 * before and after each kind of commit and each call that changes something.
 */
public final class KillTest {

    /** Every place at which the hub can be told to die. {@code wait} and {@code park} are provoked by a fault. */
    static final List<String> POINTS = List.of(
            "before-commit:intake", "after-commit:intake",
            "before-commit:claim", "after-commit:claim",
            "before-commit:intent", "after-commit:intent",
            "before-commit:verb", "after-commit:verb",
            "before-commit:wait", "after-commit:wait",
            "before-commit:done", "after-commit:done",
            "before-commit:park", "after-commit:park",
            "before-call:warehouse.place-order", "after-call:warehouse.place-order",
            "before-call:shopify.capture-payment", "after-call:shopify.capture-payment",
            "before-call:avalara.commit-tax", "after-call:avalara.commit-tax",
            "before-call:shopify.create-fulfilment", "after-call:shopify.create-fulfilment",
            "before-call:erp.open-journal", "after-call:erp.open-journal",
            "before-call:erp.write-lines", "after-call:erp.write-lines",
            "before-call:erp.post-journal", "after-call:erp.post-journal");

    /** The six where a mistake hurts most: {@code mvn verify} dies at these. */
    static final List<String> SIX = List.of(
            "after-commit:intake",
            "after-commit:intent",
            "before-commit:verb",
            "after-call:warehouse.place-order",
            "after-call:shopify.capture-payment",
            "after-call:erp.post-journal");

    /**
     * What to do.
     *
     * @param store {@code h2} or {@code postgres}
     * @param kills how many at random moments
     * @param points named points to die at, each once
     * @param orders how many orders flow during the random kills
     * @param settings further settings of the hub; a negative control switches a mechanism off here
     * @param patience how long nothing may change before what is not finished counts as missing
     */
    public record Options(
            String store,
            int kills,
            List<String> points,
            long seed,
            int orders,
            Map<String, String> settings,
            Duration patience) {}

    /**
     * What came of it.
     *
     * @param missing of the differences, those where something acknowledged or due did not happen
     * @param doubled those where something happened twice
     * @param parked what stands in the dead letters: step, cause and what was seen
     * @param differences all of them, in words
     */
    public record Report(
            String store,
            long seed,
            int kills,
            int named,
            int orders,
            long acknowledged,
            long completed,
            long missing,
            long doubled,
            long unexpected,
            long wrong,
            Map<String, Object> equation,
            List<String> parked,
            List<String> differences) {

        public boolean clean() {
            return differences.isEmpty();
        }
    }

    static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final AtomicInteger RUNS = new AtomicInteger();

    private final Options options;
    private final Random random;
    private final HubProcess hub;
    private final PartnersProcess partners;
    private int kills;
    private int named;
    private final List<String> neverPassed = new ArrayList<>();

    private KillTest(Options options) {
        this.options = options;
        this.random = new Random(options.seed());
        var name = "kill-" + options.store() + "-" + ProcessHandle.current().pid() + "-" + RUNS.incrementAndGet();
        var home = Path.of("target", "harness", name);
        partners = new PartnersProcess(name + "-partners", home.resolve("partners"));
        hub = options.store().equals("postgres")
                ? HubProcess.on(
                        Postgres.installed()
                                .orElseThrow(() -> new IllegalStateException("no PostgreSQL server is installed"))
                                .freshDatabase("kill"),
                        name,
                        home.resolve("hub"))
                : HubProcess.embedded(name, home.resolve("hub"));
        hub.facing(partners);
        partners.callingBack(hub);
        Hurry.partners(partners);
        Hurry.hub(hub);
        options.settings().forEach(hub::with);
    }

    /** Runs it; leaves logs in target/logs and the data in target/harness. */
    public static Report run(Options options) {
        var test = new KillTest(options);
        try (test.partners;
                test.hub) {
            return test.run();
        }
    }

    private Report run() {
        partners.start();
        hub.start();
        for (int kill = 0; kill < options.kills(); kill++) killAtRandom(kill);
        options.points().forEach(this::killAt);
        return report(new World(hub.doors(), partners.doors()).settle(options.patience()));
    }

    private void killAtRandom(int kill) {
        // The last batch takes what the division leaves over.
        var share = options.orders() / options.kills();
        var count = kill == options.kills() - 1 ? options.orders() - share * (options.kills() - 1) : share;
        if (count > 0) place(count, Math.max(5, count));
        // Most kills hit a hub at work, some a hub that is still finding out what its last life left behind.
        var early = random.nextInt(4) == 0;
        if (early) {
            hub.kill();
            kills++;
            hub.launch();
            Pause.millis(random.nextInt(6_000));
        } else {
            Pause.millis(20 + random.nextInt(2_500));
        }
        hub.kill();
        kills++;
        hub.start();
        System.err.println("kill " + kills + (early ? " (and one while starting)" : ""));
    }

    private void killAt(String point) {
        hub.kill();
        hub.with("oms.engine.halt-at", point);
        hub.launch();
        if (point.endsWith(":wait")) partners.doors().fault("avalara", "quote-tax", "status-500", 1);
        if (point.endsWith(":park")) partners.doors().fault("warehouse", "place-order", "refuse", 1);
        place(3, 10);
        if (hub.awaitEnd(PATIENCE.multipliedBy(3))) { // its start included
            named++;
        } else {
            neverPassed.add(point);
            hub.kill();
        }
        partners.doors().clearFaults();
        hub.without("oms.engine.halt-at");
        hub.start();
        if (point.endsWith(":park")) replayEverything();
        System.err.println("died at " + point);
    }

    /** Staff's part: what was refused is tried again. */
    private void replayEverything() {
        var world = new World(hub.doors(), partners.doors());
        Pause.until(PATIENCE, 250, () -> world.underWay() == 0);
        for (var letter : hub.doors().deadLetters()) {
            hub.doors().replay(letter.path("id").asText());
        }
    }

    private void place(int count, int perSecond) {
        place(partners, random, count, Math.max(1, count / 4), perSecond);
    }

    /**
     * Places orders, all mixed as a shop would have it: three currencies, one or two parcels, one to five lines.
     *
     * @param most how many alike are placed at once, at most
     */
    static void place(PartnersProcess partners, Random random, int count, int most, int perSecond) {
        var markets = List.of("us", "de", "jp");
        for (int done = 0; done < count; ) {
            var some = Math.min(count - done, 1 + random.nextInt(most));
            var wish = new LinkedHashMap<String, Object>();
            wish.put("count", some);
            wish.put("market", markets.get(random.nextInt(3)));
            wish.put("parcels", 1 + random.nextInt(3) / 2);
            wish.put("lines", 1 + random.nextInt(5));
            wish.put("perSecond", perSecond);
            partners.doors().place(wish);
            done += some;
        }
    }

    private Report report(World.Sight sight) {
        var counts = Expectations.counted(sight.differences());
        var differences = new ArrayList<>(
                sight.differences().stream().map(Object::toString).toList());
        if (differences.size() > 40) {
            var more = differences.size() - 40;
            differences.subList(40, differences.size()).clear();
            differences.add("... and " + more + " more");
        }
        neverPassed.forEach(point -> differences.add("the hub never passed " + point));
        return new Report(
                options.store(),
                options.seed(),
                kills,
                named,
                sight.placed().size(),
                sight.acknowledged(),
                sight.completed(),
                counts.get(Kind.MISSING),
                counts.get(Kind.DOUBLED),
                counts.get(Kind.UNEXPECTED),
                counts.get(Kind.WRONG),
                new World(hub.doors(), partners.doors()).equation(),
                parked(),
                differences);
    }

    private List<String> parked() {
        return hub.doors().deadLetters().stream()
                .map(letter -> letter.path("orderNumber").asText() + " "
                        + letter.path("step").asText() + " "
                        + letter.path("cause").asText() + ": "
                        + letter.path("detail").asText())
                .toList();
    }

    public static void main(String[] args) throws IOException {
        var store = "h2";
        var kills = 40;
        var points = List.<String>of();
        var seed = System.nanoTime();
        var orders = 200;
        var settings = new LinkedHashMap<String, String>();
        for (int at = 0; at < args.length; at++) {
            switch (args[at]) {
                case "--store" -> store = args[++at];
                case "--kills" -> kills = Integer.parseInt(args[++at]);
                case "--named" -> points = POINTS;
                case "--seed" -> seed = Long.parseLong(args[++at]);
                case "--orders" -> orders = Integer.parseInt(args[++at]);
                case "--set" -> {
                    var setting = args[++at].split("=", 2);
                    settings.put(setting[0], setting[1]);
                }
                default -> throw new IllegalArgumentException("unknown option " + args[at]
                        + "; there are --store h2|postgres --kills N --named --seed S --orders N --set name=value");
            }
        }
        var report = run(new Options(store, kills, points, seed, orders, settings, PATIENCE));
        var json = json(report);
        System.out.println(json);
        Files.writeString(Path.of("target", "kill-test-" + store + ".json"), json);
        System.exit(report.clean() ? 0 : 1);
    }

    static String json(Object report) {
        try {
            return Doors.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
