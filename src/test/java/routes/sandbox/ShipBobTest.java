package routes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShipBobTest {

    private static final FakeHub HUB = new FakeHub();
    private static PartnersAtWork partners;

    @BeforeAll
    static void start(@TempDir Path data) {
        partners = new PartnersAtWork(
                data,
                "--oms.sandbox.hub-url=" + HUB.url(),
                "--oms.sandbox.ship-after-ms=50",
                "--oms.sandbox.deliver-after-ms=50");
    }

    @AfterAll
    static void stop() {
        partners.close();
        HUB.close();
    }

    @Test
    void answersFitTheOpenApi() {
        var validator = Contracts.openApi("warehouse/shipbob-openapi-2026-01.json");
        var placed = partners.warehouse("POST", "/order", request("OH-1-F1").toString());
        assertThat(placed.statusCode()).isEqualTo(201);
        check(validator, "/2026-01/order", Request.Method.POST, 201, placed.body());
        var id = PartnersAtWork.json(placed).path("id").asText();
        awaitDelivery("OH-1-F1");
        check(
                validator,
                "/2026-01/order/" + id,
                Request.Method.GET,
                200,
                partners.warehouse("GET", "/order/" + id, null).body());
        var listed = partners.warehouse("GET", "/order?ReferenceIds=OH-1-F1,OH-none", null);
        check(validator, "/2026-01/order", Request.Method.GET, 200, listed.body());
        assertThat(PartnersAtWork.json(listed)).hasSize(1);
        check(
                validator,
                "/2026-01/inventory-level",
                Request.Method.GET,
                200,
                partners.warehouse("GET", "/inventory-level", null).body());
        var shipped = HUB.accepted(
                        delivery -> delivery.headers().get("x-webhook-topic").equals("order.shipped"))
                .get(0);
        check(validator, "/2026-01/order/" + id, Request.Method.GET, 200, shipped.body());
        var delivered = HUB.accepted(
                        delivery -> delivery.headers().get("x-webhook-topic").equals("order.shipment.delivered"))
                .get(0);
        check(validator, "/2026-01/shipment/1", Request.Method.GET, 200, delivered.body());
    }

    @Test
    void keepsItsObjectsClosed() {
        assertThat(refused(request("A").put("colour", "red"))).contains("colour");
        assertThat(refused(without(request("A"), "shipping_method"))).contains("shipping_method");
        var long300 = request("x".repeat(301));
        assertThat(refused(long300)).contains("reference_id");
        var nameless = request("A");
        ((ObjectNode) nameless.path("products").get(0)).remove("name");
        assertThat(refused(nameless)).contains("name");
        var deep = request("A");
        ((ObjectNode) deep.path("recipient").path("address")).put("planet", "Earth");
        assertThat(refused(deep)).contains("planet");
        assertThat(refused(request("A").put("type", "Gift"))).contains("type");
        assertThat(partners.effects("partner=warehouse&key=A")).isEmpty();
    }

    @Test
    void showsADoubledOrderAsTwo() {
        partners.warehouse("POST", "/order", request("TWICE").toString());
        partners.warehouse("POST", "/order", request("TWICE").toString());
        assertThat(PartnersAtWork.json(partners.warehouse("GET", "/order?ReferenceIds=TWICE", null)))
                .hasSize(2);
        assertThat(partners.effects("partner=warehouse&operation=place-order&key=TWICE"))
                .hasSize(2);
    }

    @Test
    void shipsAndDeliversWithSignedWebhooks() throws Exception {
        partners.warehouse("POST", "/order", request("SIGN-1").toString());
        awaitDelivery("SIGN-1");
        var shipped = HUB.accepted(delivery -> delivery.body().contains("SIGN-1")
                        && delivery.headers().get("x-webhook-topic").equals("order.shipped"))
                .get(0);
        assertThat(shipped.path()).isEqualTo("/partners/warehouse/webhooks");
        var order = Json.read(shipped.body().getBytes(StandardCharsets.UTF_8));
        assertThat(order.at("/shipments/0/status").asText()).isEqualTo("Completed");
        assertThat(order.at("/shipments/0/tracking/tracking_number").asText()).startsWith("1Z");
        assertThat(order.at("/shipments/0/products/0/inventory_items/0/quantity")
                        .asInt())
                .isEqualTo(3);
        var signed = shipped.headers().get("webhook-id") + "."
                + shipped.headers().get("webhook-timestamp") + "." + shipped.body();
        var mac = Mac.getInstance("HmacSHA256");
        var secret = "whsec_" + Base64.getEncoder().encodeToString("warehouse-sandbox-secret-0001".getBytes());
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring(6)), "HmacSHA256"));
        var expected = "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
        assertThat(shipped.headers()).containsEntry("webhook-signature", expected);
    }

    @Test
    void shipsInTwoBoxesForTheCustomerWhoAsks() {
        var request = request("BOXES");
        ((ObjectNode) request.path("recipient")).put("email", "two-boxes.1001@example.com");
        var placed = PartnersAtWork.json(partners.warehouse("POST", "/order", request.toString()));
        assertThat(placed.path("shipments")).hasSize(2);
        var units = 0;
        for (var shipment : placed.path("shipments")) {
            units += shipment.at("/products/0/inventory_items/0/quantity").asInt();
        }
        assertThat(units).isEqualTo(3);
    }

    @Test
    void cancelsOnlyWhatHasNotShipped(@TempDir Path data) {
        try (var slow = new PartnersAtWork(data, "--oms.sandbox.ship-after-ms=600000")) {
            var id = PartnersAtWork.json(
                            slow.warehouse("POST", "/order", request("C-1").toString()))
                    .path("id")
                    .asText();
            var cancelled = PartnersAtWork.json(slow.warehouse("POST", "/order/" + id + ":cancel", ""));
            assertThat(cancelled.path("status").asText()).isEqualTo("Success");
            assertThat(cancelled.at("/order/status").asText()).isEqualTo("Cancelled");
        }
        var id = PartnersAtWork.json(
                        partners.warehouse("POST", "/order", request("C-2").toString()))
                .path("id")
                .asText();
        awaitDelivery("C-2");
        assertThat(partners.warehouse("POST", "/order/" + id + ":cancel", "").statusCode())
                .isEqualTo(422);
    }

    private static void awaitDelivery(String reference) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !HUB.accepted(delivery -> delivery.body()
                                .contains(reference)
                        && "order.shipment.delivered".equals(delivery.headers().get("x-webhook-topic")))
                .isEmpty());
    }

    private static String refused(JsonNode request) {
        var answer = partners.warehouse("POST", "/order", request.toString());
        assertThat(answer.statusCode()).isEqualTo(422);
        return answer.body();
    }

    private static void check(
            OpenApiInteractionValidator validator, String path, Request.Method method, int status, String body) {
        var response = SimpleResponse.Builder.status(status)
                .withContentType("application/json")
                .withBody(body)
                .build();
        assertThat(validator.validateResponse(path, method, response).getMessages())
                .as(body)
                .isEmpty();
    }

    private static ObjectNode without(ObjectNode request, String field) {
        request.remove(field);
        return request;
    }

    private static ObjectNode request(String reference) {
        var request = Json.object()
                .put("reference_id", reference)
                .put("type", "DTC")
                .put("shipping_method", "Standard")
                .put("location_id", 12);
        var recipient =
                request.putObject("recipient").put("name", "Avery Stone").put("email", "happy.1@example.com");
        recipient
                .putObject("address")
                .put("address1", "47 W 13th St")
                .put("city", "New York")
                .put("state", "NY")
                .put("zip_code", "10011")
                .put("country", "US");
        request.putArray("products")
                .addObject()
                .put("reference_id", "MUG-1")
                .put("sku", "MUG-1")
                .put("name", "Mug")
                .put("quantity", 3);
        return request;
    }
}
