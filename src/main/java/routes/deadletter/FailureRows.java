package routes.deadletter;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads failures for people: the open ones are the dead letters. */
@Component
public class FailureRows {

    private static final String COLUMNS = "select id, message_id, order_number, lane, step, walk, cause, detail, state,"
            + " since, ended_at, ended_by from failures";

    private final JdbcClient store;

    public FailureRows(JdbcClient store) {
        this.store = store;
    }

    /**
     * A message that failed at a step and was parked.
     *
     * @param orderNumber null while the message belongs to no order
     * @param cause a code of the cause catalogue
     * @param detail what was seen, in words
     * @param state OPEN until it is replayed, superseded or discarded
     * @param endedBy who ended it; null while it is open
     */
    public record FailureRow(
            long id,
            long messageId,
            String orderNumber,
            String lane,
            String step,
            int walk,
            String cause,
            String detail,
            String state,
            Instant since,
            Instant endedAt,
            String endedBy) {

        public boolean open() {
            return "OPEN".equals(state);
        }
    }

    /**
     * A page of dead letters, newest first.
     *
     * @param below only ids below this one; null from the newest
     */
    public List<FailureRow> open(Long below, int limit) {
        JdbcClient.StatementSpec query = store.sql(COLUMNS + " where state = 'OPEN'"
                        + (below == null ? "" : " and id < :below") + " order by id desc limit :limit")
                .param("limit", limit);
        if (below != null) {
            query = query.param("below", below);
        }
        return query.query(FailureRows::failure).list();
    }

    /** Everything of one order that ever failed for good, newest first; at most its latest hundred. */
    public List<FailureRow> ofOrder(String orderNumber) {
        return store.sql(COLUMNS + " where message_id in (select id from inbox where order_number = :order)"
                        + " order by id desc limit 100")
                .param("order", orderNumber)
                .query(FailureRows::failure)
                .list();
    }

    /** One failure, open or ended, if there is one of that id. */
    public Optional<FailureRow> find(long id) {
        return store.sql(COLUMNS + " where id = :id")
                .param("id", id)
                .query(FailureRows::failure)
                .optional();
    }

    /** How many dead letters there are. */
    public long countOpen() {
        return store.sql("select count(*) from failures where state = 'OPEN'")
                .query(Long.class)
                .single();
    }

    private static FailureRow failure(ResultSet row, int index) throws SQLException {
        OffsetDateTime endedAt = row.getObject("ended_at", OffsetDateTime.class);
        return new FailureRow(
                row.getLong("id"),
                row.getLong("message_id"),
                row.getString("order_number"),
                row.getString("lane"),
                row.getString("step"),
                row.getInt("walk"),
                row.getString("cause"),
                row.getString("detail"),
                row.getString("state"),
                row.getObject("since", OffsetDateTime.class).toInstant(),
                endedAt == null ? null : endedAt.toInstant(),
                row.getString("ended_by"));
    }
}
