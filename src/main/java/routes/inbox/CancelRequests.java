package routes.inbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/**
 * A cancel is seen at once, whatever waits (promise P3): the wish is a row from the commit that takes it in. While it
 * stands, intents to send, capture or tell refuse; and what waits or is parked in front of it in the order's own lane
 * ends as {@code SUPERSEDED}, so that the cancel can run.
 */
public final class CancelRequests {

    private static final int LOOK_AGAIN_AFTER_MS = 1_000;

    /** The step that sends goods, in lanes of its own; whether one was sent is found out by the cancel itself. */
    private static final String RELEASE = "fulfilment.release";

    private CancelRequests() {}

    /** Adds the guard: while a cancel of this order stands, the operation is refused with {@link NotYet}. */
    public static void refuseWhileOneStands(
            Batch batch, Operation<?> operation, String orderNumber, Consumer<RuntimeException> refuse) {
        batch.add(
                Batch.GUARD,
                operation,
                standing -> {
                    if (standing > 0) {
                        refuse.accept(new NotYet(
                                "CANCEL_PENDING",
                                LeaseClock.now().plusMillis(LOOK_AGAIN_AFTER_MS),
                                "Order " + orderNumber + " is being cancelled"));
                    }
                },
                "update cancel_requests set at = at where order_number = ?",
                orderNumber);
    }

    /** Writes the wish down with the change of a verb. */
    public static void stand(Batch batch, Operation<?> operation, String orderNumber, long messageId) {
        batch.add(
                Batch.FACT,
                operation,
                "insert into cancel_requests (order_number, message_id, at) values (?, ?, ?) on conflict do nothing",
                orderNumber,
                messageId,
                Instant.now());
    }

    /** The wish is refused or was for a part only: what is left of the order goes on. */
    public static void lift(Batch batch, Operation<?> operation, String orderNumber) {
        batch.add(Batch.FACT, operation, "delete from cancel_requests where order_number = ?", orderNumber);
    }

    static void enter(Connection connection, List<Take> takes) throws SQLException {
        boolean any = false;
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into cancel_requests (order_number, message_id, at) values (?, ?, ?) on conflict do nothing")) {
            for (Take take : takes) {
                if (take.cancels && take.orderNumber != null) {
                    Batch.bind(insert, take.orderNumber, take.id, take.receivedAt);
                    insert.addBatch();
                    any = true;
                }
            }
            if (any) {
                insert.executeBatch();
            }
        }
        if (any) {
            supersede(connection);
        }
    }

    /** Ends what waits or is parked in front of a cancel; also run by a slow clock for what began to wait later. */
    static int supersede(Connection connection) throws SQLException {
        int ended = 0;
        try (PreparedStatement select = connection.prepareStatement(
                        "select i.id, i.lane from cancel_requests c join inbox i on i.lane = c.order_number"
                                + " where i.state in ('WAITING', 'PARKED') and i.id < c.message_id"
                                + " union all select i.id, i.lane from cancel_requests c join inbox i"
                                + " on i.order_number = c.order_number where i.topic = '" + RELEASE
                                + "' and i.state in ('WAITING', 'PARKED') and i.id < c.message_id");
                PreparedStatement end = connection.prepareStatement(
                        "update inbox set state = 'DISCARDED', reason = 'SUPERSEDED', decided_by = 'hub', next_at = null,"
                                + " finished_at = ? where id = ? and state in ('WAITING', 'PARKED')");
                PreparedStatement free = connection.prepareStatement(
                        "update lanes set pending = pending - 1, state = case when pending > 1 then 'READY' else 'IDLE' end,"
                                + " next_at = now(), fence = fence + 1 where lane = ? and state in ('WAITING', 'PARKED', 'READY')")) {
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    Instant now = Instant.now();
                    Batch.bind(free, rows.getString(2));
                    // A lane that a worker has just taken is left to it; the clock comes back.
                    if (free.executeUpdate() == 1) {
                        Batch.bind(end, now, rows.getLong(1));
                        end.executeUpdate();
                        Resumption.endFailures(
                                connection, rows.getLong(1), "SUPERSEDED", "cancelled", null, null, "hub", now);
                        ended++;
                    }
                }
            }
        }
        return ended;
    }
}
