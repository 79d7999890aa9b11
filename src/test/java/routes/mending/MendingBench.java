package routes.mending;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.jdbc.core.JdbcTemplate;
import routes.OrderHub;
import routes.harness.Doors;
import routes.harness.Ports;

/**
 * How fast the pages for mending are when very much is parked: {@code --parked N} messages (100,000) in 40 incidents on the
 * embedded store, each page asked {@code --times N} (300) by one reader after another. Prints p50 and p95 in milliseconds,
 * and the processor's time of one, which other work on the machine does not change much.
 */
public final class MendingBench {

    private static final int CHUNK = 1_000;

    private MendingBench() {}

    public static void main(String[] arguments) throws Exception {
        int parked = number(arguments, "--parked", 100_000);
        int times = number(arguments, "--times", 300);
        int port = Ports.free();
        Path data = Files.createTempDirectory(Path.of("target"), "mending-bench-");
        var hub = new SpringApplicationBuilder(OrderHub.class)
                .run(
                        "--server.port=" + port,
                        "--management.server.port=0",
                        "--oms.data-dir=" + data.toAbsolutePath(),
                        "--oms.sandbox.orders-per-minute=0",
                        "--oms.polls.orders.every-seconds=0",
                        "--oms.polls.shipments.every-seconds=0",
                        "--oms.sandbox.password=" + WholeHub.PASSWORD);
        var store = hub.getBean(JdbcTemplate.class);
        var started = System.nanoTime();
        seed(store, parked);
        System.out.printf("%,d messages parked in %.0f s%n", parked, (System.nanoTime() - started) / 1e9);
        while (store.queryForObject("select count(*) from incident_deltas", Long.class) > 0) {
            Thread.sleep(200);
        }
        System.out.printf("folded after %.0f s%n", (System.nanoTime() - started) / 1e9);
        var doors = new Doors("http://127.0.0.1:" + port, WholeHub.PASSWORD);
        String deep = doors.get("/ops/failures?audience=staff").path("next").asText();
        for (int page = 0; page < 40; page++) {
            deep = doors.get("/ops/failures?audience=staff&after=" + deep)
                    .path("next")
                    .asText();
        }
        String incident =
                doors.get("/ops/incidents").path(0).path("fingerprint").asText();
        long failure = store.queryForObject("select max(id) from failures", Long.class);
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("inbox", "/console/inbox?audience=staff");
        pages.put("inbox, everybody", "/console/inbox?audience=all");
        pages.put("inbox, page 41", "/console/inbox?audience=staff&after=" + deep);
        pages.put("search an order", "/console/inbox?q=BE-0" + parked / 2);
        pages.put("search a beginning", "/console/inbox?q=BE-00");
        pages.put("search an article", "/console/inbox?q=SKU-7");
        pages.put("incidents", "/console/incidents");
        pages.put("incident", "/console/incidents/" + incident);
        pages.put("failure", "/console/failures/" + failure);
        pages.put("dead letters", "/console/dead-letters");
        System.out.println(
                "page                      p50 ms    p95 ms    CPU ms (asking included, whatever else the machine does)");
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        for (var page : pages.entrySet()) {
            var cpu = system.getProcessCpuTime();
            var took = ask(doors, page.getValue(), times);
            System.out.printf(
                    "%-24s %8.1f  %8.1f  %8.1f%n",
                    page.getKey(),
                    took[took.length / 2] / 1e6,
                    took[took.length * 95 / 100] / 1e6,
                    (system.getProcessCpuTime() - cpu) / 2e6 / times);
        }
        hub.close();
        System.exit(0);
    }

    private static long[] ask(Doors doors, String path, int times) {
        var headers = Map.of("Authorization", WholeHub.basic("engineer"), "Accept", "text/html");
        List<Long> took = new ArrayList<>();
        for (int i = -times; i < times; i++) {
            var began = System.nanoTime();
            var answer = doors.send("GET", path, null, headers);
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(path + " answered " + answer.statusCode());
            }
            if (i >= 0) {
                took.add(System.nanoTime() - began);
            }
        }
        var sorted = took.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    private static void seed(JdbcTemplate store, int parked) {
        var now = Instant.now();
        var causes = List.of("SKU_UNMAPPED", "ADDRESS_UNKNOWN", "PARTNER_DOWN", "MAPPING_BROKEN");
        var audiences = List.of("staff", "staff", "auto", "engineer");
        store.update(
                "insert into intakes (first_id, n, taken_at) values (1000000, ?, ?)",
                parked,
                now.atOffset(ZoneOffset.UTC));
        for (int from = 0; from < parked; from += CHUNK) {
            List<Object[]> inbox = new ArrayList<>();
            List<Object[]> bodies = new ArrayList<>();
            List<Object[]> lanes = new ArrayList<>();
            List<Object[]> orders = new ArrayList<>();
            List<Object[]> failures = new ArrayList<>();
            List<Object[]> deltas = new ArrayList<>();
            List<Object[]> calls = new ArrayList<>();
            for (int n = from; n < Math.min(parked, from + CHUNK); n++) {
                long id = 1_000_000L + n;
                String order = "BE-%07d".formatted(n);
                int kind = n % 4;
                int group = n % 40;
                var at = now.minusSeconds(parked - n).atOffset(ZoneOffset.UTC);
                inbox.add(new Object[] {id, "bench-" + n, order, order, at, causes.get(kind)});
                bodies.add(new Object[] {id, "{}", "{\"id\":1}".getBytes()});
                lanes.add(new Object[] {order, at});
                orders.add(new Object[] {order, 1_000L + n % 9_000, "#" + n, at, at, DOCUMENT.formatted(order)});
                failures.add(new Object[] {
                    id,
                    order,
                    order,
                    causes.get(kind),
                    at,
                    "1-bench" + group,
                    "{\"cause\":\"" + causes.get(kind) + "\"}",
                    audiences.get(kind),
                    now.plusSeconds(n % 7_200).atOffset(ZoneOffset.UTC),
                    1_000L + n % 9_000,
                    kind == 0 ? "sku" : null,
                    kind == 0 ? "SKU-" + group : null
                });
                deltas.add(new Object[] {"1-bench" + group, order, id, at});
                calls.add(new Object[] {id, order, at});
            }
            store.batchUpdate(
                    "insert into inbox (id, partner, shop, topic, event_id, lane, order_number, subject, priority, received_at,"
                            + " state, step, walk, attempts, reason) values (?, 'shopify', '', 'orders/create', ?, ?, ?, '', 5, ?,"
                            + " 'PARKED', 'fulfilment.release', 0, 1, ?)",
                    inbox);
            store.batchUpdate("insert into inbox_bodies (id, headers, body_sha256, body) values (?, ?, '', ?)", bodies);
            store.batchUpdate(
                    "insert into lanes (lane, state, pending, priority, next_at, fence) values (?, 'PARKED', 1, 5, ?, 1)",
                    lanes);
            store.batchUpdate(
                    "insert into orders (number, version, status, market, currency, total_minor, channel, shop, shop_number,"
                            + " placed_at, changed_at, document) values (?, 1, 'ALLOCATED', 'us', 'USD', ?, 'shopify', 'demo', ?,"
                            + " ?, ?, ?)",
                    orders);
            store.batchUpdate(
                    "insert into failures (message_id, order_number, lane, step, walk, cause, detail, exception, state, since,"
                            + " fingerprint, grouped_by, audience, due_at, currency, amount_minor, value_map, value_text)"
                            + " values (?, ?, ?, 'fulfilment.release', 0, ?, 'seen', 'trace', 'OPEN', ?, ?, ?, ?, ?, 'USD', ?, ?, ?)",
                    failures);
            store.batchUpdate(
                    "insert into incident_deltas (fingerprint, order_number, message_id, step_by, at) values (?, ?, ?, 1, ?)",
                    deltas);
            store.batchUpdate(
                    "insert into partner_calls (message_id, order_number, step, operation, request, answer, status, outcome,"
                            + " took_ms, at) values (?, ?, 'fulfilment.release', 'warehouse.place-order', '{\"method\":\"POST\"}',"
                            + " '{}', 200, 'ANSWERED', 5, ?)",
                    calls);
        }
        store.execute("analyze");
    }

    private static int number(String[] arguments, String name, int usual) {
        int at = Arrays.asList(arguments).indexOf(name);
        return at < 0 ? usual : Integer.parseInt(arguments[at + 1]);
    }

    private static final String DOCUMENT =
            "{\"number\":\"%s\",\"version\":1,\"channel\":\"shopify\",\"shop\":\"demo\",\"shopId\":\"1\",\"market\":\"us\","
                    + "\"currency\":\"USD\",\"serviceLevel\":\"standard\",\"placedAt\":\"2026-11-01T10:00:00Z\","
                    + "\"shipTo\":{\"name\":\"A B\",\"line1\":\"1 Elm St\",\"country\":\"US\"},\"lines\":[]}";
}
