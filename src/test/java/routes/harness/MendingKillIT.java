package routes.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A replay of many is killed in the middle, twice; what runs after the restart ends it, and no partner hears anything twice. */
class MendingKillIT {

    private static final int ORDERS = 60;

    @Test
    void aReplayOfManyGoesOnAfterItIsKilledAndCallsNobodyTwice() {
        var name = "mending-kill-" + ProcessHandle.current().pid();
        var folder = Path.of("target", "harness", name);
        var hub = HubProcess.embedded(name, folder.resolve("hub"));
        var partners = new PartnersProcess(name + "-partners", folder.resolve("partners")).callingBack(hub);
        Hurry.hub(hub);
        Hurry.partners(partners);
        hub.with("oms.mending.replays-per-second", 6);
        try (hub;
                partners) {
            partners.start();
            hub.facing(partners).start();
            partners.doors()
                    .place(Map.of(
                            "count", ORDERS, "scenario", "unmapped-sku", "market", "us", "lines", 1, "parcels", 1));
            Pause.until(Duration.ofSeconds(90), 500, () -> parked(hub) == ORDERS);
            assertThat(parked(hub)).isEqualTo(ORDERS);
            HttpResponse<String> row = hub.doors()
                    .send(
                            "POST",
                            "/ops/value-maps/sku",
                            "{\"from\":\"NEW-77\",\"to\":\"WH-77\",\"reason\":\"their number\"}"
                                    .getBytes(StandardCharsets.UTF_8),
                            Map.of("Authorization", hub.doors().basic("staff"), "Content-Type", "application/json"));
            assertThat(row.statusCode()).as(row.body()).isEqualTo(200);
            for (int least : List.of(2, 25)) {
                Pause.until(
                        Duration.ofSeconds(90),
                        50,
                        () -> run(hub).path("succeeded").asInt() >= least);
                assertThat(run(hub).path("state").asText()).isEqualTo("RUNNING");
                hub.kill();
                hub.start();
            }
            Pause.until(Duration.ofSeconds(120), 500, () -> run(hub).path("state")
                    .asText()
                    .equals("COMPLETED"));
            assertThat(run(hub).path("state").asText()).isEqualTo("COMPLETED");
            assertThat(run(hub).path("failed").asInt()).isZero();
            assertThat(run(hub).path("succeeded").asInt()).isEqualTo(ORDERS);
            assertThat(hub.doors().get("/ops/failures?q=NEW-77").path("items")).isEmpty();
            // The world is as if nobody had killed anything: what each order calls for, once, and nothing else.
            var sight = new World(hub.doors(), partners.doors()).settle(Duration.ofSeconds(60));
            assertThat(sight.differences()).isEmpty();
            assertThat(sight.completed()).isEqualTo(ORDERS);
            assertThat(parked(hub)).isZero();
            var placed = partners.doors().effects().stream()
                    .filter(effect -> effect.path("operation").asText().equals("place-order"))
                    .map(effect -> effect.path("key").asText())
                    .toList();
            assertThat(placed).hasSize(ORDERS).doesNotHaveDuplicates();
        }
    }

    private static JsonNode run(HubProcess hub) {
        return hub.doors().get("/ops/runs").path(0);
    }

    private static long parked(HubProcess hub) {
        return hub.doors().conservation().path("parked").asLong();
    }
}
