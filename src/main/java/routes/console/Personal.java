package routes.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Hides who people are and where they live until somebody has a reason to see it. Names of fields decide, in any partner's
 * spelling; articles, sums, codes and references stay.
 */
final class Personal {

    static final String HIDDEN = "•••";

    private static final Pattern PERSONAL = Pattern.compile("(?i)(first|last|full|customer|recipient)?[-_]?name"
            + "|e?-?mail(address|[-_]address)?|phone([-_]?number)?|address[-_]?[0-9]|address|line[12]?|street.*|city|town"
            + "|zip([-_]?code)?|postal[-_]?code|company([-_]name)?|latitude|longitude|ip([-_]address)?|browser_ip");

    /** Objects whose {@code name} is an article's, a tax's or a method's, not a person's. */
    private static final Set<String> OF_THINGS = Set.of(
            "products",
            "lines",
            "line_items",
            "lineItems",
            "shipping",
            "shipping_lines",
            "tax_lines",
            "discount_codes",
            "inventory_items",
            "location",
            "gateway",
            "taxes",
            "summary",
            "details");

    private static final Pattern EMAIL = Pattern.compile("[\\w.+-]{1,64}+@[\\w.-]{1,255}+");

    private Personal() {}

    /** The tree with what is personal hidden; the original is not changed. */
    static JsonNode masked(JsonNode tree) {
        return tree == null ? null : mask(tree.deepCopy(), "");
    }

    /** Words of ours or a partner's that may quote an address. */
    static String masked(String words) {
        return words == null ? null : EMAIL.matcher(words).replaceAll(HIDDEN);
    }

    /** Whether what stands at a pointer is somebody's. */
    static boolean at(String pointer) {
        String last = pointer.substring(pointer.lastIndexOf('/') + 1);
        return PERSONAL.matcher(last).matches();
    }

    private static JsonNode mask(JsonNode node, String inside) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                boolean personal = PERSONAL.matcher(field.getKey()).matches() && !OF_THINGS.contains(inside);
                if (personal
                        && field.getValue().isValueNode()
                        && !field.getValue().isNull()) {
                    field.setValue(TextNode.valueOf(HIDDEN));
                } else {
                    field.setValue(mask(field.getValue(), field.getKey()));
                }
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, mask(array.get(i), inside));
            }
        } else if (node.isTextual() && EMAIL.matcher(node.textValue()).find()) {
            return TextNode.valueOf(masked(node.textValue()));
        }
        return node;
    }
}
