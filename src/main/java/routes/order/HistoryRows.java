package routes.order;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.inbox.Batch;
import routes.inbox.Operation;
import routes.inbox.Turn;

/** What happened to an order, in the order it happened. */
@Component
public class HistoryRows {

    /** A page can use no more; an order with a longer story is shown its latest part. */
    private static final int MOST_OF_ONE_ORDER = 1000;

    private static final int LONGEST_NOTE = 1000;

    private final JdbcClient store;

    public HistoryRows(JdbcClient store) {
        this.store = store;
    }

    /**
     * One verb that changed the order.
     *
     * @param walk which pass over the message it belongs to, 1 being the first
     * @param subject the matter inside the order ("P1"), empty for the order itself
     * @param who a person's login, or the name of the part that did it
     */
    public record HistoryRow(
            long id,
            long messageId,
            int walk,
            String step,
            String verb,
            String subject,
            String note,
            String who,
            Instant at) {}

    /** Adds what a turn's message did to an order; a note too long is cut. */
    static void add(
            Batch batch,
            Operation<?> operation,
            Turn turn,
            String orderNumber,
            String verb,
            String subject,
            String note,
            Instant at) {
        batch.add(
                Batch.FACT,
                operation,
                "insert into history (order_number, message_id, walk, step, verb, subject, note, who, at)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                orderNumber,
                turn.message().id(),
                turn.message().walk(),
                turn.step(),
                verb,
                subject,
                note.length() <= LONGEST_NOTE ? note : note.substring(0, LONGEST_NOTE),
                turn.message().who(),
                at);
    }

    /** The order's history, oldest first. */
    public List<HistoryRow> ofOrder(String orderNumber) {
        return store.sql("select * from (select id, message_id, walk, step, verb, subject, note, who, at from history"
                        + " where order_number = :order order by id desc limit :most) h order by h.id")
                .param("order", orderNumber)
                .param("most", MOST_OF_ONE_ORDER)
                .query((row, index) -> new HistoryRow(
                        row.getLong("id"),
                        row.getLong("message_id"),
                        row.getInt("walk"),
                        row.getString("step"),
                        row.getString("verb"),
                        row.getString("subject"),
                        row.getString("note"),
                        row.getString("who"),
                        row.getObject("at", OffsetDateTime.class).toInstant()))
                .list();
    }
}
