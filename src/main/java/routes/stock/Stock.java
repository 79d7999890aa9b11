package routes.stock;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.inbox.Batch;
import routes.inbox.Operation;
import routes.stock.Levels.Place;

/**
 * What lies where and for whom. Reading asks the store; what changes stock is added to the batch of an order's verb and so
 * becomes true together with it, or not at all.
 *
 * <p>An order's own version keeps two of its verbs apart; the guard in {@link #reserve} keeps two orders apart.
 */
@Component("stock")
public class Stock {

    private final JdbcClient rows;

    Stock(JdbcClient rows) {
        this.rows = rows;
    }

    /** What a warehouse's place is called here: two warehouses may number theirs alike. */
    public static String place(String warehouse, String node) {
        return warehouse + "/" + node;
    }

    /**
     * What is free now of these articles, at every place of a warehouse, by the warehouse's own names for them.
     *
     * @param skus none answers only which places were ever asked
     */
    public Levels levels(String warehouse, Collection<String> skus) {
        String ours = place(warehouse, "");
        Set<String> polled = rows
                .sql("select node from stock_nodes where warehouse = ? and polled_at is not null")
                .param(warehouse)
                .query(String.class)
                .list()
                .stream()
                .map(node -> node.substring(ours.length()))
                .collect(Collectors.toSet());
        Map<Place, Integer> free = new HashMap<>();
        if (!skus.isEmpty()) {
            rows.sql("select node, sku, on_hand - reserved from stock"
                            + " where sku in (:skus) and listed and on_hand is not null")
                    .param("skus", Set.copyOf(skus))
                    .query((row, n) -> row.getString(1).startsWith(ours)
                            ? free.put(
                                    new Place(row.getString(1).substring(ours.length()), row.getString(2)),
                                    row.getInt(3))
                            : null)
                    .list();
        }
        return new Levels(free, polled);
    }

    /** What is kept for an order, by fulfilment order and line. */
    public List<Reserved> reserved(String orderNumber) {
        return rows.sql("select subject, line, sku, node, quantity from reservations where order_number = ?"
                        + " order by subject, line")
                .param(orderNumber)
                .query((row, n) -> new Reserved(
                        row.getString(1), row.getInt(2), row.getString(3), row.getString(4), row.getInt(5)))
                .list();
    }

    /**
     * Keeps units for an order, all of them or, with the rest of the verb, none.
     *
     * @param batch of the operation's {@code write}
     * @param refuse the operation's own refusal ({@code this::refuse}); it gets a {@link StockTaken} where too little is left
     * @param units what to keep; what is kept for the same subject and line already stays kept
     */
    public void reserve(
            Batch batch,
            Operation<?> operation,
            Consumer<RuntimeException> refuse,
            String orderNumber,
            Collection<Reserved> units) {
        for (Reserved one : merged(units)) {
            batch.addAt(
                    place(one),
                    Batch.CLAIM,
                    operation,
                    null,
                    "insert into stock (node, sku, on_hand, reserved, listed)"
                            + " select ?, ?, case when exists (select 1 from stock_nodes where node = ?"
                            + " and polled_at is not null) then 0 end, 0, false"
                            + " on conflict do nothing",
                    one.node(),
                    one.sku(),
                    one.node());
            batch.addAt(
                    place(one),
                    Batch.CLAIM,
                    operation,
                    changed -> {
                        if (changed == 0) {
                            refuse.accept(new StockTaken(one.node(), one.sku(), one.quantity()));
                        }
                    },
                    "update stock set reserved = reserved + ? where node = ? and sku = ?"
                            + " and (on_hand is null or on_hand - reserved >= ?)",
                    one.quantity(),
                    one.node(),
                    one.sku(),
                    one.quantity());
            batch.add(
                    Batch.FACT,
                    operation,
                    "insert into reservations (order_number, subject, line, sku, node, quantity)"
                            + " values (?, ?, ?, ?, ?, 0) on conflict do nothing",
                    orderNumber,
                    one.subject(),
                    one.line(),
                    one.sku(),
                    one.node());
            batch.add(
                    Batch.FACT,
                    operation,
                    "update reservations set quantity = quantity + ?"
                            + " where order_number = ? and subject = ? and line = ?",
                    one.quantity(),
                    orderNumber,
                    one.subject(),
                    one.line());
        }
    }

    /**
     * Gives back what is kept for fulfilment orders' lines: it was cancelled, recalled or will come from elsewhere. It is
     * free before the same verb reserves. What is not kept cannot be given back and is passed over.
     *
     * @param units quantity by subject and line, at most so many; {@link Levels#UNLIMITED} for all. A verb that releases
     *     and ships units of one line adds both in one call of {@link #ship}
     */
    public void release(Batch batch, Operation<?> operation, String orderNumber, Collection<Reserved> units) {
        lessReserved(batch, operation, orderNumber, units);
    }

    /**
     * Units have left: they are no longer kept, and no longer there. More than was kept may leave.
     *
     * @param units what left, with the place it left from
     * @param notComing units of the same fulfilment orders that are given back in the same verb, for example because the
     *     warehouse could not find them
     * @param at when the hub learned of it; a list that the warehouse was asked for before then does not count for these
     *     articles
     */
    public void ship(
            Batch batch,
            Operation<?> operation,
            String orderNumber,
            Collection<Reserved> units,
            Collection<Reserved> notComing,
            Instant at) {
        List<Reserved> both = new ArrayList<>(units);
        both.addAll(notComing);
        lessReserved(batch, operation, orderNumber, both);
        for (Reserved one : merged(units)) {
            batch.addAt(
                    place(one),
                    Batch.YIELD,
                    operation,
                    null,
                    "update stock set on_hand = case when on_hand < ? then 0 else on_hand - ? end, moved_at = ?"
                            + " where node = ? and sku = ?",
                    one.quantity(),
                    one.quantity(),
                    at,
                    one.node(),
                    one.sku());
        }
    }

    /** The stock's row comes first: it reads how much the reservation still holds. */
    private static void lessReserved(
            Batch batch, Operation<?> operation, String orderNumber, Collection<Reserved> units) {
        for (Reserved one : merged(units)) {
            batch.addAt(
                    place(one),
                    Batch.YIELD,
                    operation,
                    null,
                    "update stock set reserved = reserved - (select case when r.quantity < ? then r.quantity else ? end"
                            + " from reservations r where r.order_number = ? and r.subject = ? and r.line = ?)"
                            + " where (sku, node) in (select r.sku, r.node from reservations r"
                            + " where r.order_number = ? and r.subject = ? and r.line = ?)",
                    one.quantity(),
                    one.quantity(),
                    orderNumber,
                    one.subject(),
                    one.line(),
                    orderNumber,
                    one.subject(),
                    one.line());
            batch.add(
                    Batch.YIELD,
                    operation,
                    "update reservations set quantity = case when quantity < ? then 0 else quantity - ? end"
                            + " where order_number = ? and subject = ? and line = ?",
                    one.quantity(),
                    one.quantity(),
                    orderNumber,
                    one.subject(),
                    one.line());
            batch.add(
                    Batch.YIELD,
                    operation,
                    "delete from reservations where order_number = ? and subject = ? and line = ? and quantity = 0",
                    orderNumber,
                    one.subject(),
                    one.line());
        }
    }

    /** One per subject and line: statements of one text run together, so a line's two parts would both see the whole. */
    private static List<Reserved> merged(Collection<Reserved> units) {
        Map<String, Reserved> merged = new LinkedHashMap<>();
        for (Reserved one : units) {
            merged.merge(one.subject() + "/" + one.line(), one, Reserved::plus);
        }
        return List.copyOf(merged.values());
    }

    /** Every group takes rows of stock in this order, so that instances meet and do not embrace. */
    private static String place(Reserved one) {
        return one.sku() + " " + one.node();
    }
}
