package routes.inbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/**
 * Lets a parked message run again from the step where it stands. Doing so twice changes nothing the second time: only
 * a parked message and a parked lane are touched.
 */
public final class Resumption extends Operation<Boolean> {

    private final long messageId;
    private final String who;

    public Resumption(long messageId, String who) {
        super(null);
        this.messageId = messageId;
        this.who = who;
    }

    @Override
    protected String kind() {
        return "replay";
    }

    @Override
    protected void write(Batch batch) {}

    @Override
    protected void read(Connection connection) throws SQLException {
        result(false);
        String lane;
        try (PreparedStatement select =
                connection.prepareStatement("select lane from inbox where id = ? and state = 'PARKED'")) {
            Batch.bind(select, messageId);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return;
                }
                lane = row.getString(1);
            }
        }
        // A message nobody could sort goes back to the sorter, with its patience renewed.
        String state = lane == null ? "UNSORTED" : "RECEIVED";
        if (update(
                        connection,
                        "update inbox set state = ?, attempts = 0, next_at = null, received_at = case when lane is null"
                                + " then ? else received_at end where id = ? and state = 'PARKED'",
                        state,
                        Instant.now(),
                        messageId)
                == 0) {
            return;
        }
        update(
                connection,
                "update failures set state = 'REPLAYED', ended_at = ?, ended_by = ? where message_id = ?"
                        + " and state = 'OPEN'",
                Instant.now(),
                who,
                messageId);
        if (lane != null) {
            update(
                    connection,
                    "update lanes set state = 'READY', next_at = now() where lane = ? and state = 'PARKED'",
                    lane);
        }
        result(true);
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Batch.bind(statement, values);
            return statement.executeUpdate();
        }
    }
}
