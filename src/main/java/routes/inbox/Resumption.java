package routes.inbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/**
 * Lets a parked message run again. Doing so twice changes nothing the second time: only a parked message and a parked lane
 * are touched.
 */
public final class Resumption extends Operation<Boolean> {

    /** One line in the count of an incident; folded into it once a second. */
    static final String COUNT = "insert into incident_deltas (fingerprint, order_number, message_id, step_by, at)"
            + " values (?, ?, ?, ?, ?)";

    /** Beside live traffic a replay of many waits its turn. */
    public static final int AFTER_LIVE = 9;

    /**
     * How it runs again.
     *
     * @param why what makes it worth trying: {@code unchanged}, {@code repaired}, {@code value-map}, {@code partner-back},
     *     {@code bulk}, {@code done-by-hand}
     * @param step where it goes on in a new walk; null = where it stands, in the same walk, with all that is done kept
     * @param behindLive whether live traffic goes first
     * @param poisonToo whether a message that is locked for staff may run
     */
    public record Way(String why, String step, boolean behindLive, boolean poisonToo) {

        /** This step, as it is. */
        public static Way unchanged() {
            return new Way("unchanged", null, false, false);
        }
    }

    private final long messageId;
    private final String who;
    private final Way way;
    private String note;
    private String reference;

    /** This step, as it is. */
    public Resumption(long messageId, String who) {
        this(messageId, who, Way.unchanged());
    }

    public Resumption(long messageId, String who, Way way) {
        super(null);
        this.messageId = messageId;
        this.who = who;
        this.way = way;
    }

    /**
     * Keeps with the failure what somebody says of it.
     *
     * @param where the reference under which it can be seen at the partner
     */
    public Resumption saying(String words, String where) {
        note = words;
        reference = where;
        return this;
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
        if (!way.poisonToo() && isPoison(connection)) {
            refuse(new Refused("POISON", "It failed the same way after two replays; an engineer must look first"));
            return;
        }
        // A message nobody could sort goes back to the sorter, with its patience renewed.
        String state = lane == null ? "UNSORTED" : "RECEIVED";
        Instant now = Instant.now();
        if (update(
                        connection,
                        "update inbox set state = ?, attempts = 0, next_at = null, received_at = case when lane is null"
                                + " then ? else received_at end, step = coalesce(?, step), walk = walk + ?"
                                + " where id = ? and state = 'PARKED'",
                        state,
                        now,
                        way.step(),
                        way.step() == null ? 0 : 1,
                        messageId)
                == 0) {
            return;
        }
        endFailures(connection, messageId, "REPLAYED", way.why(), note, reference, who, now);
        if (lane != null) {
            update(
                    connection,
                    "update lanes set state = 'READY', next_at = now(), priority = case when ? then " + AFTER_LIVE
                            + " else priority end where lane = ? and state = 'PARKED'",
                    way.behindLive(),
                    lane);
        }
        result(true);
    }

    private boolean isPoison(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select 1 from failures where message_id = ? and state = 'OPEN' and poison")) {
            Batch.bind(select, messageId);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Ends the open failures of a message, counts them off, and, where it runs again, has its end looked out for. */
    static void endFailures(
            Connection connection,
            long messageId,
            String state,
            String how,
            String why,
            String reference,
            String who,
            Instant now)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select id, fingerprint, order_number from failures where message_id = ? and state = 'OPEN'")) {
            Batch.bind(select, messageId);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    update(connection, COUNT, row.getString(2), row.getString(3), messageId, -1, now);
                    if (state.equals("REPLAYED")) {
                        update(connection, "delete from replays where message_id = ?", messageId);
                        update(
                                connection,
                                "insert into replays (message_id, failure_id, fingerprint, at) values (?, ?, ?, ?)",
                                messageId,
                                row.getLong(1),
                                row.getString(2),
                                now);
                    }
                }
            }
        }
        update(
                connection,
                "update failures set state = ?, ended_at = ?, ended_by = ?, ended_how = ?, ended_why = ?, reference = ?"
                        + " where message_id = ? and state = 'OPEN'",
                state,
                now,
                who,
                how,
                why,
                reference,
                messageId);
    }

    static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Batch.bind(statement, values);
            return statement.executeUpdate();
        }
    }
}
