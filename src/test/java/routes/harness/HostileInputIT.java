package routes.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What strangers and broken senders post: a clear error at the door, or a message with a named cause behind it. Never a
 * 5xx, never a silence, and the hub is alive and balanced afterwards.
 */
class HostileInputIT {

    private static final Set<String> ENDED = Set.of("DONE", "DISCARDED", "PARKED");
    private static HubProcess hub;
    private static Doors doors;

    @BeforeAll
    static void start() {
        var name = "hostile-" + ProcessHandle.current().pid();
        hub = HubProcess.embedded(name, Path.of("target", "harness", name));
        hub.start();
        doors = hub.doors();
    }

    @AfterAll
    static void stop() {
        if (hub != null) hub.close();
    }

    @AfterEach
    void theHubIsAliveAndBalanced() {
        assertThat(hub.up()).as("up").isTrue();
        assertThat(new World(doors, doors).equation()).containsEntry("balanced", true);
    }

    static List<Named<byte[]>> bodies() {
        var all = new LinkedHashMap<String, byte[]>();
        all.put("nothing at all", new byte[0]);
        all.put("an empty object", text("{}"));
        all.put("cut off", text("{\"id\": 9100000000000000001, \"line_items\": ["));
        all.put("not JSON", text("<order><id>1</id></order>"));
        all.put("a list", text("[1,2,3]"));
        all.put("a number", text("42"));
        all.put("null", text("null"));
        all.put("an id that is an object", text("{\"id\": {\"a\": 1}, \"line_items\": []}"));
        all.put("an id of a thousand digits", text("{\"id\": " + "9".repeat(1_000) + "}"));
        all.put("lines that are a word", order("\"line_items\": \"mugs\""));
        all.put(
                "a price that is an object",
                order("\"line_items\": [{\"id\": 1, \"price\": {\"a\": 1}, \"quantity\": 1}]"));
        all.put("a price of 1e999999999", order("\"total_price\": \"1e999999999\""));
        all.put("a price of 1e999999999 as a number", order("\"total_price\": 1e999999999"));
        all.put("a price of -1e-999999999", order("\"total_price\": \"-1e-999999999\""));
        all.put("a price that is not a number", order("\"total_price\": \"NaN\""));
        all.put(
                "a quantity of a hundred trillion",
                order("\"line_items\": [{\"id\": 1, \"price\": \"1.00\", \"quantity\": 100000000000000}]"));
        all.put("a negative quantity", order("\"line_items\": [{\"id\": 1, \"price\": \"1.00\", \"quantity\": -1}]"));
        all.put("half a cent", order("\"total_price\": \"1.005\""));
        all.put("a currency nobody has", order("\"currency\": \"XQQ\""));
        all.put("a time that is none", order("\"updated_at\": \"yesterday\""));
        all.put(
                "a hundred thousand lists",
                text("{\"id\": 9100000000000000009, \"x\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}"));
        all.put("a hundred thousand objects", text("{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000)));
        all.put("a string of two million", order("\"note\": \"" + "x".repeat(2_000_000) + "\""));
        all.put("a number of a million digits", order("\"total_price\": " + "1".repeat(1_000_000)));
        all.put("the same key twice", text("{\"id\": 9100000000000000011, \"id\": 9100000000000000012}"));
        all.put(
                "bytes that are no UTF-8",
                new byte[] {'{', '"', 'i', 'd', '"', ':', '"', (byte) 0xC3, (byte) 0x28, (byte) 0xFF, '"', '}'});
        all.put("UTF-16", "{\"id\": 9100000000000000013}".getBytes(StandardCharsets.UTF_16));
        all.put("zero bytes", new byte[] {0, 0, 0, 0});
        all.put("a null character in a name", order("\"name\": \"a\\u0000b\""));
        all.put("half a surrogate", order("\"name\": \"\\ud800\""));
        all.put(
                "expressions",
                order("\"name\": \"${jndi:ldap://127.0.0.1/a} ${bean:orders} #{1+1} {{oms.data-dir}}\""));
        return all.entrySet().stream()
                .map(body -> Named.of(body.getKey(), body.getValue()))
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bodies")
    void aRightlySignedBodyThatMakesNoSenseEndsInANamedState(byte[] body) {
        var event = "hostile-" + System.nanoTime();
        var answer = doors.webhook("orders/create", event, body);
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 400, 413, 422);
        if (answer.statusCode() != 200) {
            assertProblem(answer);
            return;
        }
        var message = ended(event);
        assertThat(message.path("state").asText()).as("%s", message).isIn(ENDED);
        if (!message.path("state").asText().equals("DONE")) {
            assertThat(message.path("reason").asText()).as("%s", message).matches("[A-Z][A-Z0-9_]+.*");
            assertThat(message.path("reason").asText()).as("%s", message).isNotEqualTo("UNEXPECTED");
        }
    }

    @Test
    void fiftyMegabytesAreRefusedWithoutBeingKept() {
        var before = received();
        var body = new byte[50 * 1024 * 1024];
        var answer = doors.webhook("orders/create", "big", body);
        assertThat(answer.statusCode()).isEqualTo(413);
        assertProblem(answer);
        assertThat(received()).isEqualTo(before);
    }

    @Test
    void fiftyMegabytesThatDoNotSayHowLongTheyAreAreRefusedToo() throws Exception {
        var body = new byte[50 * 1024 * 1024];
        var request = HttpRequest.newBuilder(URI.create(hub.url() + "/partners/shopify/webhooks"))
                .timeout(Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(body)));
        Doors.shopifyHeaders("orders/create", "big-2", body).forEach(request::header);
        try {
            var answer = HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(413);
        } catch (IOException cutOff) {
            // Hanging up on the sender is an answer too.
            assertThat(hub.up()).isTrue();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("otherTypes")
    void aBodyOfAnotherTypeIsRefused(String type) {
        var body = text("id=1&total_price=1.00");
        var headers = Doors.shopifyHeaders("orders/create", "type-" + System.nanoTime(), body);
        headers.put("Content-Type", type);
        var before = received();
        var answer = doors.send("POST", "/partners/shopify/webhooks", body, headers);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(415);
        assertProblem(answer);
        assertThat(received()).isEqualTo(before);
    }

    static List<String> otherTypes() {
        return List.of("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html");
    }

    /** Camel obeys headers that begin with its name, in any case, when they come in from outside. */
    @Test
    void headersThatWouldSteerTheRoutesSteerNothing() {
        var body = text("{\"id\": " + fresh() + "}");
        for (var header : List.of(
                "CAmelHttpResponseCode",
                "camelHttpUri",
                "CaMeLHttpPath",
                "CAMELBEANMETHODNAME",
                "CAmelExecCommandExecutable",
                "CamelRedeliveryCounter",
                "cameLSplitIndex",
                "CamelToDynamicUri",
                "oms-order-id",
                "org.apache.camel.x")) {
            var event = "steer-" + header + "-" + System.nanoTime();
            var headers = Doors.shopifyHeaders("carts/update", event, body);
            headers.put(header, "503");
            var answer = doors.send("POST", "/partners/shopify/webhooks", body, headers);
            assertThat(answer.statusCode()).as(header).isEqualTo(200);
            assertThat(answer.body()).as(header).doesNotContain("503");
            assertThat(answer.headers().map().keySet()).as(header).noneMatch(name -> name.toLowerCase()
                    .startsWith("camel"));
            assertThat(ended(event).path("state").asText()).as(header).isIn(ENDED);
        }
    }

    @Test
    void aBadOrMissingSignatureIsRefusedAtEveryDoor() {
        var body = text("{\"id\": 1}");
        var before = received();
        var shopify = Doors.shopifyHeaders("orders/create", "forged", body);
        shopify.put("X-Shopify-Hmac-Sha256", Doors.hmac("not-the-secret", body));
        var unsigned = new HashMap<>(shopify);
        unsigned.remove("X-Shopify-Hmac-Sha256");
        var garbled = new HashMap<>(shopify);
        garbled.put("X-Shopify-Hmac-Sha256", "%%%");
        var warehouse = new HashMap<String, String>();
        warehouse.put("Content-Type", "application/json");
        warehouse.put("webhook-id", "msg_1");
        warehouse.put("webhook-timestamp", "1");
        warehouse.put("webhook-signature", "v1,AAAA");
        warehouse.put("x-webhook-topic", "order.shipped");
        var nobody = Map.of("Content-Type", "application/json");
        var analyst = Map.of(
                "Content-Type",
                "application/xml",
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString(text("accertify:wrong")));
        var attempts = List.of(
                Map.entry("/partners/shopify/webhooks", Map.copyOf(shopify)),
                Map.entry("/partners/shopify/webhooks", unsigned),
                Map.entry("/partners/shopify/webhooks", garbled),
                Map.entry("/partners/warehouse/webhooks", warehouse),
                Map.entry("/partners/warehouse/webhooks", nobody),
                Map.entry("/partners/accertify/resolutions", analyst),
                Map.entry("/partners/accertify/resolutions", Map.of("Content-Type", "application/xml")));
        for (var attempt : attempts) {
            var answer = doors.send("POST", attempt.getKey(), body, attempt.getValue());
            assertThat(answer.statusCode()).as("%s", attempt).isEqualTo(401);
            assertProblem(answer);
        }
        assertThat(received()).isEqualTo(before);
    }

    @Test
    void aDoctypeIsNotFollowed() {
        var secret = hub.data().resolve("not-for-strangers");
        var body = text("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x SYSTEM \"file://" + secret.toAbsolutePath()
                + "\">]><transaction-results><transaction-id>&x;</transaction-id></transaction-results>");
        var answer = doors.send(
                "POST",
                "/partners/accertify/resolutions",
                body,
                Map.of(
                        "Content-Type",
                        "application/xml",
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(text("accertify:accertify-sandbox-secret"))));
        assertThat(answer.statusCode()).as(answer.body()).isLessThan(500);
    }

    @Test
    void otherPathsAndMethodsAreNotThere() {
        var body = text("{}");
        assertThat(doors.send("POST", "/partners/nobody/webhooks", body, Map.of("Content-Type", "application/json"))
                        .statusCode())
                .isIn(401, 404);
        assertThat(doors.send("GET", "/partners/shopify/webhooks", null, Map.of())
                        .statusCode())
                .isIn(401, 404, 405);
        assertThat(doors.send("DELETE", "/partners/shopify/webhooks", null, Map.of())
                        .statusCode())
                .isIn(401, 404, 405);
    }

    @Test
    void staffDoorsAskWhoIsThere() {
        for (var path : List.of("/ops/orders", "/ops/conservation", "/ops/dead-letters", "/ops/ledger/trial-balance")) {
            assertThat(doors.send("GET", path, null, Map.of("Accept", "application/json"))
                            .statusCode())
                    .as(path)
                    .isEqualTo(401);
        }
    }

    /** Real orders of real shops, old and odd: each gets its 2xx and ends somewhere with a name. */
    @Test
    void everyRealOrderEndsInANamedState() throws IOException {
        var folder = Path.of(System.getProperty("oms.contracts", "../shared/contracts"), "shopify", "store-orders");
        Assumptions.assumeTrue(Files.isDirectory(folder), "the contracts folder is not here: " + folder);
        var newest = new HashMap<String, OffsetDateTime>();
        var wanted = new TreeMap<String, String>();
        try (var files = Files.list(folder)) {
            for (var file : files.filter(one -> one.getFileName().toString().startsWith("order-"))
                    .sorted()
                    .toList()) {
                var wrapped = Doors.JSON.readTree(file.toFile());
                assertThat(wrapped.has("_source")).as("%s", file).isTrue();
                var payload = wrapped.path("payload").has("order")
                        ? wrapped.path("payload").path("order")
                        : wrapped.path("payload");
                var event = file.getFileName().toString();
                var answer = doors.webhook("orders/create", event, Doors.JSON.writeValueAsBytes(payload));
                assertThat(answer.statusCode())
                        .as("%s: %s", event, answer.body())
                        .isEqualTo(200);
                var id = payload.path("id").asText();
                var updated = OffsetDateTime.parse(payload.path("updated_at").asText());
                var before = newest.get(id);
                var stale = before != null && !updated.isAfter(before);
                if (!stale) newest.put(id, updated);
                var cancelled = payload.hasNonNull("cancelled_at");
                wanted.put(
                        event, cancelled ? "CANCELLED" : stale ? "STALE" : addsUp(payload) ? "ADDS_UP" : "WRONG_SUM");
                // One after the other, so that it is known which of two versions came first.
                ended(event);
            }
        }
        assertThat(wanted).hasSize(11);
        wanted.forEach((event, kind) -> {
            var message = ended(event);
            System.out.println(
                    event + " " + kind + " -> " + message.path("state").asText() + " "
                            + message.path("reason").asText() + " "
                            + message.path("step").asText());
            assertThat(message.path("state").asText()).as("%s", message).isIn(ENDED);
            if (!message.path("state").asText().equals("DONE")) {
                assertThat(message.path("reason").asText()).as("%s", message).matches("[A-Z][A-Z0-9_]+.*");
            }
            if (kind.equals("CANCELLED")) {
                assertThat(message.path("reason").asText()).as(event).isEqualTo("CANCELLED_BEFORE_OPENED");
            }
            if (kind.equals("STALE")) {
                assertThat(message.path("state").asText() + " "
                                + message.path("reason").asText())
                        .as(event)
                        .isEqualTo("DISCARDED STALE_VERSION");
            }
            if (kind.equals("WRONG_SUM") && message.path("state").asText().equals("DONE")) {
                var order = doors.order(message.path("orderNumber").asText());
                var holds = order.path("holds").findValuesAsText("kind");
                assertThat(holds).as("%s %s", event, order.path("status")).contains("ADDUP");
            }
        });
    }

    /** Lines less their discounts are the subtotal; with shipping, tip, duties and (where it is on top) tax, the total. */
    private static boolean addsUp(JsonNode order) {
        var lines = BigDecimal.ZERO;
        for (var line : order.path("line_items")) {
            lines = lines.add(money(line, "price")
                    .multiply(new BigDecimal(line.path("quantity").asText("0"))));
            for (var share : line.path("discount_allocations")) lines = lines.subtract(money(share, "amount"));
        }
        var total = money(order, "subtotal_price").add(money(order, "total_tip_received"));
        for (var shipping : order.path("shipping_lines")) {
            total = total.add(money(shipping, "price"));
            for (var share : shipping.path("discount_allocations")) total = total.subtract(money(share, "amount"));
        }
        if (!order.path("taxes_included").asBoolean()) total = total.add(money(order, "total_tax"));
        return lines.compareTo(money(order, "subtotal_price")) == 0
                && total.compareTo(money(order, "total_price")) == 0;
    }

    private static BigDecimal money(JsonNode holder, String field) {
        var text = holder.path(field).asText("0");
        return text.isEmpty() || text.equals("null") ? BigDecimal.ZERO : new BigDecimal(text);
    }

    /** The message of this event once it is at rest. */
    private static JsonNode ended(String event) {
        var found = new JsonNode[1];
        Pause.until(Duration.ofSeconds(60), 50, () -> {
            found[0] = doors.messages(Map.of("limit", "100")).stream()
                    .filter(message -> message.path("eventId").asText().equals(event))
                    .findFirst()
                    .orElse(null);
            return found[0] != null && ENDED.contains(found[0].path("state").asText());
        });
        assertThat(found[0]).as("the message of " + event).isNotNull();
        return found[0];
    }

    private static void assertProblem(HttpResponse<String> answer) {
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(answer.body()).contains("\"title\"").contains("\"status\"").doesNotContain("Exception");
    }

    private static long received() {
        Pause.millis(50);
        return doors.conservation().path("received").asLong();
    }

    private static long fresh() {
        return 9_200_000_000_000_000_001L + System.nanoTime() % 1_000_000_000;
    }

    /** A body that is an order but for one thing. */
    private static byte[] order(String odd) {
        try {
            var whole = (com.fasterxml.jackson.databind.node.ObjectNode)
                    Doors.JSON.valueToTree(new org.yaml.snakeyaml.Yaml()
                            .<Object>load(
                                    Files.readString(Path.of("src/test/resources/stories/payloads/one-mug.yaml"))));
            whole.put("id", fresh());
            var text = whole.toString();
            // The odd field comes last: of two equal keys the last one counts.
            return text(text.substring(0, text.length() - 1) + ", " + odd + "}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
