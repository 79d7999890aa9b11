package routes.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/**
 * Who is at the door of the partner API, what it may do there, and how often. Keys are known by their SHA-256 alone;
 * every active one is compared, each in the same time.
 */
@Component("clients")
@EnableConfigurationProperties(ApiSettings.class)
public class Clients {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,39}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final Set<String> SCOPES = Set.of("orders:write", "orders:read");
    private static final String ENTERED = "oms.client";

    /** A client as it entered; {@code shop} is whose orders it brings and sees. */
    record Client(String name, String shop, Set<String> scopes, List<byte[]> keys, Bucket bucket) {}

    private final Map<String, Client> clients = new TreeMap<>();

    Clients(ApiSettings settings, @Value("${oms.sandbox.enabled}") boolean sandbox) {
        if (sandbox) {
            settings.sandboxClients().forEach((name, client) -> add(name, client, settings.requestsPerMinute()));
        }
        settings.clients().forEach((name, client) -> add(name, client, settings.requestsPerMinute()));
    }

    private void add(String name, ApiSettings.Client client, int usual) {
        String setting = "oms.partner-api.clients." + name;
        String shop = client.shop() == null || client.shop().isBlank() ? name : client.shop();
        if (!NAME.matcher(name).matches() || !NAME.matcher(shop).matches()) {
            throw new IllegalArgumentException(setting + ": name and shop are small letters, digits and hyphens");
        }
        if (!SCOPES.containsAll(client.scopes())) {
            throw new IllegalArgumentException(setting + ".scopes are some of orders:write, orders:read");
        }
        if (client.keys().isEmpty()
                || !client.keys().stream().allMatch(key -> HASH.matcher(key).matches())) {
            throw new IllegalArgumentException(setting + ".keys are SHA-256 hashes, 64 small hexadecimal digits each");
        }
        List<byte[]> keys = client.keys().stream().map(HexFormat.of()::parseHex).toList();
        int quota = client.requestsPerMinute() == null ? usual : client.requestsPerMinute();
        clients.put(name, new Client(name, shop, client.scopes(), keys, new Bucket(quota, System::nanoTime)));
    }

    /**
     * Lets a client in that shows an active key, has a request left in its bucket and the scope this door needs.
     *
     * @throws ApiProblem 401 key-refused, 429 too-many-requests, 403 scope-missing
     */
    public void enter(Exchange exchange, String scope) {
        Client client = known(shown(exchange));
        Bucket.Draw draw = client.bucket().draw();
        Map<String, String> limits = new LinkedHashMap<>();
        limits.put("RateLimit-Policy", "\"partner\";q=" + draw.quota() + ";w=60");
        limits.put("RateLimit", "\"partner\";r=" + draw.left() + ";t=" + draw.fullInSeconds());
        Answers.limits(exchange, limits);
        if (!draw.allowed()) {
            throw new ApiProblem(
                    429,
                    "too-many-requests",
                    "Too many requests",
                    "This client may send " + draw.quota() + " requests a minute.",
                    List.of(),
                    Map.of("Retry-After", String.valueOf(draw.waitSeconds())));
        }
        if (!client.scopes().contains(scope)) {
            throw new ApiProblem(403, "scope-missing", "Not allowed", "This needs the scope " + scope + ".");
        }
        exchange.setProperty(ENTERED, client);
    }

    /** The client that entered with this exchange. */
    static Client entered(Exchange exchange) {
        return exchange.getProperty(ENTERED, Client.class);
    }

    private static String shown(Exchange exchange) {
        String bearer = exchange.getMessage().getHeader("Authorization", String.class);
        if (bearer != null) {
            return bearer.regionMatches(true, 0, "Bearer ", 0, 7)
                    ? bearer.substring(7).trim()
                    : "";
        }
        String key = exchange.getMessage().getHeader("X-API-Key", String.class);
        return key == null ? "" : key.trim();
    }

    private Client known(String key) {
        byte[] hash = sha256(key);
        Client found = null;
        for (Client client : clients.values()) {
            for (byte[] active : client.keys()) {
                if (MessageDigest.isEqual(active, hash)) {
                    found = client;
                }
            }
        }
        if (key.isEmpty() || found == null) {
            throw new ApiProblem(
                    401,
                    "key-refused",
                    "Who are you?",
                    "Send an active key, as Authorization: Bearer ohk_... or as X-API-Key.",
                    List.of(),
                    Map.of("WWW-Authenticate", "Bearer realm=\"partner-api\""));
        }
        return found;
    }

    private static byte[] sha256(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
