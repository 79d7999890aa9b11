package routes.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;
import routes.api.Clients.Client;
import routes.mapping.Mappings;
import routes.order.OrderRows.OrderRow;
import routes.order.OrderStatus;
import routes.order.ShopOrders;
import routes.order.ShopOrders.Place;

/** A client's orders, a page at a time; a page begins below the last number of the one before. */
@Component("clientOrders")
public class ClientOrders {

    private static final String PARTNER = "partner-api";
    private static final String MAPPING = "partner-api/list-orders";
    private static final String LINK = "oms.page";
    private static final int USUAL = 50;
    private static final int MOST = 200;
    private static final Pattern PLACE = Pattern.compile("(20[0-9TZ:.-]{10,40}) (OH-[0-9]{1,18})");

    private final ShopOrders orders;
    private final Contract contract;
    private final ObjectMapper json;
    private final Mappings mappings;
    private volatile Map<String, Set<String>> statuses;

    ClientOrders(ShopOrders orders, Contract contract, Mappings mappings, ObjectMapper json) {
        this.orders = orders;
        this.contract = contract;
        this.mappings = mappings;
        this.json = json;
    }

    /**
     * The rows of the page asked for: {@code {"items": [...], "next": "..."}}, in our own words.
     *
     * @throws ApiProblem 400 parameter-invalid
     */
    public JsonNode page(Exchange exchange) {
        Client client = Clients.entered(exchange);
        Map<String, String> asked = ApiDoors.query(exchange);
        String status = asked.get("status");
        if (status != null && !contract.words("OrderStatus").contains(status)) {
            throw ApiProblem.parameterInvalid("status is one of " + contract.words("OrderStatus"));
        }
        int limit = limit(asked.get("limit"));
        List<OrderRow> rows = orders.page(
                PARTNER, client.shop(), status == null ? null : statuses(status), below(asked.get("after")), limit + 1);
        boolean more = rows.size() > limit;
        ObjectNode page = json.createObjectNode();
        ArrayNode items = page.putArray("items");
        rows.stream().limit(limit).forEach(row -> items.add(item(row)));
        if (more) {
            OrderRow last = rows.get(limit - 1);
            page.put("next", cursor(new Place(last.placedAt(), last.number())));
            exchange.setProperty(
                    LINK, "/api/v1/orders?limit=" + limit + (status == null ? "" : "&status=" + status) + "&after=");
        }
        return page;
    }

    /** The address of the page after this one, or null. */
    static String nextPage(Exchange exchange, JsonNode page) {
        String link = exchange.getProperty(LINK, String.class);
        return link == null || !page.hasNonNull("next")
                ? null
                : link + URLEncoder.encode(page.path("next").asText(), StandardCharsets.UTF_8);
    }

    private ObjectNode item(OrderRow row) {
        return json.createObjectNode()
                .put("reference", row.shopNumber())
                .put("number", row.number())
                .put("status", row.status())
                .put("placedAt", row.placedAt().toString())
                .put("changedAt", row.changedAt().toString())
                .put("currency", row.currency())
                .put("totalMinor", row.totalMinor());
    }

    /** Our statuses that the mapping turns into this word of the contract, so that list and filter cannot differ. */
    private Set<String> statuses(String word) {
        Map<String, Set<String>> known = statuses;
        if (known == null) {
            known = new HashMap<>();
            for (OrderStatus status : OrderStatus.values()) {
                OrderRow row =
                        new OrderRow("-", 0, status.name(), "", "USD", 0, "", "", "-", Instant.EPOCH, Instant.EPOCH);
                ObjectNode page = json.createObjectNode();
                page.putArray("items").add(item(row));
                String told = mappings.apply(MAPPING, page, Map.of())
                        .at("/items/0/status")
                        .asText();
                known.computeIfAbsent(told, none -> new HashSet<>()).add(status.name());
            }
            statuses = known;
        }
        return known.getOrDefault(word, Set.of());
    }

    private static int limit(String text) {
        if (text == null) {
            return USUAL;
        }
        if (!text.matches("[0-9]{1,4}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MOST) {
            throw ApiProblem.parameterInvalid("limit is a number from 1 to " + MOST);
        }
        return Integer.parseInt(text);
    }

    private static String cursor(Place place) {
        String text = place.placedAt() + " " + place.number();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Place below(String cursor) {
        if (cursor == null) {
            return null;
        }
        try {
            var text = PLACE.matcher(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
            if (text.matches()) {
                return new Place(Instant.parse(text.group(1)), text.group(2));
            }
        } catch (IllegalArgumentException | DateTimeException notOurs) {
            // told below, like every other cursor we never gave
        }
        throw ApiProblem.parameterInvalid("after is the next of a page we answered");
    }
}
