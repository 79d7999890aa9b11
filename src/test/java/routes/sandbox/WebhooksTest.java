package routes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhooksTest {

    @TempDir
    private Path data;

    private FakeHub hub;
    private PartnersAtWork partners;

    @BeforeEach
    void start() {
        hub = new FakeHub();
        partners = partners();
    }

    @AfterEach
    void stop() {
        partners.close();
        hub.close();
    }

    @Test
    void ordersArriveSignedWithEveryHeader() throws Exception {
        var id = partners.place("{\"market\":\"de\"}");
        await(() -> deliveries(id).size() == 1);
        var delivery = deliveries(id).get(0);
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("shopify-sandbox-secret".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        var expected =
                Base64.getEncoder().encodeToString(mac.doFinal(delivery.body().getBytes(StandardCharsets.UTF_8)));
        assertThat(delivery.path()).isEqualTo("/partners/shopify/webhooks");
        assertThat(delivery.headers())
                .containsEntry("x-shopify-hmac-sha256", expected)
                .containsEntry("x-shopify-topic", "orders/create")
                .containsEntry("x-shopify-shop-domain", "demo.myshopify.com")
                .containsEntry("x-shopify-api-version", "2026-07")
                .containsKeys("x-shopify-webhook-id", "x-shopify-event-id", "x-shopify-triggered-at");
        await(() -> acknowledged(id));
    }

    @Test
    void triesAgainUntilTheHubSaysYes() {
        hub.refusals.set(2);
        var id = partners.place("{}");
        await(() -> acknowledged(id));
        assertThat(hub.deliveries.stream()
                        .filter(one -> one.body().contains(id))
                        .map(FakeHub.Delivery::answered))
                .containsExactly(503, 503, 200);
        assertThat(hub.deliveries.stream()
                        .map(one -> one.headers().get("x-shopify-event-id"))
                        .distinct())
                .as("one event, whatever the number of attempts")
                .hasSize(1);
    }

    @Test
    void whatIsOwedSurvivesARestart() {
        hub.refusals.set(Integer.MAX_VALUE);
        var id = partners.place("{\"count\":3}");
        await(() -> hub.deliveries.size() >= 3);
        assertThat(acknowledged(id)).isFalse();
        partners.close();
        hub.refusals.set(0);
        partners = partners();
        await(() -> acknowledged(id));
        await(() -> hub.accepted(one -> true).size() == 3);
        partners.close();
        partners = partners();
        assertThat(acknowledged(id)).as("also after another restart").isTrue();
    }

    @Test
    void aDuplicateIsTheSameEventInAnotherDelivery() {
        partners.order("shopify", "order-placed", Fault.DUPLICATE_WEBHOOK);
        var id = partners.place("{}");
        await(() -> deliveries(id).size() == 2);
        var both = deliveries(id);
        assertThat(both.get(0).headers().get("x-shopify-event-id"))
                .isEqualTo(both.get(1).headers().get("x-shopify-event-id"));
        assertThat(both.get(0).headers().get("x-shopify-webhook-id"))
                .isNotEqualTo(both.get(1).headers().get("x-shopify-webhook-id"));
    }

    @Test
    void aDroppedOneNeverComesAndALateOneIsOvertaken() {
        partners.order("shopify", "order-placed", Fault.DROP_WEBHOOK);
        var dropped = partners.place("{}");
        partners.order("shopify", "order-placed", Fault.OUT_OF_ORDER_WEBHOOK);
        var late = partners.place("{}");
        var early = partners.place("{}");
        await(() -> deliveries(early).size() == 1 && deliveries(late).size() == 1);
        var order = hub.deliveries.stream().map(FakeHub.Delivery::body).toList();
        assertThat(position(order, early)).isLessThan(position(order, late));
        assertThat(deliveries(dropped)).isEmpty();
    }

    @Test
    void theClockIsTheBusinesssClock() {
        partners.send("POST", "/sandbox/clock", "{\"advance\":\"P30D\"}");
        var id = partners.place("{}");
        await(() -> deliveries(id).size() == 1);
        var created = java.time.OffsetDateTime.parse(
                json(deliveries(id).get(0)).path("created_at").asText());
        assertThat(created.toInstant()).isAfter(java.time.Instant.now().plus(Duration.ofDays(29)));
        partners.close();
        partners = partners();
        assertThat(partners.clock().ahead()).isEqualTo(Duration.ofDays(30));
    }

    @Test
    void listsOrdersPageByPage() {
        partners.place("{\"count\":5,\"market\":\"us\"}");
        var first = PartnersAtWork.json(partners.send("GET", "/sandbox/shop/orders?limit=3", null));
        assertThat(first.path("items")).hasSize(3);
        var rest = PartnersAtWork.json(partners.send(
                "GET",
                "/sandbox/shop/orders?limit=3&after=" + first.path("next").asText(),
                null));
        assertThat(rest.path("items")).hasSize(2);
        assertThat(rest.path("next").isNull()).isTrue();
    }

    @Test
    void onlyWhatIsSubscribedIsTold() {
        var list = "{ webhookSubscriptions(first: 50) { nodes { id topic uri } } }";
        var all = PartnersAtWork.json(partners.shopify(list, Json.object())).at("/data/webhookSubscriptions/nodes");
        assertThat(all).extracting(one -> one.path("topic").asText()).contains("ORDERS_CREATE", "REFUNDS_CREATE");
        assertThat(all).allMatch(one -> one.path("uri").asText().equals(hub.url() + "/partners/shopify/webhooks"));
        partners.order("shopify", "order-placed", Fault.DELETE_SUBSCRIPTION);
        var first = partners.place("{}");
        var second = partners.place("{}");
        partners.send("POST", "/sandbox/shop/orders/" + second + "/cancel", "{}");
        await(() -> hub.accepted(one -> one.headers().get("x-shopify-topic").equals("orders/cancelled"))
                        .size()
                == 1);
        assertThat(hub.accepted(one -> one.headers().get("x-shopify-topic").equals("orders/create")))
                .isEmpty();
        var make = "mutation { webhookSubscriptionCreate(topic: ORDERS_CREATE, webhookSubscription: {uri: \""
                + hub.url() + "/elsewhere\"}) { webhookSubscription { id } userErrors { message } } }";
        assertThat(PartnersAtWork.json(partners.shopify(make, Json.object()))
                        .at("/data/webhookSubscriptionCreate/webhookSubscription/id")
                        .asText())
                .startsWith("gid://shopify/WebhookSubscription/");
        assertThat(PartnersAtWork.json(partners.shopify(make, Json.object()))
                        .at("/data/webhookSubscriptionCreate/userErrors"))
                .as("one of each")
                .hasSize(1);
        partners.close();
        partners = partners();
        var third = partners.place("{}");
        await(() -> deliveries(third).size() == 1);
        assertThat(deliveries(third).get(0).path()).isEqualTo("/elsewhere");
        assertThat(deliveries(first)).isEmpty();
        assertThat(partners.effects("operation=create-webhook")).hasSize(1);
    }

    @Test
    void aSubscriptionWhoseDeliveriesFailForHoursIsDeleted() {
        hub.refusals.set(Integer.MAX_VALUE);
        partners.place("{\"count\":4}");
        await(() -> hub.deliveries.size() >= 12);
        assertThat(topics()).as("a hub that is down for a moment is waited for").contains("orders/create");
        partners.send("POST", "/sandbox/clock", "{\"advance\":\"PT4H\"}");
        await(() -> !topics().contains("orders/create"));
        assertThat(topics()).contains("orders/updated");
        await(() -> PartnersAtWork.json(partners.send("GET", "/sandbox/health", null))
                        .path("webhooksOwed")
                        .asInt()
                == 0);
        hub.refusals.set(0);
        partners.close();
        partners = partners();
        assertThat(topics()).as("also after a restart").doesNotContain("orders/create");
    }

    @Test
    void aShareOfAllWebhooksNeverComes() {
        var wrong = partners.send("POST", "/sandbox/faults", "{\"fault\":\"drop-webhooks\"}");
        assertThat(wrong.statusCode()).isEqualTo(400);
        partners.send(
                "POST", "/sandbox/faults", "{\"partner\":\"shopify\",\"fault\":\"drop-webhooks\",\"percent\":20}");
        partners.place("{\"count\":200}");
        await(() -> hub.deliveries.size() == 160);
        partners.send("DELETE", "/sandbox/faults", null);
        var id = partners.place("{}");
        await(() -> deliveries(id).size() == 1);
        assertThat(hub.deliveries).hasSize(161);
    }

    private List<String> topics() {
        return PartnersAtWork.json(partners.send("GET", "/sandbox/shop/webhooks", null))
                .findValuesAsText("topic");
    }

    private PartnersAtWork partners() {
        return new PartnersAtWork(data, "--oms.sandbox.hub-url=" + hub.url(), "--oms.sandbox.out-of-order-ms=1000");
    }

    private boolean acknowledged(String id) {
        for (var order : PartnersAtWork.json(partners.send("GET", "/sandbox/shop/orders", null))
                .path("items")) {
            if (order.path("id").asText().equals(id))
                return order.path("acknowledged").asBoolean();
        }
        return false;
    }

    private List<FakeHub.Delivery> deliveries(String id) {
        return hub.accepted(delivery -> json(delivery).path("id").asText().equals(id));
    }

    private static JsonNode json(FakeHub.Delivery delivery) {
        return Json.read(delivery.body().getBytes(StandardCharsets.UTF_8));
    }

    private static int position(List<String> bodies, String id) {
        for (var i = 0; i < bodies.size(); i++) if (bodies.get(i).contains("\"id\":" + id)) return i;
        return -1;
    }

    private static void await(java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(condition);
    }
}
