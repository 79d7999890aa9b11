package routes.inbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Tells a partner's tenant what was taken in from it, and nothing of anybody else's. */
@Component
public class TakenRows {

    private final JdbcClient store;

    TakenRows(JdbcClient store) {
        this.store = store;
    }

    /**
     * What was taken in.
     *
     * @param id the message
     * @param correlation the reference it came with, null without one
     * @param at when it came
     */
    public record Taken(long id, String correlation, Instant at) {}

    /**
     * What came first under an event id.
     *
     * @param sha256 of its body, in hexadecimal
     * @param at when it came, by this machine's clock like every arrival
     */
    public record Seen(String sha256, Instant at) {

        /** Whether it came more than so many days ago. */
        public boolean olderThanDays(int days) {
            return at.isBefore(Instant.now().minusSeconds(86_400L * days));
        }
    }

    /** What came first under this event id, if anything did. */
    public Optional<Seen> seen(String partner, String shop, String topic, String eventId) {
        return store.sql("select body_sha256, seen_at from seen"
                        + " where event_id = ? and topic = ? and partner = ? and shop = ?")
                .params(eventId, topic, partner, shop)
                .query((row, n) -> new Seen(
                        row.getString(1), row.getObject(2, OffsetDateTime.class).toInstant()))
                .optional();
    }

    /** The message of that id, when it came from this partner's tenant. */
    public Optional<Taken> find(String partner, String shop, long id) {
        return store.sql("select id, correlation, received_at from inbox where id = ? and partner = ? and shop = ?")
                .params(id, partner, shop)
                .query(TakenRows::taken)
                .optional();
    }

    /** The message of this topic that came under this event id, about the matter the reference leads to. */
    public Optional<Taken> first(
            String partner, String shop, String topic, String eventId, String kind, String correlation) {
        return store
                .sql("select i.id, i.correlation, i.received_at from inbox i"
                        + " join order_refs r on r.order_number = i.order_number"
                        + " where r.external_id = ? and r.kind = ? and r.partner = ?"
                        + " and i.partner = ? and i.shop = ? and i.topic = ? and i.event_id = ? order by i.id")
                .params(correlation, kind, partner, partner, shop, topic, eventId)
                .query(TakenRows::taken)
                .list()
                .stream()
                .findFirst();
    }

    private static Taken taken(ResultSet row, int index) throws SQLException {
        return new Taken(
                row.getLong(1),
                row.getString(2),
                row.getObject(3, OffsetDateTime.class).toInstant());
    }

    /** The order a partner's reference leads to. */
    public Optional<String> order(String partner, String kind, String correlation) {
        return store.sql("select order_number from order_refs where external_id = ? and kind = ? and partner = ?")
                .params(correlation, kind, partner)
                .query(String.class)
                .optional();
    }

    /** SHA-256 of a body as the inbox remembers it. */
    public static String fingerprint(byte[] body) {
        return Inbox.sha256(body);
    }
}
