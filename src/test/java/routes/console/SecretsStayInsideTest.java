package routes.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import routes.harness.Doors;
import routes.harness.SharedHub;

/**
 * No configured secret, no client's key and no card number is in what the hub logs, shows or measures, after orders that went
 * well, calls that failed and strangers at every door.
 */
class SecretsStayInsideTest {

    private static final String CARD = "4111 1111 1111 1111";

    private final SharedHub hub = SharedHub.get();
    private final Doors doors = hub.doors();

    @Test
    void nothingSecretIsLoggedShownOrMeasured() throws Exception {
        Map<String, String> secrets = secrets();
        assertThat(secrets).hasSizeGreaterThan(10);
        traffic();
        hub.rest();
        Map<String, String> places = places();
        places.put("the log", hub.said());
        assertThat(hub.said()).contains("A message of shopify about orders/create holds");
        places.forEach((place, text) -> {
            secrets.forEach((name, secret) -> assertThat(text.contains(secret))
                    .as("%s in %s", name, place)
                    .isFalse());
            assertThat(text).as(place).doesNotContain(CARD);
        });
    }

    /** The second lock: even who logs one does not write it. */
    @Test
    void aSecretThatIsLoggedByMistakeIsNotWritten() {
        String secret = hub.context().getEnvironment().getProperty("oms.partners.avalara.secret");
        LoggerFactory.getLogger("routes.mistake")
                .warn("Calling with {} and {}", secret, CARD, new IllegalStateException("said " + secret + CARD));
        assertThat(hub.said())
                .contains("Calling with (hidden) and **** **** **** 1111")
                .contains("said (hidden)");
        assertThat(hub.said()).doesNotContain(secret).doesNotContain(CARD);
    }

    /** Every setting whose name says it is a secret, with its Basic form where it has a user. */
    private Map<String, String> secrets() {
        ConfigurableEnvironment environment = hub.context().getEnvironment();
        Map<String, String> secrets = new TreeMap<>();
        environment.getPropertySources().forEach(source -> {
            if (source instanceof EnumerablePropertySource<?> listed) {
                for (String name : listed.getPropertyNames()) {
                    if (name.startsWith("oms.")
                            && name.matches(".*(secret|secrets\\[\\d+]|password|\\.keys(\\[\\d+])?)")) {
                        String value = environment.getProperty(name, "");
                        if (value.length() >= 8) {
                            secrets.put(name, value);
                            String user = environment.getProperty(name.replaceAll("\\.[^.]*$", ".user"), "");
                            secrets.put(
                                    name + " with its user",
                                    Base64.getEncoder()
                                            .encodeToString((user + ":" + value).getBytes(StandardCharsets.UTF_8)));
                        }
                    }
                }
            }
        });
        secrets.put("a client's key", SharedHub.KEY);
        secrets.put("another client's key", SharedHub.KEY_WITHOUT_SCOPES);
        return secrets;
    }

    private void traffic() {
        doors.place(Map.of("count", 2, "market", "us", "parcels", 2));
        doors.place(Map.of("count", 1, "market", "de"));
        doors.fault("shopify", "capture-payment", "refuse", 1);
        doors.fault("avalara", "quote-tax", "status-500", 1);
        String order = "{\"id\":\"" + CARD + "\",\"note\":\"my card: " + CARD + "\"}";
        doors.webhook("orders/create", "card-" + System.nanoTime(), order.getBytes(StandardCharsets.UTF_8));
        Map<String, String> forged = new LinkedHashMap<>(
                Doors.shopifyHeaders("orders/create", "forged", order.getBytes(StandardCharsets.UTF_8)));
        forged.put("X-Shopify-Hmac-Sha256", "AAAA");
        doors.send("POST", "/partners/shopify/webhooks", order.getBytes(StandardCharsets.UTF_8), forged);
        doors.send("GET", "/api/v1/orders", null, Map.of("X-API-Key", SharedHub.KEY));
        doors.send("GET", "/api/v1/orders", null, Map.of("X-API-Key", SharedHub.KEY_WITHOUT_SCOPES));
        doors.send("GET", "/ops/orders", null, Map.of("Authorization", "Basic " + basic("staff", "wrong-one")));
    }

    private static String basic(String user, String password) {
        return Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private Map<String, String> places() throws Exception {
        Map<String, String> places = new LinkedHashMap<>();
        List<String> paths = new ArrayList<>(List.of(
                "/console",
                "/console/dead-letters",
                "/console/ledger",
                "/login",
                "/ops/orders",
                "/ops/messages?limit=200",
                "/ops/dead-letters",
                "/ops/clients",
                "/ops/conservation"));
        doors.orders().stream().limit(5).forEach(order -> {
            paths.add("/ops/orders/" + order.path("number").asText());
            paths.add("/console/orders/" + order.path("number").asText());
        });
        doors.deadLetters().stream()
                .limit(20)
                .forEach(letter ->
                        paths.add("/ops/dead-letters/" + letter.path("id").asText()));
        for (String path : paths) {
            HttpResponse<String> answer = doors.send(
                    "GET", path, null, Map.of("Authorization", "Basic " + basic("admin", SharedHub.PASSWORD)));
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            places.put(path, answer.body());
        }
        HttpClient client = HttpClient.newHttpClient();
        for (String path : List.of(
                "/actuator",
                "/actuator/health",
                "/actuator/info",
                "/actuator/prometheus",
                "/actuator/env",
                "/actuator/configprops",
                "/actuator/beans",
                "/actuator/heapdump",
                "/actuator/loggers")) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create(hub.managementUrl() + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            places.put(path, answer.body());
        }
        assertThat(places.get("/actuator/prometheus")).contains("oms_card_numbers_total");
        return places;
    }
}
