package routes.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.component.servlet.CamelHttpTransportServlet;
import org.apache.camel.http.common.HttpMessage;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import routes.inbox.Engine;
import routes.partner.AdmittedHeaders;
import routes.partner.GuardedRequest;

/**
 * What stands in front of the partner API: only its own addresses and methods, only JSON, bodies up to a cap, and nothing
 * by which a caller could steer Camel, neither headers nor a query.
 */
@Configuration(proxyBeanMethods = false)
class ApiDoors {

    private static final String PATHS = "/api/v1/*";

    private record Door(Pattern path, Set<String> methods) {}

    private static final String REFERENCE = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

    private static final List<Door> DOORS = List.of(
            new Door(Pattern.compile("/api/v1/orders"), Set.of("GET", "POST")),
            new Door(Pattern.compile("/api/v1/orders/" + REFERENCE), Set.of("GET")),
            new Door(Pattern.compile("/api/v1/orders/" + REFERENCE + "/cancellations"), Set.of("POST")),
            new Door(Pattern.compile("/api/v1/submissions/[A-Za-z0-9-]{1,64}"), Set.of("GET")),
            new Door(Pattern.compile("/api/v1/openapi\\.yaml"), Set.of("GET")));

    private static final AdmittedHeaders HEADERS = new AdmittedHeaders(List.of(
            "Accept",
            "Authorization",
            "Content-Length",
            "Content-Type",
            "Host",
            "Idempotency-Key",
            "If-None-Match",
            "User-Agent",
            "X-API-Key"));

    private static final String QUERY = "oms.query";
    private static final int LONGEST_QUERY = 1000;

    /** The parameters of the request's query; the first of each name. */
    @SuppressWarnings("unchecked")
    static Map<String, String> query(Exchange exchange) {
        Object query = exchange.getMessage(HttpMessage.class).getRequest().getAttribute(QUERY);
        return query == null ? Map.of() : (Map<String, String>) query;
    }

    /** @throws ApiProblem 400 parameter-invalid for a query that is not one */
    private static Map<String, String> parsed(String query) {
        Map<String, String> parsed = new HashMap<>();
        if (query == null || query.isEmpty()) {
            return parsed;
        }
        if (query.length() > LONGEST_QUERY) {
            throw ApiProblem.parameterInvalid("the query is too long");
        }
        for (String part : query.split("&")) {
            int is = part.indexOf('=');
            try {
                parsed.putIfAbsent(
                        URLDecoder.decode(is < 0 ? part : part.substring(0, is), StandardCharsets.UTF_8),
                        is < 0 ? "" : URLDecoder.decode(part.substring(is + 1), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException notEncoded) {
                throw ApiProblem.parameterInvalid("the query is not percent-encoded");
            }
        }
        return parsed;
    }

    @Bean
    ServletRegistrationBean<CamelHttpTransportServlet> partnerApiServlet() {
        ServletRegistrationBean<CamelHttpTransportServlet> doors =
                new ServletRegistrationBean<>(new CamelHttpTransportServlet(), PATHS);
        doors.setName("partner-api");
        doors.setLoadOnStartup(1);
        return doors;
    }

    @Bean
    FilterRegistrationBean<HttpFilter> partnerApiGuard(
            ObjectMapper json, Engine engine, @Value("${oms.doors.largest-body-bytes}") int largestBodyBytes) {
        FilterRegistrationBean<HttpFilter> filter =
                new FilterRegistrationBean<>(new Guard(json, engine, largestBodyBytes));
        filter.addUrlPatterns(PATHS);
        filter.setOrder(Integer.MIN_VALUE);
        return filter;
    }

    private static final class Guard extends HttpFilter {

        private static final long serialVersionUID = 1L;

        private final transient ObjectMapper json;
        private final transient Engine engine;
        private final int largestBodyBytes;

        Guard(ObjectMapper json, Engine engine, int largestBodyBytes) {
            this.json = json;
            this.engine = engine;
            this.largestBodyBytes = largestBodyBytes;
        }

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            // What is shown may be kept by the client alone, and only to ask by its entity tag whether it is still
            // right.
            boolean shown = request.getMethod().equals("GET");
            response.setHeader("Cache-Control", shown ? "private, no-cache" : "no-store");
            response.setHeader("X-Content-Type-Options", "nosniff");
            try {
                chain.doFilter(admitted(request), response);
            } catch (ApiProblem refused) {
                response.setStatus(refused.status());
                response.setContentType("application/problem+json");
                refused.headers().forEach(response::setHeader);
                response.getOutputStream().write(json.writeValueAsBytes(Answers.told(refused)));
            }
        }

        private HttpServletRequest admitted(HttpServletRequest request) throws IOException {
            String path =
                    request.getRequestURI().substring(request.getContextPath().length());
            Door door = DOORS.stream()
                    .filter(one -> one.path().matcher(path).matches())
                    .findFirst()
                    .orElseThrow(ApiProblem::notFound);
            if (!door.methods().contains(request.getMethod())) {
                String allowed = String.join(", ", new TreeSet<>(door.methods()));
                throw refused(
                        405,
                        "method-not-allowed",
                        "Only " + allowed,
                        "This door takes " + allowed + ".",
                        "Allow",
                        allowed);
            }
            if (!engine.ready()) {
                throw refused(
                        503,
                        "starting",
                        "Not open",
                        "The hub is starting or stopping; send it again.",
                        "Retry-After",
                        "2");
            }
            request.setAttribute(QUERY, parsed(request.getQueryString()));
            return new GuardedRequest(
                    request, request.getMethod().equals("POST") ? body(request) : new byte[0], HEADERS);
        }

        private byte[] body(HttpServletRequest request) throws IOException {
            String type = request.getContentType();
            String plain = type == null ? "" : type.split(";")[0].trim().toLowerCase(Locale.ROOT);
            if (!plain.equals("application/json")) {
                throw new ApiProblem(415, "type-not-supported", "Not a type we read", "Send application/json.");
            }
            byte[] body = {};
            if (request.getContentLengthLong() <= largestBodyBytes) {
                body = request.getInputStream().readNBytes(largestBodyBytes + 1);
            }
            if (request.getContentLengthLong() > largestBodyBytes || body.length > largestBodyBytes) {
                throw refused(
                        413,
                        "too-large",
                        "Too large",
                        "A body has at most " + largestBodyBytes + " bytes.",
                        "Connection",
                        "close");
            }
            return body;
        }

        private static ApiProblem refused(
                int status, String code, String title, String detail, String header, String value) {
            return new ApiProblem(status, code, title, detail, List.of(), Map.of(header, value));
        }
    }
}
