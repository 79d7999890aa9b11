package routes.story;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * One story file: acts, told from top to bottom. Words are those of {@code stories/README.md}; a word that is not in
 * there fails, so that a slip of the pen is not an assertion that never ran.
 */
record Story(Path file, List<Act> acts) {

    /** One act; parts that are absent are missing nodes. */
    record Act(JsonNode given, JsonNode when, JsonNode then, JsonNode walk) {}

    private static final Set<String> ACT = Set.of("given", "when", "then", "walk");
    private static final Set<String> GIVEN = Set.of("faults", "no-faults", "settings", "sourcing");
    private static final Set<String> WHEN = Set.of(
            "place", "post", "replay", "release", "resolve", "advance", "poll", "get", "ask", "mend", "sandbox", "meet",
            "row");
    private static final Set<String> THEN = Set.of(
            "answer",
            "order",
            "orders",
            "no-order",
            "holds",
            "cases",
            "flags",
            "balances",
            "notes",
            "message",
            "parked",
            "received",
            "duplicates",
            "effects",
            "calls",
            "entries",
            "gaps",
            "history");

    /** Reads and checks a story. */
    static Story read(Path file) {
        try {
            var options = new LoaderOptions();
            options.setAllowDuplicateKeys(false);
            var yaml = new Yaml(new SafeConstructor(options));
            var root = new ObjectMapper().<ObjectNode>valueToTree(yaml.load(Files.readString(file)));
            var acts = new ArrayList<Act>();
            acts.add(act(file, root.deepCopy().without(List.of("and"))));
            root.path("and").forEach(next -> acts.add(act(file, next)));
            return new Story(file, acts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the file's name says, as a sentence. */
    String sentence() {
        return file.getParent().getFileName() + ": "
                + file.getFileName().toString().replace(".yaml", "").replace('-', ' ');
    }

    private static Act act(Path file, JsonNode act) {
        known(file, "a story", act, ACT);
        known(file, "given", act.path("given"), GIVEN);
        known(file, "when", act.path("when"), WHEN);
        known(file, "then", act.path("then"), THEN);
        if (act.path("then").isMissingNode()) throw new IllegalArgumentException(file + ": an act without then");
        return new Act(act.path("given"), act.path("when"), act.path("then"), act.path("walk"));
    }

    private static void known(Path file, String where, JsonNode part, Set<String> words) {
        var names = new TreeSet<String>();
        part.fieldNames().forEachRemaining(names::add);
        names.removeAll(words);
        if (!names.isEmpty()) {
            throw new IllegalArgumentException(
                    file + ": " + where + " does not know " + names + ", only " + new TreeSet<>(words));
        }
    }

    /** A node's items as texts. */
    static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}
