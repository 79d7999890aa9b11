package routes.partner;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.inbox.Batch;
import routes.inbox.Committer;
import routes.inbox.EngineSettings;
import routes.inbox.LeaseClock;
import routes.inbox.Operation;
import routes.mapping.Reading;

/** Tells what was changed at partners for an order, to flows and people who must know before they decide. */
@Component("effects")
public class Effects {

    /**
     * What a step asked a partner to do and no answer says is done.
     *
     * @param reference what it is called at the partner; null where the request does not say
     */
    public record Undone(String key, String operation, String reference) {}

    private final JdbcClient rows;
    private final Committer committer;
    private final long leaseMs;

    Effects(JdbcClient rows, Committer committer, EngineSettings engine) {
        this.rows = rows;
        this.committer = committer;
        leaseMs = engine.leaseMs();
    }

    /**
     * The last thing that a message's step asked a partner to change, if no answer says that it is done.
     *
     * @param orderNumber the message's order; null for none
     */
    public Optional<Undone> undone(String orderNumber, long messageId, String step) {
        return rows
                .sql("select effect_key, operation, request, outcome from effects where effect_key in"
                        + " (select effect_key from partner_calls where message_id = ? and step = ?"
                        + " union select effect_key from effects where order_number = ? and message_id = ? and step = ?)"
                        + " order by sent_at desc, version desc fetch first 1 rows only")
                .params(messageId, step, orderNumber == null ? "" : orderNumber, messageId, step)
                .query((row, n) -> row.getString(4).equals("ANSWERED")
                        ? null
                        : new Undone(
                                row.getString(1),
                                row.getString(2),
                                Reading.json(row.getString(3).getBytes(StandardCharsets.UTF_8))
                                        .at("/echo/value")
                                        .asText(null)))
                .list()
                .stream()
                .filter(Objects::nonNull)
                .findFirst();
    }

    /**
     * Somebody says that it was done at the partner without us. Nothing is believed: when its message runs again, the
     * partner is asked, and nothing is sent in that turn.
     */
    public void saidDone(Undone undone) {
        committer.write(new Operation<Void>(null) {

            @Override
            protected String kind() {
                return "by-hand";
            }

            @Override
            protected void write(Batch batch) {
                batch.add(
                        Batch.FACT,
                        this,
                        "update effects set outcome = 'BY_HAND' where effect_key = ? and outcome <> 'ANSWERED'",
                        undone.key());
            }
        });
    }

    /**
     * The matters for which nobody knows whether an operation was carried out: no answer came, or whoever asked for it died.
     *
     * @param operation the operation without its partner
     * @return subjects, such as F1
     */
    public List<String> doubtful(String orderNumber, String operation) {
        return rows.sql("select subject from effects where order_number = ? and operation like ?"
                        + " and (outcome in ('UNKNOWN', 'BY_HAND') or outcome = 'INTENDED' and sent_at < ?)")
                .param(orderNumber)
                .param("%." + operation)
                .param(LeaseClock.now().minusMillis(leaseMs).atOffset(ZoneOffset.UTC))
                .query(String.class)
                .list();
    }

    /**
     * The matters for which an operation was carried out, for certain.
     *
     * @param operation the operation without its partner
     * @return subjects, such as F1
     */
    public List<String> carriedOut(String orderNumber, String operation) {
        return rows.sql(
                        "select subject from effects where order_number = ? and operation like ? and outcome = 'ANSWERED'")
                .param(orderNumber)
                .param("%." + operation)
                .query(String.class)
                .list();
    }

    /**
     * When a partner answered that it does what it was asked for; null while that is not on record.
     *
     * @param operation the operation without its partner
     */
    public Instant answeredAt(String orderNumber, String operation, String subject) {
        return rows
                .sql("select max(settled_at) from effects where order_number = ? and operation like ?"
                        + " and subject = ? and outcome = 'ANSWERED'")
                .param(orderNumber)
                .param("%." + operation)
                .param(subject)
                .query((row, n) -> row.getObject(1, OffsetDateTime.class))
                .list()
                .stream()
                .filter(Objects::nonNull)
                .map(OffsetDateTime::toInstant)
                .findFirst()
                .orElse(null);
    }

    /**
     * The matters for which an operation may have been carried out, or still may be: it was answered, or nobody knows.
     *
     * @param operation the operation without its partner, such as {@code place-order}
     * @return subjects, such as F1
     */
    public List<String> standing(String orderNumber, String operation) {
        return rows.sql("select subject from effects where order_number = ? and operation like ? and outcome in"
                        + " ('INTENDED', 'UNKNOWN', 'BY_HAND', 'ANSWERED')")
                .param(orderNumber)
                .param("%." + operation)
                .query(String.class)
                .list();
    }
}
