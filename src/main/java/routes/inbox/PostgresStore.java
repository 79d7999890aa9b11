package routes.inbox;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The store for production: any number of instances meet in it; lease time is the database's. */
final class PostgresStore extends AnyStore {

    private static final String LEASE_END = "now() + ? * interval '1 millisecond'";

    PostgresStore(EngineSettings settings) {
        super(settings);
    }

    @Override
    public void commit(Connection connection, boolean durable) throws SQLException {
        connection.commit();
    }

    @Override
    public Map<String, Long> fences(Connection connection, Collection<String> lanes) throws SQLException {
        return fences(
                connection, lanes, "select lane, fence from lanes where lane = any(?) order by lane for no key update");
    }

    @Override
    public long[] next(Connection connection, String sequence, int n) throws SQLException {
        return next(connection, "select nextval('%s') from generate_series(1, ?)", sequence, n);
    }

    @Override
    public Map<String, Arrived> arrive(Connection connection, Collection<Arrival> arrivals) throws SQLException {
        List<Arrival> sorted =
                arrivals.stream().sorted(Comparator.comparing(Arrival::lane)).toList();
        Map<String, Arrived> arrived = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(
                """
                insert into lanes as l (lane, state, pending, priority, next_at, owner, lease_until, fence)
                select v.lane, v.state, v.n, v.priority, now(),
                       case when v.state = 'LEASED' then ? end, case when v.state = 'LEASED' then %s end, 1
                from unnest(?::varchar[], ?::varchar[], ?::int[], ?::int[]) as v(lane, state, n, priority) order by v.lane
                on conflict (lane) do update set
                  pending = l.pending + excluded.pending,
                  priority = case when l.state = 'IDLE' then excluded.priority else least(l.priority, excluded.priority) end,
                  fence = l.fence + case when l.state = 'IDLE' then 1 else 0 end,
                  owner = case when l.state = 'IDLE' then excluded.owner else l.owner end,
                  lease_until = case when l.state = 'IDLE' then excluded.lease_until else l.lease_until end,
                  next_at = case when l.state = 'IDLE' then now() else l.next_at end,
                  state = case when l.state = 'IDLE' then excluded.state else l.state end
                returning lane, fence, state, pending, owner
                """
                        .formatted(LEASE_END))) {
            statement.setString(1, settings.instance());
            statement.setInt(2, settings.leaseMs());
            statement.setArray(3, array(connection, "varchar", sorted, Arrival::lane));
            statement.setArray(4, array(connection, "varchar", sorted, a -> a.room() ? "LEASED" : "READY"));
            statement.setArray(5, array(connection, "int4", sorted, Arrival::messages));
            statement.setArray(6, array(connection, "int4", sorted, Arrival::priority));
            Map<String, Arrival> byLane = new HashMap<>();
            sorted.forEach(a -> byLane.put(a.lane(), a));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Arrival arrival = byLane.get(rows.getString(1));
                    boolean mine = arrival.room()
                            && rows.getString(3).equals("LEASED")
                            && settings.instance().equals(rows.getString(5))
                            && rows.getInt(4) == arrival.messages();
                    arrived.put(arrival.lane(), new Arrived(rows.getLong(2), mine));
                }
            }
        }
        return arrived;
    }

    private static <T> Array array(Connection connection, String type, List<T> rows, Function<T, Object> column)
            throws SQLException {
        return connection.createArrayOf(type, rows.stream().map(column).toArray());
    }

    @Override
    public List<Grant> claim(Connection connection, int n, boolean oldestFirst) throws SQLException {
        update(
                connection,
                "update lanes set state = 'READY' where lane in (select lane from lanes where state = 'WAITING'"
                        + " and next_at <= now() order by next_at limit 500 for update skip locked)");
        List<Grant> grants = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "with c as materialized (select lane from lanes where state = 'READY' order by "
                        + (oldestFirst ? "next_at" : "priority, next_at")
                        + " limit ? for update skip locked) update lanes l set state = 'LEASED', owner = ?,"
                        + " lease_until = " + LEASE_END
                        + ", fence = l.fence + 1 from c where l.lane = c.lane returning l.lane, l.fence")) {
            statement.setInt(1, n);
            statement.setString(2, settings.instance());
            statement.setInt(3, settings.leaseMs());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    grants.add(new Grant(rows.getString(1), rows.getLong(2)));
                }
            }
        }
        return grants;
    }

    @Override
    public int renew(Connection connection) throws SQLException {
        return update(
                connection,
                "update lanes set lease_until = " + LEASE_END + " where lane in (select lane from lanes where owner = ?"
                        + " and state = 'LEASED' order by lane for update skip locked)",
                settings.leaseMs(),
                settings.instance());
    }

    @Override
    public int reap(Connection connection) throws SQLException {
        return update(
                connection,
                "update lanes set state = 'READY', owner = null, fence = fence + 1, next_at = now() where lane in"
                        + " (select lane from lanes where state = 'LEASED' and lease_until < now()"
                        + " order by lease_until limit 1000 for update skip locked)");
    }

    @Override
    public int takeOwn(Connection connection) throws SQLException {
        return update(
                connection,
                "update lanes set state = 'READY', owner = null, fence = fence + 1 where state = 'LEASED' and owner = ?",
                settings.instance());
    }

    @Override
    public boolean passing(SQLException failure) {
        return "40P01".equals(failure.getSQLState()) || "40001".equals(failure.getSQLState());
    }
}
