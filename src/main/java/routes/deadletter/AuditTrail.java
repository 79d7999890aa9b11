package routes.deadletter;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.inbox.LeaseClock;

/**
 * Who asked for what, and whether it was allowed; only ever added to. A line is written before the act it tells of, so that
 * the act's own commit makes it durable.
 */
@Component
public class AuditTrail {

    /** @param subject what it was about: {@code failures/12}, {@code incidents/1-0a1b} ... */
    public record Line(
            long id,
            Instant at,
            String who,
            String act,
            String subject,
            String orderNumber,
            boolean allowed,
            String detail) {}

    private final JdbcClient rows;

    public AuditTrail(JdbcClient rows) {
        this.rows = rows;
    }

    public void allowed(String who, String act, String subject, String orderNumber, String detail) {
        write(who, act, subject, orderNumber, true, detail);
    }

    public void denied(String who, String act, String subject, String orderNumber, String detail) {
        write(who, act, subject, orderNumber, false, detail);
    }

    private void write(String who, String act, String subject, String orderNumber, boolean allowed, String detail) {
        rows.sql(
                        "insert into audit (at, who, act, subject, order_number, allowed, detail) values (?, ?, ?, ?, ?, ?, ?)")
                .params(
                        LeaseClock.now().atOffset(ZoneOffset.UTC),
                        cut(who, 80),
                        cut(act, 60),
                        cut(subject, 200),
                        orderNumber,
                        allowed,
                        cut(detail, 1000))
                .update();
    }

    /** An order's lines, the latest first. */
    public List<Line> ofOrder(String orderNumber) {
        return read(
                "select * from audit where order_number = ? order by order_number, id desc fetch first 200 rows only",
                orderNumber);
    }

    /** The latest lines. */
    public List<Line> latest(Long below, int limit) {
        long first = below == null ? Long.MAX_VALUE : below;
        return read("select * from audit where id < ? order by id desc fetch first " + limit + " rows only", first);
    }

    private List<Line> read(String sql, Object value) {
        return rows.sql(sql)
                .param(value)
                .query((row, n) -> new Line(
                        row.getLong("id"),
                        row.getObject("at", OffsetDateTime.class).toInstant(),
                        row.getString("who"),
                        row.getString("act"),
                        row.getString("subject"),
                        row.getString("order_number"),
                        row.getBoolean("allowed"),
                        row.getString("detail")))
                .list();
    }

    private static String cut(String text, int length) {
        return text == null ? "" : text.length() <= length ? text : text.substring(0, length);
    }
}
