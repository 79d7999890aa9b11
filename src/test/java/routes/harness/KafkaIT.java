package routes.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import routes.harness.KillTest.Options;
import routes.harness.KillTest.Report;

/** Kafka in front of the inbox and behind the orders: a real broker, the packaged hub, PostgreSQL. */
class KafkaIT {

    private static KafkaBroker kafka;

    @BeforeAll
    static void start() {
        Assumptions.assumeTrue(Postgres.installed().isPresent(), "no PostgreSQL server is installed");
        kafka = new KafkaBroker(Path.of("target", "harness", "kafka-" + System.nanoTime())).start();
    }

    @AfterAll
    static void stop() {
        if (kafka != null) kafka.close();
    }

    @Test
    void killsBetweenKafkaAndTheStoreChangeNothingAndEachOrdersEventsAreToldInSequence() {
        Map<String, String> settings = new java.util.LinkedHashMap<>(kafka.settings());
        settings.put("oms.kafka.inbox-topic", "kills.inbox");
        settings.put("oms.kafka.events-topic", "kills.events");
        Report report = KillTest.run(
                new Options("postgres", 2, List.of("after-commit:intake"), 11, 16, settings, KillTest.PATIENCE));
        System.out.println(KillTest.json(report));
        assertThat(report.differences()).isEmpty();
        assertThat(report.completed()).isEqualTo(report.orders());

        Map<String, List<KafkaBroker.Told>> events = kafka.told("kills.events");
        assertThat(events).hasSize(report.orders());
        events.forEach((order, told) -> {
            // At least once: told again bears the same id; leaving those out, each version is newer than the one
            // before.
            List<Integer> versions = told.stream()
                    .collect(java.util.stream.Collectors.toMap(
                            one -> one.headers().get("ce_id"),
                            one -> one,
                            (first, again) -> first,
                            java.util.LinkedHashMap::new))
                    .values()
                    .stream()
                    .map(one -> number(one.value()))
                    .toList();
            assertThat(versions).as(order).isSorted().doesNotHaveDuplicates();
            assertThat(told.get(told.size() - 1).headers())
                    .containsEntry("ce_type", "order.completed")
                    .containsEntry("ce_specversion", "1.0")
                    .containsEntry("ce_subject", order);
        });
    }

    private static int number(String event) {
        try {
            return Doors.JSON.readTree(event).path("version").asInt();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void whileTheStoreIsAwayTheDoorsTakeOrdersAndNoneIsLost() throws SQLException {
        var name = "kafka-outage-" + ProcessHandle.current().pid();
        var home = Path.of("target", "harness", name);
        var server = Postgres.installed().orElseThrow();
        var jdbc = server.freshDatabase("outage");
        var database = jdbc.replaceAll(".*/|\\?.*", "");
        try (var partners = new PartnersProcess(name + "-partners", home.resolve("partners"));
                var hub = HubProcess.on(jdbc, name, home.resolve("hub"));
                var admin = DriverManager.getConnection(server.freshDatabase("keys"));
                var statement = admin.createStatement()) {
            hub.facing(partners);
            partners.callingBack(hub);
            Hurry.partners(partners);
            Hurry.hub(hub);
            kafka.settings().forEach(hub::with);
            // A poll would bring what Kafka lost, and a store that is asked for patiently would be back in time.
            hub.with("oms.polls.orders.every-seconds", 0).with("spring.datasource.hikari.connection-timeout", 1_000);
            partners.start();
            hub.start();
            statement.execute("alter database " + database + " with allow_connections false");
            statement.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + database + "'");
            try {
                partners.doors().place(Map.of("count", 20, "perSecond", 20));
                assertThat(Pause.until(
                                KillTest.PATIENCE,
                                100,
                                () -> partners.doors().shopOrders().stream()
                                                .filter(order -> order.path("acknowledged")
                                                        .asBoolean())
                                                .count()
                                        == 20))
                        .as("acknowledged without a store")
                        .isTrue();
                assertThat(Pause.until(KillTest.PATIENCE, 100, () -> hub.hasSaid("messages wait in Kafka")))
                        .as("the store refused what was to be copied")
                        .isTrue();
            } finally {
                statement.execute("alter database " + database + " with allow_connections true");
            }
            hub.awaitUp();
            var sight = new World(hub.doors(), partners.doors()).settle(KillTest.PATIENCE);
            assertThat(sight.differences()).isEmpty();
            assertThat(sight.completed()).isEqualTo(20);
            assertThat(Pause.until(
                            KillTest.PATIENCE,
                            200,
                            () -> hub.doors().conservation().path("inFront").asLong(-1) == 0))
                    .as("nothing waits in Kafka any more")
                    .isTrue();

            kafka.tell("oms.inbox", "nobody's words");
            assertThat(Pause.until(KillTest.PATIENCE, 200, () -> hub.doors().deadLetters().stream()
                            .anyMatch(one -> one.path("cause").asText().equals("TOPIC_UNHANDLED"))))
                    .as("what no door wrote is a person's")
                    .isTrue();
            partners.doors().place(Map.of("count", 3));
            assertThat(Pause.until(KillTest.PATIENCE, 200, () -> hub.doors().completed() == 23))
                    .as("and keeps nothing up")
                    .isTrue();
        }
    }
}
