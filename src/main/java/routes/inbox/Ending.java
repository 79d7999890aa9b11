package routes.inbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;

/** How a turn ends, written by the consumer or a policy itself, whatever the exchange says. */
public final class Ending extends Operation<Integer> {

    private enum Kind {
        DONE,
        DISCARDED,
        WAITING,
        PARKED,
        GO_ON,
        LET_GO
    }

    private static final String LEAVE_LANE =
            "update lanes set pending = pending - 1, state = case when pending > 1 then state else 'IDLE' end,"
                    + " owner = case when pending > 1 then owner end where lane = ? and fence = ?";
    private static final String HOLD_LANE =
            "update lanes set state = ?, next_at = ?, owner = null where lane = ? and fence = ?";

    private final Kind kind;
    private final String reason;
    private final String who;
    private final Instant nextAt;
    private final boolean counted;
    private final Parking parking;
    private final String to;
    private int left;

    /** @param to the step it goes on at, or the partner it waits for */
    private Ending(
            Turn turn,
            Kind kind,
            String reason,
            String who,
            Instant nextAt,
            boolean counted,
            Parking parking,
            String to) {
        super(turn);
        this.kind = kind;
        this.reason = reason;
        this.who = who;
        this.nextAt = nextAt;
        this.counted = counted;
        this.parking = parking;
        this.to = to;
    }

    static Ending done(Turn turn) {
        return new Ending(turn, Kind.DONE, null, null, null, false, null, null);
    }

    static Ending letGo(Turn turn) {
        return new Ending(turn, Kind.LET_GO, null, null, null, false, null, null);
    }

    /** The message needs nothing done; {@code reason} is a named cause. */
    public static Ending discarded(Turn turn, String reason, String who) {
        return new Ending(turn, Kind.DISCARDED, reason, who, null, false, null, null);
    }

    /** The lane waits as a row; {@code counted} says whether this was a try that used up an attempt. */
    public static Ending waiting(Turn turn, Instant nextAt, boolean counted, String reason) {
        return new Ending(turn, Kind.WAITING, reason, null, nextAt, counted, null, null);
    }

    /** The message goes on at another step, in a turn of its own: what led there is history, not an open failure. */
    public static Ending goOn(Turn turn, String step, String reason) {
        return new Ending(turn, Kind.GO_ON, reason, null, null, false, null, step);
    }

    /**
     * The lane waits until a partner is back; it is let go with the others that wait for it, at the latest at {@code nextAt}.
     * This uses up no attempt.
     */
    public static Ending waitingFor(Turn turn, String partner, Instant nextAt, String reason) {
        return new Ending(turn, Kind.WAITING, reason, null, nextAt, false, null, partner);
    }

    /** The dead letter channel: the same row in another state, with its failure beside it. */
    public static Ending parked(Turn turn, String cause, String detail, String exception) {
        return parked(turn, Parking.bare(cause, detail, exception));
    }

    /** As above, with all that is known. */
    public static Ending parked(Turn turn, Parking parking) {
        return new Ending(turn, Kind.PARKED, parking.cause(), null, null, false, parking, null);
    }

    @Override
    protected String kind() {
        return switch (kind) {
            case DONE, DISCARDED, LET_GO -> "done";
            case WAITING, GO_ON -> "wait";
            case PARKED -> "park";
        };
    }

    @Override
    protected void write(Batch batch) {
        Turn turn = turn();
        Message message = turn.message();
        Instant now = Instant.now();
        switch (kind) {
            case DONE, DISCARDED -> {
                batch.add(
                        Batch.MESSAGE,
                        this,
                        "update inbox set state = ?, reason = coalesce(?, reason), decided_by = ?, finished_at = ?,"
                                + " next_at = null where id = ?",
                        kind.name(),
                        reason,
                        who,
                        now,
                        message.id());
                batch.add(Batch.LANE, this, LEAVE_LANE, message.lane(), turn.fence());
            }
            case WAITING -> {
                batch.add(
                        Batch.MESSAGE,
                        this,
                        "update inbox set state = 'WAITING', reason = ?, next_at = ?, attempts = attempts + ?"
                                + " where id = ?",
                        reason,
                        nextAt,
                        counted ? 1 : 0,
                        message.id());
                if (to != null) {
                    batch.add(
                            Batch.FACT,
                            this,
                            "insert into partner_waits (partner, message_id, lane, since) values (?, ?, ?, ?)"
                                    + " on conflict do nothing",
                            to,
                            message.id(),
                            message.lane(),
                            now);
                }
                batch.add(Batch.LANE, this, HOLD_LANE, "WAITING", nextAt, message.lane(), turn.fence());
            }
            case PARKED -> {
                batch.add(
                        Batch.MESSAGE,
                        this,
                        "update inbox set state = 'PARKED', reason = ?, next_at = null, attempts = attempts + 1"
                                + " where id = ?",
                        reason,
                        message.id());
                writeFailure(batch, now);
                batch.add(Batch.LANE, this, HOLD_LANE, "PARKED", now, message.lane(), turn.fence());
            }
            case GO_ON -> {
                // Written down with the order's history: from now on the message resumes at that step.
                batch.add(
                        Batch.FACT,
                        this,
                        "insert into history (order_number, message_id, walk, step, verb, subject, note, who, at)"
                                + " values (?, ?, ?, ?, 'went-without', ?, ?, ?, ?)",
                        message.orderNumber(),
                        message.id(),
                        message.walk(),
                        turn.step(),
                        message.subject(),
                        cut(reason, 1000),
                        message.who(),
                        now);
                turn.step(to);
                batch.add(
                        Batch.MESSAGE,
                        this,
                        "update inbox set state = 'WAITING', reason = ?, next_at = ?, step = ?, attempts = 0 where id = ?",
                        cut(reason, 300),
                        now,
                        to,
                        message.id());
                batch.add(Batch.LANE, this, HOLD_LANE, "WAITING", now, message.lane(), turn.fence());
            }
            case LET_GO -> batch.add(Batch.LANE, this, HOLD_LANE, "READY", now, message.lane(), turn.fence());
        }
    }

    private void writeFailure(Batch batch, Instant now) {
        Message message = turn().message();
        batch.add(
                Batch.FACT,
                this,
                "insert into failures (message_id, order_number, lane, step, walk, cause, detail, exception, state, since,"
                        + " fingerprint, grouped_by, audience, partner, operation, status, node, revisions, due_at,"
                        + " currency, amount_minor, value_map, value_text, same_way, poison)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?, 'OPEN', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                message.id(),
                message.orderNumber(),
                message.lane(),
                turn().step() == null ? message.topic() : turn().step(),
                message.walk(),
                parking.cause(),
                cut(parking.detail(), 2000),
                parking.exception(),
                now,
                parking.fingerprint(),
                cut(parking.groupedBy(), 1500),
                parking.audience(),
                parking.partner(),
                parking.operation(),
                parking.status(),
                parking.node() == null ? null : cut(parking.node(), 400),
                parking.revisions() == null ? null : cut(parking.revisions(), 300),
                parking.dueAt(),
                parking.currency(),
                parking.amountMinor(),
                parking.valueMap(),
                parking.valueText() == null ? null : cut(parking.valueText(), 200),
                parking.sameWay(),
                parking.poison());
        batch.add(
                Batch.FACT, this, Resumption.COUNT, parking.fingerprint(), message.orderNumber(), message.id(), 1, now);
    }

    @Override
    protected void read(Connection connection) throws SQLException {
        if (kind != Kind.DONE && kind != Kind.DISCARDED) {
            left = 0;
            result(0);
            return;
        }
        try (PreparedStatement select =
                connection.prepareStatement("select pending from lanes where lane = ? and fence = ?")) {
            Batch.bind(select, turn().message().lane(), turn().fence());
            try (ResultSet row = select.executeQuery()) {
                left = row.next() ? row.getInt(1) : 0;
                result(left);
            }
        }
    }

    @Override
    protected void committed() {
        turn().end(kind.name().toLowerCase(Locale.ROOT), left);
    }

    private static String cut(String text, int length) {
        return text == null ? "" : text.length() <= length ? text : text.substring(0, length);
    }
}
