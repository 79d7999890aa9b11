package routes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A partner killed with {@code kill -9} remembers everything it has answered, and has it in its ledger once. */
class KilledPartnersTest {

    private static final String OPEN =
            "/sandbox/partners/erp/v2.0/companies(11111111-1111-4111-8111-111111111111)/journals";

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path data;

    @Test
    void remembersWhatItAnsweredBeforeTheKill() throws Exception {
        var port = freePort();
        var url = "http://127.0.0.1:" + port;
        Set<String> answered = ConcurrentHashMap.newKeySet();
        for (var round = 0; round < 3; round++) {
            var process = start(port);
            awaitUp(url, process);
            var stop = new AtomicBoolean();
            var callers = new Thread[8];
            for (var c = 0; c < callers.length; c++) {
                var name = "K" + round + c + "-";
                callers[c] = new Thread(() -> {
                    for (var i = 0; !stop.get(); i++) {
                        if (open(url, name + i) == 201) answered.add(name + i);
                    }
                });
                callers[c].start();
            }
            TimeUnit.MILLISECONDS.sleep(400 + round * 150L);
            process.destroyForcibly().waitFor();
            stop.set(true);
            for (var caller : callers) caller.join();
        }
        assertThat(answered).isNotEmpty();
        var process = start(port);
        try {
            awaitUp(url, process);
            var ledger = new HashSet<String>();
            var doubled = new HashSet<String>();
            for (var next = "0"; next != null; ) {
                var page = Json.MAPPER.readTree(get(url + "/sandbox/effects?operation=open-journal&after=" + next));
                page.path("items").forEach(effect -> {
                    if (!ledger.add(effect.path("key").asText()))
                        doubled.add(effect.path("key").asText());
                });
                next = page.path("next").textValue();
            }
            assertThat(ledger).containsAll(answered);
            assertThat(doubled).isEmpty();
            for (var code : List.copyOf(answered).subList(0, Math.min(20, answered.size()))) {
                assertThat(open(url, code)).as("the books know " + code).isEqualTo(400);
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private Process start(int port) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        java,
                        "-Xmx256m",
                        "-cp",
                        path,
                        PartnersMain.class.getName(),
                        "--server.port=" + port,
                        "--management.server.port=-1",
                        "--oms.data-dir=" + data,
                        "--oms.sandbox.hub-url=http://127.0.0.1:9",
                        "--spring.main.banner-mode=off")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private void awaitUp(String url, Process process) {
        org.awaitility.Awaitility.await()
                .atMost(java.time.Duration.ofSeconds(90))
                .until(() -> {
                    assertThat(process.isAlive())
                            .as("the partners' process lives")
                            .isTrue();
                    return get(url + "/sandbox/health").contains("UP");
                });
    }

    private String get(String url) {
        try {
            return http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private int open(String url, String code) {
        var request = HttpRequest.newBuilder(URI.create(url + OPEN))
                .header("Authorization", "Bearer erp-sandbox-token")
                .POST(HttpRequest.BodyPublishers.ofString("{\"code\":\"" + code + "\"}"))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
