package routes.deadletter;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.inbox.Committer;
import routes.inbox.LeaseClock;
import routes.inbox.Refused;
import routes.inbox.Resumption;

/**
 * Replays all messages of one incident: one first, then 5, then 25, then the rest at a bounded rate behind live traffic. A
 * wave begins when every message of the wave before has ended. When a canary fails as it did before, nothing more is tried.
 * Everything stands in rows: a run that a crash interrupted goes on where it was, and what it had replayed is not replayed
 * again.
 */
@Component("bulk")
public class Bulk {

    /** What a run is at. */
    public enum State {
        PLANNED,
        RUNNING,
        PAUSED,
        STOPPED,
        CANCELLED,
        COMPLETED
    }

    /** What became of one message. */
    public enum Item {
        WAITING,
        RUNNING,
        SUCCEEDED,
        FAILED_SAME,
        FAILED_OTHER,
        SKIPPED
    }

    /**
     * A run.
     *
     * @param wave 0 the first canary, 3 the rest
     * @param how what makes it worth trying, as in {@link Resumption.Way}
     * @param stoppedWhy why it stopped itself; null otherwise
     */
    public record Run(
            long id,
            String fingerprint,
            String cause,
            State state,
            int wave,
            int planned,
            int succeeded,
            int failed,
            int skipped,
            int perSecond,
            String how,
            String why,
            String stoppedWhy,
            String askedBy,
            Instant askedAt,
            Instant changedAt) {

        public int ended() {
            return succeeded + failed + skipped;
        }

        /** Whether anything can still happen to it. */
        public boolean open() {
            return state == State.PLANNED || state == State.RUNNING || state == State.PAUSED;
        }
    }

    /**
     * What a run would do.
     *
     * @param bySteps messages by the step they stand at
     * @param blocked messages that wait behind these
     * @param money what the orders are worth, minor units by currency
     * @param seconds how long it takes at least
     */
    public record Plan(
            String fingerprint,
            int messages,
            Map<String, Long> bySteps,
            long blocked,
            Map<String, Long> money,
            long seconds,
            int poison) {}

    /** One message of a run. */
    public record RunItem(
            int seq, long messageId, long failureId, String orderNumber, int wave, Item state, String detail) {}

    private static final Logger LOG = LoggerFactory.getLogger(Bulk.class);
    private static final int[] WAVES = {1, 5, 25};
    private static final int MOST_MESSAGES = 200_000;
    private static final int MOST_LOOKED_AT = 2_000;

    private final DataSource dataSource;
    private final JdbcClient rows;
    private final Committer committer;
    private final Incidents incidents;
    private final int perSecond;

    Bulk(
            DataSource dataSource,
            JdbcClient rows,
            Committer committer,
            Incidents incidents,
            @Value("${oms.mending.replays-per-second:20}") int perSecond) {
        this.dataSource = dataSource;
        this.rows = rows;
        this.committer = committer;
        this.incidents = incidents;
        this.perSecond = perSecond;
    }

    /** What replaying an incident would mean. */
    public Plan plan(String fingerprint) {
        Incidents.Incident incident = incidents
                .find(fingerprint)
                .orElseThrow(() -> new Refused("ORDER_UNKNOWN", "There is no incident " + fingerprint));
        Map<String, Long> steps = new LinkedHashMap<>();
        rows.sql(
                        "select step, count(*) from failures where fingerprint = ? and state = 'OPEN' group by step order by 2 desc")
                .param(fingerprint)
                .query(row -> {
                    steps.put(row.getString(1), row.getLong(2));
                });
        long messages = steps.values().stream().mapToLong(Long::longValue).sum();
        long blocked = rows.sql("select coalesce(sum(l.pending - 1), 0) from failures f join lanes l on l.lane = f.lane"
                        + " where f.fingerprint = ? and f.state = 'OPEN' and l.state = 'PARKED'")
                .param(fingerprint)
                .query(Long.class)
                .single();
        int poison = rows.sql("select count(*) from failures where fingerprint = ? and state = 'OPEN' and poison")
                .param(fingerprint)
                .query(Integer.class)
                .single();
        return new Plan(
                fingerprint, (int) messages, steps, blocked, incident.money(), messages / perSecond + 4, poison);
    }

    /**
     * Writes down which messages a run will take, in the order they came. Nothing is tried yet.
     *
     * @throws Refused STATE_REFUSED when there is nothing to replay or such a run is under way
     */
    public Run prepare(String fingerprint, String how, String who, String why) {
        if (rows
                .sql("select id from bulk_runs where state in ('PLANNED', 'RUNNING', 'PAUSED') and fingerprint = ?")
                .param(fingerprint)
                .query(Long.class)
                .list()
                .stream()
                .findFirst()
                .isPresent()) {
            throw new Refused("STATE_REFUSED", "These are being replayed already");
        }
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                long id = insert(connection, fingerprint, how, who, why);
                int planned = take(connection, id, fingerprint, 0);
                if (planned == 0) {
                    connection.rollback();
                    throw new Refused("STATE_REFUSED", "There is nothing to replay");
                }
                update(connection, "update bulk_runs set planned = ? where id = ?", planned, id);
                connection.commit();
                return find(id).orElseThrow();
            } finally {
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The run could not be written down", e);
        }
    }

    private long insert(Connection connection, String fingerprint, String how, String who, String why)
            throws SQLException {
        String cause = rows.sql("select cause from incidents where fingerprint = ?")
                .param(fingerprint)
                .query(String.class)
                .optional()
                .orElse("UNKNOWN");
        OffsetDateTime now = LeaseClock.now().atOffset(ZoneOffset.UTC);
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into bulk_runs (fingerprint, cause, state, wave, planned, succeeded, failed, skipped, per_second, how,"
                        + " why, asked_by, asked_at, changed_at) values (?, ?, 'PLANNED', 0, 0, 0, 0, 0, ?, ?, ?, ?, ?, ?)",
                new String[] {"id"})) {
            bind(insert, fingerprint, cause, perSecond, how, why, who, now, now);
            insert.executeUpdate();
            try (ResultSet key = insert.getGeneratedKeys()) {
                key.next();
                return key.getLong(1);
            }
        }
    }

    /** Adds the incident's open failures above an id to a run; answers how many. */
    private static int take(Connection connection, long run, String fingerprint, long above) throws SQLException {
        int seq = 0;
        try (PreparedStatement last =
                connection.prepareStatement("select coalesce(max(seq), 0) from bulk_items where run_id = ?")) {
            bind(last, run);
            try (ResultSet row = last.executeQuery()) {
                row.next();
                seq = row.getInt(1);
            }
        }
        int taken = 0;
        try (PreparedStatement select = connection.prepareStatement("select id, message_id, order_number from failures"
                        + " where fingerprint = ? and state = 'OPEN' and id > ? order by message_id"
                        + " fetch first " + MOST_MESSAGES + " rows only");
                PreparedStatement insert =
                        connection.prepareStatement("insert into bulk_items (run_id, seq, message_id,"
                                + " failure_id, order_number, wave, state) values (?, ?, ?, ?, ?, ?, 'WAITING')")) {
            bind(select, fingerprint, above);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    seq++;
                    taken++;
                    bind(insert, run, seq, row.getLong(2), row.getLong(1), row.getString(3), wave(seq));
                    insert.addBatch();
                    if (taken % 1_000 == 0) {
                        insert.executeBatch();
                    }
                }
            }
            insert.executeBatch();
        }
        return taken;
    }

    private static int wave(int seq) {
        int end = 0;
        for (int wave = 0; wave < WAVES.length; wave++) {
            end += WAVES[wave];
            if (seq <= end) {
                return wave;
            }
        }
        return WAVES.length;
    }

    /** Starts a planned run, or lets a paused or stopped one go on. */
    public void start(long id) {
        change(id, State.RUNNING, State.PLANNED, State.PAUSED, State.STOPPED);
    }

    public void pause(long id) {
        change(id, State.PAUSED, State.RUNNING);
    }

    /** What runs already is not called back. */
    public void cancel(long id) {
        change(id, State.CANCELLED, State.PLANNED, State.RUNNING, State.PAUSED, State.STOPPED);
    }

    private void change(long id, State to, State... from) {
        Run run = find(id).orElseThrow(() -> new Refused("ORDER_UNKNOWN", "There is no run " + id));
        if (!List.of(from).contains(run.state())) {
            throw new Refused("STATE_REFUSED", "The run is " + run.state());
        }
        rows.sql("update bulk_runs set state = ?, stopped_why = null, changed_at = ? where id = ? and state = ?")
                .params(to.name(), now(), id, run.state().name())
                .update();
    }

    /** One run. */
    public Optional<Run> find(long id) {
        return rows.sql("select * from bulk_runs where id = ?")
                .param(id)
                .query((row, n) -> read(row))
                .optional();
    }

    /** The latest runs first. */
    public List<Run> latest(int limit) {
        return rows.sql("select * from bulk_runs order by id desc fetch first ? rows only")
                .param(limit)
                .query((row, n) -> read(row))
                .list();
    }

    /** The run of an incident that is not over, if there is one. */
    public Optional<Run> openRun(String fingerprint) {
        return rows.sql(
                        "select * from bulk_runs where state in ('PLANNED', 'RUNNING', 'PAUSED', 'STOPPED') and fingerprint = ?"
                                + " order by id desc fetch first 1 rows only")
                .param(fingerprint)
                .query((row, n) -> read(row))
                .optional();
    }

    /** A page of a run's messages, in the order they are tried. */
    public List<RunItem> items(long run, int after, int limit) {
        return rows.sql("select seq, message_id, failure_id, order_number, wave, state, detail from bulk_items"
                        + " where run_id = ? and seq > ? order by run_id, seq fetch first ? rows only")
                .params(run, after, limit)
                .query((row, n) -> item(row))
                .list();
    }

    /** Called once a second: every run that is under way makes a step. */
    public void drive() {
        for (long id : rows.sql("select id from bulk_runs where state = 'RUNNING' order by id")
                .query(Long.class)
                .list()) {
            try {
                drive(id);
            } catch (RuntimeException e) {
                LOG.warn("Run {} could not go on this time: {}", id, e.toString());
            }
        }
    }

    private void drive(long id) {
        Run run = find(id).orElseThrow();
        // Of several instances one makes the step: whoever changes the row first.
        if (rows.sql("update bulk_runs set changed_at = ? where id = ? and state = 'RUNNING' and changed_at = ?")
                        .params(now(), id, run.changedAt().atOffset(ZoneOffset.UTC))
                        .update()
                == 0) {
            return;
        }
        boolean same = settle(run);
        Run now = find(id).orElseThrow();
        boolean canary = now.wave() < WAVES.length;
        boolean helpsNobody = canary && now.failed() > 0 && now.succeeded() == 0;
        if (helpsNobody || same && (canary || now.failed() * 10 > now.ended())) {
            rows.sql("update bulk_runs set state = 'STOPPED', stopped_why = ? where id = ? and state = 'RUNNING'")
                    .params(
                            !canary
                                    ? "More than a tenth failed the same way; nothing more was tried"
                                    : same
                                            ? "The canary failed the same way; nothing more was tried"
                                            : "The canary failed in another way; nothing more was tried",
                            id)
                    .update();
            LOG.warn("Run {} stopped itself: {} of {} failed", id, now.failed(), now.planned());
            return;
        }
        List<RunItem> running = items(id, Item.RUNNING, MOST_LOOKED_AT);
        List<RunItem> waiting = items(id, Item.WAITING, run.perSecond());
        if (waiting.isEmpty()) {
            if (running.isEmpty() && !late(run)) {
                rows.sql("update bulk_runs set state = 'COMPLETED' where id = ? and state = 'RUNNING'")
                        .param(id)
                        .update();
            }
            return;
        }
        int wave = waiting.get(0).wave();
        if (wave < WAVES.length && running.stream().anyMatch(one -> one.wave() < wave)
                || wave == WAVES.length && running.stream().anyMatch(one -> one.wave() < wave)
                || running.size() >= run.perSecond() * 10) {
            return;
        }
        if (wave != now.wave()) {
            rows.sql("update bulk_runs set wave = ? where id = ?")
                    .params(wave, id)
                    .update();
        }
        for (RunItem item : waiting) {
            if (item.wave() == wave) {
                send(run, item);
            }
        }
    }

    /** A value's row may have been written while a message was failing for the lack of it: it is taken along. */
    private boolean late(Run run) {
        if (!run.how().equals("value-map")) {
            return false;
        }
        long last = rows.sql("select coalesce(max(failure_id), 0) from bulk_items where run_id = ?")
                .param(run.id())
                .query(Long.class)
                .single();
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                int more = take(connection, run.id(), run.fingerprint(), last);
                update(connection, "update bulk_runs set planned = planned + ? where id = ?", more, run.id());
                connection.commit();
                return more > 0;
            } finally {
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sends one message on; a crash before or after is mended by doing it again. */
    private void send(Run run, RunItem item) {
        mark(run.id(), item.seq(), Item.RUNNING, null);
        boolean resumed;
        try {
            resumed = committer.write(new Resumption(
                    item.messageId(), "run " + run.id(), new Resumption.Way(run.how(), null, true, false)));
        } catch (Refused poison) {
            count(run.id(), item.seq(), Item.SKIPPED, poison.getMessage());
            return;
        }
        if (!resumed) {
            String by = rows.sql("select coalesce(ended_by, '') from failures where id = ?")
                    .param(item.failureId())
                    .query(String.class)
                    .optional()
                    .orElse("");
            if (!by.equals("run " + run.id())) {
                count(run.id(), item.seq(), Item.SKIPPED, "Somebody else saw to it (" + by + ")");
            }
        }
    }

    private record Outcome(String failure, String endedBy, String result, String message, String newer) {}

    /** Looks what became of those under way; answers whether one of them failed as it did before. */
    private boolean settle(Run run) {
        boolean same = false;
        for (RunItem item : items(run.id(), Item.RUNNING, MOST_LOOKED_AT)) {
            Outcome outcome = rows.sql(
                            "select f.state, f.ended_by, f.result, i.state, (select g.fingerprint from failures g"
                                    + " where g.id = (select max(h.id) from failures h where h.message_id = f.message_id"
                                    + " and h.id > f.id)) from failures f join inbox i on i.id = f.message_id where f.id = ?")
                    .param(item.failureId())
                    .query((row, n) -> new Outcome(
                            row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getString(5)))
                    .single();
            if (outcome.failure().equals("OPEN")) {
                send(run, item); // the process ended between marking and sending
            } else if ("SUCCEEDED".equals(outcome.result())) {
                count(run.id(), item.seq(), Item.SUCCEEDED, null);
            } else if ("FAILED_AGAIN".equals(outcome.result())) {
                boolean asBefore = run.fingerprint().equals(outcome.newer());
                same |= asBefore;
                count(run.id(), item.seq(), asBefore ? Item.FAILED_SAME : Item.FAILED_OTHER, outcome.newer());
            } else if (!outcome.failure().equals("REPLAYED")) {
                count(run.id(), item.seq(), Item.SKIPPED, "It was ended by " + outcome.endedBy());
            }
        }
        return same;
    }

    private void count(long run, int seq, Item state, String detail) {
        mark(run, seq, state, detail);
        String column =
                switch (state) {
                    case SUCCEEDED -> "succeeded";
                    case SKIPPED -> "skipped";
                    default -> "failed";
                };
        rows.sql("update bulk_runs set " + column + " = " + column + " + 1 where id = ?")
                .param(run)
                .update();
    }

    private void mark(long run, int seq, Item state, String detail) {
        rows.sql("update bulk_items set state = ?, detail = ?, at = ? where run_id = ? and seq = ?")
                .params(
                        state.name(),
                        detail == null || detail.length() <= 500 ? detail : detail.substring(0, 500),
                        now(),
                        run,
                        seq)
                .update();
    }

    private List<RunItem> items(long run, Item state, int limit) {
        return rows.sql("select seq, message_id, failure_id, order_number, wave, state, detail from bulk_items"
                        + " where run_id = ? and state = ? order by run_id, state, seq fetch first ? rows only")
                .params(run, state.name(), limit)
                .query((row, n) -> item(row))
                .list();
    }

    private static RunItem item(ResultSet row) throws SQLException {
        return new RunItem(
                row.getInt(1),
                row.getLong(2),
                row.getLong(3),
                row.getString(4),
                row.getInt(5),
                Item.valueOf(row.getString(6)),
                row.getString(7));
    }

    private static Run read(ResultSet row) throws SQLException {
        return new Run(
                row.getLong("id"),
                row.getString("fingerprint"),
                row.getString("cause"),
                State.valueOf(row.getString("state")),
                row.getInt("wave"),
                row.getInt("planned"),
                row.getInt("succeeded"),
                row.getInt("failed"),
                row.getInt("skipped"),
                row.getInt("per_second"),
                row.getString("how"),
                row.getString("why"),
                row.getString("stopped_why"),
                row.getString("asked_by"),
                row.getObject("asked_at", OffsetDateTime.class).toInstant(),
                row.getObject("changed_at", OffsetDateTime.class).toInstant());
    }

    private static OffsetDateTime now() {
        return LeaseClock.now().atOffset(ZoneOffset.UTC);
    }

    private static void update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            statement.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }
}
