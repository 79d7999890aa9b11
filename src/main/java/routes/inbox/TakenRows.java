package routes.inbox;

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
     */
    public record Taken(long id, String correlation) {}

    /** SHA-256 of the body that came first under this event id, in hexadecimal. */
    public Optional<String> bodySeen(String partner, String shop, String topic, String eventId) {
        return store.sql("select body_sha256 from seen where event_id = ? and topic = ? and partner = ? and shop = ?")
                .params(eventId, topic, partner, shop)
                .query(String.class)
                .optional();
    }

    /** The message of that id, when it came from this partner's tenant. */
    public Optional<Taken> find(String partner, String shop, long id) {
        return store.sql("select id, correlation from inbox where id = ? and partner = ? and shop = ?")
                .params(id, partner, shop)
                .query((row, n) -> new Taken(row.getLong(1), row.getString(2)))
                .optional();
    }

    /** The message that came under this event id, about the matter the reference leads to. */
    public Optional<Taken> first(String partner, String shop, String eventId, String kind, String correlation) {
        return store
                .sql("select i.id, i.correlation from inbox i"
                        + " join order_refs r on r.order_number = i.order_number"
                        + " where r.external_id = ? and r.kind = ? and r.partner = ?"
                        + " and i.partner = ? and i.shop = ? and i.event_id = ? order by i.id")
                .params(correlation, kind, partner, partner, shop, eventId)
                .query((row, n) -> new Taken(row.getLong(1), row.getString(2)))
                .list()
                .stream()
                .findFirst();
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
