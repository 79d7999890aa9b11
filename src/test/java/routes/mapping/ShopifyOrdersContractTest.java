package routes.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Orders that real shops sent are understood, whatever their age. Sums are asserted only of those that a shop made; the
 * rest are edits of vendors' samples, which do not add up and must come out as they are.
 */
class ShopifyOrdersContractTest {

    private static final Mappings MAPPINGS = Golden.mappings();

    /** Orders a shop made itself. */
    private static final String SHOP_MADE = "spree-contrib";

    @TestFactory
    Stream<DynamicTest> everyRealOrderIsUnderstood() throws Exception {
        return orders().map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), file.toUri(), () -> {
            JsonNode payload = Reading.json(Files.readAllBytes(file)).path("payload");
            JsonNode order = mapped(payload);
            assertEquals(payload.path("id").asText(), order.path("shopId").asText());
            assertEquals(payload.path("line_items").size(), order.path("lines").size());
            assertEquals(
                    payload.path("currency").asText(), order.path("currency").asText());
            assertTrue(order.path("shopVersion").asText().endsWith("Z"));
            assertFalse(order.at("/shipTo/country").asText().isEmpty());
            if (file.toString().contains(SHOP_MADE)) {
                assertEquals("", difference(order));
            }
        }));
    }

    @Test
    void aVendorsSampleIsNotMended() throws Exception {
        List<Path> others =
                orders().filter(file -> !file.toString().contains(SHOP_MADE)).toList();
        long wrong = 0;
        for (Path file : others) {
            wrong += difference(mapped(Reading.json(Files.readAllBytes(file)).path("payload")))
                            .isEmpty()
                    ? 0
                    : 1;
        }
        assertTrue(wrong >= 3, "of " + others.size() + " samples only " + wrong + " do not add up any more");
    }

    @TestFactory
    Stream<DynamicTest> everySampleOfAnOrderTopicIsUnderstood() {
        return Stream.of("create", "paid", "updated", "cancelled", "fulfilled", "partially_fulfilled")
                .map(topic -> Contracts.at("shopify/webhook-samples/orders__" + topic + ".json"))
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), file.toUri(), () -> {
                    JsonNode payload = Reading.json(Files.readAllBytes(file));
                    JsonNode sample = payload.has("payload") ? payload.path("payload") : payload;
                    assertEquals(
                            "820982911946154508", mapped(sample).path("shopId").asText());
                }));
    }

    private static Stream<Path> orders() throws Exception {
        try (Stream<Path> files = Files.list(Contracts.at("shopify/store-orders"))) {
            List<Path> orders = files.filter(
                            file -> file.getFileName().toString().startsWith("order-"))
                    .sorted()
                    .toList();
            assertFalse(orders.isEmpty());
            return orders.stream();
        }
    }

    private static JsonNode mapped(JsonNode payload) {
        return MAPPINGS.apply("shopify/order-placed", payload, Map.of());
    }

    /** The two identities of domain language: lines make the subtotal, parts make the total. */
    private static String difference(JsonNode order) {
        long lines = 0;
        for (JsonNode line : order.path("lines")) {
            lines += line.path("unitPriceMinor").longValue()
                            * line.path("quantity").longValue()
                    - line.path("discountMinor").longValue();
        }
        long parts = order.path("subtotalMinor").longValue()
                + order.path("shippingMinor").longValue()
                + order.path("tipMinor").longValue()
                + order.path("dutyMinor").longValue()
                + (order.path("taxIncluded").booleanValue()
                        ? 0
                        : order.path("taxMinor").longValue());
        return (lines == order.path("subtotalMinor").longValue() ? "" : "lines make " + lines + " ")
                + (parts == order.path("totalMinor").longValue() ? "" : "parts make " + parts);
    }
}
