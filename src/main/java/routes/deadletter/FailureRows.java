package routes.deadletter;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads failures for people: the open ones are the dead letters. */
@Component
public class FailureRows {

    private static final String COLUMNS = "select id, message_id, order_number, lane, step, walk, cause, detail, state,"
            + " since, ended_at, ended_by, fingerprint, grouped_by, audience, partner, operation, status, node, revisions,"
            + " due_at, currency, amount_minor, value_map, value_text, same_way, poison, ended_how, ended_why, reference,"
            + " result from failures";

    private static final Instant NO_PROMISE = Instant.parse("9999-01-01T00:00:00Z");

    private final JdbcClient store;

    public FailureRows(JdbcClient store) {
        this.store = store;
    }

    /**
     * A message that failed at a step and was parked.
     *
     * @param orderNumber null while the message belongs to no order
     * @param cause a code of the cause catalogue
     * @param detail what was seen, in words
     * @param state OPEN until it is replayed, superseded or discarded
     * @param endedBy who ended it; null while it is open
     * @param dueAt when it should be mended; null when nobody waits for it
     * @param amountMinor what its order is worth, in {@code currency}
     * @param result what became of its replay, SUCCEEDED or FAILED_AGAIN; null otherwise
     */
    public record FailureRow(
            long id,
            long messageId,
            String orderNumber,
            String lane,
            String step,
            int walk,
            String cause,
            String detail,
            String state,
            Instant since,
            Instant endedAt,
            String endedBy,
            String fingerprint,
            String groupedBy,
            String audience,
            String partner,
            String operation,
            Integer status,
            String node,
            String revisions,
            Instant dueAt,
            String currency,
            long amountMinor,
            String valueMap,
            String valueText,
            int sameWay,
            boolean poison,
            String endedHow,
            String endedWhy,
            String reference,
            String result) {

        public boolean open() {
            return "OPEN".equals(state);
        }
    }

    /**
     * A page of dead letters, newest first.
     *
     * @param below only ids below this one; null from the newest
     */
    public List<FailureRow> open(Long below, int limit) {
        JdbcClient.StatementSpec query = store.sql(COLUMNS + " where state = 'OPEN'"
                        + (below == null ? "" : " and id < :below") + " order by id desc limit :limit")
                .param("limit", limit);
        if (below != null) {
            query = query.param("below", below);
        }
        return query.query(FailureRows::failure).list();
    }

    /** Everything of one order that ever failed for good, newest first; at most its latest hundred. */
    public List<FailureRow> ofOrder(String orderNumber) {
        return store.sql(COLUMNS + " where message_id in (select id from inbox where order_number = :order)"
                        + " order by id desc limit 100")
                .param("order", orderNumber)
                .query(FailureRows::failure)
                .list();
    }

    /** One failure, open or ended, if there is one of that id. */
    public Optional<FailureRow> find(long id) {
        return store.sql(COLUMNS + " where id = :id")
                .param("id", id)
                .query(FailureRows::failure)
                .optional();
    }

    /** Where an inbox page ended: the last one's place in the order of promise, then money. */
    public record Place(Instant dueAt, long amountMinor, long id) {

        public static Place of(FailureRow row) {
            return new Place(
                    row.dueAt() == null ? NO_PROMISE.plusSeconds(1) : row.dueAt(), row.amountMinor(), row.id());
        }
    }

    /**
     * A page of the inbox: what is due first stands first, of those that are due together the dearest.
     *
     * @param audience staff, engineer or auto; null for all
     * @param after where the page before ended; null from the first
     */
    public List<FailureRow> byPromise(String audience, Place after, int limit) {
        StringBuilder sql = new StringBuilder(COLUMNS).append(" where state = 'OPEN'");
        if (audience != null) {
            sql.append(" and audience = :audience");
        }
        if (after != null) {
            sql.append(" and due_at >= :due and (due_at > :due or amount_minor < :amount or amount_minor = :amount"
                    + " and id > :id)");
        }
        sql.append(audience == null ? " order by state, due_at" : " order by state, audience, due_at")
                .append(", amount_minor desc, id fetch first :limit rows only");
        JdbcClient.StatementSpec query = store.sql(sql.toString()).param("limit", limit);
        if (audience != null) {
            query = query.param("audience", audience);
        }
        if (after != null) {
            query = query.param("due", after.dueAt().atOffset(ZoneOffset.UTC))
                    .param("amount", after.amountMinor())
                    .param("id", after.id());
        }
        return query.query(FailureRows::failure).list();
    }

    /** A page of an incident's open failures, oldest first. */
    public List<FailureRow> ofIncident(String fingerprint, Long above, int limit) {
        long last = above == null ? 0 : above;
        return store.sql(COLUMNS + " where fingerprint = :fingerprint and state = 'OPEN' and id > :above"
                        + " order by fingerprint, state, id fetch first :limit rows only")
                .param("fingerprint", fingerprint)
                .param("above", last)
                .param("limit", limit)
                .query(FailureRows::failure)
                .list();
    }

    /**
     * Open failures found by what a person has at hand: an order number or its beginning, a failure's or message's number, a
     * value no map knows, a cause's code.
     */
    public List<FailureRow> search(String words, int limit) {
        String text = words.strip();
        if (text.isEmpty()) {
            return List.of();
        }
        Map<Long, FailureRow> found = new LinkedHashMap<>();
        if (text.matches("[0-9]{1,18}")) {
            find(Long.parseLong(text)).filter(FailureRow::open).ifPresent(row -> found.put(row.id(), row));
            store.sql(COLUMNS + " where message_id = :message and state = 'OPEN'")
                    .param("message", Long.parseLong(text))
                    .query(FailureRows::failure)
                    .list()
                    .forEach(row -> found.put(row.id(), row));
        }
        // The range stands alone inside: beside a state that most rows have, H2 would walk through all of them.
        store.sql("select * from (" + COLUMNS + " where order_number >= :from and order_number < :to"
                        + " order by order_number, state, id fetch first 1000 rows only) f where state = 'OPEN'"
                        + " order by order_number, id fetch first :limit rows only")
                .param("from", text)
                .param("to", text + "\uffff")
                .param("limit", limit)
                .query(FailureRows::failure)
                .list()
                .forEach(row -> found.put(row.id(), row));
        if (found.size() < limit) {
            for (String map : List.of("sku", "shipping-method", "tax-code")) {
                waitingFor(map, text, 0, limit - found.size()).forEach(row -> found.put(row.id(), row));
            }
        }
        return found.values().stream().limit(limit).toList();
    }

    /** Open failures that wait for one value to get a row, oldest first. */
    public List<FailureRow> waitingFor(String map, String value, long above, int limit) {
        return store.sql(COLUMNS + " where state = 'OPEN' and value_map = :map and value_text = :value and id > :above"
                        + " order by state, value_map, value_text, id fetch first :limit rows only")
                .param("map", map)
                .param("value", value)
                .param("above", above)
                .param("limit", limit)
                .query(FailureRows::failure)
                .list();
    }

    /** All failures of a message, the latest first: its attempts that ended for good. */
    public List<FailureRow> ofMessage(long messageId) {
        return store.sql(COLUMNS + " where message_id = :message order by id desc fetch first 50 rows only")
                .param("message", messageId)
                .query(FailureRows::failure)
                .list();
    }

    /** A message as it came. */
    public record RawMessage(String partner, String topic, String body) {}

    /** The message behind a failure, as it came. */
    public RawMessage message(long messageId) {
        return store.sql(
                        "select i.partner, i.topic, b.body from inbox i join inbox_bodies b on b.id = i.id where i.id = ?")
                .param(messageId)
                .query((row, n) -> new RawMessage(
                        row.getString(1), row.getString(2), new String(row.getBytes(3), StandardCharsets.UTF_8)))
                .single();
    }

    /** The trace of a failure, for engineers. */
    public String trace(long id) {
        return store.sql("select exception from failures where id = ?")
                .param(id)
                .query(String.class)
                .optional()
                .orElse("");
    }

    /** How many dead letters there are, from the kept count: at most a second old. */
    public long countOpen() {
        return store.sql("select n from kept_counts where name = 'open-failures'")
                .query(Long.class)
                .optional()
                .orElse(0L);
    }

    private static FailureRow failure(ResultSet row, int index) throws SQLException {
        OffsetDateTime endedAt = row.getObject("ended_at", OffsetDateTime.class);
        Instant dueAt = row.getObject("due_at", OffsetDateTime.class).toInstant();
        return new FailureRow(
                row.getLong("id"),
                row.getLong("message_id"),
                row.getString("order_number"),
                row.getString("lane"),
                row.getString("step"),
                row.getInt("walk"),
                row.getString("cause"),
                row.getString("detail"),
                row.getString("state"),
                row.getObject("since", OffsetDateTime.class).toInstant(),
                endedAt == null ? null : endedAt.toInstant(),
                row.getString("ended_by"),
                row.getString("fingerprint"),
                row.getString("grouped_by"),
                row.getString("audience"),
                row.getString("partner"),
                row.getString("operation"),
                row.getObject("status", Integer.class),
                row.getString("node"),
                row.getString("revisions"),
                dueAt.isAfter(NO_PROMISE) ? null : dueAt,
                row.getString("currency"),
                row.getLong("amount_minor"),
                row.getString("value_map"),
                row.getString("value_text"),
                row.getInt("same_way"),
                row.getBoolean("poison"),
                row.getString("ended_how"),
                row.getString("ended_why"),
                row.getString("reference"),
                row.getString("result"));
    }
}
