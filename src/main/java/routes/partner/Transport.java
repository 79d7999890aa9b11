package routes.partner;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;
import routes.mapping.MappingFailure;
import routes.mapping.Mappings;
import routes.mapping.Reading;
import routes.mapping.Writing;
import routes.partner.PartnerFailure.Fate;

/**
 * Carries one request to a partner by camel-http and says what came of it. It tries once: retries are the policies'
 * business. Answers are untrusted input: capped, strictly read, and believed only where they name our own reference.
 */
@Component
class Transport {

    /** How long a call waits for its place; short, because its lease runs meanwhile. */
    private static final int LONGEST_QUEUE_SECONDS = 2;

    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\x20-\\x7e]{0,2000}");
    private static final Set<String> RESERVED = Set.of(
            "authorization",
            "connection",
            "content-length",
            "cookie",
            "host",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private static final JsonPointer DATA = JsonPointer.compile("/data");

    private static final int LARGEST_ANSWER_BYTES = 4 * 1024 * 1024;

    private static final int MOST_KEPT_BYTES = 32 * 1024;

    private final CamelContext camel;
    private final ProducerTemplate send;
    private final PartnerSettings settings;
    private final ObjectMapper json;
    private final Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();
    private final Map<String, Semaphore> rooms = new ConcurrentHashMap<>();
    private final Mappings mappings;

    Transport(
            @Lazy CamelContext camel,
            @Lazy ProducerTemplate send,
            PartnerSettings settings,
            Mappings mappings,
            ObjectMapper json) {
        this.camel = camel;
        this.send = send;
        this.settings = settings;
        this.mappings = mappings;
        this.json = json;
    }

    int timeoutMs(String partner) {
        return settings.of(partner).timeoutMs().intValue();
    }

    /** Calls begun in any one second, at most; 0 = no such limit. */
    int callsPerSecond(String partner) {
        return settings.of(partner).callsPerSecond();
    }

    long settleMs(String partner) {
        return settings.of(partner).settleMs();
    }

    /**
     * Sends a request as data ({@code method, path, query, headers, body} or {@code graphql, variables}). Statuses named
     * in its {@code answers} are answers; without them only 2xx are.
     *
     * @return the partner's answer, parsed
     * @throws PartnerFailure for everything else
     */
    JsonNode send(String partnerName, String operation, JsonNode request) {
        PartnerSettings.Partner partner = settings.of(partnerName);
        Semaphore room = rooms.computeIfAbsent(partnerName, name -> new Semaphore(partner.callsAtOnce(), true));
        try {
            if (!room.tryAcquire(LONGEST_QUEUE_SECONDS, TimeUnit.SECONDS)) {
                throw new PartnerFailure(
                        "RATE_LIMITED", Fate.NOT_DONE, null, 0, operation + ": too many calls are under way");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PartnerFailure("PARTNER_DOWN", Fate.NOT_DONE, null, 0, operation + ": the hub is stopping");
        }
        try {
            return exchange(partnerName, partner, operation, request);
        } finally {
            room.release();
        }
    }

    private JsonNode exchange(String partnerName, PartnerSettings.Partner partner, String operation, JsonNode request) {
        Exchange exchange = endpoint(partnerName, partner).createExchange();
        fill(exchange, partner, request);
        send.send(endpoint(partnerName, partner), exchange);
        Exception failure = exchange.getException();
        if (failure != null) {
            throw unanswered(operation, failure);
        }
        Integer status = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        String retryAfter = exchange.getMessage().getHeader("Retry-After", String.class);
        byte[] bytes = body(operation, exchange);
        try {
            JsonNode answer = judge(operation, status == null ? 0 : status, retryAfter, bytes, request.path("answers"));
            if (partner.protocol().equals("graphql")) {
                GraphQlAnswers.check(operation, answer);
            }
            checkEcho(operation, request, answer);
            return answer;
        } catch (PartnerFailure refused) {
            throw refused.answering(kept(bytes));
        }
    }

    /** What is worth keeping of an answer that helped nobody: the beginning tells why. */
    private static String kept(byte[] bytes) {
        return new String(bytes, 0, Math.min(bytes.length, MOST_KEPT_BYTES), StandardCharsets.UTF_8).replace('\0', ' ');
    }

    private Endpoint endpoint(String name, PartnerSettings.Partner partner) {
        return endpoints.computeIfAbsent(
                name,
                n -> camel.getEndpoint(partner.url() + (partner.url().contains("?") ? "&" : "?")
                        + "throwExceptionOnFailure=false&copyHeaders=false&skipRequestHeaders=false"
                        + "&connectTimeout=2000&responseTimeout=" + partner.timeoutMs() + "&soTimeout="
                        + partner.timeoutMs()));
    }

    private void fill(Exchange exchange, PartnerSettings.Partner partner, JsonNode request) {
        var message = exchange.getMessage();
        partner.headers().forEach(message::setHeader);
        authorise(partner).forEach(message::setHeader);
        request.path("headers")
                .fields()
                .forEachRemaining(h -> message.setHeader(
                        headerName(h.getKey()), headerValue(h.getValue().asText())));
        if (request.has("graphql")) {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            body.put("query", mappings.document(request.path("graphql").asText()));
            body.set("variables", request.path("variables"));
            message.setHeader(Exchange.HTTP_METHOD, "POST");
            message.setHeader(Exchange.HTTP_PATH, partner.path());
            message.setHeader(Exchange.CONTENT_TYPE, "application/json");
            message.setBody(bytes(body));
            return;
        }
        message.setHeader(Exchange.HTTP_METHOD, request.path("method").asText("GET"));
        message.setHeader(
                Exchange.HTTP_PATH,
                request.path("path").asText().isEmpty()
                        ? "/"
                        : request.path("path").asText());
        if (request.path("query").size() > 0) {
            message.setHeader(Exchange.HTTP_QUERY, query(request.path("query")));
        }
        message.setHeader("Accept", partner.protocol().equals("xml") ? "application/xml" : "application/json");
        if (request.hasNonNull("body")) {
            boolean xml = partner.protocol().equals("xml");
            message.setHeader(Exchange.CONTENT_TYPE, xml ? "application/xml" : "application/json");
            message.setBody(
                    xml
                            ? Writing.xml(
                                    request.path("body"), request.path("root").asText())
                            : bytes(request.path("body")));
        }
    }

    /** A mapping names headers of the request, never of the route that sends it, nor what proves who we are. */
    static String headerName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!HEADER_NAME.matcher(name).matches() || lower.startsWith("camel") || RESERVED.contains(lower)) {
            throw new MappingFailure("MAPPING_BROKEN", "A request may not bring the header \"" + name + "\"");
        }
        return name;
    }

    /** A value from a message may not begin a header of its own. */
    static String headerValue(String value) {
        if (!HEADER_VALUE.matcher(value).matches()) {
            throw new MappingFailure("MAPPING_BROKEN", "A header's value has characters no header may have");
        }
        return value;
    }

    private static Map<String, String> authorise(PartnerSettings.Partner partner) {
        return switch (partner.auth()) {
            case "basic" -> Map.of(
                    "Authorization",
                    "Basic "
                            + Base64.getEncoder()
                                    .encodeToString((partner.user() + ":" + partner.secret())
                                            .getBytes(StandardCharsets.UTF_8)));
            case "bearer" -> Map.of("Authorization", "Bearer " + partner.secret());
            case "header" -> Map.of(partner.user(), partner.secret());
            default -> Map.of();
        };
    }

    private static String query(JsonNode query) {
        StringBuilder text = new StringBuilder();
        query.fields().forEachRemaining(q -> {
            text.append(text.isEmpty() ? "" : "&");
            text.append(encode(q.getKey()))
                    .append('=')
                    .append(encode(q.getValue().asText()));
        });
        return text.toString();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%24", "$");
    }

    private byte[] bytes(JsonNode node) {
        try {
            return json.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] body(String operation, Exchange exchange) {
        try (InputStream in = exchange.getMessage().getBody(InputStream.class)) {
            if (in == null) {
                return new byte[0];
            }
            byte[] bytes = in.readNBytes(LARGEST_ANSWER_BYTES + 1);
            if (bytes.length > LARGEST_ANSWER_BYTES) {
                throw new PartnerFailure(
                        "PARTNER_GARBLED", Fate.UNKNOWN, null, 0, operation + ": the answer is too long");
            }
            return bytes;
        } catch (IOException e) {
            throw unanswered(operation, e);
        }
    }

    /** No whole answer: only where no connection came about is it certain that nothing was done. */
    private static PartnerFailure unanswered(String operation, Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Outbound.AddressRefused) {
                return new PartnerFailure(
                        "ADDRESS_REFUSED", Fate.REFUSED, null, 0, operation + ": " + cause.getMessage());
            }
            boolean slowToConnect = cause instanceof InterruptedIOException
                    && cause.getClass().getSimpleName().startsWith("ConnectTimeout");
            if (cause instanceof ConnectException
                    || cause instanceof NoRouteToHostException
                    || cause instanceof UnknownHostException
                    || slowToConnect) {
                return new PartnerFailure("PARTNER_DOWN", Fate.NOT_DONE, null, 0, operation + ": no connection");
            }
        }
        return new PartnerFailure(
                "PARTNER_DOWN",
                Fate.UNKNOWN,
                null,
                0,
                operation + ": no answer (" + failure.getClass().getSimpleName() + ")");
    }

    private static JsonNode judge(String operation, int status, String retryAfter, byte[] bytes, JsonNode answers) {
        boolean expected = false;
        for (JsonNode one : answers) {
            expected |= one.asInt() == status;
        }
        if (expected || status >= 200 && status < 300) {
            if (bytes.length == 0) {
                return JsonNodeFactory.instance.objectNode();
            }
            try {
                return Reading.tree(bytes);
            } catch (RuntimeException e) {
                throw new PartnerFailure(
                        "PARTNER_GARBLED", Fate.UNKNOWN, null, status, operation + ": the answer cannot be read");
            }
        }
        String said = operation + " answered " + status + ": " + text(bytes);
        if (status == 429) {
            throw new PartnerFailure("RATE_LIMITED", Fate.NOT_DONE, seconds(retryAfter), status, said);
        }
        if (status == 401 || status == 403) {
            throw new PartnerFailure("CREDENTIALS_REFUSED", Fate.REFUSED, null, status, said);
        }
        if (status >= 500 || status == 408 || status == 425 || status < 400) {
            throw new PartnerFailure("PARTNER_DOWN", Fate.UNKNOWN, seconds(retryAfter), status, said);
        }
        throw new PartnerFailure("PARTNER_REFUSED", Fate.REFUSED, null, status, said);
    }

    private static void checkEcho(String operation, JsonNode request, JsonNode answer) {
        JsonNode echo = request.path("echo");
        if (echo.isObject()) {
            JsonPointer pointer = JsonPointer.compile(echo.path("pointer").asText());
            if (saysThereIsNone(answer, pointer)) {
                return;
            }
            String named = answer.at(pointer).asText();
            if (!named.equals(echo.path("value").asText())) {
                throw new PartnerFailure(
                        "PARTNER_GARBLED",
                        Fate.UNKNOWN,
                        null,
                        200,
                        operation + ": the answer speaks of \"" + cut(named) + "\", we asked for \""
                                + echo.path("value").asText() + "\"");
            }
        }
    }

    /** A question answered with null ({@code /data/order} for {@code /data/order/id}) has been answered: there is none. */
    private static boolean saysThereIsNone(JsonNode answer, JsonPointer pointer) {
        JsonPointer asked = pointer.head();
        return asked != null
                && asked.head() != null
                && asked.head().equals(DATA)
                && answer.at(asked).isNull();
    }

    private static Duration seconds(String retryAfter) {
        try {
            return retryAfter == null ? null : Duration.ofSeconds(Math.min(3600, Long.parseLong(retryAfter.trim())));
        } catch (NumberFormatException aDate) {
            return null;
        }
    }

    private static String text(byte[] bytes) {
        return cut(new String(bytes, StandardCharsets.UTF_8).replaceAll("\\s+", " "));
    }

    private static String cut(String text) {
        return text.length() <= 600 ? text : text.substring(0, 600) + "...";
    }
}
