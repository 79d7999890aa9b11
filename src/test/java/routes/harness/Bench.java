package routes.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.yaml.snakeyaml.Yaml;

/**
 * Measures the packaged hub from outside, on the embedded store and on PostgreSQL, in one run: {@code --orders N}
 * through the whole walk, {@code --seconds S} at the door, {@code --store h2|postgres|both}. Prints a table and writes
 * {@code target/bench.json}. Nothing is judged here: a machine's mood is no test.
 */
public final class Bench {

    /**
     * One store's figures.
     *
     * @param startToFirstAcknowledgementSeconds from launching the process on an empty store
     * @param door as fast as the shop door acknowledges, with one lane at a time worked behind it
     * @param doorOpenLoop at half that rate, latency from the moment each request was due
     * @param plain a row and a commit per request in the same store, behind the same web server
     * @param ratio door over plain, acknowledgements per second
     * @param walkOrdersPerSecond from the first order placed to the last one complete, partners in their own process
     * @param cpuSecondsPer1000Orders of the hub's process during that
     */
    record Figures(
            String store,
            double startToFirstAcknowledgementSeconds,
            Load.Result door,
            Load.Result doorOpenLoop,
            Load.Result plain,
            Load.Result plainOpenLoop,
            double ratio,
            int walkOrders,
            double walkOrdersPerSecond,
            double cpuSecondsPer1000Orders,
            long memoryMebibytes,
            long highestMemoryMebibytes) {}

    private final int orders;
    private final Duration length;
    private final int connections;
    private final String body;

    private Bench(int orders, Duration length, int connections) throws IOException {
        this.orders = orders;
        this.length = length;
        this.connections = connections;
        this.body = Doors.JSON.writeValueAsString(
                new Yaml().<Object>load(Files.readString(Path.of("src/test/resources/stories/payloads/one-mug.yaml"))));
    }

    public static void main(String[] args) throws IOException {
        var orders = 1_000;
        var seconds = 10;
        var connections = 64;
        var store = "both";
        for (int at = 0; at < args.length; at++) {
            switch (args[at]) {
                case "--orders" -> orders = Integer.parseInt(args[++at]);
                case "--seconds" -> seconds = Integer.parseInt(args[++at]);
                case "--connections" -> connections = Integer.parseInt(args[++at]);
                case "--store" -> store = args[++at];
                default -> throw new IllegalArgumentException("unknown option " + args[at]
                        + "; there are --orders N --seconds S --connections C --store h2|postgres|both");
            }
        }
        var bench = new Bench(orders, Duration.ofSeconds(seconds), connections);
        var all = new ArrayList<Figures>();
        if (!store.equals("postgres")) all.add(bench.measure("h2"));
        if (!store.equals("h2")) all.add(bench.measure("postgres"));
        var json = KillTest.json(Map.of("machine", machine(), "stores", all));
        Files.writeString(Path.of("target", "bench.json"), json);
        System.out.println(json);
        print(all);
        System.exit(0);
    }

    private Figures measure(String store) {
        var name = "bench-" + store + "-" + ProcessHandle.current().pid();
        var home = Path.of("target", "harness", name);
        System.err.println(store + ": start to first acknowledgement");
        var plainUrl = store.equals("h2")
                ? "jdbc:h2:file:" + home.resolve("plain").toAbsolutePath() + ";MODE=PostgreSQL"
                : Postgres.installed().orElseThrow().freshDatabase("plain");
        double toFirst;
        Load.Result door;
        Load.Result doorOpen;
        try (var hub = hub(store, name + "-door", home.resolve("door"))) {
            // The door is what is measured: behind it one lane at a time is worked, so that it has the machine.
            hub.with("oms.engine.in-flight", 1);
            toFirst = startToFirstAcknowledgement(hub);
            System.err.println(store + ": the shop door");
            var load = load(hub.url() + "/partners/shopify/webhooks");
            warm(load);
            door = load.asFastAsItGoes(length);
            doorOpen = load.atRate(length, door.perSecond() / 2);
        }
        System.err.println(store + ": a plain row per request");
        Load.Result plain;
        Load.Result plainOpen;
        var yardstick = yardstick(plainUrl);
        try {
            var load = load("http://127.0.0.1:" + yardstick.getKey() + "/door");
            warm(load);
            plain = load.asFastAsItGoes(length);
            plainOpen = load.atRate(length, plain.perSecond() / 2);
        } finally {
            yardstick.getValue().destroyForcibly();
        }
        System.err.println(store + ": " + orders + " orders through the whole walk");
        return walk(store, name, home, toFirst, door, doorOpen, plain, plainOpen);
    }

    /** Until the compilers have had their time with it. */
    private void warm(Load load) {
        load.asFastAsItGoes(length.multipliedBy(2));
    }

    private Figures walk(
            String store,
            String name,
            Path home,
            double toFirst,
            Load.Result door,
            Load.Result doorOpen,
            Load.Result plain,
            Load.Result plainOpen) {
        try (var partners = new PartnersProcess(name + "-partners", home.resolve("partners"));
                var hub = hub(store, name + "-walk", home.resolve("walk"))) {
            partners.with("oms.sandbox.ship-after-ms", 10).with("oms.sandbox.deliver-after-ms", 10);
            partners.callingBack(hub);
            hub.facing(partners);
            partners.start();
            hub.start();
            // As many again to warm up: what a hub of a minute's age does is what is measured.
            place(partners, orders);
            awaitComplete(hub, orders);
            var cpu = hub.cpuSeconds();
            var started = System.nanoTime();
            place(partners, orders);
            awaitComplete(hub, 2 * orders);
            var seconds = (System.nanoTime() - started) / 1e9;
            cpu = hub.cpuSeconds() - cpu;
            return new Figures(
                    store,
                    toFirst,
                    door,
                    doorOpen,
                    plain,
                    plainOpen,
                    rounded(door.perSecond() / plain.perSecond()),
                    orders,
                    rounded(orders / seconds),
                    rounded(cpu * 1_000 / orders),
                    hub.memoryMebibytes("VmRSS"),
                    hub.memoryMebibytes("VmHWM"));
        }
    }

    private static HubProcess hub(String store, String name, Path home) {
        return store.equals("h2")
                ? HubProcess.embedded(name, home)
                : HubProcess.on(Postgres.installed().orElseThrow().freshDatabase("bench"), name, home);
    }

    private double startToFirstAcknowledgement(HubProcess hub) {
        var started = System.nanoTime();
        hub.launch();
        var number = new AtomicLong(5_000_000);
        Pause.until(Duration.ofMinutes(3), 10, () -> {
            try {
                var next = request(number.incrementAndGet());
                return hub.doors()
                                .send("POST", "/partners/shopify/webhooks", next.getValue(), next.getKey())
                                .statusCode()
                        == 200;
            } catch (UncheckedIOException notYet) {
                return false;
            }
        });
        return rounded((System.nanoTime() - started) / 1e9);
    }

    private static void place(PartnersProcess partners, int count) {
        // A shop's mix: three currencies, a third with two parcels.
        for (var market : List.of("us", "de", "jp")) {
            partners.doors()
                    .place(Map.of(
                            "count", market.equals("us") ? count - 2 * (count / 3) : count / 3, "market", market));
        }
    }

    private static void awaitComplete(HubProcess hub, int count) {
        var done = Pause.until(Duration.ofMinutes(10), 100, () -> {
            var equation = hub.doors().conservation();
            // Per order at least: placed, shipped, delivered.
            return equation.path("received").asLong() >= 3L * count
                    && equation.path("waiting").asLong()
                                    + equation.path("running").asLong()
                            == 0
                    && completed(hub) >= count;
        });
        if (!done)
            System.err.println(
                    "not all orders completed in time: " + hub.doors().conservation());
    }

    private static long completed(HubProcess hub) {
        return hub.doors().completed();
    }

    /** Orders nobody handles further: what is measured is the door. */
    private Map.Entry<Map<String, String>, byte[]> request(long number) {
        var bytes = body.replace("\"$id\"", "$id")
                .replace("$id", String.valueOf(9_000_000_000_000_000_000L + number))
                .getBytes(StandardCharsets.UTF_8);
        return Map.entry(Doors.shopifyHeaders("carts/update", "bench-" + number, bytes), bytes);
    }

    private Load load(String url) {
        return new Load(URI.create(url), connections, new AtomicLong(), this::request);
    }

    private static Map.Entry<Integer, Process> yardstick(String url) {
        var port = Ports.free();
        try {
            var log = Path.of("target", "logs", "yardstick.log");
            Files.createDirectories(log.getParent());
            var process = new ProcessBuilder(
                            Jdks.current().resolve("bin/java").toString(),
                            "-Xmx768m",
                            "-cp",
                            ClassPath.ofThisJvm(),
                            Yardstick.class.getName(),
                            String.valueOf(port),
                            url)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            var doors = new Doors("http://127.0.0.1:" + port, "");
            Pause.until(Duration.ofMinutes(1), 50, () -> {
                try {
                    return doors.send("GET", "/", null, Map.of()).statusCode() > 0;
                } catch (UncheckedIOException notYet) {
                    return false;
                }
            });
            return Map.entry(port, process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> machine() {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("cores", Runtime.getRuntime().availableProcessors());
        facts.put("jdk", Runtime.version().toString());
        facts.put("note", "load generator, hub, partners and database share these cores");
        return facts;
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }

    private static void print(List<Figures> all) {
        System.out.printf("%n%-52s", "");
        all.forEach(each -> System.out.printf("%12s", each.store()));
        row(all, "start to first acknowledgement, s", Figures::startToFirstAcknowledgementSeconds);
        row(all, "durable acknowledgements/s at the shop door", each -> each.door()
                .perSecond());
        row(all, "   p99 at that rate, ms", each -> each.door().p99Millis());
        row(all, "   p99 at half that rate, open loop, ms", each -> each.doorOpenLoop()
                .p99Millis());
        row(all, "plain row and commit per request, /s", each -> each.plain().perSecond());
        row(all, "   p99 at that rate, ms", each -> each.plain().p99Millis());
        row(all, "   p99 at half that rate, open loop, ms", each -> each.plainOpenLoop()
                .p99Millis());
        row(all, "door over plain", Figures::ratio);
        row(all, "orders/s through the whole walk", Figures::walkOrdersPerSecond);
        row(all, "hub's CPU seconds per 1,000 orders", Figures::cpuSecondsPer1000Orders);
        row(all, "memory now, MiB", each -> each.memoryMebibytes());
        row(all, "memory at its highest, MiB", each -> each.highestMemoryMebibytes());
        System.out.println();
    }

    private static void row(List<Figures> all, String what, java.util.function.Function<Figures, Number> figure) {
        System.out.printf("%n%-52s", what);
        all.forEach(each -> System.out.printf("%12.1f", figure.apply(each).doubleValue()));
    }
}
