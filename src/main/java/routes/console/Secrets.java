package routes.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import java.util.regex.Pattern;
import routes.guard.CardNumbers;

/**
 * Blanks what must not be shown. Our own credentials are added to a request after it was recorded; this is the second lock,
 * for what a partner answers and for a mapping that writes a credential where it should not.
 */
final class Secrets {

    static final String HIDDEN = "(hidden)";

    private static final Pattern SECRET_NAME =
            Pattern.compile("(?i).*(authorization|passw(or)?d|secret|api[-_]?key|access[-_]?key|token|cookie|signature"
                    + "|card[-_]?number|cvv|cvc|iban).*");

    /** The same in text that is not JSON: name="value", name: value and &lt;name&gt;value&lt;/name&gt;. */
    private static final Pattern SECRET_IN_TEXT = Pattern.compile(
            "(?i)((?:authorization|password|secret|api[-_]?key|token|card[-_]?number|cvv)[\\w-]*\"?\\s*[=:>]\\s*\"?)"
                    + "(?:basic |bearer )?[^\\s\"'<,;&]+");

    /** Amounts are shown as they were said: 8.00 is not 8.0, and no digit is lost. */
    private static final JsonMapper EXACT = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Secrets() {}

    /**
     * What was said or answered, as JSON where it is JSON and as a text where it is not; null stays null.
     *
     * @param text as it was recorded
     */
    static JsonNode shown(String text) {
        if (text == null) {
            return null;
        }
        try {
            JsonNode tree = EXACT.readTree(text);
            if (tree != null && tree.isContainerNode()) {
                return hide(tree);
            }
        } catch (JsonProcessingException notJson) {
            // A partner may answer anything; it is shown as it came.
        }
        return TextNode.valueOf(blanked(text));
    }

    /** The same for words of ours that may quote a partner's. */
    static String blanked(String text) {
        return CardNumbers.masked(SECRET_IN_TEXT.matcher(text).replaceAll("$1" + HIDDEN));
    }

    private static JsonNode hide(JsonNode node) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                boolean secret = SECRET_NAME.matcher(field.getKey()).matches();
                if (secret
                        && field.getValue().isValueNode()
                        && !field.getValue().isNull()) {
                    field.setValue(TextNode.valueOf(HIDDEN));
                } else {
                    field.setValue(hide(field.getValue()));
                }
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, hide(array.get(i)));
            }
        } else if (node.isTextual()) {
            String text = node.textValue();
            return TextNode.valueOf(looksLikeCredentials(text) ? HIDDEN : CardNumbers.masked(text));
        } else if (node.isNumber() && CardNumbers.in(":" + node.asText())) {
            return TextNode.valueOf(CardNumbers.masked(node.asText()));
        }
        return node;
    }

    private static boolean looksLikeCredentials(String text) {
        return text.regionMatches(true, 0, "Bearer ", 0, 7) || text.regionMatches(true, 0, "Basic ", 0, 6);
    }
}
