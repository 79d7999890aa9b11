package routes.partner;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.inbox.EngineSettings;
import routes.inbox.LeaseClock;

/** Reads what was changed at partners for an order, for flows that must know before they decide. */
@Component("effects")
public class Effects {

    private final JdbcClient rows;
    private final long leaseMs;

    Effects(JdbcClient rows, EngineSettings engine) {
        this.rows = rows;
        leaseMs = engine.leaseMs();
    }

    /**
     * The matters for which nobody knows whether an operation was carried out: no answer came, or whoever asked for it died.
     *
     * @param operation the operation without its partner
     * @return subjects, such as F1
     */
    public List<String> doubtful(String orderNumber, String operation) {
        return rows.sql("select subject from effects where order_number = ? and operation like ?"
                        + " and (outcome = 'UNKNOWN' or outcome = 'INTENDED' and sent_at < ?)")
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
                        + " ('INTENDED', 'UNKNOWN', 'ANSWERED')")
                .param(orderNumber)
                .param("%." + operation)
                .query(String.class)
                .list();
    }
}
