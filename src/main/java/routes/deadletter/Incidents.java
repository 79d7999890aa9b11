package routes.deadletter;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.inbox.LeaseClock;
import routes.inbox.Refused;

/**
 * Failures that are one matter, and what is kept of them: how many, of how many orders, how much money they hold, since when.
 * Who fails or is mended only leaves a line; once a second the lines are folded into the counts, so that no page counts rows
 * and thousands that fail together wait for nobody.
 */
@Component("incidents")
public class Incidents {

    /** What people made of it. */
    public enum State {
        /** Nobody said anything yet. */
        OPEN,
        /** Somebody looks after it. */
        ACKNOWLEDGED,
        /** It may rest until a time. */
        SNOOZED,
        /** Its last failure ended; it opens again when one comes back. */
        RESOLVED,
        /** It is known and needs nobody, now and when it comes back. */
        IGNORED
    }

    /**
     * @param groupedBy JSON: what its failures have in common
     * @param oldestAt since when the oldest of the open ones lies; null when none is open
     * @param dueAt the nearest promise among them
     * @param failures open ones; {@code ever} with those that ended
     * @param money what the orders are worth, minor units by currency
     */
    public record Incident(
            String fingerprint,
            int version,
            String cause,
            String audience,
            String groupedBy,
            State state,
            Instant firstAt,
            Instant lastAt,
            Instant oldestAt,
            Instant dueAt,
            long failures,
            long orders,
            long ever,
            int reopened,
            String owner,
            String note,
            Instant snoozedUntil,
            String changedBy,
            Map<String, Long> money) {}

    private static final int MOST_AT_ONCE = 2_000;
    private static final int CHUNK = 200;

    /** So often what is due is counted for one who asks; of a very long backlog the rest is the clock's. */
    private static final int MOST_TRIES = 10;

    private static final Logger LOG = LoggerFactory.getLogger(Incidents.class);

    private static final String COLUMNS =
            "select fingerprint, version, cause, audience, grouped_by, state, first_at, last_at,"
                    + " oldest_at, due_at, failures, orders, ever, reopened, owner, note, snoozed_until, changed_by from incidents";

    private final DataSource dataSource;
    private final JdbcClient rows;

    Incidents(DataSource dataSource, JdbcClient rows) {
        this.dataSource = dataSource;
        this.rows = rows;
    }

    /**
     * A page of incidents, the latest first.
     *
     * @param state only these; null = all that are not resolved or ignored
     * @param audience only these; null for all
     */
    public List<Incident> page(State state, String audience, int limit) {
        List<Incident> page = new ArrayList<>();
        for (State one : state == null ? List.of(State.OPEN, State.ACKNOWLEDGED, State.SNOOZED) : List.of(state)) {
            JdbcClient.StatementSpec query = rows.sql(COLUMNS + " where state = :state"
                            + (audience == null ? "" : " and audience = :audience")
                            + " order by state, last_at desc, fingerprint fetch first :most rows only")
                    .param("state", one.name())
                    .param("most", limit);
            page.addAll((audience == null ? query : query.param("audience", audience))
                    .query((row, n) -> read(row))
                    .list());
        }
        return page.stream().map(this::withMoney).toList();
    }

    /**
     * One incident. A failure that the clock has not counted yet is counted now, so that whoever follows the link of a fresh
     * one finds it.
     */
    public Optional<Incident> find(String fingerprint) {
        Optional<Incident> found = kept(fingerprint);
        for (int tries = 0; tries < MOST_TRIES && uncounted(fingerprint, found); tries++) {
            try {
                fold();
            } catch (SQLException busy) {
                LOG.debug("Somebody else is counting: {}", busy.getMessage());
            }
            found = kept(fingerprint);
        }
        return found;
    }

    private boolean uncounted(String fingerprint, Optional<Incident> found) {
        return (found.isEmpty() || found.get().failures() == 0)
                && rows.sql("select 1 from failures where fingerprint = ? and state = 'OPEN'"
                                + " order by fingerprint, state, id fetch first 1 rows only")
                        .param(fingerprint)
                        .query(Integer.class)
                        .optional()
                        .isPresent();
    }

    private Optional<Incident> kept(String fingerprint) {
        return rows.sql(COLUMNS + " where fingerprint = ?")
                .param(fingerprint)
                .query((row, n) -> read(row))
                .optional()
                .map(this::withMoney);
    }

    /** All open failures, from the kept count. */
    public long openFailures() {
        return rows.sql("select n from kept_counts where name = 'open-failures'")
                .query(Long.class)
                .optional()
                .orElse(0L);
    }

    /**
     * A person says what becomes of an incident.
     *
     * @param until for SNOOZED
     * @throws Refused ORDER_UNKNOWN when there is no such incident, STATE_REFUSED when it cannot be
     */
    public void say(String fingerprint, State state, Instant until, String note, String who) {
        Incident now = find(fingerprint)
                .orElseThrow(() -> new Refused("ORDER_UNKNOWN", "There is no incident " + fingerprint));
        if (state == State.RESOLVED && now.failures() > 0) {
            throw new Refused("STATE_REFUSED", "It resolves by itself when its last failure ends");
        }
        if (state == State.SNOOZED && (until == null || !until.isAfter(LeaseClock.now()))) {
            throw new Refused("STATE_REFUSED", "Say until when it may rest");
        }
        rows.sql("update incidents set state = ?, snoozed_until = ?, note = coalesce(?, note), owner = case when ? ="
                        + " 'ACKNOWLEDGED' then ? else owner end, changed_at = ?, changed_by = ? where fingerprint = ?")
                .params(
                        state.name(),
                        state == State.SNOOZED ? at(until) : null,
                        note == null || note.isBlank() ? null : note,
                        state.name(),
                        who,
                        at(LeaseClock.now()),
                        who,
                        fingerprint)
                .update();
    }

    private record Delta(long id, String fingerprint, String order, int by, Instant at) {}

    /** Called once a second. Answers how many lines were folded. */
    public int fold() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                // Of several instances one folds at a time.
                update(connection, "update kept_counts set n = n where name = 'open-failures'");
                noteResults(connection);
                List<Delta> deltas = take(connection);
                Map<String, List<Delta>> byIncident = new TreeMap<>();
                deltas.forEach(delta -> byIncident
                        .computeIfAbsent(delta.fingerprint(), f -> new ArrayList<>())
                        .add(delta));
                int net = 0;
                for (Map.Entry<String, List<Delta>> one : byIncident.entrySet()) {
                    net += fold(connection, one.getKey(), one.getValue());
                }
                if (net != 0) {
                    update(connection, "update kept_counts set n = n + ? where name = 'open-failures'", net);
                }
                rest(connection);
                connection.commit();
                return deltas.size();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    private static List<Delta> take(Connection connection) throws SQLException {
        List<Delta> deltas = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("select id, fingerprint, order_number, step_by, at"
                        + " from incident_deltas order by id fetch first " + MOST_AT_ONCE + " rows only");
                PreparedStatement delete = connection.prepareStatement("delete from incident_deltas where id = ?")) {
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    deltas.add(new Delta(
                            row.getLong(1),
                            row.getString(2),
                            row.getString(3),
                            row.getInt(4),
                            row.getObject(5, OffsetDateTime.class).toInstant()));
                }
            }
            for (Delta delta : deltas) {
                delete.setLong(1, delta.id());
                delete.addBatch();
            }
            if (!deltas.isEmpty()) {
                delete.executeBatch();
            }
        }
        return deltas;
    }

    /** What became of replays: done, or parked again. */
    private static void noteResults(Connection connection) throws SQLException {
        try (PreparedStatement select =
                        // From the few replays to their messages: H2 would begin a join with the whole inbox.
                        connection.prepareStatement("select message_id, failure_id, state from"
                                + " (select r.message_id, r.failure_id, (select i.state from inbox i where i.id ="
                                + " r.message_id) as state from replays r) as under_way"
                                + " where state in ('DONE', 'DISCARDED', 'PARKED') fetch first " + MOST_AT_ONCE
                                + " rows only");
                PreparedStatement result = connection.prepareStatement("update failures set result = ? where id = ?");
                PreparedStatement delete = connection.prepareStatement("delete from replays where message_id = ?")) {
            boolean any = false;
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    any = true;
                    result.setString(1, row.getString(3).equals("PARKED") ? "FAILED_AGAIN" : "SUCCEEDED");
                    result.setLong(2, row.getLong(2));
                    result.addBatch();
                    delete.setLong(1, row.getLong(1));
                    delete.addBatch();
                }
            }
            if (any) {
                result.executeBatch();
                delete.executeBatch();
            }
        }
    }

    private static int fold(Connection connection, String fingerprint, List<Delta> deltas) throws SQLException {
        int net = 0;
        int begun = 0;
        Instant first = null;
        Instant last = null;
        Map<String, Integer> byOrder = new LinkedHashMap<>();
        for (Delta delta : deltas) {
            net += delta.by();
            if (delta.by() > 0) {
                begun += delta.by();
                first = first == null || delta.at().isBefore(first) ? delta.at() : first;
                last = last == null || delta.at().isAfter(last) ? delta.at() : last;
            }
            if (delta.order() != null) {
                byOrder.merge(delta.order(), delta.by(), Integer::sum);
            }
        }
        open(connection, fingerprint, first == null ? deltas.get(0).at() : first, begun > 0);
        int orders = foldOrders(connection, fingerprint, byOrder);
        update(
                connection,
                "update incidents set failures = failures + ?, orders = orders + ?, ever = ever + ?,"
                        + " last_at = greatest(last_at, ?), oldest_at = (select min(f.since) from failures f where f.id ="
                        + " (select min(g.id) from failures g where g.fingerprint = ? and g.state = 'OPEN')),"
                        + " due_at = (select min(f.due_at) from failures f where f.fingerprint = ? and f.state = 'OPEN')"
                        + " where fingerprint = ?",
                net,
                orders,
                begun,
                at(last == null ? Instant.EPOCH : last),
                fingerprint,
                fingerprint,
                fingerprint);
        return net;
    }

    /** An incident that is new, or that comes back after it was resolved. */
    private static void open(Connection connection, String fingerprint, Instant first, boolean comesBack)
            throws SQLException {
        OffsetDateTime now = at(LeaseClock.now());
        update(
                connection,
                "insert into incidents (fingerprint, version, cause, audience, grouped_by, state, first_at, last_at, failures,"
                        + " orders, ever, reopened, changed_at, changed_by) select f.fingerprint, ?, f.cause, f.audience,"
                        + " f.grouped_by, 'OPEN', ?, ?, 0, 0, 0, 0, ?, 'hub' from failures f where f.id ="
                        + " (select min(g.id) from failures g where g.fingerprint = ?) on conflict do nothing",
                Fingerprint.VERSION,
                at(first),
                at(first),
                now,
                fingerprint);
        if (comesBack) {
            update(
                    connection,
                    "update incidents set state = 'OPEN', reopened = reopened + 1, changed_at = ?, changed_by = 'hub',"
                            // Whoever it had been passed on to: what is new is staff's again.
                            + " audience = (select f.audience from failures f where f.id ="
                            + " (select max(g.id) from failures g where g.fingerprint = ?))"
                            + " where fingerprint = ? and state = 'RESOLVED'",
                    now,
                    fingerprint,
                    fingerprint);
        }
    }

    private record Held(int failures, String currency, long amount) {}

    /** Which orders are held by it, and what they are worth; each order counts once. Answers by how many there are more. */
    private static int foldOrders(Connection connection, String fingerprint, Map<String, Integer> byOrder)
            throws SQLException {
        if (byOrder.isEmpty()) {
            return 0;
        }
        Map<String, Held> before = held(connection, fingerprint, byOrder.keySet());
        Map<String, Held> worth = worth(connection, byOrder.keySet());
        int more = 0;
        Map<String, Long> money = new TreeMap<>();
        try (PreparedStatement insert = connection.prepareStatement(
                        "insert into incident_orders (fingerprint, order_number, failures, currency, amount_minor)"
                                + " values (?, ?, ?, ?, ?)");
                PreparedStatement change = connection.prepareStatement(
                        "update incident_orders set failures = ? where fingerprint = ? and order_number = ?");
                PreparedStatement delete = connection.prepareStatement(
                        "delete from incident_orders where fingerprint = ? and order_number = ?")) {
            for (Map.Entry<String, Integer> one : byOrder.entrySet()) {
                Held held = before.get(one.getKey());
                int now = (held == null ? 0 : held.failures()) + one.getValue();
                if (held == null && now != 0) {
                    Held value = worth.getOrDefault(one.getKey(), new Held(0, null, 0));
                    bind(insert, fingerprint, one.getKey(), now, value.currency(), value.amount());
                    insert.addBatch();
                    more++;
                    add(money, value.currency(), value.amount());
                } else if (held != null && now == 0) {
                    bind(delete, fingerprint, one.getKey());
                    delete.addBatch();
                    more--;
                    add(money, held.currency(), -held.amount());
                } else if (held != null) {
                    bind(change, now, fingerprint, one.getKey());
                    change.addBatch();
                }
            }
            insert.executeBatch();
            change.executeBatch();
            delete.executeBatch();
        }
        for (Map.Entry<String, Long> one : money.entrySet()) {
            update(
                    connection,
                    "insert into incident_money (fingerprint, currency, amount_minor) values (?, ?, 0) on conflict do nothing",
                    fingerprint,
                    one.getKey());
            update(
                    connection,
                    "update incident_money set amount_minor = amount_minor + ? where fingerprint = ? and currency = ?",
                    one.getValue(),
                    fingerprint,
                    one.getKey());
        }
        return more;
    }

    private static void add(Map<String, Long> money, String currency, long amount) {
        if (currency != null) {
            money.merge(currency, amount, Long::sum);
        }
    }

    private static Map<String, Held> held(Connection connection, String fingerprint, Collection<String> orders)
            throws SQLException {
        return each(
                connection,
                "select order_number, failures, currency, amount_minor from incident_orders where fingerprint = ?"
                        + " and order_number in ",
                fingerprint,
                orders);
    }

    private static Map<String, Held> worth(Connection connection, Collection<String> orders) throws SQLException {
        return each(connection, "select number, 0, currency, total_minor from orders where number in ", null, orders);
    }

    private static Map<String, Held> each(Connection connection, String sql, String first, Collection<String> orders)
            throws SQLException {
        Map<String, Held> found = new HashMap<>();
        List<String> all = new ArrayList<>(orders);
        for (int from = 0; from < all.size(); from += CHUNK) {
            List<String> some = all.subList(from, Math.min(all.size(), from + CHUNK));
            String marks = "(" + "?, ".repeat(some.size() - 1) + "?)";
            try (PreparedStatement select = connection.prepareStatement(sql + marks)) {
                int at = 1;
                if (first != null) {
                    select.setString(at++, first);
                }
                for (String one : some) {
                    select.setString(at++, one);
                }
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        found.put(row.getString(1), new Held(row.getInt(2), row.getString(3), row.getLong(4)));
                    }
                }
            }
        }
        return found;
    }

    /** What rests wakes when its time has come; what is over is resolved, once nothing of it is being replayed any more. */
    private static void rest(Connection connection) throws SQLException {
        OffsetDateTime now = at(LeaseClock.now());
        update(
                connection,
                "update incidents set state = 'OPEN', snoozed_until = null, changed_at = ?, changed_by = 'hub'"
                        + " where state = 'SNOOZED' and snoozed_until <= ?",
                now,
                now);
        update(
                connection,
                "update incidents set state = 'RESOLVED', changed_at = ?, changed_by = 'hub' where failures = 0"
                        + " and state in ('OPEN', 'ACKNOWLEDGED', 'SNOOZED') and not exists"
                        + " (select 1 from replays r where r.fingerprint = incidents.fingerprint) and not exists"
                        + " (select 1 from incident_deltas d where d.fingerprint = incidents.fingerprint)",
                now);
    }

    private Incident withMoney(Incident one) {
        Map<String, Long> money = new TreeMap<>();
        rows.sql("select currency, amount_minor from incident_money where fingerprint = ? and amount_minor <> 0")
                .param(one.fingerprint())
                .query(row -> {
                    money.put(row.getString(1), row.getLong(2));
                });
        return new Incident(
                one.fingerprint(),
                one.version(),
                one.cause(),
                one.audience(),
                one.groupedBy(),
                one.state(),
                one.firstAt(),
                one.lastAt(),
                one.oldestAt(),
                one.dueAt(),
                one.failures(),
                one.orders(),
                one.ever(),
                one.reopened(),
                one.owner(),
                one.note(),
                one.snoozedUntil(),
                one.changedBy(),
                money);
    }

    private static Incident read(ResultSet row) throws SQLException {
        return new Incident(
                row.getString("fingerprint"),
                row.getInt("version"),
                row.getString("cause"),
                row.getString("audience"),
                row.getString("grouped_by"),
                State.valueOf(row.getString("state")),
                instant(row, "first_at"),
                instant(row, "last_at"),
                instant(row, "oldest_at"),
                instant(row, "due_at"),
                row.getLong("failures"),
                row.getLong("orders"),
                row.getLong("ever"),
                row.getInt("reopened"),
                row.getString("owner"),
                row.getString("note"),
                instant(row, "snoozed_until"),
                row.getString("changed_by"),
                Map.of());
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            return statement.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }
}
