package routes.inbox;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;

/**
 * A repair laid over a document that itself stays as it came: a JSON merge patch (RFC 7396), digit by digit, so that 24.10
 * stays 24.10 and no id loses its end.
 */
public final class Overlay {

    private static final JsonMapper EXACT = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Overlay() {}

    /** @throws IllegalArgumentException when either is not JSON */
    public static byte[] over(byte[] original, String patch) {
        try {
            return EXACT.writeValueAsBytes(over(EXACT.readTree(original), EXACT.readTree(patch)));
        } catch (IOException notJson) {
            throw new IllegalArgumentException("Only JSON can be laid over: " + notJson.getMessage(), notJson);
        }
    }

    /** The document as a tree, every digit kept. */
    public static JsonNode tree(String text) {
        try {
            return EXACT.readTree(text);
        } catch (IOException notJson) {
            throw new IllegalArgumentException("This is not JSON: " + notJson.getMessage(), notJson);
        }
    }

    /** Lays {@code patch} over {@code original}, which is not changed. Null takes a field away; lists are replaced whole. */
    public static JsonNode over(JsonNode original, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            return patch;
        }
        ObjectNode result =
                original instanceof ObjectNode object ? object.deepCopy() : JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> change : changes.properties()) {
            if (change.getValue().isNull()) {
                result.remove(change.getKey());
            } else {
                result.set(change.getKey(), over(result.path(change.getKey()), change.getValue()));
            }
        }
        return result;
    }

    /** One patch that does what both do, the second after the first. */
    public static JsonNode compose(JsonNode first, JsonNode second) {
        if (!(first instanceof ObjectNode before) || !(second instanceof ObjectNode after)) {
            return second;
        }
        ObjectNode both = before.deepCopy();
        after.properties()
                .forEach(change -> both.set(
                        change.getKey(),
                        both.has(change.getKey())
                                ? compose(both.get(change.getKey()), change.getValue())
                                : change.getValue()));
        return both;
    }

    /** Text of a tree, every digit kept. */
    public static String text(JsonNode tree) {
        try {
            return EXACT.writeValueAsString(tree);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
