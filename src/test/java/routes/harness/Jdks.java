package routes.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;

/** The JDKs of this machine. */
final class Jdks {

    private static final Path HOMES = Path.of("/usr/lib/jvm");

    private Jdks() {}

    /** The home of the JDK these tests run on. */
    static Path current() {
        return Path.of(System.getProperty("java.home"));
    }

    /** The home of a JDK of this feature version, {@code 17} or {@code 25}, read from its release file. */
    static Optional<Path> version(int feature) {
        if (Runtime.version().feature() == feature) return Optional.of(current());
        if (!Files.isDirectory(HOMES)) return Optional.empty();
        try (var homes = Files.list(HOMES)) {
            return homes.filter(home -> release(home).contains("JAVA_VERSION=\"" + feature))
                    .min(Comparator.comparing(Path::toString));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String release(Path home) {
        try {
            return Files.readString(home.resolve("release"));
        } catch (IOException e) {
            return "";
        }
    }
}
