package routes.story;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.yaml.snakeyaml.Yaml;
import routes.harness.Doors;

/** Bodies that stories post: a file under {@code stories/payloads}, with changes by JSON pointer. */
final class Payload {

    private static final Path FOLDER = Path.of("src/test/resources/stories/payloads");
    /** Above 2^53, so that an id that went through a double shows. */
    private static final AtomicLong IDS =
            new AtomicLong(9_100_000_000_000_001L + System.nanoTime() % 1_000_000_000 * 1_000);

    private Payload() {}

    /** An id no other story has. */
    static String freshId() {
        return String.valueOf(IDS.addAndGet(1_000));
    }

    /**
     * The bytes to post.
     *
     * @param post with {@code payload} (a file's name, without .yaml) and {@code change} (pointer to value), or
     *     {@code raw} (a text as it is)
     * @param numbered puts our number of the order in the place of {@code $number}
     * @param id what {@code $id} stands for, in payloads and changes
     */
    static byte[] bytes(JsonNode post, UnaryOperator<String> numbered, String id) {
        try {
            if (post.has("raw"))
                return numbered.apply(post.path("raw").asText())
                        .replace("$id", id)
                        .getBytes(StandardCharsets.UTF_8);
            var file = FOLDER.resolve(post.path("payload").asText() + ".yaml");
            JsonNode body = Doors.mapper().valueToTree(new Yaml().<Object>load(Files.readString(file)));
            post.path("change")
                    .properties()
                    .forEach(change -> change(body, JsonPointer.compile(change.getKey()), change.getValue()));
            var text = numbered.apply(Doors.mapper().writeValueAsString(body));
            // Numbers in JSON, also where the file has to write a word: "$id" alone becomes the number itself.
            return text.replace("\"$id\"", id).replace("$id", id).getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void change(JsonNode body, JsonPointer where, JsonNode value) {
        var holder = body.at(where.head());
        var last = where.last().getMatchingProperty();
        if (holder instanceof ArrayNode list) {
            list.set(Integer.parseInt(last), value);
        } else if (holder instanceof ObjectNode object) {
            if (value instanceof MissingNode || value.asText().equals("$absent")) object.remove(last);
            else object.set(last, value);
        } else {
            throw new IllegalArgumentException("nothing to change at " + where);
        }
    }
}
