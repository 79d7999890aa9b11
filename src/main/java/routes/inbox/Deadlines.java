package routes.inbox;

import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Turns what is due into messages: a deadline is a row that names the step to run, written with the verb that sets it.
 * A clock that strikes twice, or on two instances, makes one message: its event is the deadline itself.
 */
@Component("deadlines")
public class Deadlines {

    private static final int MOST_AT_ONCE = 200;

    private final JdbcClient rows;
    private final Inbox inbox;
    private final Committer committer;
    private final Clock clock;

    Deadlines(JdbcClient rows, Inbox inbox, Committer committer, Clock clock) {
        this.rows = rows;
        this.inbox = inbox;
        this.committer = committer;
        this.clock = clock;
    }

    /** One deadline that has come; {@code kind} is the step to run. */
    public record Due(String orderNumber, String kind, String subject, Instant dueAt) {}

    /** What is due by the business clock and was not called yet, the longest overdue first. */
    public List<Due> due() {
        return rows.sql(
                        "select order_number, kind, subject, due_at from deadlines where called_at is null and due_at <= ?"
                                + " order by due_at fetch first " + MOST_AT_ONCE + " rows only")
                .param(clock.instant().atOffset(ZoneOffset.UTC))
                .query((row, n) -> new Due(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getObject(4, OffsetDateTime.class).toInstant()))
                .list();
    }

    /** Takes the deadline's message, then notes that it was called. */
    public void call(Due due) {
        inbox.remind(
                due.kind(),
                due.orderNumber(),
                due.subject(),
                due.orderNumber() + ":" + due.subject() + ":" + due.dueAt());
        committer.write(
                null,
                "deadline",
                (batch, operation) -> batch.add(
                        Batch.FACT,
                        operation,
                        "update deadlines set called_at = ? where order_number = ? and kind = ? and subject = ? and due_at = ?",
                        clock.instant(),
                        due.orderNumber(),
                        due.kind(),
                        due.subject(),
                        due.dueAt()));
    }
}
