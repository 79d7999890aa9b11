package routes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import routes.mapping.Golden;
import routes.mapping.Mappings;
import routes.mapping.Reading;

/** What happens to an order after it was placed, asked for with the hub's own documents and mappings. */
class ShopChangesTest {

    private static final Path DOCUMENTS = Path.of("src/main/resources/mappings");
    private static final Mappings MAPPINGS = Golden.mappings();

    @TempDir
    static Path data;

    private static FakeHub hub;
    private static PartnersAtWork partners;

    @BeforeAll
    static void start() {
        hub = new FakeHub();
        partners = partners();
    }

    @AfterAll
    static void stop() {
        partners.close();
        hub.close();
    }

    @Test
    void aCancellationIsAJobThatVoidsAndTellsOfIt() {
        var id = place("us", "two-tenders");
        var order = order(id).put("number", "OH-1");
        order.putArray("cancellations").addObject().put("id", "C1").put("reason", "FRAUD");
        var asked = request("cancel-order", order, Map.of("subject", text("C1")));
        assertThat(answer("cancel-order", asked).path("job").asText()).startsWith("gid://shopify/Job/");
        assertThat(describe(id).hasNonNull("cancelledAt")).as("at once").isFalse();
        assertThat(lookUp("find-cancellation", asked).path("outcome").asText()).isEqualTo("not-done");
        assertThat(ask(asked).at("/data/orderCancel/orderCancelUserErrors"))
                .as("a second wish")
                .hasSize(1);
        await(() -> describe(id).hasNonNull("cancelledAt"));
        assertThat(lookUp("find-cancellation", asked).path("outcome").asText()).isEqualTo("done");
        var described = describe(id);
        assertThat(described.path("tenders"))
                .extracting(tender -> tender.path("status").asText())
                .containsExactly("VOIDED", "VOIDED");
        assertThat(described.path("fulfilmentOrders")).isEmpty();
        await(() -> told(id, "orders/cancelled") == 1 && told(id, "orders/updated") == 1);
        var cancelled = placed(body(id, "orders/cancelled"));
        assertThat(cancelled.path("cancelReason").asText()).isEqualTo("FRAUD");
        assertThat(cancelled.path("financialStatus").asText()).isEqualTo("voided");
        assertThat(effects(id)).containsExactly("cancel-order null");
    }

    @Test
    void aCancellationGivesBackWhatWasTakenByEachTender() {
        var id = place("us", "gift-card-tender");
        customerCancels(id);
        var described = describe(id);
        assertThat(described.path("refunds")).hasSize(1);
        var taken = described.path("tenders").get(0);
        assertThat(taken.path("gateway").asText()).isEqualTo("gift_card");
        assertThat(described.at("/refunds/0/amountMinor").asLong())
                .isEqualTo(taken.path("amountMinor").asLong());
        assertThat(described.at("/refunds/0/status").asText()).isEqualTo("PENDING");
        await(() -> describe(id).at("/refunds/0/status").asText().equals("SETTLED"));
        await(() -> told(id, "refunds/create") == 1);
        assertThat(effects(id)).as("the hub asked for nothing").isEmpty();
    }

    @Test
    void unitsAreTakenOffAndPaidBackOncePerKey() {
        var id = place("us", "happy");
        var prepaid = place("us", "paid");
        for (var one : List.of(id, prepaid)) {
            var order = orderWithTenders(one).put("number", "OH-" + one.substring(12));
            var back = one.equals(prepaid) ? 150 : 0;
            cancel(order, back);
            var asked = request("refund-units", order, Map.of("subject", text("C1")));
            var first = answer("refund-units", asked);
            assertThat(first.path("amountMinor").asLong()).isEqualTo(back);
            assertThat(answer("refund-units", asked)).as("the same key").isEqualTo(first);
            assertThat(lookUp("find-refund", asked).path("outcome").asText()).isEqualTo("done");
            var other = asked.deepCopy();
            ((ObjectNode) other.at("/variables/refund")).put("notify", false);
            assertThat(ask(other).at("/errors/0/extensions/code").asText())
                    .as("the same key for another wish")
                    .isEqualTo("IDEMPOTENCY_KEY_PARAMETER_MISMATCH");
            assertThat(polled(one).at("/lines/0/removed").asInt()).isEqualTo(1);
            assertThat(describe(one).at("/refunds/0/reference").asText())
                    .isEqualTo(order.path("number").asText() + "-C1");
            await(() -> told(one, "refunds/create") == 1 && told(one, "orders/updated") >= 1);
            assertThat(placed(body(one, "orders/updated"))
                            .at("/lines/0/removed")
                            .asInt())
                    .isEqualTo(1);
        }
        assertThat(effects(prepaid)).containsExactly("refund-units 150");
    }

    @Test
    void aRefundThatTheBankDeclinesIsSeenAsOne() {
        var id = place("us", "refund-failed");
        var order = orderWithTenders(id).put("number", "OH-1");
        cancel(order, 150);
        answer("refund-units", request("refund-units", order, Map.of("subject", text("C1"))));
        assertThat(describe(id).at("/refunds/0/status").asText()).isEqualTo("PENDING");
        await(() -> describe(id).at("/refunds/0/status").asText().equals("FAILED"));
    }

    @Test
    void moreThanWasTakenOrIsLeftIsNotGivenBack() {
        var id = place("us", "paid");
        var order = orderWithTenders(id).put("number", "OH-1");
        cancel(order, 150);
        var asked = request("refund-units", order, Map.of("subject", text("C1")));
        var tooMuch = asked.deepCopy();
        ((ObjectNode) tooMuch.at("/variables/refund/transactions/0")).put("amount", "99999.00");
        assertThat(ask(tooMuch).at("/data/refundCreate/userErrors")).hasSize(1);
        var tooMany = asked.deepCopy();
        ((ObjectNode) tooMany.at("/variables/refund/refundLineItems/0")).put("quantity", 99);
        assertThat(ask(tooMany).at("/data/refundCreate/userErrors")).hasSize(1);
        assertThat(effects(id)).isEmpty();
    }

    @Test
    void unitsMoveToAnotherLocationWholeAndInPart() {
        var id = place("us", "happy");
        var place = describe(id).path("fulfilmentOrders").get(0);
        var units = place.at("/lines/0/quantity").asInt();
        var order = order(id).put("number", "OH-1");
        order.putArray("fulfilmentOrders")
                .addObject()
                .put("shopId", place.path("shopId").asText());
        var move =
                Json.object().put("shopId", place.path("shopId").asText()).put("location", "gid://shopify/Location/12");
        move.putArray("lines")
                .addObject()
                .put("shopLineId", place.at("/lines/0/shopLineId").asText())
                .put("quantity", 1);
        var part = request("move-fulfilment-order", order, Map.of("subject", text("M1"), "move", move));
        assertThat(lookUp("find-move", part).path("outcome").asText()).isEqualTo("not-done");
        var moved = answer("move-fulfilment-order", part);
        assertThat(moved.path("moved").asBoolean()).isTrue();
        assertThat(moved.path("node").asText()).isEqualTo("12");
        assertThat(lookUp("find-move", part).path("outcome").asText()).isEqualTo("done");
        var places = describe(id).path("fulfilmentOrders");
        assertThat(units(places)).as("no unit is lost").isEqualTo(units(place));
        assertThat(places).hasSize(units > 1 || place.path("lines").size() > 1 ? 2 : 1);
        var rest = describe(id).path("fulfilmentOrders").get(0);
        if (rest.path("node").asText().equals("11")) {
            move.put("shopId", rest.path("shopId").asText()).remove("lines");
            var whole = request("move-fulfilment-order", order, Map.of("subject", text("F1"), "move", move));
            assertThat(lookUp("find-move", whole).path("outcome").asText()).isEqualTo("not-done");
            assertThat(answer("move-fulfilment-order", whole).path("shopId").asText())
                    .as("keeps its id")
                    .isEqualTo(rest.path("shopId").asText());
            assertThat(lookUp("find-move", whole).path("outcome").asText()).isEqualTo("done");
        }
        assertThat(effects(id)).allMatch(effect -> effect.startsWith("move-fulfilment-order"));
    }

    @Test
    void anExpiredPaymentIsAuthorisedAnewByMandateAndThenCaptured() {
        var id = place("jp", "expired-vaulted");
        var order = order(id).put("number", "OH-1");
        var described = describe(id);
        var tender = described.path("tenders").get(0);
        order.set("tenders", described.path("tenders"));
        due(order, tender, 100);
        var refused = ask(request("capture-payment", order, Map.of("subject", text("P1"))));
        assertThat(refused.at("/data/orderCapture/userErrors/0/message").asText())
                .contains("expired");
        var wish = Map.<String, JsonNode>of(
                "subject",
                text("A1"),
                "amountMinor",
                IntNode.valueOf(100),
                "mandate",
                text(described.path("mandate").asText()));
        var asked = request("reauthorise-payment", order, wish);
        assertThat(lookUp("find-authorisation", asked).path("outcome").asText()).isEqualTo("not-done");
        var reference = answer("reauthorise-payment", asked).path("reference").asText();
        assertThat(answer("reauthorise-payment", asked).path("reference").asText())
                .as("the same key")
                .isEqualTo(reference);
        assertThat(lookUp("find-authorisation", asked).path("outcome").asText()).isEqualTo("done");
        await(() -> describe(id).at("/tenders/1/status").asText().equals("SUCCESS"));
        var fresh = describe(id).path("tenders");
        assertThat(fresh).hasSize(2);
        order.set("tenders", fresh);
        due(order, fresh.get(1), 100);
        assertThat(answer("capture-payment", request("capture-payment", order, Map.of("subject", text("P1"))))
                        .path("amountMinor")
                        .asLong())
                .isEqualTo(100);
        assertThat(effects(id)).containsExactly("reauthorise-payment 100", "capture-payment 100");
    }

    @Test
    void withoutAMandateNothingIsAuthorisedAnew() {
        var id = place("us", "expired-authorisation");
        assertThat(describe(id).hasNonNull("mandate")).isFalse();
        var wish = Map.<String, JsonNode>of(
                "subject", text("A1"), "amountMinor", IntNode.valueOf(100), "mandate", text("gid://shopify/X/1"));
        var asked = request("reauthorise-payment", order(id).put("number", "OH-1"), wish);
        assertThat(ask(asked).at("/data/orderCreateMandatePayment/userErrors")).hasSize(1);
    }

    @Test
    void eachTenderIsCapturedUpToItsOwnAmountAndADeclinedOneNever() {
        var id = place("us", "two-tenders");
        var order = order(id).put("number", "OH-1");
        var tenders = describe(id).path("tenders");
        order.set("tenders", tenders);
        for (var tender : tenders) {
            due(order, tender, tender.path("amountMinor").asLong());
            var asked = request("capture-payment", order, Map.of("subject", text("P1")));
            assertThat(answer("capture-payment", asked).path("amountMinor").asLong())
                    .isEqualTo(tender.path("amountMinor").asLong());
            due(order, tender, 1);
            assertThat(ask(request("capture-payment", order, Map.of("subject", text("P1"))))
                            .at("/data/orderCapture/userErrors"))
                    .hasSize(1);
        }
        await(() -> told(id, "orders/updated") == 2);
        var declined = place("us", "capture-declined");
        order = order(declined).put("number", "OH-2");
        order.set("tenders", describe(declined).path("tenders"));
        due(order, order.at("/tenders/0"), 100);
        var asked = request("capture-payment", order, Map.of("subject", text("P1")));
        assertThat(MAPPINGS.apply("shopify/capture-payment.refusal", ask(asked), Map.of())
                        .path("code")
                        .asText())
                .isEqualTo("FAILURE");
        assertThat(effects(declined)).isEmpty();
    }

    @Test
    void anEditIsAnnouncedAndItsUpdateTellsIt() {
        var id = place("de", "happy");
        var before = polled(id);
        var unsold = OrderMaker.skus().stream()
                .filter(sku -> !before.findValuesAsText("sku").contains(sku))
                .findFirst()
                .orElseThrow();
        change(
                id,
                "edit",
                "{\"add\":[{\"sku\":\"" + unsold + "\",\"quantity\":2}],\"remove\":[{\"line\":1,\"quantity\":1}]}");
        await(() -> told(id, "orders/edited") == 1 && told(id, "orders/updated") == 1);
        var edit = body(id, "orders/edited");
        assertThat(edit.at("/order_edit/line_items/removals/0/delta").asInt()).isEqualTo(1);
        assertThat(edit.at("/order_edit/line_items/additions")).hasSize(1);
        var updated = placed(body(id, "orders/updated"));
        assertThat(updated).isEqualTo(polled(id));
        assertThat(updated.path("lines").size()).isEqualTo(before.path("lines").size() + 1);
        assertThat(updated.at("/lines/0/removed").asInt()).isEqualTo(1);
        assertThat(updated.at("/lines/0/quantity")).isEqualTo(before.at("/lines/0/quantity"));
        assertThat(updated.path("shopVersion").asText())
                .as("a later version, told by the second")
                .isGreaterThan(before.path("shopVersion").asText());
        assertThat(units(describe(id).path("fulfilmentOrders"))).isEqualTo(units(before.path("lines")) + 1);
        var tooMany = partners.send(
                "POST", "/sandbox/shop/orders/" + id + "/edit", "{\"remove\":[{\"line\":1,\"quantity\":99}]}");
        assertThat(tooMany.statusCode()).isEqualTo(409);
    }

    @Test
    void someOrdersAreEditedOrCancelledByTheirCustomers() {
        var edited = place("us", "edited");
        var cancelled = place("us", "cancelled");
        await(() -> told(edited, "orders/edited") == 1 && told(cancelled, "orders/cancelled") == 1);
        assertThat(polled(cancelled).path("cancelReason").asText()).isEqualTo("CUSTOMER");
    }

    @Test
    void everythingIsRememberedOverARestart() {
        var id = place("us", "gift-card-tender");
        var order = orderWithTenders(id).put("number", "OH-1");
        cancel(order, 50);
        answer("refund-units", request("refund-units", order, Map.of("subject", text("C1"))));
        change(id, "edit", "{\"add\":[{\"sku\":\"" + OrderMaker.skus().get(0) + "\",\"quantity\":1}]}");
        await(() -> describe(id).at("/refunds/0/status").asText().equals("SETTLED"));
        var cancelling = order(place("us", "happy")).put("number", "OH-2");
        cancelling.putArray("cancellations").addObject().put("id", "C1").put("reason", "STAFF");
        answer("cancel-order", request("cancel-order", cancelling, Map.of("subject", text("C1"))));
        var described = describe(id);
        var polled = polled(id);
        partners.close();
        partners = partners();
        assertThat(describe(id)).isEqualTo(described);
        assertThat(polled(id)).isEqualTo(polled);
        await(() -> describe(cancelling.path("shopId").asText()).hasNonNull("cancelledAt"));
    }

    // The hub's own words ----------------------------------------------------------------------------------------

    private static PartnersAtWork partners() {
        return new PartnersAtWork(
                data,
                "--oms.sandbox.hub-url=" + hub.url(),
                "--oms.sandbox.cancel-after-ms=600",
                "--oms.sandbox.refund-after-ms=600",
                "--oms.sandbox.change-after-ms=10");
    }

    private static String place(String market, String scenario) {
        return partners.place("{\"market\":\"" + market + "\",\"scenario\":\"" + scenario + "\",\"parcels\":1}");
    }

    private static void change(String id, String what, String body) {
        var answer = partners.send("POST", "/sandbox/shop/orders/" + id + "/" + what, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    }

    private static void customerCancels(String id) {
        change(id, "cancel", "{\"reason\":\"CUSTOMER\"}");
    }

    private static ObjectNode order(String id) {
        var polled = polled(id);
        return Json.object()
                .put("shopId", id)
                .put("currency", polled.path("currency").asText());
    }

    private static ObjectNode orderWithTenders(String id) {
        var order = order(id);
        order.set("tenders", describe(id).path("tenders"));
        return order;
    }

    /** One unit of the first line is cancelled. */
    private static void cancel(ObjectNode order, int refundMinor) {
        var line = polled(order.path("shopId").asText()).at("/lines/0");
        order.putArray("cancellations")
                .addObject()
                .put("id", "C1")
                .put("refundMinor", refundMinor)
                .putArray("lines")
                .addObject()
                .put("line", 1)
                .put("shopLineId", line.path("shopLineId").asText())
                .put("quantity", 1);
    }

    private static void due(ObjectNode order, JsonNode tender, long amountMinor) {
        order.putArray("parcels")
                .addObject()
                .putArray("dues")
                .addObject()
                .put("id", "P1")
                .put("tender", tender.path("id").asText())
                .put("amountMinor", amountMinor);
    }

    private static JsonNode request(String operation, JsonNode order, Map<String, JsonNode> variables) {
        return MAPPINGS.apply("shopify/" + operation + ".request", order, variables);
    }

    private static JsonNode answer(String operation, JsonNode request) {
        var answer = ask(request);
        var echo = request.path("echo");
        if (!echo.isMissingNode()) {
            assertThat(answer.at(echo.path("pointer").asText()))
                    .as(answer.toString())
                    .isEqualTo(echo.path("value"));
        }
        return MAPPINGS.apply("shopify/" + operation + ".response", answer, Map.of());
    }

    private static JsonNode lookUp(String operation, JsonNode stored) {
        var answer = ask(MAPPINGS.apply("shopify/" + operation + ".request", stored, Map.of()));
        return MAPPINGS.apply("shopify/" + operation + ".response", answer, Map.of("asked", stored));
    }

    private static JsonNode ask(JsonNode request) {
        try {
            var document =
                    Files.readString(DOCUMENTS.resolve(request.path("graphql").asText() + ".graphql"));
            var answer = partners.shopify(document, request.path("variables"));
            assertThat(answer.statusCode()).isEqualTo(200);
            return Reading.json(answer.body().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode describe(String id) {
        return answer("describe-order", request("describe-order", Json.object().put("shopId", id), Map.of()));
    }

    private static JsonNode polled(String id) {
        var found = answer("fetch-order", request("fetch-order", Json.object().put("shopId", id), Map.of()));
        return MAPPINGS.apply("shopify/order-polled", found.at("/found/0/body"), Map.of());
    }

    private static JsonNode placed(JsonNode body) {
        return MAPPINGS.apply("shopify/order-placed", body, Map.of("shop", text("demo.myshopify.com")));
    }

    private static TextNode text(String value) {
        return TextNode.valueOf(value);
    }

    private static long units(JsonNode holder) {
        var sum = 0L;
        for (var quantity : holder.findValues("quantity")) sum += quantity.asLong();
        return sum;
    }

    // What the shop told -----------------------------------------------------------------------------------------

    private static List<FakeHub.Delivery> deliveries(String id, String topic) {
        return hub.accepted(delivery -> topic.equals(delivery.headers().get("x-shopify-topic"))
                && delivery.body().contains(id));
    }

    private static int told(String id, String topic) {
        return deliveries(id, topic).size();
    }

    private static JsonNode body(String id, String topic) {
        var all = deliveries(id, topic);
        return Reading.json(all.get(all.size() - 1).body().getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> effects(String id) {
        return partners.effects("partner=shopify&key=" + id).stream()
                .map(effect -> effect.path("operation").asText() + " " + effect.path("amountMinor"))
                .toList();
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(condition);
    }
}
