package routes.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code target/order-hub.jar} as a process of its own: started on a chosen JDK, asked for its health, killed, frozen,
 * started again on the same port and data. Its output goes to {@code target/logs/<name>.log}.
 */
abstract sealed class JarProcess implements AutoCloseable permits HubProcess, PartnersProcess {

    static final Path JAR = Path.of(System.getProperty("oms.jar", "target/order-hub.jar"));
    static final String PASSWORD = "harness-password";

    /** A 2-core machine under load takes its time; no test judges how long. */
    private static final Duration START_LIMIT = Duration.ofSeconds(180);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<String> jvm = new ArrayList<>(List.of("-Xmx768m"));
    private final String name;
    private final int port = Ports.free();
    private final int managementPort = Ports.free();
    private final Path data;
    private Path jdk = Jdks.current();
    private Process process;

    JarProcess(String name, Path data) {
        this.name = name;
        this.data = data;
    }

    abstract Map<String, String> ownSettings();

    final void put(String setting, Object value) {
        settings.put(setting, String.valueOf(value));
    }

    final void drop(String setting) {
        settings.remove(setting);
    }

    final void on(Path chosenJdk) {
        jdk = chosenJdk;
    }

    final void jvm(String option) {
        jvm.add(option);
    }

    final String url() {
        return "http://127.0.0.1:" + port;
    }

    final int port() {
        return port;
    }

    final Path data() {
        return data;
    }

    final Path log() {
        return Path.of("target", "logs", name + ".log");
    }

    final long pid() {
        return process.pid();
    }

    final boolean alive() {
        return process != null && process.isAlive();
    }

    /** Starts the jar and returns at once. */
    final void launch() {
        if (alive()) throw new IllegalStateException(name + " runs already");
        if (!Files.isRegularFile(JAR)) {
            throw new IllegalStateException(JAR + " is not there; build it first: mvn -q -B -DskipTests package");
        }
        var command = new ArrayList<String>();
        command.add(jdk.resolve("bin/java").toString());
        command.addAll(jvm);
        command.addAll(List.of("-jar", JAR.toAbsolutePath().toString()));
        var all = new LinkedHashMap<>(ownSettings());
        all.putAll(settings);
        all.forEach((setting, value) -> command.add("--" + setting + "=" + value));
        try {
            Files.createDirectories(data);
            Files.createDirectories(log().getParent());
            var builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
            builder.environment().put("SERVER_PORT", String.valueOf(port));
            builder.environment().put("OMS_DATA_DIR", data.toAbsolutePath().toString());
            builder.environment().put("OMS_SANDBOX_PASSWORD", PASSWORD);
            builder.environment().put("MANAGEMENT_SERVER_PORT", String.valueOf(managementPort));
            process = builder.start();
            var started = process;
            Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
        } catch (IOException e) {
            throw new UncheckedIOException(name + " does not start on " + jdk, e);
        }
    }

    /** Starts the jar and waits until it says UP; throws with the end of its log when it dies or takes too long. */
    final void start() {
        launch();
        awaitUp();
    }

    final void awaitUp() {
        if (Pause.until(START_LIMIT, 50, () -> up() || !alive()) && alive()) return;
        throw new IllegalStateException(name + (alive() ? " is not UP in time" : " died") + "\n" + logTail());
    }

    /** One look at {@code /actuator/health}. */
    final boolean up() {
        try {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + "/actuator/health"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** {@code kill -9}: nothing in the process learns of it. */
    final void kill() {
        if (process == null) return;
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(20));
    }

    /** Waits for the process to end by itself; {@code false} when it has not within the limit. */
    final boolean awaitEnd(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** SIGSTOP: every thread stands still, sockets stay open, leases run out. */
    final void freeze() {
        signal("STOP");
    }

    /** Whether the process is stopped by a signal right now. */
    final boolean standsStill() {
        return alive() && stat()[0].equals("T");
    }

    /** SIGCONT: goes on where it stood, knowing nothing of the time that passed. */
    final void thaw() {
        signal("CONT");
    }

    /** An orderly stop; by force after 20 s. */
    @Override
    public final void close() {
        if (!alive()) return;
        process.destroy();
        if (!awaitEnd(Duration.ofSeconds(20))) kill();
    }

    /** User and system time of the process so far, in seconds, as the kernel counts it. */
    final double cpuSeconds() {
        return (Long.parseLong(stat()[11]) + Long.parseLong(stat()[12])) / 100.0;
    }

    /** The fields of /proc/pid/stat from the process's state on. */
    private String[] stat() {
        try {
            var stat = Files.readString(Path.of("/proc", String.valueOf(pid()), "stat"));
            // The second field is the command in brackets and may hold blanks: count from behind it.
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Memory of the process in MiB: {@code VmRSS} now or {@code VmHWM} at its highest. */
    final long memoryMebibytes(String field) {
        try (var lines = Files.lines(Path.of("/proc", String.valueOf(pid()), "status"))) {
            return lines.filter(line -> line.startsWith(field + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether these words stand in its log, of this start or an earlier one. */
    final boolean hasSaid(String words) {
        try (var lines = Files.lines(log())) {
            return lines.anyMatch(line -> line.contains(words));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    final String logTail() {
        try {
            var lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
        } catch (IOException e) {
            return "(no log at " + log() + ")";
        }
    }

    private void signal(String signal) {
        try {
            if (new ProcessBuilder("kill", "-" + signal, String.valueOf(pid()))
                            .start()
                            .waitFor()
                    != 0) {
                throw new IllegalStateException("kill -" + signal + " " + pid() + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
