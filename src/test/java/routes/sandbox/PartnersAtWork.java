package routes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The sandbox as it runs in profile {@code partners}, on a free port, with its data in a folder of the test. */
final class PartnersAtWork implements AutoCloseable {

    private final HttpClient http = HttpClient.newHttpClient();
    private final ConfigurableApplicationContext context;
    final String url;

    PartnersAtWork(Path data, String... settings) {
        var arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--management.server.port=-1",
                "--oms.data-dir=" + data,
                "--logging.level.root=WARN",
                "--spring.main.banner-mode=off"));
        arguments.addAll(Arrays.asList(settings));
        // Nobody listens on port 9: webhooks wait.
        if (arguments.stream().noneMatch(argument -> argument.contains("hub-url"))) {
            arguments.add("--oms.sandbox.hub-url=http://127.0.0.1:9");
        }
        context = new SpringApplicationBuilder(PartnersProcess.class)
                .profiles("partners")
                .run(arguments.toArray(String[]::new));
        url = "http://127.0.0.1:"
                + ((ServletWebServerApplicationContext) context).getWebServer().getPort();
    }

    MovableClock clock() {
        return context.getBean(MovableClock.class);
    }

    HttpResponse<String> send(String method, String path, String body, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(5))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) request.headers(headers);
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new NoAnswer(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The caller got no answer. */
    static final class NoAnswer extends RuntimeException {
        NoAnswer(Throwable cause) {
            super(cause);
        }
    }

    static JsonNode json(HttpResponse<String> response) {
        return Json.read(response.body().getBytes(StandardCharsets.UTF_8));
    }

    HttpResponse<String> shopify(String document, JsonNode variables) {
        var body = Json.object().put("query", document);
        body.set("variables", variables);
        return send(
                "POST",
                "/sandbox/partners/shopify/admin/api/2026-07/graphql.json",
                body.toString(),
                "Content-Type",
                "application/json",
                "X-Shopify-Access-Token",
                "shopify-sandbox-token");
    }

    HttpResponse<String> avalara(String method, String path, String body) {
        return send(
                method,
                "/sandbox/partners/avalara/api/v2" + path,
                body,
                "Content-Type",
                "application/json",
                "Authorization",
                basic("sandbox:avalara-sandbox-key"));
    }

    HttpResponse<String> accertify(String xml) {
        return send(
                "POST",
                "/sandbox/partners/accertify/",
                xml,
                "Content-Type",
                "text/xml",
                "Authorization",
                basic("oms:accertify-sandbox-key"));
    }

    HttpResponse<String> warehouse(String method, String path, String body) {
        return send(
                method,
                "/sandbox/partners/warehouse/2026-01" + path,
                body,
                "Content-Type",
                "application/json",
                "Authorization",
                "Bearer warehouse-sandbox-token",
                "shipbob_channel_id",
                "100");
    }

    HttpResponse<String> erp(String method, String path, String body, String... headers) {
        var all = new ArrayList<>(
                List.of("Content-Type", "application/json", "Authorization", "Bearer erp-sandbox-token"));
        all.addAll(List.of(headers));
        return send(method, "/sandbox/partners/erp/v2.0/" + path, body, all.toArray(String[]::new));
    }

    /** Places orders and answers the id of the first. */
    String place(String wish) {
        return json(send("POST", "/sandbox/shop/orders", wish)).path("first").asText();
    }

    void order(String partner, String operation, Fault fault) {
        var body = Json.object()
                .put("partner", partner)
                .put("operation", operation)
                .put("fault", fault.word())
                .put("count", 1);
        send("POST", "/sandbox/faults", body.toString());
    }

    List<JsonNode> effects(String query) {
        var items = new ArrayList<JsonNode>();
        json(send("GET", "/sandbox/effects?" + query, null)).path("items").forEach(items::add);
        return items;
    }

    static String basic(String both) {
        return "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        context.close();
    }
}
