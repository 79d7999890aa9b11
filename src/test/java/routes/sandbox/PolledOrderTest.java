package routes.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import routes.mapping.Golden;
import routes.mapping.Mappings;
import routes.mapping.Reading;

/** An order that was asked for is the order its webhook would have told: field by field, in every market. */
class PolledOrderTest {

    private static final Path DOCUMENTS = Path.of("src/main/resources/mappings/shopify");

    @TempDir
    static Path folder;

    private static PartnersAtWork partners;

    @BeforeAll
    static void start() {
        partners = new PartnersAtWork(folder);
    }

    @AfterAll
    static void stop() {
        partners.close();
    }

    @Test
    void whatWasAskedForIsWhatWouldHaveBeenTold() throws Exception {
        Mappings mappings = Golden.mappings();
        for (String market : List.of("us", "de", "jp")) {
            partners.place("{\"count\":20,\"market\":\"" + market + "\"}");
        }
        partners.place("{\"count\":2,\"market\":\"us\",\"scenario\":\"sum-wrong\"}");
        var scenarios = List.of("gift-card-tender", "two-tenders", "gift-card-line", "tip", "duty", "paid");
        for (String scenario : scenarios) {
            for (String market : List.of("us", "de", "jp")) {
                var id = partners.place("{\"market\":\"" + market + "\",\"scenario\":\"" + scenario + "\"}");
                // Each time something else has happened since.
                switch (market) {
                    case "us" -> post(id, "cancel", "{\"reason\":\"INVENTORY\"}");
                    case "de" -> post(id, "edit", "{\"remove\":[{\"line\":1,\"quantity\":1}]}");
                    default -> post(id, "edit", "{\"add\":[{\"sku\":\"MUG-1\",\"quantity\":2}]}");
                }
            }
        }
        var webhooks = webhooks();
        var changed = changed(mappings);
        assertEquals(80, changed.size(), "orders listed, page by page");
        assertEquals(80, new TreeSet<>(changed).size(), "none of them twice");
        for (String id : changed) {
            var request =
                    mappings.apply("shopify/fetch-order.request", Json.object().put("shopId", id), Map.of());
            var answer = ask("fetch-order", request.path("variables"));
            var found = mappings.apply("shopify/fetch-order.response", answer, Map.of())
                    .path("found")
                    .path(0);
            var polled = mappings.apply("shopify/order-polled", found.path("body"), Map.of());
            var told = mappings.apply(
                    "shopify/order-placed", webhooks.get(id), Map.of("shop", TextNode.valueOf("demo.myshopify.com")));
            assertEquals(told.toPrettyString(), polled.toPrettyString());
            assertTrue(
                    found.path("event").asText().startsWith(id + ":"),
                    found.path("event").asText());
        }
    }

    private static List<String> changed(Mappings mappings) throws Exception {
        var ids = new ArrayList<String>();
        JsonNode page = Json.object();
        do {
            var wish = Json.object()
                    .put("since", "2020-01-01T00:00:00Z")
                    .put("after", page.path("next").textValue());
            var request = mappings.apply("shopify/list-changed-orders.request", wish, Map.of());
            page = mappings.apply(
                    "shopify/list-changed-orders.response",
                    ask("list-changed-orders", request.path("variables")),
                    Map.of());
            assertTrue(page.path("orders").size() <= 50, "a page has at most 50 orders");
            page.path("orders").forEach(order -> ids.add(order.path("shopId").asText()));
        } while (page.hasNonNull("next"));
        return ids;
    }

    private static void post(String id, String what, String body) {
        var answer = partners.send("POST", "/sandbox/shop/orders/" + id + "/" + what, body);
        assertEquals(202, answer.statusCode(), answer.body());
    }

    /** What the shop wrote down last to send, by order. */
    private static Map<String, JsonNode> webhooks() throws Exception {
        var bodies = new java.util.HashMap<String, JsonNode>();
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                for (String line : Files.readAllLines(file)) {
                    if (!line.contains("\"webhooks\"")) continue;
                    for (JsonNode webhook :
                            Json.read(line.getBytes(StandardCharsets.UTF_8)).path("webhooks")) {
                        if (!List.of("orders/create", "orders/updated")
                                .contains(webhook.path("topic").asText())) continue;
                        bodies.put(
                                webhook.path("subject").asText(),
                                Reading.json(webhook.path("body").asText().getBytes(StandardCharsets.UTF_8)));
                    }
                }
            }
        }
        return bodies;
    }

    private static JsonNode ask(String document, JsonNode variables) throws Exception {
        var answer = partners.shopify(Files.readString(DOCUMENTS.resolve(document + ".graphql")), variables);
        assertEquals(200, answer.statusCode(), answer.body());
        return Reading.json(answer.body().getBytes(StandardCharsets.UTF_8));
    }
}
