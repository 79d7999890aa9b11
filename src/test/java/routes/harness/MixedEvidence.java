package routes.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import routes.harness.Judgement.Evidence;

/** Gathers what everybody knows of a {@link MixedWorld}'s orders: the shop, the warehouse, all partners' effects, our store. */
final class MixedEvidence {

    private static final String SHOP_ORDER = "query($id: ID!) { order(id: $id) { name currencyCode cancelledAt"
            + " transactions { kind status amountSet { shopMoney { amount currencyCode } } }"
            + " fulfillments { location { legacyResourceId } trackingInfo { number }"
            + " fulfillmentLineItems(first: 50) { nodes { quantity lineItem { id } } } }"
            + " lineItems(first: 50) { nodes { id quantity currentQuantity } } } }";

    private final Doors partners;
    private final Map<String, JsonNode> documents = new HashMap<>();
    private final Map<String, Map<String, Long>> balances = new HashMap<>();
    private final Map<String, List<String>> entries = new HashMap<>();
    private final Map<String, List<JsonNode>> effects = new HashMap<>();
    private final Map<String, List<String>> parked = new HashMap<>();
    private final List<String> stock = new ArrayList<>();

    MixedEvidence(PartnersProcess partners, HubProcess hub) {
        this.partners = partners.doors();
        for (var letter : hub.doors().deadLetters()) {
            parked.computeIfAbsent(letter.path("orderNumber").asText(), number -> new ArrayList<>())
                    .add(letter.path("step").asText() + " "
                            + letter.path("cause").asText() + ": "
                            + letter.path("detail").asText());
        }
        var entryOrders = new HashMap<String, String>();
        // An embedded store belongs to one process at a time.
        hub.close();
        try (var store = hub.store()) {
            read(store, entryOrders);
        } catch (SQLException | IOException broken) {
            throw new IllegalStateException("the hub's store cannot be read", broken);
        }
        for (var effect : this.partners.effects()) {
            var key = effect.path("key").asText();
            var order = key.startsWith("OH-") ? key.replaceFirst("^(OH-\\d+).*", "$1") : key;
            effects.computeIfAbsent(order, one -> new ArrayList<>()).add(effect);
        }
    }

    private void read(Connection store, Map<String, String> entryOrders) throws SQLException, IOException {
        try (var rows = store.createStatement().executeQuery("select number, document from orders")) {
            while (rows.next()) {
                var document = Doors.JSON.readTree(rows.getString(2));
                documents.put(document.path("shopId").asText(), document);
            }
        }
        try (var rows = store.createStatement().executeQuery("select id, order_number from entries order by id")) {
            while (rows.next()) {
                entries.computeIfAbsent(rows.getString(2), number -> new ArrayList<>())
                        .add(rows.getString(1));
                entryOrders.put(rows.getString(1), rows.getString(2));
            }
        }
        try (var rows = store.createStatement().executeQuery("select entry_id, account, amount_minor from postings")) {
            while (rows.next()) {
                balances.computeIfAbsent(entryOrders.get(rows.getString(1)), number -> new TreeMap<>())
                        .merge(rows.getString(2), rows.getLong(3), Long::sum);
            }
        }
        try (var rows = store.createStatement()
                .executeQuery("select order_number, subject, line, sku, node, quantity from reservations")) {
            while (rows.next()) {
                stock.add("wrong: " + rows.getString(6) + " of " + rows.getString(4) + " at " + rows.getString(5)
                        + " are still kept for " + rows.getString(1) + "-" + rows.getString(2));
            }
        }
        try (var rows = store.createStatement()
                .executeQuery("select node, sku, reserved, on_hand from stock where reserved <> 0")) {
            while (rows.next()) {
                stock.add("wrong: " + rows.getInt(3) + " of " + rows.getString(2) + " at " + rows.getString(1)
                        + " are still reserved");
            }
        }
    }

    /** What is wrong with the stock: units still kept for somebody when everybody has what they get. */
    List<String> stock() {
        return stock;
    }

    /** Dead letters that belong to no order. */
    List<String> parkedElsewhere() {
        return parked.entrySet().stream()
                .filter(one -> !one.getKey().startsWith("OH-"))
                .flatMap(one -> one.getValue().stream())
                .toList();
    }

    Evidence of(MixedWorld.Placed placed) {
        var document = documents.get(placed.shopId());
        var number = document == null ? "" : document.path("number").asText();
        var done = new ArrayList<>(effects.getOrDefault(placed.shopId(), List.of()));
        done.addAll(effects.getOrDefault(number, List.of()));
        var sent = new LinkedHashMap<String, Long>();
        if (document != null) {
            for (var one : document.path("fulfilmentOrders")) {
                var reference = number + "-" + one.path("id").asText();
                sent.put(reference, sent(reference));
            }
        }
        return new Evidence(
                placed.fate(),
                shop(placed.shopId()),
                document,
                balances.getOrDefault(number, Map.of()),
                entries.getOrDefault(number, List.of()),
                done,
                sent,
                parked.getOrDefault(number, List.of()));
    }

    private JsonNode shop(String id) {
        var body = Doors.JSON.createObjectNode().put("query", SHOP_ORDER);
        body.putObject("variables").put("id", "gid://shopify/Order/" + id);
        return answer(
                        "POST",
                        "/sandbox/partners/shopify/admin/api/2026-07/graphql.json",
                        body.toString().getBytes(StandardCharsets.UTF_8),
                        Map.of(
                                "X-Shopify-Access-Token", "shopify-sandbox-token",
                                "Content-Type", "application/json"))
                .path("data")
                .path("order");
    }

    /** Units of a fulfilment order that have left the warehouse, as the warehouse has it. */
    private long sent(String reference) {
        var orders = answer(
                "GET",
                "/sandbox/partners/warehouse/2026-01/order?ReferenceIds=" + reference,
                null,
                Map.of("Authorization", "Bearer warehouse-sandbox-token"));
        long units = 0;
        for (var order : orders) {
            for (var shipment : order.path("shipments")) {
                if (!shipment.path("status").asText().equals("Completed")) continue;
                for (var item : shipment.path("products").findValues("quantity")) units += item.asLong();
            }
        }
        return units;
    }

    private JsonNode answer(String method, String path, byte[] body, Map<String, String> headers) {
        var answer = partners.send(method, path, body, headers);
        try {
            return Doors.JSON.readTree(answer.body());
        } catch (IOException broken) {
            throw new UncheckedIOException(path + " answered " + answer.statusCode(), broken);
        }
    }
}
