package routes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShopifyAdminTest {

    private static final String CAPTURE =
            """
            mutation CapturePayment($input: OrderCaptureInput!) {
              orderCapture(input: $input) {
                transaction { id kind status amountSet { shopMoney { amount currencyCode } } parentTransaction { id } order { id } }
                userErrors { field message }
              }
            }""";
    private static final String DESCRIBE =
            """
            query DescribeOrder($id: ID!) {
              order(id: $id) {
                id name displayFinancialStatus displayFulfillmentStatus
                transactions(first: 50) { id kind status gateway authorizationExpiresAt ...money }
                fulfillmentOrders(first: 10) {
                  edges { node { id status assignedLocation { location { id } } lineItems(first: 50) {
                    nodes { id remainingQuantity totalQuantity sku lineItem { id } } } } }
                  pageInfo { hasNextPage }
                }
                lineItems(first: 50) { nodes { id sku quantity variant { inventoryItem { unitCost { amount currencyCode } } } } }
                fulfillments { id status trackingInfo { number company url } }
              }
            }
            fragment money on OrderTransaction { amountSet { shopMoney { amount currencyCode } } }""";
    private static final String FULFIL =
            """
            mutation ($fulfillment: FulfillmentInput!) {
              fulfillmentCreate(fulfillment: $fulfillment) { fulfillment { id trackingInfo { number } } userErrors { message } }
            }""";

    private static PartnersAtWork partners;

    @BeforeAll
    static void start(@TempDir Path data) {
        partners = new PartnersAtWork(data, "--oms.sandbox.cancel-after-ms=0");
    }

    @AfterAll
    static void stop() {
        partners.close();
    }

    @Test
    void tellsAnOrderWithItsMoneyItsRoutingAndItsCosts() {
        var id = partners.place("{\"market\":\"jp\",\"parcels\":2,\"lines\":3}");
        var order = describe(id);
        assertThat(order.path("id").asText()).isEqualTo("gid://shopify/Order/" + id);
        assertThat(order.path("displayFinancialStatus").asText()).isEqualTo("AUTHORIZED");
        var tender = order.path("transactions").get(0);
        assertThat(tender.path("kind").asText()).isEqualTo("AUTHORIZATION");
        assertThat(tender.at("/amountSet/shopMoney/amount").asText()).matches("\\d+\\.0");
        assertThat(order.at("/fulfillmentOrders/edges")).hasSize(2);
        assertThat(order.at("/fulfillmentOrders/edges/1/node/assignedLocation/location/id")
                        .asText())
                .isEqualTo("gid://shopify/Location/12");
        assertThat(order.at("/fulfillmentOrders/pageInfo/hasNextPage").asBoolean())
                .isFalse();
        assertThat(order.at("/lineItems/nodes")).hasSize(3);
        assertThat(order.at("/lineItems/nodes/0/variant/inventoryItem/unitCost/currencyCode")
                        .asText())
                .isEqualTo("JPY");
        assertThat(order.has("email")).as("only what was asked for").isFalse();
    }

    @Test
    void capturesAgainWhileMoneyIsLeftAndRefusesBeyond() {
        var id = partners.place("{\"market\":\"us\",\"lines\":1}");
        var total = total(id);
        var first = capture(id, "1.00");
        assertThat(first.at("/data/orderCapture/userErrors")).isEmpty();
        assertThat(first.at("/data/orderCapture/transaction/amountSet/shopMoney/amount")
                        .asText())
                .isEqualTo("1.0");
        var again = capture(id, "1.00");
        assertThat(again.at("/data/orderCapture/transaction/id").asText())
                .isNotEmpty()
                .isNotEqualTo(first.at("/data/orderCapture/transaction/id").asText());
        var tooMuch = capture(id, Amounts.text(total - 199, "USD"));
        assertThat(tooMuch.at("/data/orderCapture/transaction").isNull()).isTrue();
        assertThat(tooMuch.at("/data/orderCapture/userErrors/0/message").asText())
                .isNotEmpty();
        assertThat(capture(id, Amounts.text(total - 200, "USD")).at("/data/orderCapture/userErrors"))
                .isEmpty();
        assertThat(describe(id).path("displayFinancialStatus").asText()).isEqualTo("PAID");
        assertThat(partners.effects("partner=shopify&key=" + id))
                .extracting(effect -> effect.path("operation").asText() + " "
                        + effect.path("amountMinor").asLong())
                .containsExactly("capture-payment 100", "capture-payment 100", "capture-payment " + (total - 200));
    }

    @Test
    void refusesWhatTheRealOneRefuses() {
        var id = partners.place("{\"market\":\"jp\",\"lines\":1}");
        assertThat(capture(id, "0").at("/data/orderCapture/userErrors")).hasSize(1);
        assertThat(capture(id, "1.5").at("/data/orderCapture/userErrors"))
                .as("half a yen")
                .hasSize(1);
        assertThat(capture("123", "1")
                        .at("/data/orderCapture/userErrors/0/message")
                        .asText())
                .isEqualTo("Order does not exist");
        var unknownField = PartnersAtWork.json(partners.shopify("{ products { id } }", Json.object()));
        assertThat(unknownField.at("/errors/0/extensions/code").asText()).isEqualTo("undefinedField");
        var missing = PartnersAtWork.json(partners.shopify(CAPTURE, Json.object()));
        assertThat(missing.at("/errors/0/extensions/code").asText()).isEqualTo("INVALID_VARIABLE");
        var broken = PartnersAtWork.json(partners.shopify("mutation { orderCapture(", Json.object()));
        assertThat(broken.path("errors")).hasSize(1);
    }

    @Test
    void fulfilsEachUnitOnce() {
        var id = partners.place("{\"market\":\"de\",\"parcels\":2,\"lines\":2}");
        var first = describe(id).at("/fulfillmentOrders/edges/0/node/id").asText();
        var done = fulfil(first, "1Z1");
        assertThat(done.at("/data/fulfillmentCreate/fulfillment/trackingInfo/0/number")
                        .asText())
                .isEqualTo("1Z1");
        assertThat(fulfil(first, "1Z2").at("/data/fulfillmentCreate/userErrors"))
                .as("nothing is left")
                .hasSize(1);
        var order = describe(id);
        assertThat(order.path("displayFulfillmentStatus").asText()).isEqualTo("PARTIALLY_FULFILLED");
        assertThat(order.at("/fulfillmentOrders/edges/0/node/status").asText()).isEqualTo("CLOSED");
        assertThat(order.at("/fulfillments/0/trackingInfo/0/number").asText()).isEqualTo("1Z1");
        assertThat(partners.effects("operation=create-fulfilment&key=" + id))
                .extracting(effect -> effect.path("subject").asText())
                .containsExactly("1Z1");
    }

    @Test
    void cancelsByAJobAndGivesTheMoneyBack() throws Exception {
        var id = partners.place("{\"market\":\"us\"}");
        var document =
                """
                mutation { orderCancel(orderId: "gid://shopify/Order/%s", reason: FRAUD, restock: true) {
                  job { id done } orderCancelUserErrors { code message } } }"""
                        .formatted(id);
        var answer = PartnersAtWork.json(partners.shopify(document, Json.object()));
        assertThat(answer.at("/data/orderCancel/job/done").asBoolean()).isFalse();
        var job = answer.at("/data/orderCancel/job/id").asText();
        var asked = PartnersAtWork.json(partners.shopify(
                "query($id: ID!) { job(id: $id) { id done } }", Json.object().put("id", job)));
        assertThat(asked.at("/data/job/done").asBoolean()).isTrue();
        assertThat(describe(id).path("displayFinancialStatus").asText()).isEqualTo("VOIDED");
        assertThat(capture(id, "1.00").at("/data/orderCapture/userErrors")).hasSize(1);
        var again = PartnersAtWork.json(partners.shopify(document, Json.object()));
        assertThat(again.at("/data/orderCancel/orderCancelUserErrors")).hasSize(1);
    }

    @Test
    void refundsOncePerKeyAndNeverWithoutOne() {
        var id = partners.place("{\"market\":\"us\",\"scenario\":\"paid\"}");
        var document =
                """
                mutation Refund($input: RefundInput!) { refundCreate(input: $input) %s {
                  refund { id } userErrors { message } } }""";
        var variables = Json.object();
        var input = variables.putObject("input").put("orderId", "gid://shopify/Order/" + id);
        input.putArray("transactions")
                .addObject()
                .put("amount", "1.00")
                .put("gateway", "bogus")
                .put("kind", "REFUND")
                .put("orderId", "gid://shopify/Order/" + id);
        var bare = PartnersAtWork.json(partners.shopify(document.formatted(""), variables));
        assertThat(bare.path("errors")).hasSize(1);
        var keyed = document.formatted("@idempotent(key: \"k-1\")");
        var first = PartnersAtWork.json(partners.shopify(keyed, variables));
        var second = PartnersAtWork.json(partners.shopify(keyed, variables));
        assertThat(first.at("/data/refundCreate/refund/id").asText())
                .isNotEmpty()
                .isEqualTo(second.at("/data/refundCreate/refund/id").asText());
        assertThat(partners.effects("operation=refund-units&key=" + id)).hasSize(1);
    }

    @Test
    void tellsItsCostAndWhoMayAsk() {
        var id = partners.place("{}");
        var answer =
                PartnersAtWork.json(partners.shopify(DESCRIBE, Json.object().put("id", "gid://shopify/Order/" + id)));
        assertThat(answer.at("/extensions/cost/requestedQueryCost").asInt()).isPositive();
        assertThat(answer.at("/extensions/cost/throttleStatus/restoreRate").isNumber())
                .isTrue();
        var stranger = partners.send(
                "POST",
                "/sandbox/partners/shopify/admin/api/2026-07/graphql.json",
                "{\"query\":\"{ shop { name } }\"}");
        assertThat(stranger.statusCode()).isEqualTo(401);
    }

    @Test
    void saysThrottledWhenTheBucketIsEmpty(@TempDir Path data) {
        try (var slow = new PartnersAtWork(
                data, "--oms.sandbox.throttle-points=15", "--oms.sandbox.throttle-points-per-second=0")) {
            var id = Json.object().put("id", "gid://shopify/Order/" + slow.place("{}"));
            assertThat(PartnersAtWork.json(slow.shopify("query($id: ID!) { order(id: $id) { id } }", id))
                            .at("/data/order/id")
                            .isTextual())
                    .isTrue();
            for (var i = 0; i < 15; i++) slow.shopify("query($id: ID!) { order(id: $id) { id } }", id);
            var throttled = slow.shopify("query($id: ID!) { order(id: $id) { id } }", id);
            assertThat(throttled.statusCode()).isEqualTo(200);
            assertThat(PartnersAtWork.json(throttled)
                            .at("/errors/0/extensions/code")
                            .asText())
                    .isEqualTo("THROTTLED");
        }
    }

    private static long total(String id) {
        for (var order : PartnersAtWork.json(partners.send("GET", "/sandbox/shop/orders", null))
                .path("items")) {
            if (order.path("id").asText().equals(id))
                return order.path("totalMinor").asLong();
        }
        throw new AssertionError("no order " + id);
    }

    private static JsonNode describe(String id) {
        var answer =
                PartnersAtWork.json(partners.shopify(DESCRIBE, Json.object().put("id", "gid://shopify/Order/" + id)));
        assertThat(answer.has("errors")).as(answer.toString()).isFalse();
        return answer.at("/data/order");
    }

    private static JsonNode capture(String id, String amount) {
        var tender = id.equals("123") ? "1" : String.valueOf(Long.parseLong(id) + 200);
        var variables = Json.object();
        variables
                .putObject("input")
                .put("id", "gid://shopify/Order/" + id)
                .put("parentTransactionId", "gid://shopify/OrderTransaction/" + tender)
                .put("amount", amount);
        return PartnersAtWork.json(partners.shopify(CAPTURE, variables));
    }

    private static JsonNode fulfil(String fulfilmentOrder, String tracking) {
        var variables = Json.object();
        ObjectNode input = variables.putObject("fulfillment");
        input.putArray("lineItemsByFulfillmentOrder").addObject().put("fulfillmentOrderId", fulfilmentOrder);
        input.putObject("trackingInfo").put("number", tracking).put("company", "UPS");
        return PartnersAtWork.json(partners.shopify(FULFIL, variables));
    }
}
