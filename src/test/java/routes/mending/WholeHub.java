package routes.mending;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import routes.harness.Doors;
import routes.harness.Ports;
import routes.harness.SharedHub;
import routes.harness.World;

/**
 * The whole hub with its partners in one process, in a hurry, on a port and in a folder of its own; what tests of mending
 * share.
 */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.DEFINED_PORT,
        properties = {
            "management.server.port=0",
            "oms.sandbox.orders-per-minute=0",
            "oms.sandbox.ship-after-ms=50",
            "oms.sandbox.deliver-after-ms=50",
            "oms.retries.scale=0.005",
            "oms.polls.orders.every-seconds=0",
            "oms.polls.shipments.every-seconds=0",
            "oms.partners.shopify.timeout-ms=2000",
            "oms.partners.shopify.settle-ms=300",
            "oms.partners.avalara.timeout-ms=2000",
            "oms.partners.avalara.settle-ms=300",
            "oms.partners.accertify.timeout-ms=2000",
            "oms.partners.accertify.settle-ms=300",
            "oms.partners.warehouse.timeout-ms=2000",
            "oms.partners.warehouse.settle-ms=300",
            "oms.partners.erp.timeout-ms=2000",
            "oms.partners.erp.settle-ms=300",
            "oms.mending.replays-per-second=200",
            "oms.breaker.failures-to-open=10",
            "oms.breaker.pause-ms=1000",
            "oms.sandbox.password=" + WholeHub.PASSWORD
        })
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_CLASS)
abstract class WholeHub {

    static final String PASSWORD = "mending-password";
    static final Duration PATIENCE = Duration.ofSeconds(60 + many(0));

    private static final ObjectMapper JSON = Doors.mapper();

    @Value("${server.port}")
    private int port;

    /** Asked for once per context, so that the next class of this JVM finds nothing of the one before. */
    @DynamicPropertySource
    static void place(DynamicPropertyRegistry registry) {
        SharedHub.leave();
        var port = Ports.free();
        var data = Path.of("target", "mending", ProcessHandle.current().pid() + "-" + port)
                .toAbsolutePath();
        registry.add("server.port", () -> port);
        registry.add("oms.data-dir", data::toString);
    }

    int port() {
        return port;
    }

    /** How many orders a test of many has: as many as a build has time for, or {@code -Doms.mending.orders}. */
    static int many(int usual) {
        return Integer.getInteger("oms.mending.orders", usual);
    }

    Doors doors() {
        return new Doors("http://127.0.0.1:" + port, PASSWORD);
    }

    World world() {
        return new World(doors(), doors());
    }

    /** Posts as somebody; the answer, whatever its status. */
    HttpResponse<String> post(String who, String path, Object body) {
        try {
            return doors().send(
                            "POST",
                            path,
                            JSON.writeValueAsBytes(body),
                            Map.of(
                                    "Authorization",
                                    basic(who),
                                    "Content-Type",
                                    "application/json",
                                    "Accept",
                                    "application/json, application/problem+json, application/yaml"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static String basic(String who) {
        return "Basic " + Base64.getEncoder().encodeToString((who + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
    }

    static JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new IllegalStateException(answer.statusCode() + " " + answer.body(), e);
        }
    }

    /** Waits until so many messages are parked and nothing moves any more. */
    void parked(JdbcClient store, long count) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> atRest(store) && openFailures(store) == count);
    }

    boolean atRest(JdbcClient store) {
        return store.sql("select count(*) from lanes where state in ('READY', 'LEASED', 'WAITING')")
                        .query(Long.class)
                        .single()
                == 0;
    }

    long openFailures(JdbcClient store) {
        return store.sql("select count(*) from failures where state = 'OPEN'")
                .query(Long.class)
                .single();
    }

    JsonNode firstFailure() {
        return doors().get("/ops/failures?audience=all").path("items").path(0);
    }

    /** One order placed as the shop would, but with this changed in its body: the order's number. */
    String place(JdbcClient store, Map<String, ?> wish) {
        long before = highest(store);
        doors().place(wish);
        await().atMost(PATIENCE).until(() -> highest(store) > before);
        return store.sql("select min(order_number) from inbox where id > ? and partner = 'shopify'"
                        + " and topic = 'orders/create'")
                .param(before)
                .query(String.class)
                .single();
    }

    private static long highest(JdbcClient store) {
        return store.sql("select coalesce(max(id), 0) from inbox where partner = 'shopify'")
                .query(Long.class)
                .single();
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static List<String> texts(JdbcClient store, String sql) {
        return store.sql(sql).query(String.class).list();
    }
}
