package routes.inbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads messages for people. RUNNING is nowhere written: a row keeps its state while its lane is leased, so that a crash
 * leaves nothing to clean up. The first unfinished message of a leased lane is the one that runs.
 */
@Component
public class MessageRows {

    /** More rows than one order's page can use; an order with more is shown its newest. */
    private static final int MOST_OF_ONE_ORDER = 500;

    private static final String COLUMNS = "select m.id, m.partner, m.topic, m.event_id, m.lane, m.step, m.attempts,"
            + " m.received_at, m.order_number, m.reason, ";

    /** Written as a list of constants, in this order: PostgreSQL's partial index on lanes is only used when it matches. */
    private static final String HEAD = "(select min(h.id) from inbox h"
            + " where h.lane = m.lane and h.state in ('RECEIVED', 'WAITING', 'PARKED'))";

    private static final String RUNS =
            "m.state in ('RECEIVED', 'WAITING') and coalesce(l.state, '') = 'LEASED' and m.id = " + HEAD;

    private static final String ANY = COLUMNS + "case when " + RUNS + " then 'RUNNING' else m.state end as shown_state"
            + " from inbox m left join lanes l on l.lane = m.lane where 1 = 1";

    /** Begins at the few leased lanes instead of walking through every message. */
    private static final String RUNNING = COLUMNS + "'RUNNING' as shown_state from"
            + " (select l.lane, (select min(h.id) from inbox h"
            + " where h.lane = l.lane and h.state in ('RECEIVED', 'WAITING', 'PARKED')) as head"
            + " from lanes l where l.state = 'LEASED') r"
            + " join inbox m on m.id = r.head where m.state in ('RECEIVED', 'WAITING')";

    private final JdbcClient store;

    public MessageRows(JdbcClient store) {
        this.store = store;
    }

    /** What a message can be said to be; the words of the equation, one more than the rows know. */
    public enum State {
        UNSORTED,
        RECEIVED,
        RUNNING,
        WAITING,
        PARKED,
        DONE,
        DISCARDED
    }

    /**
     * One message.
     *
     * @param lane null while it is not sorted
     * @param step where it stands, or where it failed; null before its first step
     * @param orderNumber null while it belongs to no order
     * @param reason why it waits, is parked or was discarded; null otherwise
     */
    public record MessageRow(
            long id,
            String partner,
            String topic,
            String eventId,
            String lane,
            State state,
            String step,
            int attempts,
            Instant receivedAt,
            String orderNumber,
            String reason) {}

    /**
     * A page of messages, newest first.
     *
     * @param state only these; null for all
     * @param orderNumber only this order's; null for all
     * @param below only messages older than this id; null from the newest
     * @param limit at most so many
     */
    public List<MessageRow> page(State state, String orderNumber, Long below, int limit) {
        StringBuilder sql = new StringBuilder(state == State.RUNNING ? RUNNING : ANY);
        if (state != null && state != State.RUNNING) {
            sql.append(" and m.state = :state");
        }
        if (state == State.RECEIVED || state == State.WAITING) {
            sql.append(" and not (").append(RUNS).append(")");
        }
        if (orderNumber != null) {
            sql.append(" and m.order_number = :order");
        }
        if (below != null) {
            sql.append(" and m.id < :below");
        }
        JdbcClient.StatementSpec query = store.sql(
                        sql.append(" order by m.id desc limit :limit").toString())
                .param("limit", limit);
        if (state != null && state != State.RUNNING) {
            query = query.param("state", state.name());
        }
        if (orderNumber != null) {
            query = query.param("order", orderNumber);
        }
        if (below != null) {
            query = query.param("below", below);
        }
        return query.query(MessageRows::message).list();
    }

    /** Everything one order was told, newest first. */
    public List<MessageRow> ofOrder(String orderNumber) {
        return page(null, orderNumber, null, MOST_OF_ONE_ORDER);
    }

    /** One message, if there is one of that id. */
    public Optional<MessageRow> find(long id) {
        return store.sql(ANY + " and m.id = :id")
                .param("id", id)
                .query(MessageRows::message)
                .optional();
    }

    private static MessageRow message(ResultSet row, int index) throws SQLException {
        State state = State.valueOf(row.getString("shown_state"));
        return new MessageRow(
                row.getLong("id"),
                row.getString("partner"),
                row.getString("topic"),
                row.getString("event_id"),
                row.getString("lane"),
                state,
                row.getString("step"),
                row.getInt("attempts"),
                row.getObject("received_at", OffsetDateTime.class).toInstant(),
                row.getString("order_number"),
                saysWhy(state) ? row.getString("reason") : null);
    }

    /** A row keeps the reason of its last stop; it explains nothing about a message that has moved on since. */
    private static boolean saysWhy(State state) {
        return state == State.WAITING || state == State.PARKED || state == State.DISCARDED;
    }
}
