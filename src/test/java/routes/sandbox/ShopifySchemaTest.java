package routes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Binder;

/** Everything the simulated shop tells of an order has a name and a type in the real schema. */
class ShopifySchemaTest {

    private static final Map<String, JsonNode> TYPES = new HashMap<>();

    @BeforeAll
    static void read() throws IOException {
        var file = Contracts.file("shopify/admin_2026-07.json.gz");
        try (var gzip = new GZIPInputStream(Files.newInputStream(file))) {
            var json = Json.MAPPER.readTree(gzip);
            var schema = json.has("data") ? json.path("data") : json;
            for (var type : schema.path("__schema").path("types"))
                TYPES.put(type.path("name").asText(), type);
        }
    }

    @Test
    void ordersHaveTheShapeOfTheSchema(@TempDir Path data) throws Exception {
        var settings = new Binder().bindOrCreate("oms.sandbox", SandboxSettings.class);
        try (var journal = new Journal(data)) {
            journal.replay(event -> {});
            var webhooks = new Webhooks(journal, new Faults(), settings);
            var shop = new Shop(webhooks, Clock.systemUTC(), settings);
            var admin = new ShopifyAdmin(shop, settings);
            var order = shop.place(new OrderMaker.Wish("us", 3, 2, "happy"), 0);
            var state = shop.find(Json.MAPPER.getNodeFactory().textNode(ShopOrder.gid("Order", order.id())))
                    .orElseThrow();
            var capture = Json.object()
                    .put("parentTransactionId", ShopOrder.gid("OrderTransaction", order.firstTransaction()))
                    .put("amount", "1.00");
            shop.capture(state, capture);
            var parcel = Json.object();
            parcel.putArray("lineItemsByFulfillmentOrder")
                    .addObject()
                    .put("fulfillmentOrderId", ShopOrder.gid("FulfillmentOrder", order.fulfilmentOrder(0)));
            parcel.putObject("trackingInfo")
                    .put("number", "1Z")
                    .put("company", "UPS")
                    .put("url", "https://x.example");
            shop.fulfil(state, parcel);
            check(admin.order(state), TYPES.get("Order"), "order");
        }
    }

    private static void check(JsonNode value, JsonNode type, String path) {
        for (var fields = value.fields(); fields.hasNext(); ) {
            var field = fields.next();
            var at = path + "." + field.getKey();
            var declared = declared(type, field.getKey());
            assertThat(declared)
                    .as(at + " exists on " + type.path("name").asText())
                    .isNotNull();
            checkValue(field.getValue(), declared.path("type"), at);
        }
    }

    private static void checkValue(JsonNode value, JsonNode type, String at) {
        var kind = type.path("kind").asText();
        if (kind.equals("NON_NULL")) {
            assertThat(value.isNull()).as(at + " must not be null").isFalse();
            checkValue(value, type.path("ofType"), at);
            return;
        }
        if (value.isNull()) return;
        if (kind.equals("LIST")) {
            assertThat(value.isArray()).as(at).isTrue();
            for (var item : value) checkValue(item, type.path("ofType"), at + "[]");
            return;
        }
        var named = TYPES.get(type.path("name").asText());
        switch (named.path("kind").asText()) {
            case "OBJECT" -> {
                assertThat(value.isObject()).as(at).isTrue();
                check(value, named, at);
            }
            case "ENUM" -> assertThat(named.path("enumValues"))
                    .as(at)
                    .extracting(word -> word.path("name").asText())
                    .contains(value.asText());
            case "SCALAR" -> {
                switch (named.path("name").asText()) {
                    case "Int" -> assertThat(value.isInt() || value.isLong())
                            .as(at)
                            .isTrue();
                    case "Boolean" -> assertThat(value.isBoolean()).as(at).isTrue();
                    default -> assertThat(value.isTextual()).as(at).isTrue();
                }
            }
            default -> throw new AssertionError(at + " is of an unexpected kind");
        }
    }

    private static JsonNode declared(JsonNode type, String field) {
        for (var declared : type.path("fields"))
            if (declared.path("name").asText().equals(field)) return declared;
        return null;
    }
}
