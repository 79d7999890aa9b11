package routes.mapping;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the partners' published contracts lie: beside the project, or where {@code oms.contracts} says. */
final class Contracts {

    private static final Path FOLDER = Path.of(System.getProperty("oms.contracts", "../shared/contracts"));

    private Contracts() {}

    /** A file or folder of the contracts; where it is absent, the test that asks is skipped and says so. */
    static Path at(String path) {
        Path file = FOLDER.resolve(path);
        assumeTrue(
                Files.exists(file),
                "Not checked: the partners' contracts are absent, there is no " + file.toAbsolutePath());
        return file;
    }
}
