package routes.order;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.order.OrderRows.OrderRow;

/** Lists the orders of one shop of one channel, for whoever may see no others. */
@Component
public class ShopOrders {

    private final JdbcClient store;

    ShopOrders(JdbcClient store) {
        this.store = store;
    }

    /**
     * Where a page ends.
     *
     * @param placedAt when its last order was placed
     * @param number that order's
     */
    public record Place(Instant placedAt, String number) {}

    /**
     * A page, the last placed first.
     *
     * @param statuses only these; null for all
     * @param below only what stands behind this place; null from the first
     */
    public List<OrderRow> page(String channel, String shop, Set<String> statuses, Place below, int limit) {
        if (statuses != null && statuses.isEmpty()) {
            return List.of();
        }
        String sql = "select number, version, status, market, currency, total_minor, channel, shop, shop_number,"
                + " placed_at, changed_at from orders where channel = :channel and shop = :shop"
                + (statuses == null ? "" : " and status in (:statuses)")
                + (below == null ? "" : " and placed_at <= :placed and (placed_at < :placed or number < :number)")
                + " order by placed_at desc, number desc limit :limit";
        JdbcClient.StatementSpec query =
                store.sql(sql).param("channel", channel).param("shop", shop).param("limit", limit);
        if (statuses != null) {
            query = query.param("statuses", statuses);
        }
        if (below != null) {
            query = query.param("placed", below.placedAt().atOffset(ZoneOffset.UTC))
                    .param("number", below.number());
        }
        return query.query(OrderRows::order).list();
    }
}
