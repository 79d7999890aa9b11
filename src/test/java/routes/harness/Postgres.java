package routes.harness;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A PostgreSQL server of our own, one per test JVM, with a fresh database for each user of it.
 *
 * <p>Durability is judged only on an installed server ({@link #installed()}): its own binaries, {@code fsync=on} and
 * every other default that makes a commit mean something. Stories, which judge behaviour only, may also run on the
 * binaries a Maven package brings ({@link #any()}); those start with fsync off.
 *
 * <p>The installed server refuses to run as root, so a root caller starts it as the user {@code postgres}. It stops
 * when this JVM ends, however it ends: the server's launcher waits for the end of its standard input, which the
 * kernel closes with us.
 */
public final class Postgres {

    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final String USER = "oms";

    private static Postgres started;

    private final AtomicInteger databases = new AtomicInteger();
    private final String host;
    private final int port;
    private final String user;
    private final boolean durable;

    private Postgres(String host, int port, String user, boolean durable) {
        this.host = host;
        this.port = port;
        this.user = user;
        this.durable = durable;
    }

    /** The installed server, started on first use; empty where no server binaries are installed. */
    public static synchronized Optional<Postgres> installed() {
        if (started != null && started.durable) return Optional.of(started);
        var binaries = binaries();
        if (binaries.isEmpty()) {
            System.err.println("PostgreSQL: no server binaries under " + DEBIAN
                    + " (Debian: apt-get install postgresql-15); what needs a durable server is skipped.");
            return Optional.empty();
        }
        started = start(binaries.get());
        return Optional.of(started);
    }

    /** The installed server or, where there is none, the binaries Maven brings: good for behaviour, not for durability. */
    public static synchronized Postgres any() {
        return installed().orElseGet(() -> {
            try {
                var embedded = EmbeddedPostgres.builder().start();
                System.err.println(
                        "PostgreSQL: running on the binaries from Maven (fsync off): no durability is judged.");
                started = new Postgres("localhost", embedded.getPort(), "postgres", false);
                return started;
            } catch (IOException e) {
                throw new UncheckedIOException("neither an installed nor an embedded PostgreSQL starts", e);
            }
        });
    }

    /** Whether a commit here survives a power cut. */
    public boolean durable() {
        return durable;
    }

    /**
     * Makes an empty database.
     *
     * @param purpose lower-case letters, goes into its name
     * @return its JDBC address with the user in it; no password is asked
     */
    public String freshDatabase(String purpose) {
        var name = purpose + "_" + ProcessHandle.current().pid() + "_" + databases.incrementAndGet();
        try (var connection = DriverManager.getConnection(url("postgres"));
                var statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException("PostgreSQL refuses to create the database " + name, e);
        }
        return url(name);
    }

    private String url(String database) {
        return "jdbc:postgresql://" + host + ":" + port + "/" + database + "?user=" + user;
    }

    private static Optional<Path> binaries() {
        var named = System.getProperty("oms.postgres.bin");
        if (named != null) return Optional.of(Path.of(named));
        if (!Files.isDirectory(DEBIAN)) return Optional.empty();
        try (var versions = Files.list(DEBIAN)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin ->
                            Files.isExecutable(bin.resolve("postgres")) && Files.isExecutable(bin.resolve("initdb")))
                    .max(Comparator.comparing(Path::toString));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Postgres start(Path binaries) {
        try {
            // Not under target/: the server's own user must be able to walk the whole path to its data.
            var home = Files.createTempDirectory("order-hub-postgres-");
            var data = home.resolve("data");
            var log = Path.of("target", "logs", "postgres.log").toAbsolutePath();
            Files.createDirectories(log.getParent());
            if (root()) run(List.of("chown", "postgres", home.toString()), log);
            run(
                    asServerUser(List.of(
                            binaries.resolve("initdb").toString(),
                            "-D",
                            data.toString(),
                            "-U",
                            USER,
                            "--auth=trust",
                            "--locale=C",
                            "--encoding=UTF8",
                            "--no-sync")),
                    log);
            var port = Ports.free();
            // The shell outlives neither us nor the server: end of input means that this JVM is gone.
            var launch = "cd / && \"$0\" \"$@\" & server=$!; cat >/dev/null; kill -INT $server; wait $server; rm -rf "
                    + data;
            var command = new ArrayList<>(asServerUser(List.of("sh", "-c", launch)));
            command.add(binaries.resolve("postgres").toString());
            command.addAll(List.of("-D", data.toString()));
            for (var setting : List.of(
                    "listen_addresses=127.0.0.1",
                    "port=" + port,
                    "unix_socket_directories=",
                    "fsync=on",
                    "synchronous_commit=on",
                    "full_page_writes=on",
                    "max_connections=200")) {
                command.addAll(List.of("-c", setting));
            }
            var server = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, home)));
            var postgres = new Postgres("127.0.0.1", port, USER, true);
            postgres.awaitConnections(server, log);
            return postgres;
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL does not start from " + binaries, e);
        }
    }

    private void awaitConnections(Process server, Path log) {
        var limit = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            try (var connection = DriverManager.getConnection(url("postgres"))) {
                connection.getSchema();
                return;
            } catch (SQLException e) {
                if (!server.isAlive() || System.nanoTime() > limit) {
                    throw new IllegalStateException("PostgreSQL takes no connections; its log is " + log, e);
                }
                Pause.millis(50);
            }
        }
    }

    private static void stop(Process server, Path home) {
        try {
            server.getOutputStream().close();
            if (!server.waitFor(20, TimeUnit.SECONDS)) server.destroyForcibly();
            Files.deleteIfExists(home);
        } catch (IOException e) {
            System.err.println("PostgreSQL: " + home + " could not be tidied away: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<String> asServerUser(List<String> command) {
        if (!root()) return command;
        var all = new ArrayList<>(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"));
        all.addAll(command);
        return all;
    }

    private static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static void run(List<String> command, Path log) throws IOException {
        var process = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try {
            if (process.waitFor() != 0) throw new IOException(String.join(" ", command) + " failed; see " + log);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
