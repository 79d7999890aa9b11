package routes.order;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.inbox.Batch;
import routes.inbox.Committer;
import routes.inbox.Turn;

/** How far each poll has come, and the rows it compares a partner's answer with. */
@Component
class Watermarks {

    /**
     * One poll's place.
     *
     * @param reached the partner's own time up to which everything was seen; null before the first page
     * @param since where the look under way began
     * @param pageAfter the last thing read, while pages are left; null between looks
     */
    record Watermark(String name, Instant reached, Instant since, String pageAfter) {}

    private final JdbcClient rows;
    private final Committer committer;

    Watermarks(JdbcClient rows, Committer committer) {
        this.rows = rows;
        this.committer = committer;
    }

    /** A poll's place; one with nothing in it before the first look. */
    Watermark find(String name) {
        return rows.sql("select reached_at, since_at, page_after from watermarks where name = ?")
                .param(name)
                .query((row, n) -> new Watermark(name, instant(row, 1), instant(row, 2), row.getString(3)))
                .optional()
                .orElseGet(() -> new Watermark(name, null, null, null));
    }

    void write(Turn turn, Watermark mark) {
        committer.write(turn, "verb", (batch, operation) -> {
            batch.add(
                    Batch.GUARD,
                    operation,
                    "insert into watermarks (name) values (?) on conflict do nothing",
                    mark.name());
            batch.add(
                    Batch.FACT,
                    operation,
                    "update watermarks set reached_at = ?, since_at = ?, page_after = ? where name = ?",
                    mark.reached(),
                    mark.since(),
                    mark.pageAfter(),
                    mark.name());
        });
    }

    /** Whether nothing waits, runs or is parked in a lane. */
    boolean laneIsIdle(String lane) {
        return rows.sql("select lane from lanes where lane = ? and state <> 'IDLE'")
                .param(lane)
                .query(String.class)
                .optional()
                .isEmpty();
    }

    /** Our number for a shop's order, or null when nobody ever told of it. */
    String orderNumber(String shop, String shopId) {
        return rows.sql("select order_number from order_refs where external_id = ? and kind = 'order' and partner = ?")
                .param(shopId)
                .param(shop)
                .query(String.class)
                .optional()
                .orElse(null);
    }

    /**
     * Documents of orders that are with a warehouse or on their way, by number.
     *
     * @param after only numbers behind this one; null from the lowest
     * @param unchangedSince only orders in which nothing has happened since then
     */
    List<String> onTheWay(String after, Instant unchangedSince, int most) {
        return rows.sql(
                        "select document from orders where status in ('ALLOCATED', 'RELEASED', 'PART_SHIPPED', 'SHIPPED')"
                                + " and number > :after and changed_at <= :since order by number fetch first " + most
                                + " rows only")
                .param("after", after == null ? "" : after)
                .param("since", unchangedSince.atOffset(java.time.ZoneOffset.UTC))
                .query(String.class)
                .list();
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
