package routes.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import routes.inbox.StoreUnavailable;
import routes.inbox.TakenRows;

/** What the partner API says: JSON, problem+json (RFC 9457) or the contract; never the request back. */
@Component("answers")
public class Answers {

    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
    private static final String LIMITS = "oms.limits";

    private final ObjectMapper json;
    private final Contract contract;

    Answers(ObjectMapper json, Contract contract) {
        this.json = json;
        this.contract = contract;
    }

    /** Headers that whatever is answered will carry. */
    static void limits(Exchange exchange, Map<String, String> headers) {
        exchange.setProperty(LIMITS, headers);
    }

    /** Answers the body, which is JSON by now. */
    public void show(Exchange exchange) {
        say(exchange, 200, exchange.getMessage().getBody(), Map.of());
    }

    /** Answers a page of a list, which is JSON by now, and says where the next one is. */
    public void page(Exchange exchange) {
        ObjectNode page = exchange.getMessage().getBody(ObjectNode.class);
        if (!page.has("items")) {
            page.putArray("items"); // a mapping leaves out what is empty
        }
        String next = ClientOrders.nextPage(exchange, page);
        say(exchange, 200, page, next == null ? Map.of() : Map.of("Link", "<" + next + ">; rel=\"next\""));
    }

    /** Answers the contract, word for word as it was written. */
    public void contract(Exchange exchange) {
        fresh(exchange, "application/yaml", contract.text(), Map.of());
    }

    /** Answers what was refused or went wrong at a door; nothing was stored. */
    public void refuse(Exchange exchange) {
        Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ApiProblem problem) {
                problem(exchange, problem);
                return;
            }
            if (cause instanceof StoreUnavailable) {
                problem(exchange, busy());
                return;
            }
        }
        LOG.error("A door failed at {}", exchange.getFromRouteId(), failure);
        problem(exchange, new ApiProblem(500, "failed", "Failed", "This went wrong here; please send it again."));
    }

    private static ApiProblem busy() {
        return new ApiProblem(
                503,
                "busy",
                "Not stored",
                "The request was not taken; please send it again.",
                List.of(),
                Map.of("Retry-After", "2"));
    }

    void say(Exchange exchange, int status, Object body, Map<String, String> headers) {
        if (status == 200) {
            fresh(exchange, "application/json", text(body), headers);
        } else {
            write(exchange, status, "application/json", text(body), headers);
        }
    }

    /** Answers what is asked for with its entity tag, or 304 to a client that has it already. */
    private static void fresh(Exchange exchange, String type, String body, Map<String, String> headers) {
        String tag = '"'
                + TakenRows.fingerprint(body.getBytes(StandardCharsets.UTF_8)).substring(0, 32)
                + '"';
        Map<String, String> tagged = new LinkedHashMap<>(headers);
        tagged.put("ETag", tag);
        String known = exchange.getMessage().getHeader("If-None-Match", String.class);
        if (known != null
                && List.of(known.replace("W/", "").trim().split("\\s*,\\s*")).contains(tag)) {
            write(exchange, 304, null, "", tagged);
        } else {
            write(exchange, 200, type, body, tagged);
        }
    }

    private void problem(Exchange exchange, ApiProblem problem) {
        write(exchange, problem.status(), "application/problem+json", text(told(problem)), problem.headers());
    }

    /** A problem as the contract has it. */
    static Map<String, Object> told(ApiProblem problem) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("type", "urn:order-hub:problem:" + problem.code());
        told.put("title", problem.title());
        told.put("status", problem.status());
        told.put("detail", problem.getMessage());
        told.put("code", problem.code());
        if (!problem.flaws().isEmpty()) {
            told.put("errors", problem.flaws());
        }
        return told;
    }

    String text(Object body) {
        try {
            return json.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static void write(Exchange exchange, int status, String type, String body, Map<String, String> headers) {
        Map<String, String> limits = exchange.getProperty(LIMITS, Map.of(), Map.class);
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        limits.forEach(message::setHeader);
        headers.forEach(message::setHeader);
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        if (type != null) {
            message.setHeader(Exchange.CONTENT_TYPE, type);
        }
        message.setBody(body);
    }
}
