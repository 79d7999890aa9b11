package routes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The partners' published contracts, which are not part of this project; tests skip, saying so, where they are absent. */
final class Contracts {

    private Contracts() {}

    static Path file(String path) {
        var file = Path.of(System.getProperty("oms.contracts", "../shared/contracts"))
                .resolve(path);
        if (!Files.exists(file)) {
            var absent = "CONTRACT ABSENT, nothing was checked: "
                    + file.toAbsolutePath().normalize();
            System.err.println(absent);
            Assumptions.abort(absent);
        }
        return file;
    }

    static JsonNode json(String path) {
        try {
            return Json.MAPPER.readTree(file(path).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
