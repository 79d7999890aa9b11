package routes.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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
    private static final Pattern KEY = Pattern.compile("([0-9a-f]{64})(?: until (\\S+))?");
    private static final Set<String> SCOPES = Set.of("orders:write", "orders:read", "orders:cancel");
    private static final int MOST_KEYS = 2;
    private static final String ENTERED = "oms.client";

    /** A client as it entered; {@code shop} is whose orders it brings and sees. */
    record Client(String name, String shop, Set<String> scopes, List<Key> keys, Bucket bucket) {}

    /** @param until when it ends; null for never */
    record Key(byte[] hash, Instant until) {

        boolean activeAt(Instant now) {
            return until == null || now.isBefore(until);
        }

        /** The beginning of the key's hash: enough to tell two keys apart, useless to anybody who reads it. */
        String name() {
            return HexFormat.of().formatHex(hash).substring(0, 8);
        }
    }

    /**
     * A key as staff see it.
     *
     * @param key the first eight digits of its SHA-256
     * @param until when it ends, null for never
     * @param lastUsedAt when it was last seen here, to the minute; null for never
     */
    public record KeyShown(String client, String shop, String key, boolean active, Instant until, Instant lastUsedAt) {}

    private final Map<String, Client> clients = new TreeMap<>();
    private final KeyUses uses;
    private final Clock clock;

    Clients(ApiSettings settings, KeyUses uses, Clock clock, @Value("${oms.sandbox.enabled}") boolean sandbox) {
        this.uses = uses;
        this.clock = clock;
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
            throw new IllegalArgumentException(setting + ".scopes are some of " + new TreeSet<>(SCOPES));
        }
        if (client.keys().isEmpty()) {
            throw new IllegalArgumentException(setting + ".keys: there is none");
        }
        List<Key> keys = client.keys().stream().map(text -> key(setting, text)).toList();
        if (keys.stream().filter(key -> key.activeAt(clock.instant())).count() > MOST_KEYS) {
            throw new IllegalArgumentException(setting + ".keys: at most two may be active, one and the next");
        }
        int quota = client.requestsPerMinute() == null ? usual : client.requestsPerMinute();
        clients.put(name, new Client(name, shop, client.scopes(), keys, new Bucket(quota, System::nanoTime)));
    }

    private static Key key(String setting, String text) {
        var parts = KEY.matcher(text.trim());
        try {
            if (parts.matches()) {
                Instant until = parts.group(2) == null
                        ? null
                        : OffsetDateTime.parse(parts.group(2)).toInstant();
                return new Key(HexFormat.of().parseHex(parts.group(1)), until);
            }
        } catch (DateTimeException notATime) {
            // told below
        }
        throw new IllegalArgumentException(setting + ".keys are SHA-256 hashes, 64 small hexadecimal digits each,"
                + " with \" until 2027-01-31T00:00:00Z\" behind one that has an end");
    }

    /** Every key of every client, for staff. */
    public List<KeyShown> keys() {
        Instant now = clock.instant();
        List<KeyShown> shown = new ArrayList<>();
        clients.values().forEach(client -> client.keys()
                .forEach(key -> shown.add(new KeyShown(
                        client.name(),
                        client.shop(),
                        key.name(),
                        key.activeAt(now),
                        key.until(),
                        uses.lastUse(client.name(), key.name()).orElse(null)))));
        return shown;
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
        Instant now = clock.instant();
        Client found = null;
        Key shown = null;
        for (Client client : clients.values()) {
            for (Key one : client.keys()) {
                if (MessageDigest.isEqual(one.hash(), hash) && one.activeAt(now)) {
                    found = client;
                    shown = one;
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
        uses.used(found.name(), shown.name(), now);
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
