package routes.sandbox;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

    /** A validator of an OpenAPI, without the words on scalars and references it stumbles over. */
    static OpenApiInteractionValidator openApi(String path) {
        var contract = json(path);
        readable(contract);
        return OpenApiInteractionValidator.createForInlineApiSpecification(contract.toString())
                .build();
    }

    /** {@code additionalProperties: false} on a string makes an object of it, in the eyes of the validator. */
    private static void readable(JsonNode node) {
        if (node instanceof ObjectNode object && object.path("type").isTextual()) {
            object.remove("default");
            if (!object.path("type").asText().equals("object")) object.remove("additionalProperties");
        }
        if (node instanceof ObjectNode object && (object.has("$ref") || object.has("oneOf"))) {
            object.remove("additionalProperties");
        }
        node.forEach(Contracts::readable);
    }

    static JsonNode json(String path) {
        try {
            return Json.MAPPER.readTree(file(path).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
