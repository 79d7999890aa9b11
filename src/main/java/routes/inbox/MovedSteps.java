package routes.inbox;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Which steps were renamed ({@code steps-moved.yaml}), so that a message never stands before a missing one. */
final class MovedSteps {

    private static final String FILE = "/steps-moved.yaml";

    private final Map<String, String> moved = new TreeMap<>();

    MovedSteps() {
        try (InputStream in = getClass().getResourceAsStream(FILE)) {
            Object content = in == null ? null : new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
            if (content instanceof Map<?, ?> names) {
                names.forEach((before, now) -> moved.put(String.valueOf(before), String.valueOf(now)));
            }
        } catch (IOException e) {
            throw new IllegalStateException("Cannot read " + FILE, e);
        }
    }

    String now(String step) {
        return moved.getOrDefault(step, step);
    }
}
