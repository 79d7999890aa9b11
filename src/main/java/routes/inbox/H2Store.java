package routes.inbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The embedded store: one process, one writer. H2 acknowledges a commit before it is on disk and loses acknowledged
 * rows on a kill, so every durable commit is followed by {@code CHECKPOINT SYNC}. Its SKIP LOCKED walks the whole
 * backlog, so claims are a plain select and a batch update: with one writer nobody can come between.
 */
final class H2Store extends AnyStore {

    H2Store(EngineSettings settings) {
        super(settings);
    }

    @Override
    public void commit(Connection connection, boolean durable) throws SQLException {
        connection.commit();
        if (durable && settings.sync()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("checkpoint sync");
            }
        }
    }

    @Override
    public Map<String, Long> fences(Connection connection, Collection<String> lanes) throws SQLException {
        Map<String, Long> fences = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement("select fence from lanes where lane = ?")) {
            for (String lane : lanes) {
                statement.setString(1, lane);
                try (ResultSet row = statement.executeQuery()) {
                    if (row.next()) {
                        fences.put(lane, row.getLong(1));
                    }
                }
            }
        }
        return fences;
    }

    @Override
    public long[] next(Connection connection, String sequence, int n) throws SQLException {
        return next(connection, "select next value for %s from system_range(1, ?)", sequence, n);
    }

    @Override
    public Map<String, Arrived> arrive(Connection connection, Collection<Arrival> arrivals) throws SQLException {
        Map<String, Arrived> arrived = new HashMap<>();
        try (PreparedStatement find = connection.prepareStatement("select state, fence from lanes where lane = ?");
                PreparedStatement insert = connection.prepareStatement(
                        "insert into lanes (lane, state, pending, priority, next_at, owner, lease_until, fence)"
                                + " values (?, ?, ?, ?, now(), ?, null, 1)");
                PreparedStatement wake = connection.prepareStatement(
                        "update lanes set pending = pending + ?, state = ?, priority = ?, next_at = now(), owner = ?,"
                                + " fence = fence + 1 where lane = ?");
                PreparedStatement add = connection.prepareStatement(
                        "update lanes set pending = pending + ?, priority = least(priority, ?) where lane = ?")) {
            for (Arrival one : arrivals) {
                find.setString(1, one.lane());
                String state = null;
                long fence = 0;
                try (ResultSet row = find.executeQuery()) {
                    if (row.next()) {
                        state = row.getString(1);
                        fence = row.getLong(2);
                    }
                }
                String next = one.room() ? "LEASED" : "READY";
                String owner = one.room() ? settings.instance() : null;
                if (state == null) {
                    Batch.bind(insert, one.lane(), next, one.messages(), one.priority(), owner);
                    insert.addBatch();
                    arrived.put(one.lane(), new Arrived(1, one.room()));
                } else if (state.equals("IDLE")) {
                    Batch.bind(wake, one.messages(), next, one.priority(), owner, one.lane());
                    wake.addBatch();
                    arrived.put(one.lane(), new Arrived(fence + 1, one.room()));
                } else {
                    Batch.bind(add, one.messages(), one.priority(), one.lane());
                    add.addBatch();
                    arrived.put(one.lane(), new Arrived(fence, false));
                }
            }
            insert.executeBatch();
            wake.executeBatch();
            add.executeBatch();
        }
        return arrived;
    }

    @Override
    public List<Grant> claim(Connection connection, int n, boolean oldestFirst) throws SQLException {
        update(connection, "update lanes set state = 'READY' where state = 'WAITING' and next_at <= now()");
        List<Grant> grants = new ArrayList<>();
        try (PreparedStatement select =
                connection.prepareStatement("select lane, fence from lanes where state = 'READY' order by state, "
                        + (oldestFirst ? "next_at" : "priority, next_at") + " fetch first ? rows only")) {
            select.setInt(1, n);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    grants.add(new Grant(rows.getString(1), rows.getLong(2) + 1));
                }
            }
        }
        if (!grants.isEmpty()) {
            try (PreparedStatement take = connection.prepareStatement(
                    "update lanes set state = 'LEASED', owner = ?, fence = ? where lane = ?")) {
                for (Grant grant : grants) {
                    Batch.bind(take, settings.instance(), grant.fence(), grant.lane());
                    take.addBatch();
                }
                take.executeBatch();
            }
        }
        return grants;
    }

    @Override
    public int renew(Connection connection) {
        return 0; // one process: a lease ends with it
    }

    @Override
    public int reap(Connection connection) {
        return 0;
    }

    @Override
    public int takeOwn(Connection connection) throws SQLException {
        return update(
                connection, "update lanes set state = 'READY', owner = null, fence = fence + 1 where state = 'LEASED'");
    }

    @Override
    public boolean passing(SQLException failure) {
        return failure.getErrorCode() == 50200 || failure.getErrorCode() == 90131; // lock time-out, concurrent update
    }
}
