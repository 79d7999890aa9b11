package routes.partner;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.apache.camel.component.servlet.CamelHttpTransportServlet;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import routes.inbox.Engine;

/**
 * What stands in front of every partner door: only POST, only types we read, bodies up to a cap, and only the headers
 * listed in {@code oms.doors.headers}. Form posts must not reach the servlet: it would read their body as parameters.
 */
@Configuration(proxyBeanMethods = false)
class Doors {

    private static final List<String> TYPES = List.of("application/json", "application/xml", "text/xml");

    @Bean
    ServletRegistrationBean<CamelHttpTransportServlet> partnerDoors() {
        ServletRegistrationBean<CamelHttpTransportServlet> doors =
                new ServletRegistrationBean<>(new CamelHttpTransportServlet(), "/partners/*");
        doors.setName("CamelServlet");
        doors.setLoadOnStartup(1);
        return doors;
    }

    @Bean
    FilterRegistrationBean<HttpFilter> partnerDoorFilter(
            Problems problems,
            Engine engine,
            @Value("${oms.doors.largest-body-bytes}") int largestBodyBytes,
            @Value("${oms.doors.headers}") List<String> headers) {
        FilterRegistrationBean<HttpFilter> filter = new FilterRegistrationBean<>(
                new Guard(problems, engine, largestBodyBytes, new AdmittedHeaders(headers)));
        filter.addUrlPatterns("/partners/*");
        filter.setOrder(Integer.MIN_VALUE);
        return filter;
    }

    private static final class Guard extends HttpFilter {

        private static final long serialVersionUID = 1L;

        private final transient Problems problems;
        private final transient Engine engine;
        private final int largestBodyBytes;
        private final transient AdmittedHeaders headers;

        Guard(Problems problems, Engine engine, int largestBodyBytes, AdmittedHeaders headers) {
            this.headers = headers;
            this.problems = problems;
            this.engine = engine;
            this.largestBodyBytes = largestBodyBytes;
        }

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            if (!engine.ready()) {
                response.setHeader("Retry-After", "2");
                refuse(response, 503, "starting", "Not open", "The hub is starting or stopping; send it again.");
                return;
            }
            if (!request.getMethod().equals("POST")) {
                response.setHeader("Allow", "POST");
                refuse(response, 405, "method-not-allowed", "Only POST", "This door takes POST.");
                return;
            }
            String type = request.getContentType();
            String plain = type == null ? "" : type.split(";")[0].trim().toLowerCase(Locale.ROOT);
            if (!TYPES.contains(plain)) {
                refuse(
                        response,
                        415,
                        "type-not-supported",
                        "Not a type we read",
                        "Send JSON, or XML where it is agreed.");
                return;
            }
            byte[] body = {};
            if (request.getContentLengthLong() <= largestBodyBytes) {
                body = request.getInputStream().readNBytes(largestBodyBytes + 1);
            }
            if (request.getContentLengthLong() > largestBodyBytes || body.length > largestBodyBytes) {
                response.setHeader("Connection", "close");
                refuse(response, 413, "too-large", "Too large", "A body has at most " + largestBodyBytes + " bytes.");
                return;
            }
            chain.doFilter(new GuardedRequest(request, body, headers), response);
        }

        private void refuse(HttpServletResponse response, int status, String code, String title, String detail)
                throws IOException {
            response.setStatus(status);
            response.setContentType("application/problem+json");
            response.getOutputStream()
                    .write(problems.text(status, code, title, detail).getBytes(StandardCharsets.UTF_8));
        }
    }
}
