package routes.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;
import routes.api.ApiProblem.Flaw;
import routes.order.HistoryRows;

/**
 * What a client may ask to be cancelled, and what became of it. Whether units can still be stopped is decided behind the
 * inbox; here is only whether the order has such units at all.
 */
@Component("clientCancellations")
class Cancellations {

    /** The order's own word for a cancellation that was decided against. */
    static final String REFUSED = "CANCELLATION_REFUSED";

    /** States of a cancellation in the order's document in which it is decided; in any other it is under way. */
    private static final Set<String> AGREED = Set.of("DECIDED", "TOLD", "DONE");

    private static final Set<String> DENIED = Set.of("REFUSED");

    private static final Pattern ID = Pattern.compile("C[0-9]+");

    private final HistoryRows history;

    Cancellations(HistoryRows history) {
        this.history = history;
    }

    /**
     * What is wrong with a cancellation of right shape.
     *
     * @param order the order's document, null while there is none; its lines cannot be compared then
     */
    static List<Flaw> flaws(JsonNode wish, JsonNode order) {
        List<Flaw> flaws = new ArrayList<>();
        Set<String> named = new HashSet<>();
        JsonNode lines = wish.path("lines");
        for (int i = 0; i < lines.size(); i++) {
            JsonNode line = lines.get(i);
            String pointer = "/lines/" + i;
            boolean byNumber = line.hasNonNull("line");
            boolean byName = line.hasNonNull("reference");
            if (byNumber == byName) {
                flaws.add(
                        byName
                                ? new Flaw(pointer + "/reference", "not-allowed", "either line or reference, not both")
                                : new Flaw(pointer + "/line", "missing", "line or reference is needed"));
                continue;
            }
            String at = pointer + (byNumber ? "/line" : "/reference");
            JsonNode ordered = order == null ? null : line(order, line);
            if (order != null && ordered == null) {
                flaws.add(new Flaw(at, "unknown", "the order has no such line"));
                continue;
            }
            String name =
                    ordered == null ? line.toString() : ordered.path("number").asText();
            if (!named.add(name)) {
                flaws.add(new Flaw(at, "not-unique", "this line is named twice"));
            } else if (ordered != null
                    && line.path("quantity").asLong() > ordered.path("quantity").asLong()) {
                flaws.add(new Flaw(
                        pointer + "/quantity",
                        "too-large",
                        "the line has " + ordered.path("quantity").asLong() + " units"));
            }
        }
        return flaws;
    }

    private static JsonNode line(JsonNode order, JsonNode wish) {
        for (JsonNode line : order.path("lines")) {
            boolean same = wish.hasNonNull("line")
                    ? line.path("number").asLong() == wish.path("line").asLong()
                    : line.path("shopLineId")
                            .asText()
                            .equals(wish.path("reference").asText());
            if (same) {
                return line;
            }
        }
        return null;
    }

    /** The numbers of an order's lines by the references they were submitted with. */
    static ObjectNode numbers(JsonNode order) {
        ObjectNode numbers = JsonNodeFactory.instance.objectNode();
        order.path("lines")
                .forEach(line -> numbers.put(
                        line.path("shopLineId").asText(), line.path("number").asInt()));
        return numbers;
    }

    /**
     * How a cancellation goes whose message is done: the verb of that message noted its id in the order's history, and
     * the order's document has its state.
     */
    String status(String order, long message, JsonNode document) {
        String id = history.ofOrder(order).stream()
                .filter(row ->
                        row.messageId() == message && ID.matcher(row.subject()).matches())
                .map(HistoryRows.HistoryRow::subject)
                .findFirst()
                .orElse(null);
        for (JsonNode cancellation : document.path("cancellations")) {
            if (cancellation.path("id").asText().equals(id)) {
                String state = cancellation.path("state").asText();
                return AGREED.contains(state) ? "completed" : DENIED.contains(state) ? "rejected" : "processing";
            }
        }
        return "processing";
    }
}
