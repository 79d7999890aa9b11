package routes.inbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tries the messages again whose order nobody knew when they came: a reference written since leads them to their lane;
 * those that stay unknown for too long are parked as {@code ORDER_UNKNOWN}.
 */
final class Sorter extends Operation<Integer> {

    private static final int MOST = 500;

    /** A message that belongs to no order has no promise; somebody should look at it within this time. */
    private static final Duration UNKNOWN_DUE = Duration.ofHours(8);

    private record Placed(long id, String lane, int priority) {}

    private final Store store;
    private final Instant parkBefore;

    Sorter(Store store, Instant parkBefore) {
        super(null);
        this.store = store;
        this.parkBefore = parkBefore;
    }

    @Override
    protected String kind() {
        return "sort";
    }

    @Override
    protected void write(Batch batch) {}

    @Override
    protected void read(Connection connection) throws SQLException {
        result(place(connection) + park(connection) + CancelRequests.supersede(connection));
    }

    private int place(Connection connection) throws SQLException {
        List<Placed> placed = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                        "select i.id, i.priority, r.order_number, r.subject from inbox i join order_refs r"
                                + " on r.external_id = i.correlation and r.kind = i.ref_kind"
                                + " where i.state = 'UNSORTED' order by i.id fetch first " + MOST + " rows only");
                PreparedStatement update = connection.prepareStatement(
                        "update inbox set state = 'RECEIVED', lane = ?, order_number = ?, subject = ?"
                                + " where id = ? and state = 'UNSORTED'")) {
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    String lane = Inbox.lane(rows.getString(3), rows.getString(4));
                    Batch.bind(update, lane, rows.getString(3), rows.getString(4), rows.getLong(1));
                    update.addBatch();
                    placed.add(new Placed(rows.getLong(1), lane, rows.getInt(2)));
                }
            }
            if (placed.isEmpty()) {
                return 0;
            }
            int[] counts = update.executeBatch();
            Map<String, Store.Arrival> arrivals = new TreeMap<>();
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] != 0) {
                    Placed one = placed.get(i);
                    arrivals.merge(
                            one.lane(),
                            new Store.Arrival(one.lane(), 1, one.priority(), false),
                            (a, b) -> new Store.Arrival(
                                    a.lane(), a.messages() + 1, Math.min(a.priority(), b.priority()), false));
                }
            }
            store.arrive(connection, arrivals.values());
        }
        return placed.size();
    }

    private int park(Connection connection) throws SQLException {
        List<Long> old = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "select id, topic, correlation from inbox where state = 'UNSORTED' and received_at < ? order by id"
                        + " fetch first " + MOST + " rows only")) {
            Batch.bind(select, parkBefore);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    old.add(rows.getLong(1));
                }
            }
        }
        for (long id : old) {
            try (PreparedStatement park = connection.prepareStatement(
                            "update inbox set state = 'PARKED', reason = 'ORDER_UNKNOWN' where id = ?"
                                    + " and state = 'UNSORTED'");
                    PreparedStatement failure = connection.prepareStatement(
                            "insert into failures (message_id, step, walk, cause, detail, exception, state, since, fingerprint,"
                                    + " grouped_by, audience, due_at) select id, topic, walk, 'ORDER_UNKNOWN',"
                                    + " 'No order answers to ' || coalesce(correlation, '(nothing)'), '', 'OPEN', ?,"
                                    + " '1-order-unknown', '{\"cause\":\"ORDER_UNKNOWN\"}', 'staff', ?"
                                    + " from inbox where id = ?");
                    PreparedStatement count = connection.prepareStatement(Resumption.COUNT)) {
                Batch.bind(park, id);
                if (park.executeUpdate() == 1) {
                    Instant now = Instant.now();
                    Batch.bind(failure, now, now.plus(UNKNOWN_DUE), id);
                    failure.executeUpdate();
                    Batch.bind(count, "1-order-unknown", null, id, 1, now);
                    count.executeUpdate();
                }
            }
        }
        return old.size();
    }
}
