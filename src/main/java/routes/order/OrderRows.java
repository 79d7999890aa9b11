package routes.order;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads orders for people: lists by page, and one order's document. */
@Component
public class OrderRows {

    private static final String COLUMNS =
            "select number, version, status, market, currency, total_minor, channel, shop,"
                    + " shop_number, placed_at, changed_at";

    private final JdbcClient store;

    public OrderRows(JdbcClient store) {
        this.store = store;
    }

    /**
     * An order's row.
     *
     * @param number ours ("OH-100001")
     * @param shopNumber the shop's ("#1001")
     * @param status a word of the order's life, upper case
     * @param totalMinor minor units of {@code currency}
     */
    public record OrderRow(
            String number,
            int version,
            String status,
            String market,
            String currency,
            long totalMinor,
            String channel,
            String shop,
            String shopNumber,
            Instant placedAt,
            Instant changedAt) {}

    /** @param document the canonical order as JSON text */
    public record OrderDocument(OrderRow row, String document) {}

    /**
     * A page of orders, the highest number first.
     *
     * @param status only these; null for all
     * @param below only numbers below this one; null from the highest
     */
    public List<OrderRow> page(String status, String below, int limit) {
        String sql = COLUMNS + " from orders where 1 = 1"
                + (status == null ? "" : " and status = :status")
                + (below == null ? "" : " and number < :below")
                + " order by number desc limit :limit";
        JdbcClient.StatementSpec query = store.sql(sql).param("limit", limit);
        if (status != null) {
            query = query.param("status", status);
        }
        if (below != null) {
            query = query.param("below", below);
        }
        return query.query(OrderRows::order).list();
    }

    /** One order with its document, if there is one of that number. */
    public Optional<OrderDocument> find(String number) {
        return store.sql(COLUMNS + ", document from orders where number = :number")
                .param("number", number)
                .query((row, index) -> new OrderDocument(order(row, index), row.getString("document")))
                .optional();
    }

    static OrderRow order(ResultSet row, int index) throws SQLException {
        return new OrderRow(
                row.getString("number"),
                row.getInt("version"),
                row.getString("status"),
                row.getString("market"),
                row.getString("currency"),
                row.getLong("total_minor"),
                row.getString("channel"),
                row.getString("shop"),
                row.getString("shop_number"),
                row.getObject("placed_at", OffsetDateTime.class).toInstant(),
                row.getObject("changed_at", OffsetDateTime.class).toInstant());
    }
}
