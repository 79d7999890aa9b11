package routes.partner;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import routes.harness.Doors;
import routes.harness.SharedHub;

/**
 * Strangers at every door, over real HTTP: whatever they send, the answer is one of ours and never a 5xx but the 503 that says
 * when to come back; a body with a right signature ends under a named cause. {@code -Djqwik.tries.default=100000} for a long
 * run.
 */
class DoorsFuzzTest {

    /** The headers an answer may carry; nothing else of what a route or a caller knew leaves the hub. */
    private static final Set<String> ANSWERED = Set.of(
            "allow",
            "cache-control",
            "connection",
            "content-length",
            "content-type",
            "content-security-policy",
            "cross-origin-opener-policy",
            "cross-origin-resource-policy",
            "date",
            "etag",
            "expires",
            "keep-alive",
            "link",
            "location",
            "permissions-policy",
            "pragma",
            "ratelimit",
            "ratelimit-policy",
            "referrer-policy",
            "retry-after",
            "transfer-encoding",
            "vary",
            "www-authenticate",
            "x-content-type-options",
            "x-frame-options",
            "x-xss-protection");

    private static final Doors DOORS = SharedHub.get().doors();

    record Knock(String method, String path, Map<String, String> headers, byte[] body) {

        @Override
        public String toString() {
            return method + " " + path + " " + headers + " "
                    + (body == null ? "" : new String(body, StandardCharsets.UTF_8));
        }
    }

    @Provide
    Arbitrary<Knock> knocks() {
        Arbitrary<String> methods = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(6, Arbitraries.just("POST")),
                net.jqwik.api.Tuple.of(3, Arbitraries.just("GET")),
                net.jqwik.api.Tuple.of(1, Arbitraries.of("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "X")));
        return Combinators.combine(methods, paths(), headers(), bodies()).as(Knock::new);
    }

    private static Arbitrary<String> paths() {
        Arbitrary<String> known = Arbitraries.of(
                "/partners/shopify/webhooks",
                "/partners/warehouse/webhooks",
                "/partners/accertify/resolutions",
                "/partners/",
                "/partners/%00",
                "/api/v1/orders",
                "/api/v1/orders/PO-1",
                "/api/v1/orders/PO-1/cancellations",
                "/api/v1/submissions/S-1",
                "/api/v1/submissions/S-999999999999999999",
                "/api/v1/openapi.yaml",
                "/api/v1/",
                "/ops/orders",
                "/ops/orders/OH-1",
                "/ops/messages",
                "/ops/dead-letters",
                "/ops/dead-letters/1/replay",
                "/ops/orders/OH-1/holds/ADDUP/release",
                "/ops/clients",
                "/ops/conservation");
        Arbitrary<String> ends = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(5, Arbitraries.just("")),
                net.jqwik.api.Tuple.of(1, segment().map(text -> "/" + text)),
                net.jqwik.api.Tuple.of(
                        2,
                        Combinators.combine(
                                        Arbitraries.of(
                                                "after",
                                                "limit",
                                                "status",
                                                "state",
                                                "order",
                                                "CamelHttpUri",
                                                "oms-shop",
                                                "a"),
                                        segment())
                                .as((name, value) -> "?" + name + "=" + value)),
                net.jqwik.api.Tuple.of(
                        1, Arbitraries.of("?", "?&&==", "?%25", "/..%2f", ";a=b", "//", "/%e9", "/%00")));
        return Combinators.combine(known, ends).as(String::concat);
    }

    private static Arbitrary<String> segment() {
        return Arbitraries.strings()
                .ofMaxLength(80)
                .map(text -> java.net.URLEncoder.encode(text, StandardCharsets.UTF_8));
    }

    private static Arbitrary<Map<String, String>> headers() {
        Arbitrary<String> names = Arbitraries.oneOf(
                Arbitraries.of(
                        "Content-Type",
                        "Authorization",
                        "X-API-Key",
                        "Idempotency-Key",
                        "If-None-Match",
                        "Accept",
                        "X-Shopify-Topic",
                        "X-Shopify-Event-Id",
                        "X-Shopify-Hmac-Sha256",
                        "webhook-id",
                        "webhook-timestamp",
                        "webhook-signature",
                        "x-webhook-topic",
                        "CamelHttpResponseCode",
                        "cAmElHttpUri",
                        "oms-shop",
                        "oms-who",
                        "breadcrumbId",
                        "Transfer-Encoding-X",
                        "Content-Encoding",
                        "HX-Request",
                        "Sec-Fetch-Site",
                        "X-HTTP-Method-Override",
                        "Cookie"),
                Arbitraries.strings().withChars("abcXYZ-_0").ofMinLength(1).ofMaxLength(20));
        Arbitrary<String> values = Arbitraries.oneOf(
                Arbitraries.of(
                        "application/json",
                        "application/xml",
                        "text/xml",
                        "application/x-www-form-urlencoded",
                        "multipart/form-data",
                        "application/json; charset=utf-16",
                        "Bearer " + SharedHub.KEY,
                        SharedHub.KEY,
                        "Basic " + Base64.getEncoder().encodeToString("viewer:wrong".getBytes(StandardCharsets.UTF_8)),
                        "Basic %%%",
                        "orders/create",
                        "gzip",
                        "*/*",
                        "text/html",
                        "1",
                        "v1,AAAA",
                        "503"),
                Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(300));
        return Arbitraries.maps(names, values).ofMaxSize(6);
    }

    private static Arbitrary<byte[]> bodies() {
        Arbitrary<String> json = Arbitraries.of(
                "{}",
                "[]",
                "null",
                "{\"id\":1}",
                "{\"reference\":\"x\",\"lines\":[{}]}",
                "{\"reason\":\"customer\"}",
                "{\"id\":{\"id\":{}},\"line_items\":\"x\"}",
                "{\"id\":\"\\u0000\"}",
                "[".repeat(300),
                "{\"a\":1e999}",
                "<a/>",
                "<transaction-results><transaction-id>1</transaction-id></transaction-results>",
                "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>");
        return Arbitraries.oneOf(
                Arbitraries.bytes().array(byte[].class).ofMaxSize(400),
                json.map(text -> text.getBytes(StandardCharsets.UTF_8)),
                Combinators.combine(json, Arbitraries.integers().between(0, 40))
                        .as((text, cut) ->
                                text.substring(0, Math.min(cut, text.length())).getBytes(StandardCharsets.UTF_8)));
    }

    @Property
    void everyStrangerGetsAnAnswerOfOurs(@ForAll("knocks") Knock knock) {
        HttpResponse<String> answer = DOORS.send(
                knock.method(),
                knock.path(),
                knock.method().equals("GET") ? null : knock.body(),
                sendable(knock.headers()));
        judge(knock, answer);
    }

    @Property(tries = 200)
    void whatIsRightlySignedEndsUnderANamedCause(@ForAll("knocks") Knock knock, @ForAll("topics") String topic) {
        String event = "fuzz-" + java.util.UUID.randomUUID();
        judge(knock, DOORS.webhook(topic, event, knock.body()));
    }

    @Provide
    Arbitrary<String> topics() {
        return Arbitraries.of("orders/create", "orders/updated", "orders/paid", "carts/update", "x".repeat(300), "-");
    }

    @AfterContainer
    static void everythingIsSomewhereAndNothingIsUnnamed() {
        SharedHub.get().rest();
        assertThat(DOORS.conservation().path("balanced").asBoolean()).isTrue();
        Set<String> unnamed = new TreeSet<>();
        for (JsonNode message : DOORS.messages(Map.of("state", "PARKED", "limit", "200"))) {
            String reason = message.path("reason").asText();
            if (!reason.matches("[A-Z][A-Z0-9_]+.*") || reason.equals("UNKNOWN") || reason.equals("UNEXPECTED")) {
                unnamed.add(message.toString());
            }
        }
        assertThat(unnamed).isEmpty();
    }

    private static Map<String, String> sendable(Map<String, String> headers) {
        Map<String, String> sendable = new LinkedHashMap<>();
        headers.forEach((name, value) -> sendable.put(name, value.trim().isEmpty() ? "x" : value));
        return sendable;
    }

    private static void judge(Knock knock, HttpResponse<String> answer) {
        int status = answer.statusCode();
        assertThat(status < 500 || status == 503)
                .as("%s: %s %s", knock, status, answer.body())
                .isTrue();
        // TRACE is refused by the server itself, in its own few words.
        if (status >= 400 && !knock.method().equals("TRACE")) {
            assertThat(answer.headers().firstValue("Content-Type").orElse(""))
                    .as("%s: %s %s", knock, status, answer.body())
                    .startsWith("application/problem+json");
        }
        assertThat(answer.headers().map().keySet())
                .as("%s", knock)
                .allMatch(name -> ANSWERED.contains(name.toLowerCase(java.util.Locale.ROOT))
                        // A form's token waits in a session for people; programs of partners get none.
                        || name.equals("set-cookie") && knock.path().startsWith("/ops/"));
    }

    /** Not even HTTP: what comes back is a refusal or a closed connection. */
    @Property(tries = 200)
    void whatIsNoHttpIsRefusedOrHungUpOn(@ForAll("wire") byte[] wire) throws IOException {
        URI at = URI.create(SharedHub.get().url());
        try (Socket socket = new Socket(at.getHost(), at.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(wire);
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readNBytes(400), StandardCharsets.ISO_8859_1);
            if (!answer.isEmpty()) {
                // What has no version in its first line is answered without a head, as HTTP/0.9 was.
                assertThat(answer.startsWith("HTTP/1.1 ") || answer.contains("request-refused"))
                        .as(answer)
                        .isTrue();
                assertThat(answer).doesNotContain("\"code\":\"failed\"");
            }
        } catch (java.net.SocketException hungUp) {
            // An answer, too.
        }
    }

    @Provide
    Arbitrary<byte[]> wire() {
        Arbitrary<String> lines = Arbitraries.of(
                "POST /partners/shopify/webhooks HTTP/1.1\r\n",
                "GET /api/v1/orders HTTP/1.1\r\n",
                "GET http://169.254.169.254/ HTTP/1.1\r\n",
                "GET /../../etc/passwd HTTP/1.1\r\n",
                "GET /ops/orders HTTP/1.0\r\n",
                "GET / HTTP/9.9\r\n",
                "PRI * HTTP/2.0\r\n",
                "Host: x\r\n",
                "Host: a\r\nHost: b\r\n",
                "Content-Length: -1\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n",
                "Content-Length: 99999999999999999999\r\n",
                "Transfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked, identity\r\n",
                "Content-Type: application/json\r\n",
                "X: \u0000\r\n",
                " folded\r\n",
                "\r\n",
                "5\r\nhello\r\n0\r\n\r\n",
                "ffffffffffffffff\r\n");
        return Arbitraries.oneOf(
                lines.list().ofMinSize(1).ofMaxSize(7).map(all -> String.join("", all)
                        .getBytes(StandardCharsets.ISO_8859_1)),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(200));
    }
}
