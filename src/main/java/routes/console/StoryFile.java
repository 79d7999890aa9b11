package routes.console;

import com.fasterxml.jackson.databind.JsonNode;
import routes.deadletter.FailureRows.FailureRow;
import routes.deadletter.FailureRows.RawMessage;

/** A message that cannot be digested, as a story an engineer can put beside the others: personal data taken out, the failure as what is expected. */
final class StoryFile {

    private StoryFile() {}

    static String of(FailureRow failure, RawMessage message) {
        JsonNode shown = Personal.masked(Secrets.shown(message.body()));
        StringBuilder story = new StringBuilder();
        story.append("# Taken out of failure ").append(failure.id()).append(", which failed the same way ");
        story.append(failure.sameWay() + 1)
                .append(" times. Personal data is blanked: put in what the trouble needs.\n");
        story.append("# ").append(line(failure.detail())).append('\n');
        if (failure.node() != null) {
            story.append("# at ").append(line(failure.node())).append('\n');
        }
        story.append("when:\n  post:\n");
        story.append("    topic: ").append(quoted(message.topic())).append('\n');
        story.append("    signature: good\n    raw: ")
                .append(quoted(shown == null ? "" : shown.isTextual() ? shown.textValue() : shown.toString()));
        story.append("\nthen:\n  parked: {cause: ").append(failure.cause());
        story.append(", step: ").append(quoted(failure.step())).append("}\n");
        return story.toString();
    }

    private static String line(String text) {
        return Personal.masked(text).replaceAll("\\s+", " ");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''").replaceAll("[\\r\\n]+", " ") + "'";
    }
}
