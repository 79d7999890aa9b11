package routes.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import routes.harness.Doors;
import routes.harness.SharedHub;

/** The published contract against the running hub: whatever it says is true, and whatever it forbids is refused. */
class ContractRunTest {

    @Test
    void theHubIsWhatItsContractSays() throws Exception {
        SharedHub hub = SharedHub.get();
        Doors doors = hub.doors();
        String reference = "CR-" + UUID.randomUUID();
        String submission = submitted(doors, reference);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                        doors.send("GET", "/api/v1/orders/" + reference, null, Map.of("X-API-Key", SharedHub.KEY))
                                .statusCode())
                .isEqualTo(200));
        ContractRun run = new ContractRun(
                ContractJudge.text(),
                doors::send,
                SharedHub.KEY,
                SharedHub.KEY_WITHOUT_SCOPES,
                Map.of("reference", reference, "id", submission));
        run.run();
        System.out.println("requests by operation: " + run.counts());
        assertThat(run.unexpected()).isEmpty();
        assertThat(run.counts()).containsKeys("listOrders", "submitOrder", "showOrder", "requestCancellation");
        assertThat(run.counts().get("submitOrder")).isGreaterThan(200);
        assertThat(doors.conservation().path("balanced").asBoolean()).isTrue();
    }

    /** The run itself: a hub that takes everything, or answers what it never said, is found out. */
    @Test
    void aHubThatTakesEverythingIsFoundOut() {
        ContractRun run = new ContractRun(
                ContractJudge.text(),
                (method, path, body, headers) -> new Said(202),
                SharedHub.KEY,
                SharedHub.KEY_WITHOUT_SCOPES,
                Map.of("reference", "PO-1", "id", "S-1"));
        run.run();
        assertThat(run.unexpected()).hasSizeGreaterThan(300);
    }

    private static String submitted(Doors doors, String reference) throws Exception {
        String order = Files.readString(Path.of("src/test/resources/mappings/partner-api/order-submitted/us.in.json"));
        JsonNode body = Doors.mapper().readTree(order);
        ((ObjectNode) body).put("reference", reference);
        // The name the contract's own example of a cancellation calls a line by.
        ((ObjectNode) body.at("/lines/0")).put("reference", "POS-10");
        HttpResponse<String> answer = doors.send(
                "POST",
                "/api/v1/orders",
                body.toString().getBytes(StandardCharsets.UTF_8),
                Map.of("X-API-Key", SharedHub.KEY, "Idempotency-Key", reference, "Content-Type", "application/json"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return Doors.mapper().readTree(answer.body()).path("id").asText();
    }

    /** An answer nobody gave. */
    private record Said(int statusCode) implements HttpResponse<String> {

        @Override
        public String body() {
            return "{}";
        }

        @Override
        public java.net.http.HttpHeaders headers() {
            return java.net.http.HttpHeaders.of(
                    Map.of("Content-Type", java.util.List.of("application/json")), (name, value) -> true);
        }

        @Override
        public java.net.http.HttpRequest request() {
            return null;
        }

        @Override
        public java.util.Optional<HttpResponse<String>> previousResponse() {
            return java.util.Optional.empty();
        }

        @Override
        public java.util.Optional<javax.net.ssl.SSLSession> sslSession() {
            return java.util.Optional.empty();
        }

        @Override
        public java.net.URI uri() {
            return null;
        }

        @Override
        public java.net.http.HttpClient.Version version() {
            return java.net.http.HttpClient.Version.HTTP_1_1;
        }
    }
}
