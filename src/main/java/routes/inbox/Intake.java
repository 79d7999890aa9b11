package routes.inbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes all messages taken in by one group commit: the idempotent consumer drops what was seen, the sorter finds each
 * message's lane by its reference, and an idle lane goes straight to a waiting worker.
 */
final class Intake {

    private static final String INBOX =
            "insert into inbox (id, partner, shop, topic, event_id, ref_kind, correlation, lane, order_number, subject,"
                    + " priority, received_at, state, step, walk, attempts, reason)"
                    + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null, 0, 0, ?)";

    private record Matter(String orderNumber, String subject) {}

    private final Store store;
    private final ObjectMapper json;
    private final Lanes lanes;

    Intake(Store store, ObjectMapper json, Lanes lanes) {
        this.store = store;
        this.json = json;
        this.lanes = lanes;
    }

    void write(Connection connection, List<Operation<?>> group) throws SQLException {
        List<Take> takes = new ArrayList<>();
        for (Operation<?> operation : group) {
            if (operation instanceof Take take) {
                take.abandoned();
                take.handed = null;
                take.duplicate = false;
                take.unsort();
                if (!take.refused()) {
                    takes.add(take);
                }
            }
        }
        if (takes.isEmpty()) {
            return;
        }
        lanes.arrivedAtDoors((int)
                takes.stream().filter(take -> !take.partner.equals(Inbox.HUB)).count());
        List<Take> fresh = dropSeen(connection, takes);
        if (fresh.isEmpty()) {
            return;
        }
        sort(connection, fresh);
        store(connection, fresh);
        enterLanes(connection, fresh);
        CancelRequests.enter(connection, fresh);
    }

    private List<Take> dropSeen(Connection connection, List<Take> takes) throws SQLException {
        List<Take> fresh = new ArrayList<>(takes.size());
        List<Take> known = new ArrayList<>();
        int[] counts = see(connection, takes);
        for (int i = 0; i < counts.length; i++) {
            (counts[i] == 0 ? known : fresh).add(takes.get(i));
        }
        for (Take take : known) {
            if (bodyBefore(connection, take).equals(take.sha256)) {
                take.duplicate = true;
            } else {
                // The same event id with another body: both are kept, and the second says so.
                take.eventId = take.eventId + "#" + take.sha256.substring(0, 12);
                take.flagged = true;
                take.duplicate = see(connection, List.of(take))[0] == 0;
                if (!take.duplicate) {
                    fresh.add(take);
                }
            }
        }
        long duplicates = takes.stream().filter(take -> take.duplicate).count();
        if (duplicates > 0) {
            try (PreparedStatement insert =
                    connection.prepareStatement("insert into duplicates (at, n) values (?, ?)")) {
                Batch.bind(insert, takes.get(0).receivedAt, (int) duplicates);
                insert.executeUpdate();
            }
        }
        return fresh;
    }

    private static int[] see(Connection connection, List<Take> takes) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into seen (event_id, topic, partner, shop, body_sha256, seen_at) values (?, ?, ?, ?, ?, ?)"
                        + " on conflict do nothing")) {
            for (Take take : takes) {
                Batch.bind(insert, take.eventId, take.topic, take.partner, take.shop, take.sha256, take.receivedAt);
                insert.addBatch();
            }
            return insert.executeBatch();
        }
    }

    private static String bodyBefore(Connection connection, Take take) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select body_sha256 from seen where event_id = ? and topic = ? and partner = ? and shop = ?")) {
            Batch.bind(select, take.eventId, take.topic, take.partner, take.shop);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getString(1) : "";
            }
        }
    }

    /** Reference to lane. A message nobody can place stays UNSORTED and is tried again by the {@link Sorter}. */
    private void sort(Connection connection, List<Take> takes) throws SQLException {
        Map<String, Matter> known = new HashMap<>();
        List<Take> lost = new ArrayList<>();
        for (Take take : takes) {
            if (take.orderNumber == null && take.correlation != null) {
                Matter matter = find(connection, take, known);
                if (matter == null) {
                    lost.add(take);
                } else {
                    place(take, matter);
                }
            }
        }
        open(connection, lost, known);
        for (Take take : takes) {
            if (take.orderNumber != null && take.lane == null) {
                take.lane = Inbox.lane(take.orderNumber, take.subject);
            }
        }
    }

    private static String refKey(Take take) {
        return take.refPartner + "|" + take.refKind + "|" + take.correlation;
    }

    private static void place(Take take, Matter matter) {
        take.place(matter.orderNumber(), matter.subject());
    }

    private static Matter find(Connection connection, Take take, Map<String, Matter> known) throws SQLException {
        Matter matter = known.get(refKey(take));
        if (matter != null) {
            return matter;
        }
        try (PreparedStatement select = connection.prepareStatement("select order_number, subject from order_refs"
                + " where external_id = ? and kind = ? and partner = ?")) {
            Batch.bind(select, take.correlation, take.refKind, take.refPartner);
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    matter = new Matter(row.getString(1), row.getString(2));
                    known.put(refKey(take), matter);
                }
            }
        }
        return matter;
    }

    /** The first word of an order gives it its number, and its reference in the same commit. */
    private void open(Connection connection, List<Take> lost, Map<String, Matter> known) throws SQLException {
        List<Take> opening = lost.stream().filter(take -> take.opensOrder).toList();
        if (opening.isEmpty()) {
            return;
        }
        long[] numbers = store.next(connection, "order_numbers", opening.size());
        for (int i = 0; i < numbers.length; i++) {
            Take take = opening.get(i);
            Matter matter = known.get(refKey(take));
            if (matter == null) {
                matter = new Matter("OH-" + numbers[i], "");
                try (PreparedStatement insert = connection.prepareStatement(
                        "insert into order_refs (external_id, kind, partner, order_number, subject)"
                                + " values (?, ?, ?, ?, '') on conflict do nothing")) {
                    Batch.bind(insert, take.correlation, take.refKind, take.refPartner, matter.orderNumber());
                    if (insert.executeUpdate() == 0) {
                        matter = find(connection, take, known); // another instance was first
                    }
                }
                known.put(refKey(take), matter);
            }
            place(take, matter);
        }
    }

    private void store(Connection connection, List<Take> takes) throws SQLException {
        long[] ids = store.next(connection, "inbox_ids", takes.size());
        try (PreparedStatement row = connection.prepareStatement(INBOX);
                PreparedStatement bytes = connection.prepareStatement(
                        "insert into inbox_bodies (id, headers, body_sha256, body) values (?, ?, ?, ?)");
                PreparedStatement count =
                        connection.prepareStatement("insert into intakes (first_id, n, taken_at) values (?, ?, ?)")) {
            for (int i = 0; i < ids.length; i++) {
                Take take = takes.get(i);
                take.id = ids[i];
                Batch.bind(
                        row,
                        take.id,
                        take.partner,
                        take.shop,
                        take.topic,
                        take.eventId,
                        take.refKind,
                        take.correlation,
                        take.lane,
                        take.orderNumber,
                        take.subject,
                        take.priority,
                        take.receivedAt,
                        take.lane == null ? "UNSORTED" : "RECEIVED",
                        take.flagged ? "EVENT_ID_REUSED" : null);
                row.addBatch();
                Batch.bind(bytes, take.id, write(take.headers), take.sha256, take.body);
                bytes.addBatch();
            }
            row.executeBatch();
            bytes.executeBatch();
            Batch.bind(count, ids[0], ids.length, takes.get(0).receivedAt);
            count.executeUpdate();
        }
    }

    private String write(Map<String, String> headers) {
        try {
            return json.writeValueAsString(headers);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private void enterLanes(Connection connection, List<Take> takes) throws SQLException {
        Map<String, List<Take>> byLane = new LinkedHashMap<>();
        for (Take take : takes) {
            if (take.lane != null) {
                byLane.computeIfAbsent(take.lane, lane -> new ArrayList<>()).add(take);
            }
        }
        if (byLane.isEmpty()) {
            return;
        }
        List<Store.Arrival> arrivals = new ArrayList<>(byLane.size());
        byLane.forEach((lane, messages) -> {
            Take first = messages.get(0);
            first.room = lanes.takeRoom();
            int priority =
                    messages.stream().mapToInt(take -> take.priority).min().orElse(Inbox.NORMAL);
            arrivals.add(new Store.Arrival(lane, messages.size(), priority, first.room));
        });
        Map<String, Store.Arrived> arrived = store.arrive(connection, arrivals);
        arrived.forEach((lane, where) -> {
            if (where.mine()) {
                byLane.get(lane).get(0).handed = where;
            }
        });
    }
}
