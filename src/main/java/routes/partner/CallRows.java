package routes.partner;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.guard.CardNumbers;

/** Reads what was said to partners about an order, and what they answered. */
@Component
public class CallRows {

    /** A page can use no more; of an order with more calls the latest are shown. */
    private static final int MOST_OF_ONE_ORDER = 500;

    /** What an effect says stands with the effect. */
    private static final String CALLS = "select c.id, c.effect_key, c.message_id, c.step, c.operation,"
            + " coalesce(c.request, e.request) as request,"
            + " coalesce(c.answer, case when c.outcome = 'ANSWERED' then e.answer end) as answer, c.status, c.outcome,"
            + " c.detail, c.took_ms, c.at, c.mapping_revision"
            + " from partner_calls c left join effects e on e.effect_key = c.effect_key";

    private final JdbcClient store;

    public CallRows(JdbcClient store) {
        this.store = store;
    }

    /**
     * One attempt.
     *
     * @param effectKey the key of the effect it belongs to; null for a read
     * @param request what was sent, without what proves who we are
     * @param answer as it came; null when none did
     * @param status HTTP status; null when no answer came
     * @param tookMs milliseconds from sending to the answer or to giving up
     */
    public record CallRow(
            long id,
            String effectKey,
            long messageId,
            String step,
            String operation,
            String request,
            String answer,
            Integer status,
            String outcome,
            String detail,
            int tookMs,
            Instant at,
            String mappingRevision) {}

    /** The calls made for one message, the latest first: its attempts. */
    public List<CallRow> ofMessage(long messageId) {
        return store.sql(CALLS + " where c.message_id = :message order by c.message_id desc, c.id desc limit 100")
                .param("message", messageId)
                .query(CallRows::call)
                .list();
    }

    /** The order's calls, oldest first. */
    public List<CallRow> ofOrder(String orderNumber) {
        return store.sql("select * from (" + CALLS
                        + " where c.order_number = :order order by c.id desc limit :most) shown order by id")
                .param("order", orderNumber)
                .param("most", MOST_OF_ONE_ORDER)
                .query(CallRows::call)
                .list();
    }

    private static CallRow call(ResultSet row, int index) throws SQLException {
        return new CallRow(
                row.getLong("id"),
                row.getString("effect_key"),
                row.getLong("message_id"),
                row.getString("step"),
                row.getString("operation"),
                CardNumbers.masked(row.getString("request")),
                CardNumbers.masked(row.getString("answer")),
                row.getObject("status", Integer.class),
                row.getString("outcome"),
                row.getString("detail"),
                row.getInt("took_ms"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("mapping_revision"));
    }
}
