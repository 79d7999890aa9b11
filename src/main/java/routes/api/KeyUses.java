package routes.api;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * When each client's key was last used, so that one knows when the old of two may go. Written once a minute at most; it
 * never holds up a request.
 */
@Component
class KeyUses {

    private static final Logger LOG = LoggerFactory.getLogger(KeyUses.class);
    private static final Duration OFTEN_ENOUGH = Duration.ofMinutes(1);

    private final JdbcClient store;
    private final Map<String, Instant> written = new ConcurrentHashMap<>();

    KeyUses(JdbcClient store) {
        this.store = store;
    }

    void used(String client, String key, Instant now) {
        String name = client + "/" + key;
        Instant before = written.get(name);
        if (before != null && now.isBefore(before.plus(OFTEN_ENOUGH))) {
            return;
        }
        written.put(name, now);
        try {
            OffsetDateTime at = now.atOffset(java.time.ZoneOffset.UTC);
            int rows = store.sql("update client_keys set last_used_at = ? where client = ? and key_name = ?")
                    .params(at, client, key)
                    .update();
            if (rows == 0) {
                store.sql("insert into client_keys (client, key_name, last_used_at) values (?, ?, ?)"
                                + " on conflict do nothing")
                        .params(client, key, at)
                        .update();
            }
        } catch (DataAccessException storeIsDown) {
            LOG.debug("The use of a key was not noted: {}", storeIsDown.toString());
        }
    }

    Optional<Instant> lastUse(String client, String key) {
        return store.sql("select last_used_at from client_keys where client = ? and key_name = ?")
                .params(client, key)
                .query((row, n) -> row.getObject(1, OffsetDateTime.class).toInstant())
                .optional();
    }
}
