package routes.inbox;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads what an order waits for, and until when. */
@Component
public class DeadlineRows {

    private final JdbcClient store;

    public DeadlineRows(JdbcClient store) {
        this.store = store;
    }

    /** @param subject the matter inside the order ("P1"), empty for the order itself */
    public record DeadlineRow(String kind, String subject, Instant dueAt) {}

    /** The order's open deadlines, the nearest first. */
    public List<DeadlineRow> ofOrder(String orderNumber) {
        return store.sql(
                        "select kind, subject, due_at from deadlines where order_number = :order order by due_at, kind")
                .param("order", orderNumber)
                .query((row, index) -> new DeadlineRow(
                        row.getString("kind"),
                        row.getString("subject"),
                        row.getObject("due_at", OffsetDateTime.class).toInstant()))
                .list();
    }
}
