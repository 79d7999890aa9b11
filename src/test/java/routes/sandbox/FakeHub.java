package routes.sandbox;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Stands in for the hub's doors: keeps every webhook it gets, and answers with a status the test chooses. */
final class FakeHub implements AutoCloseable {

    /** One delivery as it came; header names in lower case. */
    record Delivery(String path, Map<String, String> headers, String body, int answered) {}

    private final HttpServer server;
    final List<Delivery> deliveries = new CopyOnWriteArrayList<>();

    /** How many deliveries are answered with 503 before the first 200. */
    final AtomicInteger refusals = new AtomicInteger();

    FakeHub() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.createContext("/", exchange -> {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var headers = new HashMap<String, String>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
            var status = refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0 ? 503 : 200;
            deliveries.add(new Delivery(exchange.getRequestURI().getPath(), headers, body, status));
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<Delivery> accepted(Predicate<Delivery> meant) {
        return deliveries.stream()
                .filter(delivery -> delivery.answered() == 200)
                .filter(meant)
                .toList();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
