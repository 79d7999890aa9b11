package routes.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import routes.harness.Expectations.Kind;
import routes.harness.KillTest.Options;

/**
 * The tests of the tests: with one mechanism switched off, the same runs must show a loss or a doubling. A control that
 * comes out clean means that the kill test proves nothing.
 */
class NegativeControlIT {

    /** Each try kills at other moments; one that shows the damage is enough. */
    private static final int TRIES = 4;

    @Test
    void withoutForcingCommitsToDiskTheEmbeddedStoreLosesWhatItAcknowledged() {
        long lost = 0;
        for (int run = 0; run < TRIES && lost == 0; run++)
            lost = lostByOneKill(run, Map.of("oms.engine.sync", "false"));
        assertThat(lost).as("acknowledged webhooks lost without sync").isPositive();
    }

    /** The same measurement with everything switched on, so that it is the switch that is measured. */
    @Test
    void withEverythingSwitchedOnNothingAcknowledgedIsLost() {
        assertThat(lostByOneKill(9, Map.of())).isZero();
    }

    /** Webhooks acknowledged before a kill that are unknown after it. */
    private static long lostByOneKill(int run, Map<String, String> settings) {
        var name = "control-sync-" + settings.size() + "-" + run + "-"
                + ProcessHandle.current().pid();
        var hub = HubProcess.embedded(name, Path.of("target", "harness", name));
        Hurry.hub(hub);
        settings.forEach(hub::with);
        try (hub) {
            hub.start();
            var acknowledged = new HashSet<String>();
            var going = new AtomicBoolean(true);
            var doors = hub.doors();
            var sender = new Thread(() -> {
                for (int n = 0; going.get(); n++) {
                    var event = name + "-" + n;
                    // A topic nobody handles: taken, acknowledged, discarded by name; nothing but the door is at work.
                    try {
                        var answer = doors.webhook("carts/update", event, ("{\"id\":" + n + "}").getBytes());
                        if (answer.statusCode() == 200)
                            synchronized (acknowledged) {
                                acknowledged.add(event);
                            }
                    } catch (RuntimeException killed) {
                        return;
                    }
                }
            });
            sender.start();
            Pause.until(Duration.ofSeconds(20), 10, () -> {
                synchronized (acknowledged) {
                    return acknowledged.size() >= 150;
                }
            });
            hub.kill();
            going.set(false);
            try {
                sender.join(10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            hub.start();
            hub.doors()
                    .messages(Map.of("limit", "500"))
                    .forEach(message ->
                            acknowledged.remove(message.path("eventId").asText()));
            return acknowledged.size();
        }
    }

    @Test
    void withoutAskingFirstAKillDoublesCalls() {
        long doubled = 0;
        for (int run = 0; run < TRIES && doubled == 0; run++) {
            var report = KillTest.run(new Options(
                    "h2",
                    0,
                    List.of("after-call:warehouse.place-order", "after-call:shopify.create-fulfilment"),
                    run,
                    6,
                    Map.of("oms.journal.ask", "false"),
                    Duration.ofSeconds(20)));
            doubled = report.doubled();
            System.out.println(KillTest.json(report));
        }
        assertThat(doubled).as("calls doubled without asking").isPositive();
    }

    @Test
    void withoutTheFenceAFrozenInstanceDoublesCalls() {
        Assumptions.assumeTrue(Postgres.installed().isPresent(), "no PostgreSQL server is installed");
        long damage = 0;
        for (int run = 0; run < TRIES && damage == 0; run++) damage = damageByOneFreeze(run, false);
        assertThat(damage).as("differences without the fence").isPositive();
    }

    @Test
    void withTheFenceAFrozenInstanceChangesNothing() {
        Assumptions.assumeTrue(Postgres.installed().isPresent(), "no PostgreSQL server is installed");
        assertThat(damageByOneFreeze(0, true)).isZero();
    }

    /** Two instances, one store: the first is frozen in the middle of its work, past its lease, and thawed. */
    private static long damageByOneFreeze(int run, boolean fence) {
        var name = "control-fence-" + fence + "-" + run + "-"
                + ProcessHandle.current().pid();
        var home = Path.of("target", "harness", name);
        var store = Postgres.installed().orElseThrow().freshDatabase("fence");
        try (var partners = new PartnersProcess(name + "-partners", home.resolve("partners"));
                var frozen = HubProcess.on(store, name + "-one", home.resolve("one"));
                var other = HubProcess.on(store, name + "-two", home.resolve("two"))) {
            Hurry.partners(partners);
            // Webhooks go to the one that will be frozen: what it takes in, its own workers have in hand.
            partners.callingBack(frozen);
            for (var hub : List.of(frozen, other)) {
                Hurry.hub(hub);
                hub.facing(partners)
                        .with("oms.engine.lease-ms", 4_000)
                        .with("oms.engine.fence", fence)
                        .with("oms.engine.instance", hub == frozen ? "one" : "two");
                // No call may outlast its lease, so it must be given up well before.
                for (var partner : Hurry.PARTNERS) hub.with("oms.partners." + partner + ".timeout-ms", 1_500);
            }
            // It stands still where it hurts most: intents are on disk, their calls are about to be made.
            frozen.with("oms.engine.halt-at", "freeze@after-commit:intent#6");
            partners.start();
            other.start();
            frozen.start();
            partners.doors().place(Map.of("count", 40, "market", "us", "parcels", 1, "lines", 1));
            assertThat(Pause.until(Duration.ofSeconds(60), 50, frozen::standsStill))
                    .as("frozen")
                    .isTrue();
            // Past the lease, and past the time after which the other may believe that nothing more lands.
            Pause.millis(10_000);
            frozen.thaw();
            // Longer than the longest pause before a retry: on a slow machine calls time out, and then an order only
            // waits.
            var patience = Duration.ofSeconds(fence ? 90 : 20);
            var sight = new World(other.doors(), partners.doors()).settle(patience);
            System.out.println(name + ": " + sight.differences());
            return fence
                    ? sight.differences().size()
                    : Expectations.counted(sight.differences()).get(Kind.DOUBLED);
        }
    }
}
