package routes.order;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultMessage;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.inbox.Batch;
import routes.inbox.Committer;
import routes.inbox.Inbox;
import routes.inbox.KafkaSettings;
import routes.inbox.LeaseClock;
import routes.inbox.NotYet;
import routes.inbox.Operation;
import routes.inbox.Turn;

/**
 * What others hear of our orders: events are written in the commit of the verb that caused them and told afterwards, at
 * least once, each order's in their sequence (transactional outbox). They are CloudEvents in Kafka's binary form; {@code
 * ce_id} is the same when one is told again.
 */
@Component("outbox")
public class Outbox {

    private static final String LANE = "events";
    private static final int MOST_AT_ONCE = 500;
    private static final Duration PAUSE = Duration.ofSeconds(5);

    /**
     * Events on their way.
     *
     * @param ids their rows
     * @param messages one Kafka record each, keyed by the order's number
     */
    public record Events(List<Long> ids, List<Message> messages) {}

    private final JdbcClient rows;
    private final Committer committer;
    private final Inbox inbox;
    private final KafkaSettings kafka;
    private final CamelContext camel;

    Outbox(JdbcClient rows, Committer committer, Inbox inbox, KafkaSettings kafka, @Lazy CamelContext camel) {
        this.rows = rows;
        this.committer = committer;
        this.inbox = inbox;
        this.kafka = kafka;
        this.camel = camel;
    }

    /** The event of an order's new state, as part of the commit that brought it there; none where nobody is told. */
    void write(Batch batch, Operation<?> verb, Order order, Instant now) {
        if (!kafka.enabled()) {
            return;
        }
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("number", order.number())
                .put("version", order.version())
                .put("status", order.status().name())
                .put("market", order.market())
                .put("channel", order.channel())
                .put("shopNumber", order.shopNumber());
        batch.add(
                Batch.FACT,
                verb,
                "insert into outbox (order_number, event, body, at) values (?, ?, ?, ?)",
                order.number(),
                "order." + order.status().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                body.toString(),
                now);
    }

    /** The lane, once, when there is something to tell and nobody is telling. */
    public List<String> due() {
        return rows.sql("select id from outbox where not exists (select 1 from lanes where lane = '" + LANE
                        + "' and state <> 'IDLE') fetch first 1 rows only")
                .query(Long.class)
                .optional()
                .map(any -> List.of(LANE))
                .orElse(List.of());
    }

    /** Starts to tell; one at a time, because the lane is one. */
    public void start(String lane) {
        inbox.tick("events.tell", lane, lane, UUID.randomUUID().toString());
    }

    /**
     * The next events. An order's versions are committed one after the other, so its rows are in their sequence although the
     * table's as a whole are not.
     */
    public Events unsent() {
        List<Long> ids = new ArrayList<>();
        List<Message> messages = new ArrayList<>();
        rows.sql("select id, order_number, event, body, at from outbox order by id fetch first " + MOST_AT_ONCE
                        + " rows only")
                .query(row -> {
                    ids.add(row.getLong(1));
                    messages.add(message(
                            row.getLong(1),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            row.getObject(5, OffsetDateTime.class).toInstant()));
                });
        return new Events(ids, messages);
    }

    private Message message(long id, String order, String event, String body, Instant at) {
        Map<String, Object> headers = new HashMap<>();
        headers.put(KafkaConstants.KEY, order);
        headers.put("ce_specversion", "1.0");
        headers.put("ce_id", "order-hub-" + id);
        headers.put("ce_source", "/order-hub");
        headers.put("ce_type", event);
        headers.put("ce_subject", order);
        headers.put("ce_time", at.toString());
        headers.put("content-type", "application/json");
        Message message = new DefaultMessage(camel);
        message.setHeaders(headers);
        message.setBody(body.getBytes(StandardCharsets.UTF_8));
        return message;
    }

    /** Takes out what Kafka has; more of it is told at once. */
    public void told(Events events) {
        committer.write(Turn.current(), "verb", (batch, operation) -> events.ids()
                .forEach(id -> batch.add(Batch.FACT, operation, "delete from outbox where id = ?", id)));
        if (events.ids().size() == MOST_AT_ONCE) {
            start(LANE);
        }
    }

    /**
     * Kafka could not be told now.
     *
     * @throws NotYet always: the events wait as rows, and so does who tells them
     */
    public void notYet(Exception why) {
        throw new NotYet("KAFKA_AWAY", LeaseClock.now().plus(PAUSE), "Kafka does not take events now: " + why);
    }
}
