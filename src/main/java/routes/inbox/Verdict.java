package routes.inbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/**
 * A person's word on a parked message instead of another try: it was done by hand, or it needs nothing done. The lane goes
 * on behind it. Saying so twice changes nothing the second time.
 */
public final class Verdict extends Operation<Boolean> {

    private enum Kind {
        DONE_BY_HAND,
        DISCARDED,
        SUPERSEDED,
        RESTORED
    }

    private final Kind kind;
    private final long messageId;
    private final String who;
    private final String why;
    private final String reference;

    private Verdict(Kind kind, long messageId, String who, String why, String reference) {
        super(null);
        this.kind = kind;
        this.messageId = messageId;
        this.who = who;
        this.why = why;
        this.reference = reference;
    }

    /** What the message asks for was done outside the hub; {@code reference} is where it can be seen. */
    public static Verdict doneByHand(long messageId, String who, String reference, String why) {
        return new Verdict(Kind.DONE_BY_HAND, messageId, who, why, reference);
    }

    /** The message needs nothing done. */
    public static Verdict discarded(long messageId, String who, String why) {
        return new Verdict(Kind.DISCARDED, messageId, who, why, null);
    }

    /** Another message takes its place. */
    public static Verdict superseded(long messageId, String who, String why) {
        return new Verdict(Kind.SUPERSEDED, messageId, who, why, null);
    }

    /** A discarded message is tried again from the step where it stood; whatever of its lane went on meanwhile stays done. */
    public static Verdict restored(long messageId, String who, String why) {
        return new Verdict(Kind.RESTORED, messageId, who, why, null);
    }

    @Override
    protected String kind() {
        return "verdict";
    }

    @Override
    protected void write(Batch batch) {}

    @Override
    protected void read(Connection connection) throws SQLException {
        result(false);
        String from = kind == Kind.RESTORED ? "DISCARDED" : "PARKED";
        String lane;
        try (PreparedStatement select =
                connection.prepareStatement("select lane from inbox where id = ? and state = ?")) {
            Batch.bind(select, messageId, from);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return;
                }
                lane = row.getString(1);
            }
        }
        Instant now = Instant.now();
        if (kind == Kind.RESTORED) {
            restore(connection, lane, now);
            return;
        }
        String reason =
                kind == Kind.DONE_BY_HAND ? "DONE_BY_HAND" : kind == Kind.SUPERSEDED ? "SUPERSEDED" : "BY_STAFF";
        if (Resumption.update(
                        connection,
                        "update inbox set state = ?, reason = ?, decided_by = ?, finished_at = ?, next_at = null"
                                + " where id = ? and state = 'PARKED'",
                        kind == Kind.DONE_BY_HAND ? "DONE" : "DISCARDED",
                        reason,
                        who,
                        now,
                        messageId)
                == 0) {
            return;
        }
        Resumption.endFailures(connection, messageId, kind.name(), null, why, reference, who, now);
        if (lane != null) {
            Resumption.update(
                    connection,
                    "update lanes set pending = pending - 1, next_at = now(), state = case when pending > 1 then 'READY'"
                            + " else 'IDLE' end where lane = ? and state = 'PARKED'",
                    lane);
        }
        result(true);
    }

    private void restore(Connection connection, String lane, Instant now) throws SQLException {
        if (Resumption.update(
                        connection,
                        "update inbox set state = ?, reason = null, decided_by = null, finished_at = null, attempts = 0"
                                + " where id = ? and state = 'DISCARDED' and exists (select 1 from failures f"
                                + " where f.message_id = inbox.id and f.state = 'DISCARDED')",
                        lane == null ? "UNSORTED" : "RECEIVED",
                        messageId)
                == 0) {
            return;
        }
        Resumption.update(
                connection,
                "update failures set state = 'REPLAYED', ended_how = 'restored', ended_why = ?, ended_by = ?, ended_at = ?"
                        + " where message_id = ? and state = 'DISCARDED'",
                why,
                who,
                now,
                messageId);
        if (lane != null) {
            Resumption.update(
                    connection,
                    "update lanes set pending = pending + 1, fence = case when state = 'IDLE' then fence + 1 else fence end,"
                            + " next_at = case when state = 'IDLE' then now() else next_at end,"
                            + " state = case when state = 'IDLE' then 'READY' else state end where lane = ?",
                    lane);
        }
        result(true);
    }
}
