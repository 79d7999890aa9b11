package routes.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import routes.harness.Doors;
import routes.harness.Ports;
import routes.harness.SharedHub;
import routes.harness.World;

/** Nothing depends on a webhook: with some lost for good, the clocks alone bring every order home, and count what was lost. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.DEFINED_PORT,
        properties = {
            "oms.sandbox.orders-per-minute=0",
            "oms.sandbox.ship-after-ms=50",
            "oms.sandbox.deliver-after-ms=50",
            "oms.sandbox.review-after-ms=100",
            "oms.polls.orders.every-seconds=1",
            "oms.polls.orders.grace-seconds=5",
            "oms.polls.shipments.every-seconds=1",
            "oms.polls.shipments.after-seconds=5",
            "oms.sandbox.password=" + Stories.PASSWORD
        })
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_CLASS)
class PollsTest {

    private static final int PORT = Ports.free();
    private static final int ORDERS = 40;

    @Autowired
    private MeterRegistry meters;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        SharedHub.leave();
        registry.add("server.port", () -> PORT);
        registry.add("management.server.port", () -> 0);
        registry.add("oms.data-dir", () -> Path.of(
                        "target", "stories", "polls-" + ProcessHandle.current().pid())
                .toAbsolutePath()
                .toString());
    }

    @Test
    void everyOrderIsCompletedAlthoughWebhooksWereLost() {
        var doors = new Doors("http://127.0.0.1:" + PORT, Stories.PASSWORD);
        doors.fault("shopify", "order-placed", "drop-webhook", 3);
        doors.fault("warehouse", "parcel-shipped", "drop-webhook", 4);
        doors.fault("warehouse", "parcel-delivered", "drop-webhook", 5);
        doors.place(Map.of("count", ORDERS, "scenario", "happy"));
        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(doors.orders().stream().filter(PollsTest::completed))
                        .hasSize(ORDERS));
        assertThat(gaps("orders/polled")).isGreaterThanOrEqualTo(3);
        assertThat(gaps("order.shipped")).isGreaterThanOrEqualTo(4);
        assertThat(gaps("order.shipment.delivered")).isGreaterThanOrEqualTo(5);
        assertThat(doors.deadLetters()).isEmpty();
        doors.orders().forEach(order -> assertThat(new World(doors, doors)
                        .look(order.path("number").asText())
                        .differences())
                .filteredOn(difference -> !difference.toString().contains("acknowledged"))
                .isEmpty());
    }

    private static boolean completed(JsonNode order) {
        return order.path("status").asText().equals("COMPLETED");
    }

    private long gaps(String topic) {
        return meters.find("oms.gap.found").tag("topic", topic).counters().stream()
                .mapToLong(counter -> (long) counter.count())
                .sum();
    }
}
