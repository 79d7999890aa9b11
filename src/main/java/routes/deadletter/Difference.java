package routes.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * One place in which two documents differ.
 *
 * @param pointer RFC 6901
 * @param before null where there was nothing, {@code after} where there is nothing any more
 */
public record Difference(String pointer, String before, String after) {

    /** Every place in which two documents differ, in the documents' own order. */
    public static List<Difference> between(JsonNode before, JsonNode after) {
        List<Difference> found = new ArrayList<>();
        compare("", before, after, found);
        return found;
    }

    private static void compare(String at, JsonNode before, JsonNode after, List<Difference> found) {
        if (nothing(before) && nothing(after) || before != null && before.equals(after)) {
            return;
        }
        if (nothing(before) != nothing(after)) {
            // What is new as a whole, or gone as a whole, is told field by field, too.
            JsonNode there = nothing(before) ? after : before;
            if (there.isContainerNode() && !there.isEmpty()) {
                JsonNode empty =
                        there.isObject() ? JsonNodeFactory.instance.objectNode() : JsonNodeFactory.instance.arrayNode();
                compare(at, nothing(before) ? empty : before, nothing(after) ? empty : after, found);
                return;
            }
        }
        if (!nothing(before) && !nothing(after) && before.isObject() && after.isObject()) {
            TreeSet<String> names = new TreeSet<>();
            before.fieldNames().forEachRemaining(names::add);
            after.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                String below = at + "/" + name.replace("~", "~0").replace("/", "~1");
                compare(below, before.get(name), after.get(name), found);
            }
            return;
        }
        if (!nothing(before) && !nothing(after) && before.isArray() && after.isArray()) {
            for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
                compare(at + "/" + i, before.get(i), after.get(i), found);
            }
            return;
        }
        found.add(new Difference(at, words(before), words(after)));
    }

    private static boolean nothing(JsonNode node) {
        return node == null || node.isNull() || node.isMissingNode();
    }

    private static String words(JsonNode node) {
        return nothing(node) ? null : node.isValueNode() ? node.asText() : node.toString();
    }
}
