package routes.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request.Method;
import com.atlassian.oai.validator.model.SimpleRequest;
import com.atlassian.oai.validator.report.ValidationReport;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every request we send to a REST partner, as the golden examples show it, is accepted by that partner's published
 * OpenAPI: method, path, query and body. Business Central's $batch is taken apart and each of its requests judged.
 */
class RestContractTest {

    @TestFactory
    Stream<DynamicTest> avalaraAcceptsWhatWeSend() throws Exception {
        return judged(
                "avalara",
                OpenApiInteractionValidator.createForInlineApiSpecification(
                                Files.readString(Contracts.at("avalara/avatax-rest-v2.subset.openapi3.json")))
                        .build());
    }

    @TestFactory
    Stream<DynamicTest> theWarehouseAcceptsWhatWeSend() throws Exception {
        return judged("warehouse", warehouse());
    }

    private static OpenApiInteractionValidator warehouse() throws Exception {
        JsonNode api = Golden.JSON.readTree(
                Contracts.at("warehouse/shipbob-openapi-2026-01.json").toFile());
        // Some schemas of other areas have defaults of the wrong type, at which the reader stops; we use orders and
        // stock.
        ((ObjectNode) api.path("paths"))
                .retain(
                        "/2026-01/order",
                        "/2026-01/order/{orderId}",
                        "/2026-01/order/{orderId}:cancel",
                        "/2026-01/inventory-level/locations");
        ObjectNode schemas = (ObjectNode) api.at("/components/schemas");
        List<String> names = new ArrayList<>();
        schemas.fieldNames().forEachRemaining(names::add);
        names.stream()
                .filter(name -> !name.startsWith("Orders.") && !name.startsWith("Inventory."))
                .forEach(schemas::remove);
        // The parameter that the address of a next page bears is not published; it is the warehouse's own.
        ((ArrayNode) api.at("/paths/~12026-01~1inventory-level~1locations/get/parameters"))
                .addObject()
                .put("name", "Cursor")
                .put("in", "query")
                .putObject("schema")
                .put("type", "string");
        // Texts and numbers are called closed as if they were objects, and the reader then takes them for objects.
        openWhatIsNoObject(api);
        // Both kinds of product repeat every field of the closed object they extend; taken literally nothing could fit
        // both.
        for (String product : List.of("AddProductToOrderByReferenceIdModel", "AddProductToOrderByProductIdModel")) {
            ObjectNode schema = (ObjectNode) api.at("/components/schemas/Orders." + product);
            assertTrue(schema.has("allOf"), product + " is still a closed object that extends a closed object");
            schema.remove("allOf");
        }
        return OpenApiInteractionValidator.createForInlineApiSpecification(api.toString())
                .build();
    }

    private static void openWhatIsNoObject(JsonNode node) {
        if (node instanceof ObjectNode schema
                && schema.has("additionalProperties")
                && !schema.path("type").asText().equals("object")) {
            schema.remove("additionalProperties");
        }
        node.forEach(RestContractTest::openWhatIsNoObject);
    }

    @TestFactory
    Stream<DynamicTest> theErpAcceptsWhatWeSend() throws Exception {
        return judged("erp", erp());
    }

    /** What was mended in ShipBob's document must not make it say yes to everything. */
    @Test
    void aWrongWarehouseOrderIsNoticed() throws Exception {
        OpenApiInteractionValidator warehouse = warehouse();
        JsonNode right = Golden.cases().stream()
                .filter(example -> example.toString().equals("warehouse/place-order.request/us"))
                .findFirst()
                .orElseThrow()
                .expected()
                .path("body");
        assertEquals(List.of(), errors(warehouse, request("POST", "/2026-01/order", right.toString())));
        for (String[] change : new String[][] {
            {"", "reference_id", null},
            {"", "unheard_of", "1"},
            {"", "type", "\"Retail\""},
            {"", "location_id", "\"11\""},
            {"/recipient", "name", null},
            {"/recipient/address", "city", "\"\""},
            {"/products/0", "reference_id", null},
            {"/products/0", "quantity", "\"two\""},
            {"/products/0", "unheard_of", "1"}
        }) {
            ObjectNode wrong = right.deepCopy();
            ObjectNode part = (ObjectNode) wrong.at(change[0]);
            part.remove(change[1]);
            if (change[2] != null) {
                part.set(change[1], Golden.JSON.readTree(change[2]));
            }
            assertFalse(
                    errors(warehouse, request("POST", "/2026-01/order", wrong.toString()))
                            .isEmpty(),
                    String.join(" ", change[0], change[1], change[2]));
        }
    }

    @Test
    void aWrongRecallOrStockQuestionIsNoticed() throws Exception {
        OpenApiInteractionValidator warehouse = warehouse();
        assertEquals(List.of(), errors(warehouse, request("POST", "/2026-01/order/9001:cancel", null)));
        assertFalse(errors(warehouse, request("PUT", "/2026-01/order/9001:cancel", null))
                .isEmpty());
        assertFalse(errors(warehouse, request("POST", "/2026-01/order/9001:stop", null))
                .isEmpty());
        String levels = "/2026-01/inventory-level/locations";
        assertEquals(List.of(), errors(warehouse, request("GET", levels, null).withQueryParam("IsDigital", "false")));
        assertFalse(errors(warehouse, request("GET", levels, null).withQueryParam("IsDigital", "perhaps"))
                .isEmpty());
        assertFalse(errors(warehouse, request("GET", levels + "/all", null)).isEmpty());
    }

    /** The judge itself: what is wrong is called wrong. */
    @Test
    void aWrongRequestIsNoticed() throws Exception {
        OpenApiInteractionValidator erp = erp();
        String path = "/v2.0/companies(11111111-1111-4111-8111-111111111111)/journals";
        assertEquals(List.of(), errors(erp, request("POST", path, "{\"code\":\"B1\"}")));
        assertFalse(errors(erp, request("POST", path, "{\"code\":1}")).isEmpty());
        assertFalse(errors(erp, request("POST", path, "{\"kode\":\"B1\"}")).isEmpty());
        assertFalse(errors(erp, request("POST", path + "x", "{}")).isEmpty());
        assertFalse(errors(erp, request("PUT", path, "{}")).isEmpty());
    }

    private static OpenApiInteractionValidator erp() throws Exception {
        return OpenApiInteractionValidator.createForInlineApiSpecification(
                        Files.readString(Contracts.at("erp/bc-api-v2.0.subset.openapi3.json")))
                .withBasePathOverride("/v2.0")
                .build();
    }

    private static Stream<DynamicTest> judged(String partner, OpenApiInteractionValidator api) {
        List<DynamicTest> tests = new ArrayList<>();
        for (Golden.Case example : Golden.cases()) {
            boolean asks = example.mapping().startsWith(partner + "/")
                    && example.mapping().endsWith(".request");
            if (asks && !example.expected().has("fails")) {
                tests.add(DynamicTest.dynamicTest(
                        example.toString(), example.out().toUri(), () -> judge(api, example.expected())));
            }
        }
        assertFalse(tests.isEmpty(), "examples of requests to " + partner);
        return tests.stream();
    }

    private static void judge(OpenApiInteractionValidator api, JsonNode request) {
        if (request.path("path").asText().endsWith("/$batch")) {
            for (JsonNode part : request.at("/body/requests")) {
                assertEquals(
                        List.of(),
                        errors(
                                api,
                                request(
                                        part.path("method").asText(),
                                        "/v2.0/" + part.path("url").asText(),
                                        part.path("body").toString())),
                        "part " + part.path("id").asText());
            }
            assertFalse(request.at("/body/requests").isEmpty());
            return;
        }
        SimpleRequest.Builder sent = request(
                request.path("method").asText(),
                request.path("path").asText(),
                request.has("body") ? request.path("body").toString() : null);
        request.path("query")
                .fields()
                .forEachRemaining(
                        q -> sent.withQueryParam(q.getKey(), q.getValue().asText()));
        assertEquals(List.of(), errors(api, sent));
    }

    private static SimpleRequest.Builder request(String method, String path, String body) {
        SimpleRequest.Builder request = new SimpleRequest.Builder(Method.valueOf(method), path)
                .withAccept("application/json")
                // What the transport adds from the settings.
                .withHeader("Authorization", "Bearer any")
                .withHeader("shipbob_channel_id", "100");
        return body == null
                ? request
                : request.withContentType("application/json").withBody(body);
    }

    private static List<String> errors(OpenApiInteractionValidator api, SimpleRequest.Builder request) {
        return api.validateRequest(request.build()).getMessages().stream()
                .filter(message -> message.getLevel() == ValidationReport.Level.ERROR)
                .map(message -> message.getKey() + ": " + message.getMessage())
                .toList();
    }
}
