package routes.stock;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.inbox.Batch;
import routes.inbox.Committer;
import routes.inbox.Inbox;
import routes.inbox.LeaseClock;
import routes.inbox.Operation;
import routes.inbox.Refused;
import routes.inbox.Turn;

/**
 * Reads what each warehouse has, page by page: one message per page, the last page makes the list whole. What a list does
 * not name is not there; that is known only when all of it has been read.
 */
@Component("stockPoll")
public class StockPoll {

    private static final String STEP = "polls.read-stock";

    /** A list begun so long ago is begun anew: its pages no longer fit together. */
    private static final Duration LONGEST_LIST = Duration.ofHours(1);

    /**
     * One page to ask for; body of the request's mapping.
     *
     * @param since when the list was begun, to the millisecond
     * @param next the partner's cursor; null for the first page
     * @param askedAt when this page is asked for
     */
    public record Page(Instant since, String next, Instant askedAt) {}

    private final JdbcClient rows;
    private final Committer committer;
    private final Inbox inbox;
    private final AllRules rules;
    private final Clock clock;
    private final long everySeconds;
    private final Duration lag;
    private final Map<String, Long> started = new ConcurrentHashMap<>();

    StockPoll(
            JdbcClient rows,
            Committer committer,
            Inbox inbox,
            AllRules rules,
            Clock clock,
            @Value("${oms.polls.stock.every-seconds:300}") long everySeconds,
            @Value("${oms.polls.stock.lag-seconds:60}") long lagSeconds) {
        this.rows = rows;
        this.committer = committer;
        this.inbox = inbox;
        this.rules = rules;
        this.clock = clock;
        this.everySeconds = everySeconds;
        this.lag = Duration.ofSeconds(lagSeconds);
    }

    /** The warehouses whose time has come and whose list is not being read already. */
    public List<String> due() {
        return everySeconds <= 0
                ? List.of()
                : rules.warehouses().stream()
                        .filter(warehouse -> !Long.valueOf(slot()).equals(started.get(warehouse)))
                        .filter(this::isIdle)
                        .toList();
    }

    /** Begins to read a warehouse's list, by the clock; of several instances one does, for all know the slot by one name. */
    public void start(String warehouse) {
        long slot = slot();
        started.put(warehouse, slot);
        ask(warehouse, "slot:" + everySeconds + ":" + slot);
    }

    /** Reads outside the clock's turn; {@code event} tells one such wish from the next. */
    public void ask(String warehouse, String event) {
        inbox.tick(STEP, lane(warehouse), warehouse, "stock:" + warehouse + ":" + event);
    }

    /** The page of a warehouse's list that is to be read next. */
    public Page pageToRead(String warehouse) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return rows.sql("select since_at, page_after from stock_reads where warehouse = ? and page_after is not null")
                .param(warehouse)
                .query((row, n) -> new Page(instant(row), row.getString(2), now))
                .optional()
                .filter(page -> page.since().plus(LONGEST_LIST).isAfter(now))
                .orElseGet(() -> new Page(now, null, now));
    }

    /**
     * A page is read: its levels count from now on, and the next page follows at once where there is one.
     *
     * @param answer {@code {"levels": [{"sku", "node", "onHand"}], "next": cursor or null}}
     */
    public void read(String warehouse, Page asked, JsonNode answer) {
        String next = answer.path("next").asText(null);
        if (next != null && next.equals(asked.next())) {
            throw new Refused("PARTNER_GARBLED", warehouse + " says that a page of its stock follows itself");
        }
        Turn turn = Turn.current();
        committer.write(
                turn,
                "verb",
                (batch, operation) -> add(batch, operation, warehouse, asked, answer.path("levels"), next));
        if (next != null) {
            ask(warehouse, "after:" + turn.message().id());
        }
    }

    /** Sorted as reservations are, so that the two meet in one order. */
    void add(Batch batch, Operation<?> operation, String warehouse, Page asked, JsonNode levels, String next) {
        List<Level> sorted = Level.read(warehouse, levels);
        sorted.stream()
                .map(Level::node)
                .distinct()
                .forEach(node -> batch.add(
                        Batch.FACT,
                        operation,
                        "insert into stock_nodes (node, warehouse) values (?, ?) on conflict do nothing",
                        node,
                        warehouse));
        for (Level level : sorted) {
            batch.add(
                    Batch.FACT,
                    operation,
                    "insert into stock (node, sku, reserved, listed) values (?, ?, 0, false) on conflict do nothing",
                    level.node(),
                    level.sku());
        }
        for (Level level : sorted) {
            // A list may not know yet what has just left: then only what makes less of it is believed.
            batch.add(
                    Batch.FACT,
                    operation,
                    "update stock set on_hand = case when on_hand is null or moved_at is null or moved_at < ?"
                            + " or on_hand > ? then ? else on_hand end, listed = true, polled_at = ?"
                            + " where node = ? and sku = ?",
                    asked.askedAt().minus(lag),
                    level.onHand(),
                    level.onHand(),
                    asked.since(),
                    level.node(),
                    level.sku());
        }
        batch.add(
                Batch.FACT,
                operation,
                "insert into stock_reads (warehouse) values (?) on conflict do nothing",
                warehouse);
        batch.add(
                Batch.FACT,
                operation,
                "update stock_reads set since_at = ?, page_after = ? where warehouse = ?",
                asked.since(),
                next,
                warehouse);
        if (next == null) {
            whole(batch, operation, warehouse, asked);
        }
    }

    private static void whole(Batch batch, Operation<?> operation, String warehouse, Page asked) {
        batch.add(
                Batch.FACT,
                operation,
                "update stock_nodes set polled_at = ? where warehouse = ? and exists (select 1 from stock s"
                        + " where s.node = stock_nodes.node and s.polled_at = ?)",
                asked.since(),
                warehouse,
                asked.since());
        batch.add(
                Batch.FACT,
                operation,
                "update stock set on_hand = 0, listed = false where (polled_at is null or polled_at < ?) and node in"
                        + " (select n.node from stock_nodes n where n.warehouse = ? and n.polled_at is not null)",
                asked.since(),
                warehouse);
        batch.add(
                Batch.FACT,
                operation,
                "update stock_reads set read_at = ? where warehouse = ?",
                asked.since(),
                warehouse);
    }

    private record Level(String node, String sku, int onHand) {

        static List<Level> read(String warehouse, JsonNode levels) {
            List<Level> read = new ArrayList<>();
            for (JsonNode level : levels) {
                read.add(new Level(
                        Stock.place(warehouse, level.path("node").asText()),
                        level.path("sku").asText(),
                        level.path("onHand").asInt()));
            }
            read.sort(Comparator.comparing(Level::sku).thenComparing(Level::node));
            return read;
        }
    }

    private boolean isIdle(String warehouse) {
        return rows.sql("select lane from lanes where lane = ? and state <> 'IDLE'")
                .param(lane(warehouse))
                .query(String.class)
                .optional()
                .isEmpty();
    }

    private long slot() {
        return LeaseClock.now().getEpochSecond() / everySeconds;
    }

    private static String lane(String warehouse) {
        return "polls/stock/" + warehouse;
    }

    private static Instant instant(ResultSet row) throws SQLException {
        return row.getObject(1, OffsetDateTime.class).toInstant();
    }
}
