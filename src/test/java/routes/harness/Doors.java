package routes.harness;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The hub's and the sandbox's doors as a person with a password would use them. Lists are read to their last page.
 * Every method throws {@link Refused} when the answer is not a 2xx, except {@link #send} and {@link #webhook}.
 */
public final class Doors {

    /** A door that did not answer 2xx. */
    public static final class Refused extends IllegalStateException {
        private final int status;

        Refused(String what, int status, String body) {
            super(what + " answered " + status + ": " + body);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    static final String SHOP = "demo.myshopify.com";
    static final String SHOP_SECRET = "shopify-sandbox-secret";
    private static final String WAREHOUSE_SECRET = "warehouse-sandbox-secret-0001";

    /** Ids exceed 2^53 and amounts are exact: numbers stay what they are. */
    static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private final String url;
    private final String password;

    /**
     * @param url where it listens, without a trailing slash
     * @param password the sandbox users' password
     */
    public Doors(String url, String password) {
        this.url = url;
        this.password = password;
    }

    /** Reads and writes JSON without changing a number. */
    public static ObjectMapper mapper() {
        return JSON;
    }

    // The shop ------------------------------------------------------------------------------------------------

    /** Places orders at the sandbox shop, which sends its webhooks until each is acknowledged; the door's answer. */
    public JsonNode place(Map<String, ?> wish) {
        return post("/sandbox/shop/orders", wish);
    }

    /** What the shop knows of its orders: {@code id, name, acknowledged, currency, totalMinor}. */
    public List<JsonNode> shopOrders() {
        return all("/sandbox/shop/orders");
    }

    /** Everything the partners really carried out: {@code partner, operation, key, at, amountMinor, currency}. */
    public List<JsonNode> effects() {
        return all("/sandbox/effects");
    }

    /** Webhooks that the partners have still to deliver. */
    public long webhooksOwed() {
        return get("/sandbox/health").path("webhooksOwed").asLong();
    }

    public void fault(String partner, String operation, String fault, int count) {
        post("/sandbox/faults", Map.of("partner", partner, "operation", operation, "fault", fault, "count", count));
    }

    /** The same with everything that {@code POST /sandbox/faults} understands. */
    public void fault(JsonNode fault) {
        post("/sandbox/faults", fault);
    }

    public void clearFaults() {
        expect(send("DELETE", "/sandbox/faults", null, Map.of("Authorization", basic("admin"))), "DELETE faults");
    }

    /** Moves the business clock forward, for instance {@code PT72H}. */
    public void advance(String period) {
        post("/sandbox/clock", Map.of("advance", period));
    }

    // Operations ----------------------------------------------------------------------------------------------

    public List<JsonNode> orders() {
        return all("/ops/orders?limit=500");
    }

    /** How many orders are COMPLETED; reads their list, so not in a hurry. */
    long completed() {
        return all("/ops/orders?limit=500&status=COMPLETED").size();
    }

    public JsonNode order(String number) {
        return get("/ops/orders/" + number);
    }

    /** Messages, all of them or those of one state and order. */
    public List<JsonNode> messages(Map<String, String> filter) {
        var query = new StringBuilder();
        filter.forEach((name, value) -> query.append(query.isEmpty() ? "?" : "&")
                .append(name)
                .append('=')
                .append(encoded(value)));
        return all("/ops/messages" + query);
    }

    public List<JsonNode> deadLetters() {
        return all("/ops/dead-letters?limit=500");
    }

    /** Whether everything the warehouse was asked to send for this order is at its customer's, as the warehouse has it. */
    public boolean arrived(String order) {
        var answer = send(
                "GET",
                "/sandbox/partners/warehouse/2026-01/order?ReferenceIds=" + order + "-F1," + order + "-F2",
                null,
                Map.of("Authorization", "Bearer warehouse-sandbox-token"));
        var shipments = json(expect(answer, "GET orders of the warehouse")).findValues("shipments");
        return !shipments.isEmpty()
                && shipments.stream().allMatch(list -> list.findValues("delivery_date").stream()
                        .noneMatch(JsonNode::isNull));
    }

    /** Asks for a replay; the answer, 202 when it was accepted. */
    public HttpResponse<String> replay(String deadLetter) {
        return send(
                "POST",
                "/ops/dead-letters/" + deadLetter + "/replay",
                "{}".getBytes(StandardCharsets.UTF_8),
                Map.of("Authorization", basic("staff"), "Content-Type", "application/json"));
    }

    /** Asks for a hold to be released, as the user of that name; the answer, 202 when it was accepted. */
    public HttpResponse<String> release(String order, String hold, String reason, String user) {
        return send(
                "POST",
                "/ops/orders/" + order + "/holds/" + hold + "/release",
                JSON.createObjectNode().put("reason", reason).toString().getBytes(StandardCharsets.UTF_8),
                Map.of("Authorization", basic(user), "Content-Type", "application/json"));
    }

    /** What staff ask of an order at {@code /ops/orders/<number>/<path>}; 202 when it was accepted. */
    public HttpResponse<String> ask(String order, String path, String body, String user) {
        return send(
                "POST",
                "/ops/orders/" + order + "/" + path,
                body.getBytes(StandardCharsets.UTF_8),
                Map.of("Authorization", basic(user), "Content-Type", "application/json"));
    }

    /** Turns a knob of the sandbox: {@code POST /sandbox/<path>}. */
    public JsonNode sandbox(String path, JsonNode body) {
        return post("/sandbox/" + path, body);
    }

    /** Does something about a failure, at {@code /ops/failures/<id>/<at>}, as the user of that name; the answer. */
    public HttpResponse<String> mend(String failure, String at, String body, String user) {
        return send(
                "POST",
                "/ops/failures/" + failure + "/" + at,
                body.getBytes(StandardCharsets.UTF_8),
                Map.of("Authorization", basic(user), "Content-Type", "application/json"));
    }

    /** A row for one of staff's value maps; the answer. */
    public HttpResponse<String> row(String map, String from, String to, String reason, String user) {
        return send(
                "POST",
                "/ops/value-maps/" + map,
                JSON.createObjectNode()
                        .put("from", from)
                        .put("to", to)
                        .put("reason", reason)
                        .toString()
                        .getBytes(StandardCharsets.UTF_8),
                Map.of("Authorization", basic(user), "Content-Type", "application/json"));
    }

    /** {@code received, waiting, running, done, parked, discarded, duplicates, balanced}. */
    public JsonNode conservation() {
        return get("/ops/conservation");
    }

    /** {@code {"currencies": {"USD": {"sumMinor": 0, "accounts": {...}}}}}. */
    public JsonNode trialBalance() {
        return get("/ops/ledger/trial-balance");
    }

    // Webhooks ------------------------------------------------------------------------------------------------

    /** Posts a Shopify webhook with every header Shopify sends, rightly signed; the answer, whatever its status. */
    public HttpResponse<String> webhook(String topic, String eventId, byte[] body) {
        return send("POST", "/partners/shopify/webhooks", body, shopifyHeaders(topic, eventId, body));
    }

    /** Shopify's headers for this body, rightly signed. */
    public static Map<String, String> shopifyHeaders(String topic, String eventId, byte[] body) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("Content-Type", "application/json");
        headers.put("X-Shopify-Topic", topic);
        headers.put("X-Shopify-Shop-Domain", SHOP);
        headers.put("X-Shopify-API-Version", "2026-07");
        headers.put("X-Shopify-Webhook-Id", UUID.randomUUID().toString());
        headers.put("X-Shopify-Event-Id", eventId);
        headers.put("X-Shopify-Triggered-At", "2026-11-01T10:00:00.000000000Z");
        headers.put("X-Shopify-Hmac-Sha256", hmac(SHOP_SECRET, body));
        return headers;
    }

    /** The warehouse's headers for this body, rightly signed now. */
    public static Map<String, String> warehouseHeaders(String topic, String eventId, byte[] body) {
        var headers = new LinkedHashMap<String, String>();
        var now = String.valueOf(System.currentTimeMillis() / 1000);
        var signed = eventId + "." + now + "." + new String(body, StandardCharsets.UTF_8);
        headers.put("Content-Type", "application/json");
        headers.put("x-webhook-topic", topic);
        headers.put("webhook-id", eventId);
        headers.put("webhook-timestamp", now);
        headers.put("webhook-signature", "v1," + hmac(WAREHOUSE_SECRET, signed.getBytes(StandardCharsets.UTF_8)));
        return headers;
    }

    public static String hmac(String secret, byte[] body) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    // Plain HTTP ----------------------------------------------------------------------------------------------

    public JsonNode get(String path) {
        var answer = send("GET", path, null, Map.of("Authorization", basic("admin"), "Accept", "application/json"));
        return json(expect(answer, "GET " + path));
    }

    public JsonNode post(String path, Object body) {
        try {
            var answer = send(
                    "POST",
                    path,
                    JSON.writeValueAsBytes(body),
                    Map.of(
                            "Authorization", basic("admin"),
                            "Content-Type", "application/json",
                            "Accept", "application/json"));
            var text = expect(answer, "POST " + path);
            return text.isBlank() ? JSON.createObjectNode() : json(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends anything anywhere; the answer, whatever its status. {@code body} may be null. */
    public HttpResponse<String> send(String method, String path, byte[] body, Map<String, String> headers) {
        var publisher =
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body);
        var request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(60))
                .method(method, publisher);
        headers.forEach(request::header);
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    String basic(String user) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private List<JsonNode> all(String path) {
        var items = new ArrayList<JsonNode>();
        String next = null;
        do {
            var separator = path.contains("?") ? "&" : "?";
            var page = get(next == null ? path : path + separator + "after=" + encoded(next));
            page.path("items").forEach(items::add);
            next = page.path("next").isNull() || page.path("next").isMissingNode()
                    ? null
                    : page.path("next").asText();
        } while (next != null);
        return items;
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private static String expect(HttpResponse<String> answer, String what) {
        if (answer.statusCode() / 100 != 2) throw new Refused(what, answer.statusCode(), answer.body());
        return answer.body();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
