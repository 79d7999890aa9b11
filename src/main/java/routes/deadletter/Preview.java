package routes.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.deadletter.FailureRows.FailureRow;
import routes.inbox.Overlay;
import routes.mapping.MappingFailure;
import routes.mapping.Mappings;

/**
 * "Check first": what a repair would change in what the partner is sent, worked out by the very mapping that will write it,
 * without sending anything.
 */
@Component
public class Preview {

    /**
     * @param operation whose request it is; null where no request could be worked out and the repair itself is shown
     * @param refusalBefore why there is no request today, and {@code refusalAfter} why there would be none still; null for none
     */
    public record Check(String operation, List<Difference> changes, String refusalBefore, String refusalAfter) {

        /** Whether, as far as can be told without asking, it would go through. */
        public boolean hopeful() {
            return refusalAfter == null && (!changes.isEmpty() || refusalBefore != null);
        }
    }

    private final Causes causes;
    private final Repairs repairs;
    private final Mappings mappings;
    private final JdbcClient rows;

    Preview(Causes causes, Repairs repairs, Mappings mappings, JdbcClient rows) {
        this.causes = causes;
        this.repairs = repairs;
        this.mappings = mappings;
        this.rows = rows;
    }

    /** What these values would change. */
    public Check check(FailureRow failure, Map<String, String> values) {
        JsonNode patch = repairs.patch(failure, values);
        JsonNode before = repairs.document(
                        failure, causes.named(failure.cause()).fields())
                .orElseThrow();
        JsonNode after = Overlay.over(before, patch);
        String operation = operation(failure);
        if (operation == null) {
            return new Check(null, Difference.between(before, after), null, null);
        }
        Map<String, JsonNode> variables = new HashMap<>();
        variables.put("subject", TextNode.valueOf(subject(failure)));
        Written then = write(operation, before, variables);
        Written now = write(operation, after, variables);
        return new Check(operation, Difference.between(then.request(), now.request()), then.refusal(), now.refusal());
    }

    private record Written(JsonNode request, String refusal) {}

    private Written write(String operation, JsonNode document, Map<String, JsonNode> variables) {
        try {
            return new Written(mappings.apply(mapping(operation), document, variables), null);
        } catch (MappingFailure refused) {
            return new Written(null, refused.getMessage());
        }
    }

    /** The operation that failed, or whose request could not be written: the route the failure came from. */
    private String operation(FailureRow failure) {
        String route = failure.node() == null || !failure.node().contains(",")
                ? ""
                : failure.node().substring(0, failure.node().indexOf(','));
        if (mappings.exists(mapping(route))) {
            return route;
        }
        return failure.operation() != null && mappings.exists(mapping(failure.operation()))
                ? failure.operation()
                : null;
    }

    private static String mapping(String operation) {
        return operation.replaceFirst("\\.", "/") + ".request";
    }

    private String subject(FailureRow failure) {
        return rows.sql("select subject from inbox where id = ?")
                .param(failure.messageId())
                .query(String.class)
                .optional()
                .orElse("");
    }
}
