package routes.partner;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.Host;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.ErrorReportValve;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * What is refused before any door sees it (an address that is not one, a request that is garbled) is a problem, too, and
 * not a page of the server's own.
 */
@Component
class LastResort implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addContextCustomizers(context -> {
            Host host = (Host) context.getParent();
            if (host instanceof StandardHost standard) {
                standard.setErrorReportValveClass(Valve.class.getName());
            }
            host.getPipeline().addValve(new Valve());
        });
    }

    /** Made by Tomcat, too, by its name. */
    public static final class Valve extends ErrorReportValve {

        @Override
        protected void report(Request request, Response response, Throwable failure) {
            int status = response.getStatus();
            if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
                return;
            }
            // 501 and 505 are said of requests, too: a method or a version nobody speaks.
            boolean refused = status < 500 || status == 501 || status == 505;
            String code = refused ? "request-refused" : "failed";
            String title = refused ? "Not a request we read" : "Failed";
            String body = "{\"type\":\"urn:order-hub:problem:" + code + "\",\"title\":\"" + title + "\",\"status\":"
                    + status + ",\"code\":\"" + code + "\"}";
            try {
                response.setContentType("application/problem+json");
                response.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
                response.finishResponse();
            } catch (IOException | IllegalStateException gone) {
                // Nobody is there to read it.
            }
        }
    }
}
