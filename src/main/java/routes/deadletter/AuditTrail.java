package routes.deadletter;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
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

    /**
     * A page of the whole, the latest first.
     *
     * @param who and {@code act}, {@code orderNumber}: only theirs; null or blank for all
     * @param below only lines before this one; null from the latest
     */
    public List<Line> page(String who, String act, String orderNumber, Long below, int limit) {
        List<Object> values = new ArrayList<>();
        StringBuilder sql = new StringBuilder("select * from audit where id < ?");
        values.add(below == null ? (Long) Long.MAX_VALUE : below);
        StringBuilder order = new StringBuilder();
        wanted("order_number", orderNumber, sql, order, values);
        wanted("who", who, sql, order, values);
        wanted("act", act, sql, order, values);
        values.add(limit);
        return rows.sql(sql + " order by " + order + "id desc fetch first ? rows only")
                .params(values)
                .query(AuditTrail::line)
                .list();
    }

    /** The first one wanted leads the order, so that its index does. */
    private static void wanted(
            String column, String value, StringBuilder sql, StringBuilder order, List<Object> values) {
        if (value == null || value.isBlank()) {
            return;
        }
        sql.append(" and ").append(column).append(" = ?");
        values.add(value.strip());
        if (order.isEmpty()) {
            order.append(column).append(", ");
        }
    }

    private List<Line> read(String sql, Object value) {
        return rows.sql(sql).param(value).query(AuditTrail::line).list();
    }

    private static Line line(ResultSet row, int n) throws SQLException {
        return new Line(
                row.getLong("id"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("who"),
                row.getString("act"),
                row.getString("subject"),
                row.getString("order_number"),
                row.getBoolean("allowed"),
                row.getString("detail"));
    }

    private static String cut(String text, int length) {
        return text == null ? "" : text.length() <= length ? text : text.substring(0, length);
    }
}
