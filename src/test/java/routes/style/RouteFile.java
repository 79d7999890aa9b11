package routes.style;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * A route file as the style check sees it.
 *
 * @param name path below the routes folder, such as "flows/order-capture.camel.yaml"
 * @param problem why it cannot be read as YAML; null when it can
 */
record RouteFile(String name, String text, List<Map<String, Object>> entries, String problem) {

    static final String ENDING = ".camel.yaml";

    static RouteFile read(Path root, Path path) throws IOException {
        String name = root.relativize(path).toString().replace('\\', '/');
        String text = Files.readString(path);
        try {
            LoaderOptions options = new LoaderOptions();
            options.setAllowDuplicateKeys(false);
            Object content = new Yaml(new SafeConstructor(options)).load(text);
            if (!(content instanceof List<?> list) || !list.stream().allMatch(Map.class::isInstance)) {
                return new RouteFile(name, text, List.of(), "it is no list of entries");
            }
            List<Map<String, Object>> entries = new ArrayList<>();
            list.forEach(entry -> entries.add(map(entry)));
            return new RouteFile(name, text, entries, null);
        } catch (YAMLException notYaml) {
            return new RouteFile(name, text, List.of(), notYaml.getMessage().replace('\n', ' '));
        }
    }

    /** The folder it is in: flows, partners, policies, ops. */
    String room() {
        return name.contains("/") ? name.substring(0, name.indexOf('/')) : "";
    }

    /** Its name without folder and ending. */
    String stem() {
        return name.substring(name.lastIndexOf('/') + 1).replace(ENDING, "");
    }

    List<Map<String, Object>> routes() {
        return ofKind("route");
    }

    List<Map<String, Object>> policies() {
        return ofKind("routeConfiguration");
    }

    /** The comment it begins with, empty when it begins otherwise. */
    String opening() {
        StringBuilder opening = new StringBuilder();
        for (String line : text.split("\n")) {
            if (!line.startsWith("#")) {
                break;
            }
            opening.append(line).append('\n');
        }
        return opening.toString();
    }

    private List<Map<String, Object>> ofKind(String kind) {
        return entries.stream()
                .filter(entry -> entry.get(kind) instanceof Map)
                .map(entry -> map(entry.get(kind)))
                .toList();
    }

    /** Every key with its value, at any depth; members of a list come under the list's key. */
    static void each(Object node, BiConsumer<String, Object> found) {
        each("", node, found);
    }

    private static void each(String key, Object node, BiConsumer<String, Object> found) {
        if (node instanceof Map<?, ?> map) {
            map.forEach((name, value) -> {
                found.accept(String.valueOf(name), value);
                each(String.valueOf(name), value, found);
            });
        } else if (node instanceof List<?> list) {
            list.forEach(member -> {
                if (!(member instanceof Map) && !(member instanceof List)) {
                    found.accept(key, member);
                }
                each(key, member, found);
            });
        }
    }

    /** The address a route takes from; empty when it has none. */
    static String from(Map<String, Object> route) {
        return route.get("from") instanceof Map<?, ?> from ? String.valueOf(from.get("uri")) : "";
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object node) {
        return (Map<String, Object>) node;
    }
}
