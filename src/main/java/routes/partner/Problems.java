package routes.partner;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import routes.inbox.StoreUnavailable;

/** What a door says: 200 once the bytes are safe, problem+json (RFC 9457) for everything else; never the request back. */
@Component("problems")
public class Problems {

    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    private final ObjectMapper json;

    Problems(ObjectMapper json) {
        this.json = json;
    }

    /** The bytes are on stable storage. */
    public void taken(Exchange exchange) {
        answer(exchange, 200, "text/plain", "");
    }

    /** Answers what went wrong at a door; nothing was stored, so the caller is told to try again where that helps. */
    public void answer(Exchange exchange) {
        Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        Throwable root = failure;
        while (root != null
                && root.getCause() != null
                && !(root instanceof SignatureRefused)
                && !(root instanceof StoreUnavailable)) {
            root = root.getCause();
        }
        if (root instanceof SignatureRefused) {
            LOG.warn("Refused at the door of {}: {}", exchange.getFromRouteId(), root.getMessage());
            problem(
                    exchange,
                    401,
                    "signature-refused",
                    "The signature does not match",
                    "Sign the raw body with the shared secret.");
            exchange.getMessage().setHeader("WWW-Authenticate", "Basic realm=\"partners\"");
        } else if (root instanceof StoreUnavailable) {
            problem(exchange, 503, "busy", "Not stored", "The message was not taken; please send it again.");
            exchange.getMessage().setHeader("Retry-After", "2");
        } else {
            LOG.error("A door failed at {}", exchange.getFromRouteId(), failure);
            problem(exchange, 500, "failed", "Not stored", "The message was not taken; please send it again.");
        }
    }

    private void problem(Exchange exchange, int status, String code, String title, String detail) {
        answer(exchange, status, "application/problem+json", text(status, code, title, detail));
    }

    /** A problem as its JSON text. */
    String text(int status, String code, String title, String detail) {
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("type", "urn:order-hub:problem:" + code);
        problem.put("title", title);
        problem.put("status", status);
        problem.put("detail", detail);
        problem.put("code", code);
        try {
            return json.writeValueAsString(problem);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void answer(Exchange exchange, int status, String type, String body) {
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setHeader(Exchange.CONTENT_TYPE, type);
        message.setBody(body);
    }
}
