package routes.api;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Who may use the partner API: {@code oms.partner-api.*}.
 *
 * @param requestsPerMinute of each client that has no number of its own
 * @param idempotencyKeyDays how long an Idempotency-Key is remembered
 * @param clients by name
 * @param sandboxClients clients that are there only while the sandbox is
 */
@ConfigurationProperties("oms.partner-api")
record ApiSettings(
        Integer requestsPerMinute,
        Integer idempotencyKeyDays,
        Map<String, Client> clients,
        Map<String, Client> sandboxClients) {

    ApiSettings {
        requestsPerMinute = requestsPerMinute == null ? Integer.valueOf(600) : requestsPerMinute;
        idempotencyKeyDays = idempotencyKeyDays == null ? Integer.valueOf(30) : idempotencyKeyDays;
        if (idempotencyKeyDays < 1) {
            throw new IllegalArgumentException("oms.partner-api.idempotency-key-days is at least 1");
        }
        clients = clients == null ? Map.of() : Map.copyOf(clients);
        sandboxClients = sandboxClients == null ? Map.of() : Map.copyOf(sandboxClients);
    }

    /**
     * One client.
     *
     * @param keys at most two: SHA-256, in hexadecimal, of a key, and where it has an end {@code  until} and an RFC 3339
     *     time behind it
     * @param scopes {@code orders:write}, {@code orders:read}, {@code orders:cancel}
     * @param shop whose orders it brings and sees; its own name by default. Clients of one shop share its references
     * @param requestsPerMinute its quota; null for the usual one
     */
    record Client(List<String> keys, Set<String> scopes, String shop, Integer requestsPerMinute) {

        Client {
            keys = keys == null ? List.of() : List.copyOf(keys);
            scopes = scopes == null ? Set.of() : Set.copyOf(scopes);
        }

        @Override
        public String toString() {
            return "Client[shop=" + shop + ", scopes=" + scopes + "]";
        }
    }
}
