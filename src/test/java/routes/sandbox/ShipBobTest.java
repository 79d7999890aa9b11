package routes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import routes.mapping.Golden;

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
        check(
                validator,
                "/2026-01/inventory-level/locations",
                Request.Method.GET,
                200,
                partners.warehouse("GET", "/inventory-level/locations?PageSize=3", null)
                        .body());
        var late = partners.warehouse("POST", "/order/" + id + ":cancel", "");
        check(validator, "/2026-01/order/" + id + ":cancel", Request.Method.POST, 422, late.body());
        var shipped = HUB.accepted(
                        delivery -> "order.shipped".equals(delivery.headers().get("x-webhook-topic")))
                .get(0);
        check(validator, "/2026-01/order/" + id, Request.Method.GET, 200, shipped.body());
        var delivered = HUB.accepted(delivery ->
                        "order.shipment.delivered".equals(delivery.headers().get("x-webhook-topic")))
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
                        && "order.shipped".equals(delivery.headers().get("x-webhook-topic")))
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

    @Test
    void listsItsStockByPagesAndWhatLeftIsThereNoMore() {
        stock("MUG-1", "12", 7);
        stock("GLOVE-1", "11", 2);
        partners.warehouse("POST", "/order", request("STOCK-1").toString());
        awaitDelivery("STOCK-1");
        var levels = new TreeMap<String, Integer>();
        var page = "/inventory-level/locations?PageSize=4";
        var pages = 0;
        while (page != null) {
            var answer = PartnersAtWork.json(partners.warehouse("GET", page, null));
            // As the hub reads and goes on.
            var ours = Golden.mappings().apply("warehouse/list-stock.response", answer, Map.of());
            ours.path("levels")
                    .forEach(level -> levels.put(
                            level.path("sku").asText() + "@"
                                    + level.path("node").asText(),
                            level.path("onHand").asInt()));
            page = null;
            if (ours.has("next")) {
                var query = Golden.mappings()
                        .apply("warehouse/list-stock.request", ours, Map.of())
                        .path("query");
                page = "/inventory-level/locations?PageSize="
                        + query.path("PageSize").asText() + "&Cursor="
                        + query.path("Cursor").asText();
            }
            pages++;
        }
        assertThat(pages).isEqualTo(3);
        assertThat(levels)
                .containsEntry("MUG-1@12", 4)
                .containsEntry("MUG-1@11", 1_000_000)
                .containsEntry("GLOVE-1@11", 2)
                .doesNotContainKey("GLOVE-1@12")
                .hasSize(OrderMaker.shelved().size() * 2 + 1);
        stock("MUG-1", "12", 1_000_000);
    }

    @Test
    void whatIsNotThereIsShortAndTheRestLeaves() {
        stock("TEA-12", "12", 2);
        var request = request("SHORT-1");
        ((ObjectNode) request.path("products").get(0))
                .put("reference_id", "TEA-12")
                .put("sku", "TEA-12");
        partners.warehouse("POST", "/order", request.toString());
        var exception = awaitWebhook("SHORT-1", "order.shipment.exception");
        assertThat(exception.path("status").asText()).isEqualTo("Exception");
        assertThat(exception.at("/products/0/inventory_items/0/quantity").asInt())
                .isEqualTo(3);
        assertThat(exception
                        .at("/products/0/inventory_items/0/quantity_committed")
                        .asInt())
                .isEqualTo(2);
        // What the hub reads in it, told or asked.
        var troubled = Golden.mappings().apply("warehouse/shipment-troubled", exception, Map.of());
        assertThat(troubled.path("kind").asText()).isEqualTo("SHORT");
        assertThat(troubled.path("lines").toString()).isEqualTo("[{\"sku\":\"TEA-12\",\"quantity\":1}]");
        var shipped = awaitWebhook("SHORT-1", "order.shipped");
        assertThat(units(shipped)).isEqualTo(2);
        assertThat(shipped.path("status").asText()).isEqualTo("Fulfilled");
        // Nothing is left for the next one: nothing leaves.
        request.put("reference_id", "SHORT-2");
        partners.warehouse("POST", "/order", request.toString());
        awaitWebhook("SHORT-2", "order.shipment.exception");
        assertThat(listed("SHORT-2").path("status").asText()).isEqualTo("Exception");
        var found = Golden.mappings()
                .apply(
                        "warehouse/find-shipments.response",
                        PartnersAtWork.json(partners.warehouse("GET", "/order?ReferenceIds=SHORT-2", null)),
                        Map.of());
        assertThat(found.at("/found/0/topic").asText()).isEqualTo("order.shipment.exception");
        assertThat(Golden.mappings()
                        .apply("warehouse/shipment-troubled", found.at("/found/0/body"), Map.of())
                        .at("/lines/0/quantity")
                        .asInt())
                .isEqualTo(3);
        stock("TEA-12", "12", 1_000_000);
    }

    @Test
    void picksOneShortAndShipsOneTooManyForTheCustomersWhoAsk() {
        place("ASK-SHORT", ShipBob.SHORT_PICK);
        assertThat(awaitWebhook("ASK-SHORT", "order.shipment.exception")
                        .at("/products/0/inventory_items/0/quantity_committed")
                        .asInt())
                .isEqualTo(2);
        assertThat(units(awaitWebhook("ASK-SHORT", "order.shipped"))).isEqualTo(2);
        place("ASK-OVER", ShipBob.OVER_SHIP);
        assertThat(units(awaitWebhook("ASK-OVER", "order.shipped"))).isEqualTo(4);
    }

    @Test
    void confirmsTwiceAsTwoEvents() {
        place("ASK-TWICE", ShipBob.CONFIRMS_TWICE);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> told("ASK-TWICE", "order.shipped").size() == 2);
        assertThat(told("ASK-TWICE", "order.shipped").stream()
                        .map(delivery -> delivery.headers().get("webhook-id"))
                        .distinct())
                .hasSize(2);
    }

    @Test
    void holdsAndCancelsByItself() {
        place("ASK-HOLD", ShipBob.HOLDS);
        var held = awaitWebhook("ASK-HOLD", "order.shipment.on_hold");
        assertThat(held.path("status").asText()).isEqualTo("OnHold");
        assertThat(Golden.mappings()
                        .apply("warehouse/shipment-troubled", held, Map.of())
                        .path("kind")
                        .asText())
                .isEqualTo("HELD");
        assertThat(units(awaitWebhook("ASK-HOLD", "order.shipped"))).isEqualTo(3);
        place("ASK-CANCELS", ShipBob.CANCELS);
        assertThat(awaitWebhook("ASK-CANCELS", "order.shipment.cancelled")
                        .path("status")
                        .asText())
                .isEqualTo("Cancelled");
        assertThat(listed("ASK-CANCELS").path("status").asText()).isEqualTo("Cancelled");
    }

    @Test
    void refusesOrdersAndRecallsWhereItIsAskedTo() {
        var refused = request("ASK-NO");
        ((ObjectNode) refused.path("recipient")).put("email", ShipBob.REFUSES + ".1@example.com");
        assertThat(refused(refused)).contains("not active");
        var late = place("ASK-LATE", ShipBob.CANCEL_TOO_LATE);
        var tooLate = partners.warehouse("POST", "/order/" + late + ":cancel", "");
        assertThat(tooLate.statusCode()).isEqualTo(422);
        assertThat(recalled(tooLate)).isFalse();
        var slow = place("ASK-SLOW", ShipBob.SLOW_PICK);
        assertThat(recalled(partners.warehouse("POST", "/order/" + slow + ":cancel", "")))
                .isTrue();
        assertThat(listed("ASK-SLOW").path("status").asText()).isEqualTo("Cancelled");
        assertThat(partners.effects("partner=warehouse&operation=cancel-order&key=ASK-SLOW"))
                .hasSize(1);
    }

    @Test
    void shipsWhatItHasSaidToHaveCancelled(@TempDir Path data) {
        var hub = new FakeHub();
        try (hub;
                var slow = new PartnersAtWork(
                        data, "--oms.sandbox.hub-url=" + hub.url(), "--oms.sandbox.ship-after-ms=1500")) {
            var request = request("ASK-GONE");
            ((ObjectNode) request.path("recipient")).put("email", ShipBob.SHIPS_CANCELLED + ".1@example.com");
            var id = PartnersAtWork.json(slow.warehouse("POST", "/order", request.toString()))
                    .path("id")
                    .asText();
            assertThat(PartnersAtWork.json(slow.warehouse("POST", "/order/" + id + ":cancel", ""))
                            .path("status")
                            .asText())
                    .isEqualTo("Success");
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !hub.accepted(delivery ->
                            "order.shipped".equals(delivery.headers().get("x-webhook-topic")))
                    .isEmpty());
        }
    }

    /** What the hub reads in the answer to a recall. */
    private static boolean recalled(HttpResponse<String> answer) {
        return Golden.mappings()
                .apply("warehouse/cancel-order.response", PartnersAtWork.json(answer), Map.of())
                .path("recalled")
                .asBoolean();
    }

    private static String place(String reference, String scenario) {
        var request = request(reference);
        ((ObjectNode) request.path("recipient")).put("email", scenario + ".1@example.com");
        return PartnersAtWork.json(partners.warehouse("POST", "/order", request.toString()))
                .path("id")
                .asText();
    }

    private static void stock(String sku, String node, int onHand) {
        var body = Json.object().put("sku", sku).put("node", node).put("onHand", onHand);
        var answer = partners.send("POST", "/sandbox/warehouse/stock", body.toString());
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(PartnersAtWork.json(answer).path(node).asInt()).isEqualTo(onHand);
    }

    private static JsonNode listed(String reference) {
        return PartnersAtWork.json(partners.warehouse("GET", "/order?ReferenceIds=" + reference, null))
                .get(0);
    }

    private static int units(JsonNode order) {
        var units = 0;
        for (var shipment : order.path("shipments")) {
            for (var product : shipment.path("products")) {
                units += product.at("/inventory_items/0/quantity").asInt();
            }
        }
        return units;
    }

    private static List<FakeHub.Delivery> told(String reference, String topic) {
        return HUB.accepted(delivery -> delivery.body().contains("\"" + reference + "\"")
                && topic.equals(delivery.headers().get("x-webhook-topic")));
    }

    private static JsonNode awaitWebhook(String reference, String topic) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !told(reference, topic)
                .isEmpty());
        return Json.read(told(reference, topic).get(0).body().getBytes(StandardCharsets.UTF_8));
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
