package routes.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import routes.OrderHub;

/**
 * One hub for all tests that only knock at its doors: started by the first of them in this process, with a partner API client
 * whose quota nobody reaches, and stopped with the process. What it says while it runs is kept.
 */
public final class SharedHub {

    public static final String PASSWORD = "shared-hub-password";

    /** Keys of clients: with all scopes, with none, with reading alone. */
    public static final String KEY = "ohk_tester_0123456789abcdef";

    public static final String KEY_WITHOUT_SCOPES = "ohk_idle_0123456789abcdef";

    private static final int MOST_LOGGED = 64 * 1024 * 1024;

    private static SharedHub one;

    private final ConfigurableApplicationContext context;
    private final ByteArrayOutputStream said;
    private final int port;
    private final int managementPort;

    private SharedHub() {
        said = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(tee(before), true, StandardCharsets.UTF_8));
        port = Ports.free();
        managementPort = Ports.free();
        context = new SpringApplicationBuilder(OrderHub.class)
                .run(
                        "--server.port=" + port,
                        "--management.server.port=" + managementPort,
                        "--oms.data-dir="
                                + Path.of(
                                                "target",
                                                "shared-hub",
                                                ProcessHandle.current().pid() + "-" + port)
                                        .toAbsolutePath(),
                        "--oms.sandbox.password=" + PASSWORD,
                        "--oms.sandbox.orders-per-minute=0",
                        "--oms.sandbox.ship-after-ms=50",
                        "--oms.sandbox.deliver-after-ms=50",
                        "--oms.retries.scale=0.005",
                        "--oms.engine.unsorted-park-after-seconds=3",
                        "--oms.partner-api.clients.tester.keys=" + hash(KEY),
                        "--oms.partner-api.clients.tester.scopes=orders:write,orders:read,orders:cancel",
                        "--oms.partner-api.clients.tester.requests-per-minute=1000000",
                        "--oms.partner-api.clients.idle.keys=" + hash(KEY_WITHOUT_SCOPES),
                        "--oms.partner-api.clients.idle.requests-per-minute=1000000");
    }

    /** The hub, running. */
    public static synchronized SharedHub get() {
        if (one == null) {
            one = new SharedHub();
        }
        return one;
    }

    /**
     * Ends it, if it runs: two hubs in one process would answer at each other's doors. Whoever starts a hub of its own says so
     * first; whoever wants the shared one afterwards gets another.
     */
    public static synchronized void leave() {
        if (one != null) {
            one.context.close();
            one = null;
        }
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public String managementUrl() {
        return "http://127.0.0.1:" + managementPort;
    }

    public Doors doors() {
        return new Doors(url(), PASSWORD);
    }

    public ConfigurableApplicationContext context() {
        return context;
    }

    /** Everything written to standard output since it was started. */
    public String said() {
        synchronized (said) {
            return said.toString(StandardCharsets.UTF_8);
        }
    }

    /** Waits until nothing goes on any more: what still waits does so behind a parked message of its lane. */
    public void rest() {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        List<JsonNode> left = List.of();
        while (System.nanoTime() < until) {
            Set<String> blocked = new HashSet<>();
            doors().messages(Map.of("state", "PARKED", "limit", "500"))
                    .forEach(message -> blocked.add(message.path("lane").asText()));
            left = Stream.of("RECEIVED", "WAITING", "RUNNING", "UNSORTED")
                    .flatMap(state -> doors().messages(Map.of("state", state, "limit", "500")).stream())
                    .filter(message -> !blocked.contains(message.path("lane").asText()))
                    .toList();
            if (left.isEmpty()) {
                return;
            }
            Pause.millis(300);
        }
        throw new IllegalStateException("The hub does not come to rest: " + left);
    }

    private OutputStream tee(PrintStream before) {
        return new OutputStream() {
            @Override
            public void write(int b) {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                before.write(bytes, from, length);
                synchronized (said) {
                    if (said.size() < MOST_LOGGED) {
                        said.write(bytes, from, length);
                    }
                }
            }
        };
    }

    private static String hash(String key) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
