package routes.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.atlassian.oai.validator.model.SimpleResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import routes.deadletter.Policies;
import routes.harness.Doors;
import routes.harness.Ports;
import routes.harness.SharedHub;
import routes.inbox.Message;
import routes.inbox.Turn;

/**
 * The partner API as a client uses it: real HTTP, the whole hub behind it. Every answer is also judged by the published
 * contract.
 */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.DEFINED_PORT,
        properties = {
            "oms.sandbox.orders-per-minute=0",
            "oms.sandbox.ship-after-ms=50",
            "oms.sandbox.deliver-after-ms=50",
            "oms.retries.scale=0.005",
            "oms.partner-api.clients.other.scopes=orders:write,orders:read,orders:cancel",
            "oms.partner-api.clients.many.scopes=orders:write,orders:read",
            "oms.partner-api.idempotency-key-days=30",
            "oms.partner-api.clients.reader.scopes=orders:read",
            "oms.partner-api.clients.hasty.scopes=orders:read",
            "oms.partner-api.clients.hasty.requests-per-minute=2",
            "oms.sandbox.password=api-password"
        })
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_CLASS)
class PartnerApiTest {

    private static final int PORT = Ports.free();
    private static final String DEMO = "ohk_demo_sandbox-key-0001";
    private static final String OTHER = "ohk_other_first-key-0001";
    private static final String OTHER_NEXT = "ohk_other_next-key-0002";
    private static final String OTHER_OLD = "ohk_other_old-key-0000";
    private static final String MANY = "ohk_many_key-0001";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        SharedHub.leave();
        registry.add("server.port", () -> PORT);
        registry.add("management.server.port", () -> 0);
        registry.add("oms.data-dir", () -> Path.of(
                        "target", "partner-api", "h2-" + ProcessHandle.current().pid())
                .toAbsolutePath()
                .toString());
        registry.add(
                "oms.partner-api.clients.other.keys",
                () -> hash(OTHER) + "," + hash(OTHER_NEXT) + " until 2999-01-01T00:00:00Z," + hash(OTHER_OLD)
                        + " until 2026-01-31T00:00:00Z");
        registry.add("oms.partner-api.clients.many.keys", () -> hash(MANY));
        registry.add("oms.partner-api.clients.reader.keys", () -> hash("ohk_reader_key-0001"));
        registry.add("oms.partner-api.clients.hasty.keys", () -> hash("ohk_hasty_key-0001"));
    }

    @Autowired
    private JdbcClient store;

    @Autowired
    private CamelContext camel;

    @Autowired
    private Clients clients;

    @Autowired
    private Submissions submissions;

    @Autowired
    private Policies policies;

    private static final Map<String, JsonNode> HANDED = new ConcurrentHashMap<>();

    private final Doors doors = new Doors("http://127.0.0.1:" + PORT, "api-password");

    @Test
    void anOrderIsSubmittedAndFollowedUntilItIsAtTheDoor() {
        ObjectNode order = order();
        String reference = order.path("reference").asText();
        HttpResponse<String> answer = submit(DEMO, "walk-" + reference, order);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        assertThat(answer.headers().firstValue("Retry-After")).contains("1");
        assertThat(answer.headers().firstValue("RateLimit-Policy")).contains("\"partner\";q=600;w=60");
        assertThat(answer.headers().firstValue("RateLimit").orElse("")).matches("\"partner\";r=\\d+;t=\\d+");
        String location = answer.headers().firstValue("Location").orElseThrow();
        assertThat(location)
                .isEqualTo("/api/v1/submissions/" + body(answer).path("id").asText());
        await().atMost(LIMIT).untilAsserted(() -> assertThat(
                        body(get(DEMO, location)).path("status").asText())
                .isEqualTo("completed"));
        HttpResponse<String> done = get(DEMO, location);
        assertThat(done.headers().firstValue("Retry-After")).isEmpty();
        assertThat(body(done).at("/links/order").asText()).isEqualTo("/api/v1/orders/" + reference);
        await().atMost(LIMIT).untilAsserted(() -> assertThat(body(get(DEMO, "/api/v1/orders/" + reference))
                        .path("status")
                        .asText())
                .isEqualTo("completed"));
        JsonNode shown = body(get(DEMO, "/api/v1/orders/" + reference));
        assertThat(shown.at("/totals/total").asText()).isEqualTo("110.10");
        assertThat(shown.at("/lines/0/shipped").asInt()).isEqualTo(2);
        assertThat(shown.at("/parcels/0/tracking").asText()).isNotEmpty();
        assertThat(shown.at("/parcels/0/deliveredAt").asText()).isNotEmpty();
        assertThat(doors.conservation().path("balanced").asBoolean()).isTrue();
    }

    @Test
    void theSameKeyAndBodyGetTheSameAnswerAndOneOrder() {
        ObjectNode order = order();
        String key = "again-" + order.path("reference").asText();
        HttpResponse<String> first = submit(DEMO, key, order);
        HttpResponse<String> again = submit(DEMO, key, order);
        HttpResponse<String> quoted = submit(DEMO, "\"" + key + "\"", order);
        for (HttpResponse<String> one : List.of(first, again, quoted)) {
            assertThat(one.statusCode()).as(one.body()).isEqualTo(202);
            assertThat(one.body()).isEqualTo(first.body());
            assertThat(one.headers().firstValue("Location"))
                    .isEqualTo(first.headers().firstValue("Location"));
        }
        assertThat(messagesOf(key)).isEqualTo(1);
    }

    @Test
    void theSameKeyWithAnotherBodyIsRefused() {
        ObjectNode order = order();
        String key = "other-" + order.path("reference").asText();
        assertThat(submit(DEMO, key, order).statusCode()).isEqualTo(202);
        problem(submit(DEMO, key, order()), 422, "key-reused");
        assertThat(messagesOf(key)).isEqualTo(1);
        assertThat(submit(OTHER, key, order()).statusCode())
                .as("another client's keys are its own")
                .isEqualTo(202);
    }

    @Test
    void manyAtOnceWithOneKeyAreOneOrder() throws Exception {
        ObjectNode order = order();
        String key = "rush-" + order.path("reference").asText();
        CountDownLatch gate = new CountDownLatch(1);
        var crowd = Executors.newFixedThreadPool(12);
        List<Future<HttpResponse<String>>> answers = IntStream.range(0, 12)
                .mapToObj(i -> crowd.submit(() -> {
                    gate.await();
                    return submit(DEMO, key, order);
                }))
                .toList();
        gate.countDown();
        Set<String> taken = new TreeSet<>();
        for (Future<HttpResponse<String>> answer : answers) {
            HttpResponse<String> one = answer.get();
            if (one.statusCode() == 409) {
                problem(one, 409, "key-in-use");
            } else {
                assertThat(one.statusCode()).as(one.body()).isEqualTo(202);
                taken.add(one.body());
            }
        }
        crowd.shutdown();
        assertThat(taken).hasSize(1);
        assertThat(messagesOf(key)).isEqualTo(1);
    }

    @Test
    void aKeyIsInUseWhileItsFirstRequestIsUnderWay() {
        ObjectNode order = order();
        String key = "busy-" + order.path("reference").asText();
        Exchange first = new DefaultExchange(camel);
        first.getMessage().setHeader("Authorization", "Bearer " + DEMO);
        first.getMessage().setHeader("Idempotency-Key", key);
        first.getMessage().setBody(bytes(order));
        clients.enter(first, "orders:write");
        submissions.examine(first);
        problem(submit(DEMO, key, order), 409, "key-in-use");
        first.getExchangeExtension().handoverCompletions().forEach(done -> done.onComplete(first));
        assertThat(submit(DEMO, key, order).statusCode()).isEqualTo(202);
    }

    @Test
    void aSecondOrderUnderAReferenceIsRejectedLater() {
        ObjectNode order = order();
        String reference = order.path("reference").asText();
        submit(DEMO, "one-" + reference, order);
        String second = submit(DEMO, "two-" + reference, order)
                .headers()
                .firstValue("Location")
                .orElseThrow();
        await().atMost(LIMIT).untilAsserted(() -> assertThat(
                        body(get(DEMO, second)).path("status").asText())
                .isEqualTo("rejected"));
        assertThat(body(get(DEMO, second)).at("/problem/code").asText()).isEqualTo("reference-taken");
    }

    @Test
    void whatWeCannotDoIsLookedAtByAPerson() {
        ObjectNode order = order();
        ((ObjectNode) order.path("shipTo")).put("country", "BR");
        String location = submit(DEMO, UUID.randomUUID().toString(), order)
                .headers()
                .firstValue("Location")
                .orElseThrow();
        await().atMost(LIMIT).untilAsserted(() -> assertThat(
                        body(get(DEMO, location)).path("status").asText())
                .isEqualTo("needs-attention"));
        assertThat(body(get(DEMO, location)).at("/links/order").isMissingNode()).isTrue();
        problem(get(DEMO, "/api/v1/orders/" + order.path("reference").asText()), 404, "not-found");
    }

    @Test
    void aSumThatDoesNotAddUpIsAnOrderOnHold() {
        ObjectNode order = order();
        ((ObjectNode) order.path("totals")).put("total", "110.09");
        String reference = order.path("reference").asText();
        submit(DEMO, "sum-" + reference, order);
        await().atMost(LIMIT).untilAsserted(() -> assertThat(body(get(DEMO, "/api/v1/orders/" + reference))
                        .path("status")
                        .asText())
                .isEqualTo("on-hold"));
    }

    @Test
    void nobodyEntersWithoutAnActiveKey() {
        HttpResponse<String> none = send("GET", "/api/v1/orders/PO-1", null, Map.of());
        problem(none, 401, "key-refused");
        assertThat(none.headers().firstValue("WWW-Authenticate")).contains("Bearer realm=\"partner-api\"");
        problem(get("ohk_demo_sandbox-key-0002", "/api/v1/orders/PO-1"), 401, "key-refused");
        problem(get("", "/api/v1/orders/PO-1"), 401, "key-refused");
        String inTheQuery = "/api/v1/orders/PO-1?X-API-Key=" + DEMO;
        problem(send("GET", inTheQuery, null, Map.of()), 401, "key-refused");
        String basic = "Basic YWRtaW46YXBpLXBhc3N3b3Jk";
        problem(send("GET", "/api/v1/orders/PO-1", null, Map.of("Authorization", basic)), 401, "key-refused");
        problem(get(OTHER, "/api/v1/orders/PO-1"), 404, "not-found");
        problem(get(OTHER_NEXT, "/api/v1/orders/PO-1"), 404, "not-found");
        problem(send("GET", "/api/v1/orders/PO-1", null, Map.of("X-API-Key", OTHER)), 404, "not-found");
    }

    @Test
    void aKeyOpensOnlyWhatItsScopesName() {
        problem(submit("ohk_reader_key-0001", "scope-1", order()), 403, "scope-missing");
        problem(get("ohk_reader_key-0001", "/api/v1/orders/PO-1"), 404, "not-found");
    }

    @Test
    void anotherClientsOrdersAreNotThere() {
        ObjectNode order = order();
        String reference = order.path("reference").asText();
        String location = submit(DEMO, "mine-" + reference, order)
                .headers()
                .firstValue("Location")
                .orElseThrow();
        await().atMost(LIMIT).untilAsserted(() -> assertThat(
                        get(DEMO, "/api/v1/orders/" + reference).statusCode())
                .isEqualTo(200));
        problem(get(OTHER, "/api/v1/orders/" + reference), 404, "not-found");
        problem(get(OTHER, location), 404, "not-found");
        // The other client may use the same reference; the two never meet.
        assertThat(submit(OTHER, "mine-" + reference, order).statusCode()).isEqualTo(202);
        await().atMost(LIMIT).untilAsserted(() -> assertThat(
                        get(OTHER, "/api/v1/orders/" + reference).statusCode())
                .isEqualTo(200));
        assertThat(body(get(OTHER, "/api/v1/orders/" + reference)).path("number"))
                .isNotEqualTo(body(get(DEMO, "/api/v1/orders/" + reference)).path("number"));
    }

    @Test
    void whatIsWrongInABodyIsPointedAt() {
        ObjectNode order = order();
        order.remove("placedAt");
        order.put("reference", "no spaces, please");
        order.put("taxIncluded", "yes");
        ObjectNode line = (ObjectNode) order.at("/lines/0");
        line.put("unitPrice", "50.001").put("quantity", 0).put("tax", 9.09);
        ((ArrayNode) order.path("lines")).addObject().put("sku", "").put("quantity", 1);
        ((ObjectNode) order.path("shipTo")).put("country", "USA");
        ((ObjectNode) order.path("shipping")).put("method", "by-dove");
        JsonNode told = problem(submit(DEMO, "shape-1", order), 422, "body-invalid");
        assertThat(StreamSupport.stream(told.path("errors").spliterator(), false)
                        .map(one -> one.path("pointer").asText() + " "
                                + one.path("code").asText()))
                .containsExactlyInAnyOrder(
                        "/placedAt missing",
                        "/reference wrong-format",
                        "/taxIncluded wrong-type",
                        "/lines/0/unitPrice too-many-decimals",
                        "/lines/0/quantity too-small",
                        "/lines/0/tax wrong-type",
                        "/lines/1/sku too-short",
                        "/lines/1/unitPrice missing",
                        "/shipTo/country wrong-format",
                        "/shipping/method not-allowed");
        ObjectNode right = order();
        assertThat(submit(DEMO, "shape-1", right).statusCode())
                .as("a refused request uses up no key")
                .isEqualTo(202);
        JsonNode gold = problem(submit(DEMO, "shape-2", order().put("currency", "XAU")), 422, "body-invalid");
        assertThat(gold.at("/errors/0/pointer").asText()).isEqualTo("/currency");
    }

    @Test
    void whatIsNoRequestIsRefusedAtTheDoor() {
        Map<String, String> headers = headers(DEMO, "door-1");
        for (String bad : List.of(
                "", "{", "[1,", "{} {}", "\u00ff", "[".repeat(5000), "{\"a\":1e999999999}", "{\"a\":1,\"a\":2}")) {
            problem(
                    send("POST", "/api/v1/orders", bad.getBytes(StandardCharsets.ISO_8859_1), headers),
                    400,
                    "body-unreadable");
        }
        for (String none : List.of("[]", "1", "null", "\"x\"")) {
            problem(
                    send("POST", "/api/v1/orders", none.getBytes(StandardCharsets.UTF_8), headers),
                    422,
                    "body-invalid");
        }
        headers.remove("Idempotency-Key");
        problem(send("POST", "/api/v1/orders", bytes(order()), headers), 400, "key-missing");
        headers.put("Idempotency-Key", "not a key");
        problem(send("POST", "/api/v1/orders", bytes(order()), headers), 400, "key-missing");
        headers.put("Content-Type", "application/xml");
        problem(send("POST", "/api/v1/orders", bytes(order()), headers), 415, "type-not-supported");
        headers.put("Content-Type", "application/json");
        problem(send("POST", "/api/v1/orders", new byte[1_048_577], headers), 413, "too-large");
        problem(send("PUT", "/api/v1/orders", null, headers), 405, "method-not-allowed");
        problem(send("DELETE", "/api/v1/orders/PO-1", null, headers), 405, "method-not-allowed");
        for (String path : List.of("/api/v1/elsewhere", "/api/v1/orders/a/b", "/api/v1/orders/%2e%2e", "/api/v1/")) {
            problem(get(DEMO, path), 404, "not-found");
        }
        for (String id : List.of("S-0", "S-x", "S-9999999999999999999", "17")) {
            problem(get(DEMO, "/api/v1/submissions/" + id), 404, "not-found");
        }
    }

    @Test
    void aCallerCannotNameTheShopItself() {
        ObjectNode order = order();
        String reference = order.path("reference").asText();
        Map<String, String> headers = headers(OTHER, "steer-" + reference);
        headers.put("oms-shop", "demo");
        headers.put("CamelHttpUri", "/api/v1/orders/x");
        assertThat(send("POST", "/api/v1/orders?oms-shop=demo", bytes(order), headers)
                        .statusCode())
                .isEqualTo(202);
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(get(OTHER, "/api/v1/orders/" + reference + "?oms-shop=demo")
                                .statusCode())
                        .isEqualTo(200));
        problem(get(DEMO, "/api/v1/orders/" + reference), 404, "not-found");
    }

    @Test
    void aClientIsHeldToItsQuota() {
        String hasty = "ohk_hasty_key-0001";
        problem(get(hasty, "/api/v1/orders/PO-1"), 404, "not-found");
        problem(get(hasty, "/api/v1/orders/PO-1"), 404, "not-found");
        HttpResponse<String> refused = get(hasty, "/api/v1/orders/PO-1");
        problem(refused, 429, "too-many-requests");
        assertThat(Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(1, 30);
        assertThat(refused.headers().firstValue("RateLimit-Policy")).contains("\"partner\";q=2;w=60");
        assertThat(refused.headers().firstValue("RateLimit").orElse("")).startsWith("\"partner\";r=0;t=");
        problem(get(OTHER, "/api/v1/orders/PO-1"), 404, "not-found");
    }

    @Test
    void theContractIsPublishedAndItsExamplesAreTaken() throws Exception {
        HttpResponse<String> contract = send("GET", "/api/v1/openapi.yaml", null, Map.of());
        assertThat(contract.statusCode()).isEqualTo(200);
        assertThat(contract.body()).isEqualTo(text()).startsWith("openapi: 3.1.0");
        JsonNode document = Doors.mapper().valueToTree(new org.yaml.snakeyaml.Yaml().<Object>load(contract.body()));
        JsonNode examples = document.at("/paths/~1orders/post/requestBody/content/application~1json/examples");
        assertThat(examples).hasSize(3);
        Contract judge = new Contract(Doors.mapper());
        for (JsonNode example : examples) {
            assertThat(judge.flawsOfOrder(example.path("value"))).isEmpty();
        }
    }

    // Cancellations -------------------------------------------------------------------------------------------

    /** Plays the flow: notes what it is handed, and decides by the reason; {@code fraud} is refused at once. */
    private void flow() throws Exception {
        if (camel.getRoute("order-cancel.request") != null) {
            camel.getRouteController().stopRoute("order-cancel.request");
            camel.removeRoute("order-cancel.request");
        }
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:order-cancel.request")
                        .routeId("order-cancel.request")
                        .routeConfigurationId("park-at-once")
                        .process(exchange -> {
                            JsonNode wish = exchange.getMessage().getBody(JsonNode.class);
                            Message message = Turn.current().message();
                            HANDED.put(message.orderNumber(), wish);
                            if (wish.path("reason").asText().equals("FRAUD")) {
                                policies.discard("CANCEL_REFUSED");
                            } else {
                                store.sql(
                                                "insert into history (order_number, message_id, walk, step, verb, subject, note,"
                                                        + " who, at) values (?, ?, 1, 'order-cancel.request', 'asked', 'C1', '', 'x',"
                                                        + " current_timestamp)")
                                        .params(message.orderNumber(), message.id())
                                        .update();
                            }
                        });
            }
        });
    }

    private void decide(String number, String state) {
        String document = store.sql("select document from orders where number = ?")
                .param(number)
                .query(String.class)
                .single();
        try {
            ObjectNode order = (ObjectNode) Doors.mapper().readTree(document);
            order.putArray("cancellations").addObject().put("id", "C1").put("state", state);
            store.sql("update orders set document = ? where number = ?")
                    .params(order.toString(), number)
                    .update();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** An order nobody ships while the test looks at it; its number. */
    private String held(String key, ObjectNode order) {
        ((ObjectNode) order.path("totals")).put("total", "110.09");
        String reference = order.path("reference").asText();
        assertThat(submit(key, "held-" + reference, order).statusCode()).isEqualTo(202);
        await().atMost(LIMIT).untilAsserted(() -> assertThat(
                        get(key, "/api/v1/orders/" + reference).statusCode())
                .isEqualTo(200));
        return body(get(key, "/api/v1/orders/" + reference)).path("number").asText();
    }

    private HttpResponse<String> cancel(String key, String idempotencyKey, String reference, String body) {
        return send(
                "POST",
                "/api/v1/orders/" + reference + "/cancellations",
                body.getBytes(StandardCharsets.UTF_8),
                headers(key, idempotencyKey));
    }

    private void becomes(String location, String status) {
        await().atMost(LIMIT).untilAsserted(() -> assertThat(
                        body(get(DEMO, location)).path("status").asText())
                .isEqualTo(status));
    }

    @Test
    void aCancellationIsHandedOnAndFollowedUntilItIsDecided() throws Exception {
        flow();
        ObjectNode order = order();
        ((ObjectNode) order.at("/lines/0")).put("reference", "POS-10");
        String reference = order.path("reference").asText();
        String number = held(DEMO, order);
        String wish = "{\"reason\":\"customer\",\"lines\":[{\"reference\":\"POS-10\",\"quantity\":1}]}";
        HttpResponse<String> answer = cancel(DEMO, "c-" + reference, reference, wish);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        String location = answer.headers().firstValue("Location").orElseThrow();
        assertThat(cancel(DEMO, "c-" + reference, reference, wish).body())
                .as("the same key and bytes get the same answer")
                .isEqualTo(answer.body());
        becomes(location, "processing");
        assertThat(get(DEMO, location).headers().firstValue("Retry-After")).contains("1");
        assertThat(HANDED.get(number))
                .isEqualTo(Doors.mapper()
                        .readTree("{\"reason\":\"CUSTOMER\",\"lines\":[{\"line\":1,\"quantity\":1}],"
                                + "\"requestedBy\":\"partner:demo\"}"));
        decide(number, "UNDER_WAY");
        assertThat(body(get(DEMO, location)).path("status").asText()).isEqualTo("processing");
        decide(number, "DONE");
        becomes(location, "completed");
        assertThat(body(get(DEMO, location)).at("/links/order").asText()).isEqualTo("/api/v1/orders/" + reference);
        decide(number, "REFUSED");
        becomes(location, "rejected");
        assertThat(body(get(DEMO, location)).at("/problem/code").asText()).isEqualTo("cancellation-refused");
        String refused = cancel(DEMO, "f-" + reference, reference, "{\"reason\":\"fraud\"}")
                .headers()
                .firstValue("Location")
                .orElseThrow();
        becomes(refused, "rejected");
        assertThat(body(get(DEMO, refused)).at("/problem/code").asText()).isEqualTo("cancellation-refused");
    }

    @Test
    void aCancellationThatCannotBeIsRefusedAtTheDoor() throws Exception {
        flow();
        ObjectNode order = order();
        String reference = order.path("reference").asText();
        held(DEMO, order);
        String whole = "{\"reason\":\"customer\"}";
        problem(cancel(OTHER, "c1-" + reference, reference, whole), 404, "not-found");
        problem(cancel(DEMO, "c2-" + reference, "PO-nobodys", whole), 404, "not-found");
        problem(cancel("ohk_reader_key-0001", "c3-" + reference, reference, whole), 403, "scope-missing");
        problem(cancel(DEMO, "not a key", reference, whole), 400, "key-missing");
        problem(cancel(DEMO, "c4-" + reference, reference, "{"), 400, "body-unreadable");
        Map<String, String> wrong = new LinkedHashMap<>();
        wrong.put("{}", "/reason missing");
        wrong.put("{\"reason\":\"whim\"}", "/reason not-allowed");
        wrong.put("{\"reason\":\"other\",\"lines\":[]}", "/lines too-short");
        wrong.put("{\"reason\":\"other\",\"lines\":[{\"quantity\":1}]}", "/lines/0/line missing");
        wrong.put("{\"reason\":\"other\",\"lines\":[{\"line\":1}]}", "/lines/0/quantity missing");
        wrong.put("{\"reason\":\"other\",\"lines\":[{\"line\":2,\"quantity\":1}]}", "/lines/0/line unknown");
        wrong.put(
                "{\"reason\":\"other\",\"lines\":[{\"reference\":\"x\",\"quantity\":1}]}",
                "/lines/0/reference unknown");
        wrong.put("{\"reason\":\"other\",\"lines\":[{\"line\":1,\"quantity\":3}]}", "/lines/0/quantity too-large");
        wrong.put(
                "{\"reason\":\"other\",\"lines\":[{\"line\":1,\"quantity\":1},{\"reference\":\"1\",\"quantity\":1}]}",
                "/lines/1/reference not-unique");
        wrong.put(
                "{\"reason\":\"other\",\"lines\":[{\"line\":1,\"reference\":\"1\",\"quantity\":1}]}",
                "/lines/0/reference not-allowed");
        wrong.put("{\"reason\":\"other\",\"note\":\"my card is 4111 1111 1111 1111\"}", "/note card-number");
        int n = 0;
        for (Map.Entry<String, String> one : wrong.entrySet()) {
            JsonNode told =
                    problem(cancel(DEMO, "w" + n++ + "-" + reference, reference, one.getKey()), 422, "body-invalid");
            assertThat(told.at("/errors/0/pointer").asText() + " "
                            + told.at("/errors/0/code").asText())
                    .isEqualTo(one.getValue());
        }
        // One key, one matter: the same words about another order are another request.
        ObjectNode second = order();
        held(DEMO, second);
        assertThat(cancel(DEMO, "k-" + reference, reference, whole).statusCode())
                .isEqualTo(202);
        problem(cancel(DEMO, "k-" + reference, second.path("reference").asText(), whole), 422, "key-reused");
        assertThat(submit(DEMO, "k-" + reference, order()).statusCode())
                .as("orders have keys of their own")
                .isEqualTo(202);
    }

    // Lists, tags and keys ------------------------------------------------------------------------------------

    @Test
    void ordersAreListedAPageAtATimeAndOnlyOnesOwn() {
        JsonNode none = body(get(MANY, "/api/v1/orders"));
        assertThat(none.path("items")).isEmpty();
        assertThat(none.path("items").isArray()).isTrue();
        Set<String> submitted = new TreeSet<>();
        for (int i = 0; i < 5; i++) {
            ObjectNode order = order().put("placedAt", "2026-11-01T10:00:0" + i / 2 + "Z");
            held(MANY, order);
            submitted.add(order.path("reference").asText());
        }
        Set<String> listed = new TreeSet<>();
        List<String> times = new java.util.ArrayList<>();
        String next = "/api/v1/orders?limit=2&status=on-hold";
        int pages = 0;
        while (next != null) {
            HttpResponse<String> page = get(MANY, next);
            assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
            body(page).path("items").forEach(item -> {
                assertThat(listed.add(item.path("reference").asText())).isTrue();
                times.add(item.path("placedAt").asText());
                assertThat(item.path("total").asText()).isEqualTo("110.09");
                assertThat(get(MANY, item.at("/links/self").asText()).statusCode())
                        .isEqualTo(200);
            });
            pages++;
            String link = page.headers().firstValue("Link").orElse(null);
            next = link == null ? null : link.substring(1, link.indexOf('>'));
            assertThat(next == null).isEqualTo(body(page).path("next").isMissingNode());
        }
        assertThat(pages).isEqualTo(3);
        assertThat(listed).isEqualTo(submitted);
        assertThat(times).isSortedAccordingTo(java.util.Comparator.reverseOrder());
        assertThat(body(get(MANY, "/api/v1/orders?status=shipped")).path("items"))
                .isEmpty();
        for (String bad : List.of("limit=0", "limit=201", "limit=x", "limit=", "status=lost", "after=x", "after=%ff")) {
            problem(get(MANY, "/api/v1/orders?" + bad), 400, "parameter-invalid");
        }
        problem(send("GET", "/api/v1/orders", null, Map.of()), 401, "key-refused");
    }

    @Test
    void whatIsKnownAlreadyIsNotSentAgain() {
        ObjectNode order = order();
        String reference = order.path("reference").asText();
        held(DEMO, order);
        for (String path : List.of("/api/v1/orders/" + reference, "/api/v1/orders?limit=1", "/api/v1/openapi.yaml")) {
            HttpResponse<String> first = get(DEMO, path);
            String tag = first.headers().firstValue("ETag").orElseThrow();
            assertThat(tag).matches("\"[0-9a-f]{32}\"");
            for (String known : List.of(tag, "W/" + tag, "\"x\", " + tag)) {
                HttpResponse<String> again =
                        send("GET", path, null, Map.of("Authorization", "Bearer " + DEMO, "If-None-Match", known));
                if (path.contains("limit=1") && again.statusCode() == 200) {
                    continue; // another test's order came in between
                }
                assertThat(again.statusCode()).as(path).isEqualTo(304);
                assertThat(again.body()).isEmpty();
                assertThat(again.headers().firstValue("ETag")).contains(tag);
            }
            assertThat(send("GET", path, null, Map.of("Authorization", "Bearer " + DEMO, "If-None-Match", "\"old\""))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aKeyThatExpiredIsFreeAgain() {
        ObjectNode order = order();
        String key = "old-" + order.path("reference").asText();
        HttpResponse<String> first = submit(DEMO, key, order);
        assertThat(body(first).path("keyExpiresAt").asText()).matches("20..-..-..T..:..:..Z");
        store.sql("update seen set seen_at = ? where event_id = ?")
                .params(java.time.OffsetDateTime.now().minusDays(31), "demo/" + key)
                .update();
        ObjectNode other = order();
        HttpResponse<String> later = submit(DEMO, key, other);
        assertThat(later.statusCode()).as(later.body()).isEqualTo(202);
        assertThat(body(later).path("id")).isNotEqualTo(body(first).path("id"));
        assertThat(submit(DEMO, key, other).body()).isEqualTo(later.body());
        problem(submit(DEMO, key, order), 422, "key-reused");
    }

    @Test
    void aKeyThatEndedIsRefusedAndTheUseOfOthersIsNoted() {
        problem(get(OTHER_OLD, "/api/v1/orders"), 401, "key-refused");
        assertThat(get(OTHER_NEXT, "/api/v1/orders").statusCode()).isEqualTo(200);
        Map<String, JsonNode> keys = new LinkedHashMap<>();
        doors.get("/ops/clients")
                .path("items")
                .forEach(key -> keys.put(key.path("key").asText(), key));
        JsonNode old = keys.get(hash(OTHER_OLD).substring(0, 8));
        JsonNode next = keys.get(hash(OTHER_NEXT).substring(0, 8));
        assertThat(old.path("active").asBoolean()).isFalse();
        assertThat(old.path("lastUsedAt").isNull()).isTrue();
        assertThat(next.path("active").asBoolean()).isTrue();
        assertThat(next.path("client").asText()).isEqualTo("other");
        assertThat(next.path("lastUsedAt").asText()).startsWith("20");
        assertThat(keys.toString()).doesNotContain(hash(OTHER_NEXT));
    }

    @Test
    void everyCodeSaidIsListedInTheContract() throws Exception {
        JsonNode document = Doors.mapper().valueToTree(new org.yaml.snakeyaml.Yaml().<Object>load(text()));
        Set<String> listed = new TreeSet<>();
        document.at("/components/schemas/Problem/properties/code/enum").forEach(code -> listed.add(code.asText()));
        String table = document.at("/components/schemas/Problem/properties/code/description")
                .asText();
        Set<String> said = new TreeSet<>();
        try (var files = Files.list(Path.of("src/main/java/routes/api"))) {
            for (Path file : files.toList()) {
                java.util.regex.Pattern.compile("\\b[345]\\d\\d,\\s*\"([a-z-]+)\"")
                        .matcher(Files.readString(file))
                        .results()
                        .forEach(found -> said.add(found.group(1)));
            }
        }
        said.add("request-refused"); // by the server, before any door
        assertThat(said).isEqualTo(listed);
        assertThat(listed).allMatch(code -> table.contains("`" + code + "`"));
    }

    // The client ----------------------------------------------------------------------------------------------

    private static ObjectNode order() {
        try {
            String text =
                    Files.readString(Path.of("src/test/resources/mappings/partner-api/order-submitted/us.in.json"));
            ObjectNode order = (ObjectNode) Doors.mapper().readTree(text);
            return order.put("reference", "PO-" + UUID.randomUUID());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Map<String, String> headers(String key, String idempotencyKey) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Authorization", "Bearer " + key);
        headers.put("Content-Type", "application/json");
        headers.put("Idempotency-Key", idempotencyKey);
        return headers;
    }

    private HttpResponse<String> submit(String key, String idempotencyKey, ObjectNode order) {
        return send("POST", "/api/v1/orders", bytes(order), headers(key, idempotencyKey));
    }

    private HttpResponse<String> get(String key, String path) {
        return send("GET", path, null, Map.of("Authorization", "Bearer " + key));
    }

    private HttpResponse<String> send(String method, String path, byte[] body, Map<String, String> headers) {
        HttpResponse<String> answer = doors.send(method, path, body, headers);
        judge(method, path, answer);
        return answer;
    }

    private static byte[] bytes(ObjectNode order) {
        return order.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static JsonNode body(HttpResponse<String> answer) {
        try {
            return Doors.mapper().readTree(answer.body());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static JsonNode problem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        JsonNode told = body(answer);
        assertThat(told.path("code").asText()).isEqualTo(code);
        assertThat(told.path("status").asInt()).isEqualTo(status);
        return told;
    }

    private long messagesOf(String key) {
        return store.sql("select count(*) from inbox where partner = 'partner-api' and event_id like ?")
                .param("demo/" + key + "%")
                .query(Long.class)
                .single();
    }

    private static String hash(String key) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    // The judge -----------------------------------------------------------------------------------------------

    private static String text() {
        return ContractJudge.text();
    }

    /** What the contract names it describes rightly: status, type and body. Only paths of no door are not its business. */
    private static void judge(String method, String path, HttpResponse<String> answer) {
        String plain = path.replaceAll("\\?.*", "");
        boolean contracted = method.equals("POST") && plain.matches("/api/v1/orders(/[^/%]+/cancellations)?")
                || method.equals("GET") && plain.matches("/api/v1/(orders(/[^/%]+)?|submissions/[^/]+|openapi.yaml)");
        if (!contracted) {
            assertThat(answer.statusCode()).isIn(404, 405);
            return;
        }
        assertThat(ContractJudge.wrong(method, path, answer))
                .as("%s %s %s", method, path, answer.body())
                .isEmpty();
    }

    /** The judge itself: what the contract does not say is called wrong. */
    @Test
    void aWrongAnswerIsNoticed() {
        for (String wrong : List.of("{}", "{\"id\":\"S-1\",\"status\":\"fine\",\"links\":{\"self\":\"/\"}}")) {
            SimpleResponse response = SimpleResponse.Builder.status(200)
                    .withContentType("application/json")
                    .withBody(wrong)
                    .build();
            assertThat(ContractJudge.wrong("GET", "/api/v1/submissions/S-1", response))
                    .isNotEmpty();
        }
    }
}
