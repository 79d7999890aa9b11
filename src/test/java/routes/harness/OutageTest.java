package routes.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import routes.harness.Expectations.Kind;

/**
 * A partner is away for a while, orders go on arriving, the partner comes back. Nobody presses anything. Proved from the hub's
 * journal and from the partner's own memory: while it was away only probes were sent, no message was tried more often than its
 * policy allows, then all go out below the partner's rate, those that waited longest first, and nothing is missing or doubled.
 * A command of its own: the README has it.
 */
public final class OutageTest {

    /** {@code retry-then-park} names six pauses: seven tries. */
    private static final int BUDGET = 7;

    private static final int FAILURES_TO_OPEN = 20;

    private OutageTest() {}

    /**
     * What to do.
     *
     * @param partner one that an order cannot do without
     * @param fault how it is away: {@code refuse-connection}, {@code status-503}, {@code time-out}
     * @param callsPerSecond what the partner takes
     * @param breakerPauseMs the first pause before a probe; doubled after each, up to eight times
     */
    record Options(
            String store,
            String partner,
            String fault,
            Duration outage,
            int orders,
            int callsPerSecond,
            int breakerPauseMs,
            Map<String, String> settings,
            long seed) {}

    /**
     * What came of it.
     *
     * @param clicks what anybody asked for by hand
     * @param parked failures that ever were, over the whole run
     * @param triesAtMost calls in vain of one message at one operation, at most
     * @param callsToOpen calls in vain until the partner was known to be away
     * @param probes calls from then on until it was back, and {@code probesAllowed}: so many its pauses leave room for
     * @param mostCallsInASecond after it was back, in any second by the hub's journal, the busiest one
     * @param mostEffectsInASecond the same by the partner's own memory
     * @param overtakenBy by how many later ones a waiting message was overtaken at its first call after, at most; in order
     *     of when they had to wait, and {@code overtakenByPlaced}: in order of when their orders were placed
     * @param drainSeconds from the first answer to the last of those that waited
     */
    record Report(
            String store,
            String partner,
            String fault,
            long seed,
            long outageSeconds,
            int orders,
            long acknowledged,
            long completed,
            long clicks,
            long parked,
            int triesAtMost,
            int attemptsAtMost,
            int callsToOpen,
            int probes,
            int probesAllowed,
            int waited,
            double backAfterSeconds,
            double drainSeconds,
            int callsPerSecond,
            int mostCallsInASecond,
            int mostEffectsInASecond,
            int overtakenBy,
            int overtakenByPlaced,
            long missing,
            long doubled,
            long unexpected,
            long wrong,
            Map<String, Object> equation,
            List<String> broken,
            List<String> differences) {}

    public static void main(String[] args) throws IOException, SQLException {
        var store = "h2";
        var partner = "warehouse";
        var fault = "refuse-connection";
        var outage = Duration.ofMinutes(20);
        var orders = 3_000;
        var rate = 25;
        var pause = 15_000;
        var seed = System.nanoTime();
        var settings = new LinkedHashMap<String, String>();
        for (int at = 0; at < args.length; at++) {
            switch (args[at]) {
                case "--store" -> store = args[++at];
                case "--partner" -> partner = args[++at];
                case "--fault" -> fault = args[++at];
                case "--minutes" -> outage = Duration.ofMinutes(Long.parseLong(args[++at]));
                case "--seconds" -> outage = Duration.ofSeconds(Long.parseLong(args[++at]));
                case "--orders" -> orders = Integer.parseInt(args[++at]);
                case "--calls-per-second" -> rate = Integer.parseInt(args[++at]);
                case "--pause-ms" -> pause = Integer.parseInt(args[++at]);
                case "--seed" -> seed = Long.parseLong(args[++at]);
                case "--set" -> {
                    var setting = args[++at].split("=", 2);
                    settings.put(setting[0], setting[1]);
                }
                default -> throw new IllegalArgumentException("unknown option " + args[at]
                        + "; there are --store h2|postgres --partner P --fault F --minutes N (or --seconds N) --orders N"
                        + " --calls-per-second N --pause-ms N --seed S --set name=value");
            }
        }
        var report = run(new Options(store, partner, fault, outage, orders, rate, pause, settings, seed));
        var json = KillTest.json(report);
        System.out.println(json);
        Files.writeString(Path.of("target", "outage-test-" + store + ".json"), json);
        System.exit(report.broken().isEmpty() && report.differences().isEmpty() ? 0 : 1);
    }

    static Report run(Options options) throws SQLException {
        try (var both = new TwoProcesses(options.store(), "outage")) {
            both.hub()
                    .with("oms.retries.scale", 1.0)
                    .with("oms.breaker.failures-to-open", FAILURES_TO_OPEN)
                    .with("oms.breaker.pause-ms", options.breakerPauseMs())
                    .with("oms.partners." + options.partner() + ".calls-per-second", options.callsPerSecond())
                    .with("oms.polls.orders.every-seconds", 0)
                    .with("oms.polls.shipments.every-seconds", 0);
            options.settings().forEach(both.hub()::with);
            both.start();
            var shop = both.partners().doors();
            var random = new Random(options.seed());
            // Some that go well first: the outage befalls a hub at work.
            KillTest.place(both.partners(), random, 5, 2, 5);
            Pause.until(Duration.ofMinutes(2), 500, () -> both.hub().doors().completed() == 5);
            shop.fault(options.partner(), "*", options.fault(), Integer.MAX_VALUE);
            var began = Instant.now();
            placeThroughout(both, random, options, began);
            Pause.until(options.outage(), 100, () -> Instant.now().isAfter(began.plus(options.outage())));
            shop.clearFaults();
            var lifted = Instant.now();
            System.err.println(options.partner() + " answers again after " + Duration.between(began, lifted));
            Pause.until(
                    Duration.ofMinutes(10),
                    1_000,
                    () -> both.hub().doors().get("/ops/breakers").isEmpty());
            var sight = both.world().settle(Duration.ofSeconds(150));
            var equation = both.world().equation();
            var effects = shop.effects().stream()
                    .filter(effect -> effect.path("partner").asText().equals(options.partner()))
                    .map(effect -> Instant.parse(effect.path("at").asText()))
                    .filter(at -> at.isAfter(lifted))
                    .sorted()
                    .toList();
            both.hub().close();
            try (var rows = both.rows()) {
                return judged(options, began, lifted, sight, equation, effects, rows);
            }
        }
    }

    /** Evenly over nine tenths of the outage, so that the last ones, too, stand waiting at its end. */
    private static void placeThroughout(TwoProcesses both, Random random, Options options, Instant began) {
        var span = options.outage().toMillis() * 9 / 10;
        for (int placed = 0; placed < options.orders(); ) {
            var due = (int) Math.min(
                    options.orders(),
                    1
                            + options.orders()
                                    * Duration.between(began, Instant.now()).toMillis()
                                    / Math.max(1, span));
            if (due > placed) {
                KillTest.place(both.partners(), random, due - placed, 5, 50);
                placed = due;
            }
            Pause.millis(200);
        }
    }

    /** One attempt, as the hub's journal has it. */
    private record Call(long message, String order, String operation, boolean answered, Instant begun) {}

    private static Report judged(
            Options options,
            Instant began,
            Instant lifted,
            World.Sight sight,
            Map<String, Object> equation,
            List<Instant> effects,
            Connection rows)
            throws SQLException {
        var calls = calls(rows, options.partner());
        calls.removeIf(call -> call.begun().isBefore(began));
        var inVain = calls.stream().filter(call -> !call.answered()).toList();
        // Known to be away with so many failures in a row; what was on its way then had begun before.
        var knownAt = inVain.size() < FAILURES_TO_OPEN
                ? lifted
                : inVain.get(FAILURES_TO_OPEN - 1).begun();
        var pause = Duration.ofMillis(options.breakerPauseMs());
        var firstProbe = knownAt.plus(pause.multipliedBy(9).dividedBy(10));
        var back = calls.stream()
                .filter(call -> call.answered() && call.begun().isAfter(lifted.minusSeconds(1)))
                .map(Call::begun)
                .findFirst()
                .orElse(Instant.MAX);
        var toOpen = (int) inVain.stream()
                .filter(call -> call.begun().isBefore(firstProbe))
                .count();
        var probes = (int) inVain.stream()
                .filter(call -> !call.begun().isBefore(firstProbe))
                .count();
        var afterwards =
                calls.stream().filter(call -> !call.begun().isBefore(back)).toList();
        var firsts = new LinkedHashMap<Long, Call>();
        afterwards.forEach(call -> firsts.putIfAbsent(call.message(), call));
        var waiting = firsts.values().stream()
                .filter(call -> receivedBefore(rows, call.message(), lifted))
                .toList();
        var last = waiting.isEmpty() ? back : waiting.get(waiting.size() - 1).begun();
        var counts = Expectations.counted(sight.differences());
        var report = new Report(
                options.store(),
                options.partner(),
                options.fault(),
                options.seed(),
                options.outage().toSeconds(),
                sight.placed().size(),
                sight.acknowledged(),
                sight.completed(),
                number(rows, "select count(*) from audit"),
                number(rows, "select count(*) from failures"),
                tries(inVain),
                (int) number(rows, "select max(attempts) from inbox"),
                toOpen,
                probes,
                allowed(Duration.between(knownAt, lifted), pause),
                waiting.size(),
                back.equals(Instant.MAX) ? -1 : Duration.between(lifted, back).toMillis() / 1e3,
                back.equals(Instant.MAX) ? -1 : Duration.between(back, last).toMillis() / 1e3,
                options.callsPerSecond(),
                busiest(afterwards.stream().map(Call::begun).sorted().toList()),
                busiest(effects),
                overtaken(waiting.stream().map(Call::message).toList()),
                overtaken(waiting.stream().map(Call::order).distinct().toList()),
                counts.get(Kind.MISSING),
                counts.get(Kind.DOUBLED),
                counts.get(Kind.UNEXPECTED),
                counts.get(Kind.WRONG),
                equation,
                new ArrayList<>(),
                sight.differences().stream().map(Object::toString).limit(40).toList());
        judge(report);
        return report;
    }

    private static void judge(Report report) {
        hold(report, report.acknowledged() == report.orders(), "an order was not acknowledged");
        hold(report, report.completed() == report.orders(), "an order is not complete");
        hold(report, report.clicks() == 0, "somebody pressed something");
        hold(report, report.parked() == 0, "a message was parked");
        hold(report, report.triesAtMost() <= BUDGET, "a message was tried beyond its budget");
        hold(report, report.attemptsAtMost() < BUDGET, "a message has used up more attempts than it has");
        hold(report, report.probes() <= report.probesAllowed(), "more than probes went out while it was away");
        // All that were on their way when the last of them failed: as many as may be under way at once.
        hold(report, report.callsToOpen() <= FAILURES_TO_OPEN + 64, "too many calls until it was known to be away");
        hold(
                report,
                report.mostCallsInASecond() <= report.callsPerSecond(),
                "more calls in a second than the partner takes, by the journal");
        hold(
                report,
                report.mostEffectsInASecond() <= report.callsPerSecond(),
                "more calls in a second than the partner takes, by the partner");
        // A second's worth is let go ahead of the workers, another stands in line: among those the urgent go first.
        hold(
                report,
                report.overtakenBy() <= 2 * report.callsPerSecond(),
                "one was overtaken by more than two seconds' calls");
    }

    private static void hold(Report report, boolean holds, String otherwise) {
        if (!holds) report.broken().add(otherwise);
    }

    private static List<Call> calls(Connection rows, String partner) throws SQLException {
        var calls = new ArrayList<Call>();
        try (PreparedStatement select =
                rows.prepareStatement("select message_id, coalesce(order_number, ''), operation,"
                        + " outcome, took_ms, at from partner_calls where operation like ? order by id")) {
            select.setString(1, partner + ".%");
            try (var row = select.executeQuery()) {
                while (row.next()) {
                    calls.add(new Call(
                            row.getLong(1),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4).equals("ANSWERED"),
                            row.getObject(6, OffsetDateTime.class).toInstant().minusMillis(row.getInt(5))));
                }
            }
        }
        calls.sort((a, b) -> a.begun().compareTo(b.begun()));
        return calls;
    }

    private static boolean receivedBefore(Connection rows, long message, Instant then) {
        try (PreparedStatement select = rows.prepareStatement("select received_at from inbox where id = ?")) {
            select.setLong(1, message);
            try (var row = select.executeQuery()) {
                return row.next()
                        && row.getObject(1, OffsetDateTime.class).toInstant().isBefore(then);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long number(Connection rows, String sql) throws SQLException {
        try (PreparedStatement select = rows.prepareStatement(sql);
                var row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Calls in vain of one message at one operation, at most. */
    private static int tries(List<Call> inVain) {
        var times = new LinkedHashMap<String, Integer>();
        inVain.forEach(call -> times.merge(call.message() + " " + call.operation(), 1, Integer::sum));
        return times.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    /** How many probes the pauses leave room for: each twice as long as the one before, up to eight times the first. */
    static int allowed(Duration away, Duration pause) {
        var probes = 0;
        for (var at = Duration.ZERO; ; probes++) {
            at = at.plus(pause.multipliedBy(Math.min(8, 1L << Math.min(3, probes))));
            if (at.compareTo(away) > 0) return probes;
        }
    }

    /** How many there are in the busiest second, wherever it begins. */
    static int busiest(List<Instant> sorted) {
        var most = 0;
        for (int from = 0, to = 0; to < sorted.size(); to++) {
            while (Duration.between(sorted.get(from), sorted.get(to)).toMillis() >= 1_000) from++;
            most = Math.max(most, to - from + 1);
        }
        return most;
    }

    /** By how many greater ones the one worst off was preceded. */
    static <T extends Comparable<T>> int overtaken(Collection<T> sequence) {
        var all = new ArrayList<>(sequence);
        var sorted = new ArrayList<>(all);
        sorted.sort(null);
        var most = 0;
        for (int at = 0; at < all.size(); at++) {
            // At its place stand as many before it as are smaller, and those that overtook it.
            var place = sorted.indexOf(all.get(at));
            most = Math.max(most, at - place);
        }
        return most;
    }
}
