package routes.mending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Orders of an article the warehouse has no name for: one row heals them all, and a wrong row costs one try. */
class ValueMapHealsTest extends WholeHub {

    /** As many as the machine's patience allows; the mechanism does not know the number. */
    private static final int ORDERS = many(60);

    @Autowired
    private JdbcClient store;

    @Test
    void oneRowHealsEveryOrderThatWaitsForItAndNoPartnerIsCalledTwice() {
        doors().place(Map.of("count", ORDERS, "scenario", "unmapped-sku", "market", "us", "lines", 1, "parcels", 1));
        parked(store, ORDERS);
        var failure = firstFailure();
        assertThat(failure.path("cause").asText()).isEqualTo("SKU_UNMAPPED");
        assertThat(failure.path("audience").asText()).isEqualTo("staff");
        assertThat(failure.path("valueText").asText()).isEqualTo("NEW-77");
        assertThat(failure.path("node").asText())
                .startsWith("warehouse.place-order, ")
                .contains("warehouse.camel.yaml:");
        assertThat(failure.path("currency").asText()).isEqualTo("USD");

        // Folded within a second: what a page shows is kept, not counted.
        await().atMost(PATIENCE).untilAsserted(() -> {
            var incident = doors().get("/ops/incidents").path(0);
            assertThat(incident.path("failures").asLong()).isEqualTo(ORDERS);
            assertThat(incident.path("orders").asLong()).isEqualTo(ORDERS);
            assertThat(incident.path("money").path("USD").asLong())
                    .isEqualTo(store.sql("select sum(total_minor) from orders")
                            .query(Long.class)
                            .single());
        });
        assertThat(doors().get("/ops/value-maps/sku")
                        .path("missing")
                        .path(0)
                        .path("value")
                        .asText())
                .isEqualTo("NEW-77");

        var answer = post(
                "staff",
                "/ops/value-maps/sku",
                Map.of("from", "NEW-77", "to", "WH-77", "reason", "as the warehouse calls it"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        long run = json(answer).path("run").asLong();

        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .until(() ->
                        doors().get("/ops/runs/" + run).path("state").asText().equals("COMPLETED"));
        assertThat(doors().get("/ops/runs/" + run).path("succeeded").asInt()).isEqualTo(ORDERS);
        assertThat(openFailures(store)).isZero();
        var sight = world().settle(PATIENCE);
        assertThat(sight.differences()).isEmpty();
        await().atMost(PATIENCE)
                .until(() -> doors().get("/ops/incidents?state=resolved").size() == 1);

        // Each order once, in the order they had come; the warehouse was called once for each.
        assertThat(store.sql("select message_id from bulk_items order by seq")
                        .query(Long.class)
                        .list())
                .isSorted();
        assertThat(store.sql("select count(*) from partner_calls where operation = 'warehouse.place-order'")
                        .query(Integer.class)
                        .single())
                .isEqualTo(ORDERS);
    }

    @Test
    void programsKeepRowsByDoorsAndAreToldByNameWhatCannotBeWritten() {
        String map = "/ops/value-maps/shipping-method";
        var all = post(
                "staff",
                map + "/rows",
                Map.of(
                        "reason",
                        "their new names",
                        "rows",
                        List.of(Map.of("from", "slow", "to", "Standard"), Map.of("from", "slower", "to", "Standard"))));
        assertThat(all.statusCode()).as(all.body()).isEqualTo(200);
        assertThat(json(all).path("added").asInt()).isEqualTo(2);
        var wrong = post(
                "staff",
                map + "/rows",
                Map.of(
                        "reason",
                        "their new names",
                        "rows",
                        List.of(Map.of("from", "fast", "to", "Express"), Map.of("from", "fast", "to", " "))));
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(wrong.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(json(wrong).path("code").asText()).isEqualTo("FIELD_REFUSED");
        assertThat(json(wrong).path("findings").path(0).asText()).startsWith("Line 2: Each side needs");
        assertThat(doors().get(map).path("rows").findValuesAsText("from")).containsExactly("slow", "slower");
        assertThat(doors().get(map + "?q=SLOWE").path("rows")).hasSize(1);

        assertThat(post("staff", map + "/remove", Map.of("from", "slow", "reason", "gone"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(post("staff", map + "/remove", Map.of("from", "slow", "reason", "gone"))
                        .statusCode())
                .isEqualTo(404);
        assertThat(post("staff", map + "/remove", Map.of("from", "slower")).statusCode())
                .isEqualTo(400);
        assertThat(post("staff", map + "/strict", Map.of("strict", true, "reason", "so be it"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(doors().get("/ops/value-maps").path(2).path("strict").asBoolean())
                .isTrue();
        assertThat(post("staff", map + "/strict", Map.of("strict", false, "reason", "or not"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(post("staff", "/ops/value-maps/country/strict", Map.of("strict", false, "reason", "no"))
                        .statusCode())
                .isEqualTo(409);
        assertThat(post("staff", "/ops/value-maps/colour/rows", Map.of("reason", "no"))
                        .statusCode())
                .isEqualTo(404);
        var csv = doors().send("GET", map + "/rows.csv", null, Map.of("Authorization", basic("viewer")));
        assertThat(csv.statusCode()).isEqualTo(200);
        assertThat(csv.headers().firstValue("Content-Type")).hasValue("text/csv;charset=UTF-8");
        assertThat(csv.body()).endsWith("\"slower\",\"Standard\"\r\n");
    }
}
