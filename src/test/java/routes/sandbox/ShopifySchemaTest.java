package routes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
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
            var timer = new ScheduledThreadPoolExecutor(1);
            var shop = new Shop(webhooks, Clock.systemUTC(), timer, settings);
            var admin = new ShopifyAdmin(shop, settings);
            check(order(shop, admin, new OrderMaker.Wish("us", 3, 2, OrderMaker.DUTY)), TYPES.get("Order"), "order");
            check(order(shop, admin, new OrderMaker.Wish("jp", 3, 2, OrderMaker.VAULTED)), TYPES.get("Order"), "order");
            var taken = shop.place(new OrderMaker.Wish("us", 2, 1, OrderMaker.GIFT_CARD_TENDER), 0);
            var state = state(shop, taken);
            var refund = Json.object().put("note", "OH-1-C1");
            refund.putArray("refundLineItems")
                    .addObject()
                    .put(
                            "lineItemId",
                            ShopOrder.gid("LineItem", taken.lines().get(0).id()))
                    .put("quantity", 1)
                    .put("restockType", "CANCEL")
                    .put("locationId", "gid://shopify/Location/11");
            refund.putArray("transactions")
                    .addObject()
                    .put("parentId", ShopOrder.gid("OrderTransaction", taken.firstTransaction()))
                    .put("gateway", "gift_card")
                    .put("amount", "0.10");
            shop.refund(state, refund, "k");
            check(admin.order(state), TYPES.get("Order"), "order");
            shop.cancelled(state, "FRAUD");
            check(admin.order(state), TYPES.get("Order"), "order");
            timer.shutdownNow();
        }
    }

    /** An order in which something of everything has happened. */
    private static JsonNode order(Shop shop, ShopifyAdmin admin, OrderMaker.Wish wish) throws Exception {
        var order = shop.place(wish, 0);
        var state = state(shop, order);
        var capture = Json.object()
                .put("parentTransactionId", ShopOrder.gid("OrderTransaction", order.firstTransaction()))
                .put("amount", "1");
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
        var second = Json.MAPPER.getNodeFactory().textNode(ShopOrder.gid("FulfillmentOrder", order.fulfilmentOrder(1)));
        shop.move(state, second, "11", Json.object());
        shop.edit(state, Map.of(OrderMaker.skus().get(0), 1), Map.of());
        return admin.order(state);
    }

    private static OrderState state(Shop shop, ShopOrder order) {
        return shop.find(Json.MAPPER.getNodeFactory().textNode(ShopOrder.gid("Order", order.id())))
                .orElseThrow();
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
