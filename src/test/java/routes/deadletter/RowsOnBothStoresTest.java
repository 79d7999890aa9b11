package routes.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import routes.deadletter.FailureRows.FailureRow;
import routes.deadletter.FailureRows.Place;
import routes.deadletter.Incidents.State;
import routes.harness.Postgres;
import routes.harness.Tables;
import routes.inbox.LeaseClock;
import routes.mapping.ValueMaps;

/** What stands behind the pages for mending says the same on both stores: lists, counts, runs, maps and the audit. */
@ExtendWith(OutputCaptureExtension.class)
class RowsOnBothStoresTest {

    enum On {
        H2,
        POSTGRES
    }

    private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");

    @TempDir
    Path folder;

    private HikariDataSource dataSource;
    private JdbcClient rows;
    private FailureRows failures;
    private Incidents incidents;

    private void start(On on) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(
                on == On.H2
                        ? "jdbc:h2:file:" + folder.resolve("hub")
                                + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH"
                        : Postgres.any().freshDatabase("mending"));
        if (on == On.H2) {
            config.setUsername("sa");
            config.setPassword("");
        }
        config.setMaximumPoolSize(3);
        dataSource = new HikariDataSource(config);
        Tables.make(dataSource);
        rows = JdbcClient.create(dataSource);
        failures = new FailureRows(rows);
        incidents = new Incidents(dataSource, rows);
    }

    @AfterEach
    void stop() {
        dataSource.close();
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private void fails(int message, String order, String fingerprint, int dueMinutes, long worth, String value) {
        rows.sql(
                        "insert into orders (number, version, status, market, currency, total_minor, channel, shop, shop_number,"
                                + " placed_at, changed_at, document) values (?, 1, 'X', 'us', 'USD', ?, 's', 's', 's', ?, ?, '{}')"
                                + " on conflict do nothing")
                .params(order, worth, at(NOW), at(NOW))
                .update();
        rows.sql(
                        "insert into inbox (id, partner, shop, topic, event_id, lane, order_number, subject, priority, received_at,"
                                + " state, step, walk, attempts) values (?, 's', '', 't', ?, ?, ?, '', 5, ?, 'PARKED', 'a.step', 0, 1)")
                .params(message, "e" + message, order, order, at(NOW))
                .update();
        rows.sql(
                        "insert into failures (message_id, order_number, lane, step, walk, cause, detail, exception, state, since,"
                                + " fingerprint, grouped_by, audience, due_at, currency, amount_minor, value_map, value_text)"
                                + " values (?, ?, ?, 'a.step', 0, 'SKU_UNMAPPED', 'd', '', 'OPEN', ?, ?, '{\"cause\":\"SKU_UNMAPPED\"}',"
                                + " 'staff', ?, 'USD', ?, 'sku', ?)")
                .params(
                        message,
                        order,
                        order,
                        at(NOW.plusSeconds(message)),
                        fingerprint,
                        at(NOW.plusSeconds(dueMinutes * 60L)),
                        worth,
                        value)
                .update();
        delta(message, order, fingerprint, 1);
    }

    private void delta(int message, String order, String fingerprint, int by) {
        rows.sql(
                        "insert into incident_deltas (fingerprint, order_number, message_id, step_by, at) values (?, ?, ?, ?, ?)")
                .params(fingerprint, order, message, by, at(NOW.plusSeconds(message)))
                .update();
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void whatIsDueFirstStandsFirstThenTheDearestAndPagesMeet(On on) {
        start(on);
        fails(1, "OH-1", "1-a", 60, 500, "X");
        fails(2, "OH-2", "1-a", 30, 100, "X");
        fails(3, "OH-3", "1-a", 30, 900, "X");
        fails(4, "OH-4", "1-b", 30, 900, "Y");
        List<Long> all = messages(failures.byPromise("staff", null, 10));
        assertThat(all).containsExactly(3L, 4L, 2L, 1L);
        assertThat(messages(failures.byPromise(null, null, 10))).isEqualTo(all);
        FailureRow second = failures.byPromise("staff", null, 2).get(1);
        assertThat(messages(failures.byPromise("staff", Place.of(second), 10))).containsExactly(2L, 1L);
        assertThat(failures.byPromise("engineer", null, 10)).isEmpty();
        assertThat(messages(failures.search("OH-3", 10))).containsExactly(3L);
        assertThat(messages(failures.search("OH-", 10))).hasSize(4);
        assertThat(messages(failures.search("Y", 10))).containsExactly(4L);
        assertThat(messages(failures.search("2", 10))).contains(2L);
        assertThat(messages(failures.ofIncident("1-a", null, 10))).containsExactly(1L, 2L, 3L);
        assertThat(messages(failures.ofMessage(3))).containsExactly(3L);
    }

    private static List<Long> messages(List<FailureRow> found) {
        return found.stream().map(FailureRow::messageId).toList();
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void countsAreFoldedAnOrderCountsOnceAndAnIncidentEndsAndComesBack(On on) throws SQLException {
        start(on);
        fails(1, "OH-1", "1-a", 60, 500, "X");
        fails(2, "OH-1", "1-a", 30, 500, "X");
        fails(3, "OH-3", "1-a", 90, 900, "X");
        assertThat(incidents.fold()).isEqualTo(3);
        assertThat(incidents.fold()).isZero();
        Incidents.Incident incident = incidents.find("1-a").orElseThrow();
        assertThat(incident.failures()).isEqualTo(3);
        assertThat(incident.orders()).isEqualTo(2);
        assertThat(incident.money()).isEqualTo(Map.of("USD", 1400L));
        assertThat(incident.oldestAt()).isEqualTo(NOW.plusSeconds(1));
        assertThat(incident.dueAt()).isEqualTo(NOW.plusSeconds(30 * 60));
        assertThat(failures.countOpen()).isEqualTo(3);
        assertThat(incidents.page(null, "staff", 10)).hasSize(1);

        incidents.say("1-a", State.ACKNOWLEDGED, null, "I look", "lead");
        assertThat(incidents.find("1-a").orElseThrow().owner()).isEqualTo("lead");
        incidents.say("1-a", State.SNOOZED, LeaseClock.now().plusSeconds(3600), null, "lead");
        rows.sql("update incidents set snoozed_until = ?").param(at(NOW)).update();
        incidents.fold();
        assertThat(incidents.find("1-a").orElseThrow().state()).isEqualTo(State.OPEN);

        rows.sql("update failures set state = 'REPLAYED'").update();
        for (int message = 1; message <= 3; message++) {
            delta(message, message == 3 ? "OH-3" : "OH-1", "1-a", -1);
        }
        rows.sql(
                        "insert into replays (message_id, failure_id, fingerprint, at) select message_id, id, fingerprint, since"
                                + " from failures where message_id = 3")
                .update();
        rows.sql("update inbox set state = 'RECEIVED'").update();
        incidents.fold();
        // One of them is still being replayed: nobody knows yet whether it helped.
        assertThat(incidents.find("1-a").orElseThrow().state()).isEqualTo(State.OPEN);
        rows.sql("update inbox set state = 'DONE'").update();
        incidents.fold();
        assertThat(incidents.find("1-a").orElseThrow().state()).isEqualTo(State.RESOLVED);
        assertThat(incidents.find("1-a").orElseThrow().money()).isEmpty();
        assertThat(rows.sql("select result from failures where message_id = 3")
                        .query(String.class)
                        .single())
                .isEqualTo("SUCCEEDED");
        assertThat(failures.countOpen()).isZero();

        fails(4, "OH-4", "1-a", 60, 100, "X");
        incidents.fold();
        incident = incidents.find("1-a").orElseThrow();
        assertThat(incident.state()).isEqualTo(State.OPEN);
        assertThat(incident.reopened()).isEqualTo(1);
        assertThat(incident.ever()).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void aFreshFailuresIncidentIsThereBeforeTheClockHasCounted(On on) {
        start(on);
        fails(1, "OH-1", "1-a", 60, 500, "X");
        assertThat(incidents.find("1-a").orElseThrow().failures()).isEqualTo(1);
        assertThat(new Bulk(dataSource, rows, null, incidents, 20).plan("1-a").money())
                .isEqualTo(Map.of("USD", 500L));
        assertThat(incidents.find("1-nobody")).isEmpty();

        rows.sql("update failures set state = 'DISCARDED'").update();
        delta(1, "OH-1", "1-a", -1);
        fails(2, "OH-2", "1-b", 60, 500, "X");
        assertThat(incidents.find("1-b")).isPresent();
        assertThat(incidents.find("1-a").orElseThrow().state()).isEqualTo(State.RESOLVED);
        fails(3, "OH-3", "1-a", 60, 500, "X");
        assertThat(incidents.find("1-a").orElseThrow().state()).isEqualTo(State.OPEN);
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void aRunTakesWhatIsThereInTheOrderItCame(On on) throws SQLException {
        start(on);
        for (int message = 1; message <= 40; message++) {
            fails(message, "OH-" + message, "1-a", 60 - message, 100, "X");
        }
        incidents.fold();
        Bulk bulk = new Bulk(dataSource, rows, null, incidents, 20);
        Bulk.Plan plan = bulk.plan("1-a");
        assertThat(plan.messages()).isEqualTo(40);
        assertThat(plan.money()).isEqualTo(Map.of("USD", 4000L));
        Bulk.Run run = bulk.prepare("1-a", "bulk", "lead", "mended");
        assertThat(run.planned()).isEqualTo(40);
        List<Bulk.RunItem> items = bulk.items(run.id(), 0, 100);
        assertThat(items).extracting(Bulk.RunItem::messageId).isSorted();
        assertThat(items.stream().map(Bulk.RunItem::wave).toList()).startsWith(0, 1, 1, 1, 1, 1, 2);
        assertThat(items.get(39).wave()).isEqualTo(3);
        assertThat(bulk.openRun("1-a")).map(Bulk.Run::id).contains(run.id());
        bulk.start(run.id());
        bulk.pause(run.id());
        bulk.cancel(run.id());
        assertThat(bulk.latest(5).get(0).state()).isEqualTo(Bulk.State.CANCELLED);
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void whatNobodyTakesInTimeIsPassedUpwardsStepByStep(On on, CapturedOutput log) throws SQLException {
        start(on);
        Escalation escalation = new Escalation(
                rows,
                new Causes(Causes.class.getClassLoader()),
                new AuditTrail(rows),
                new DataSourceTransactionManager(dataSource));
        fails(1, "OH-1", "1-a", 60, 500, "X"); // lies for days; its cause allows eight hours
        fails(2, "OH-2", "1-b", 60, 500, "Y");
        fails(3, "OH-3", "1-c", 60, 500, "Z");
        rows.sql("update failures set since = ? where message_id = 3")
                .param(at(LeaseClock.now().minusSeconds(9 * 3600)))
                .update();
        incidents.fold();
        incidents.say("1-b", State.ACKNOWLEDGED, null, "mine", "staff");
        assertThat(escalation.tend()).isEqualTo(2);
        assertThat(log.getOut().lines().filter(line -> line.contains("passed on from staff to lead")))
                .singleElement()
                .asString()
                .contains("2 of SKU_UNMAPPED", "PT8H", "Add one row to the value map");
        assertThat(audiences()).containsExactly("lead", "staff", "lead");
        assertThat(escalation.tend()).isEqualTo(1);
        assertThat(audiences()).containsExactly("engineer", "staff", "lead");
        assertThat(escalation.tend()).isZero();
        assertThat(incidents.find("1-a").orElseThrow().audience()).isEqualTo("engineer");
        assertThat(incidents.page(null, "lead", 10))
                .extracting(Incidents.Incident::fingerprint)
                .containsExactly("1-c");
        assertThat(rows.sql("select note from history where order_number = 'OH-1' order by id")
                        .query(String.class)
                        .list())
                .containsExactly(
                        "SKU_UNMAPPED: nobody took it within PT8H, so it is passed on from staff to lead",
                        "SKU_UNMAPPED: nobody took it within PT16H, so it is passed on from lead to engineer");
        assertThat(new AuditTrail(rows).page("hub", "pass-upwards", null, null, 10))
                .hasSize(3);

        // Somebody laid it aside, mended: what comes back under the same name is staff's again.
        rows.sql("update failures set state = 'DISCARDED' where message_id = 1").update();
        delta(1, "OH-1", "1-a", -1);
        incidents.fold();
        fails(4, "OH-4", "1-a", 60, 500, "X");
        assertThat(incidents.find("1-a").orElseThrow().audience()).isEqualTo("staff");
    }

    private List<String> audiences() {
        return rows.sql("select audience from failures order by message_id")
                .query(String.class)
                .list();
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void theAuditIsReadPerOrderAndMapsSayWhatIsMissing(On on) throws SQLException {
        start(on);
        AuditTrail trail = new AuditTrail(rows);
        trail.allowed("staff", "replay", "failures/1", "OH-1", "");
        trail.denied("viewer", "replay", "failures/1", "OH-1", "needs replay");
        trail.allowed("staff", "value-map", "value-maps/sku", null, "");
        assertThat(trail.ofOrder("OH-1")).extracting(AuditTrail.Line::allowed).containsExactly(false, true);
        List<AuditTrail.Line> all = trail.page(null, null, null, null, 2);
        assertThat(all).extracting(AuditTrail.Line::act).containsExactly("value-map", "replay");
        assertThat(trail.page(null, "", null, all.get(1).id(), 2))
                .extracting(AuditTrail.Line::allowed)
                .containsExactly(true);
        assertThat(trail.page("staff", null, null, null, 10)).hasSize(2);
        assertThat(trail.page("staff", "replay", null, null, 10)).hasSize(1);
        assertThat(trail.page("viewer", null, "OH-1", null, 10)).hasSize(1);
        assertThat(trail.page("viewer", null, "OH-2", null, 10)).isEmpty();
        fails(1, "OH-1", "1-a", 60, 500, "X");
        incidents.fold();
        ValueMapRows maps = new ValueMapRows(
                rows,
                null,
                new ValueMapRows.Settings(Map.of()),
                new Causes(Causes.class.getClassLoader()),
                new ValueMaps(RowsOnBothStoresTest.class.getClassLoader()));
        assertThat(maps.missing())
                .extracting(ValueMapRows.Missing::map, ValueMapRows.Missing::value)
                .containsExactly(tuple("sku", "X"));
    }
}
