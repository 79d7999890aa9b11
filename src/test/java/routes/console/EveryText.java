package routes.console;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Every text that people read, by the key under which a language's file says it, as it is in English; read from the sources. */
final class EveryText {

    static final Path RESOURCES = Path.of("src/main/resources");

    /** Folders whose files hold no texts for people. */
    private static final Set<String> NO_TEXTS = Set.of("routes", "openapi", "db");

    /**
     * @param file where the English stands
     * @param english as it is there
     * @param besides languages in which that file says it, too
     */
    record Text(String file, String english, Set<String> besides) {}

    private final Map<String, Text> byKey = new TreeMap<>();

    private EveryText() {}

    static Map<String, Text> read() throws IOException {
        EveryText all = new EveryText();
        file("messages.properties")
                .forEach((key, text) -> all.byKey.put(key, new Text("messages/messages.properties", text, Set.of())));
        for (Path data : files(RESOURCES, ".yaml")) {
            Path name = RESOURCES.relativize(data);
            if (name.getNameCount() == 2 && !NO_TEXTS.contains(name.getName(0).toString())) {
                String file = name.toString();
                all.data(file, file.substring(0, file.lastIndexOf('.')), ".", yaml(data));
            }
        }
        for (String room : List.of("flows", "partners")) {
            for (Path file : files(RESOURCES.resolve("routes").resolve(room), ".camel.yaml")) {
                all.routes(RESOURCES.relativize(file).toString(), yaml(file));
            }
        }
        return all.byKey;
    }

    /** What a language's file says, by key. */
    static Map<String, String> file(String name) throws IOException {
        Properties texts = new Properties();
        texts.load(
                new StringReader(Files.readString(RESOURCES.resolve("messages").resolve(name))));
        return texts.stringPropertyNames().stream().collect(Collectors.toMap(key -> key, texts::getProperty));
    }

    /** Languages that have a file, English aside. */
    static List<String> languages() throws IOException {
        return files(RESOURCES.resolve("messages"), ".properties").stream()
                .map(file -> file.getFileName().toString())
                .filter(file -> file.startsWith("messages_"))
                .map(file -> file.substring("messages_".length(), file.lastIndexOf('.')))
                .toList();
    }

    private void data(String file, String address, String joint, Object node) {
        if (node instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                Object name =
                        list.get(i) instanceof Map<?, ?> one && one.get("pointer") != null ? one.get("pointer") : i + 1;
                data(file, address + "[" + name + "]", ".", list.get(i));
            }
        } else if (node instanceof Map<?, ?> map && map.get("en") instanceof String english) {
            Set<String> besides = map.keySet().stream().map(String::valueOf).collect(Collectors.toSet());
            byKey.put(address, new Text(file, english, besides));
        } else if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> data(file, address + joint + key, ".", value));
        }
    }

    /** Steps and what is asked of partners; nobody is shown doors and clocks. */
    private void routes(String file, Object entries) {
        for (Object entry : (List<?>) entries) {
            if (entry instanceof Map<?, ?> named && named.get("route") instanceof Map<?, ?> route) {
                String from = String.valueOf(((Map<?, ?>) route.get("from")).get("uri"));
                if (from.startsWith("direct:") || from.startsWith("inbox:")) {
                    byKey.put(
                            "route." + route.get("id"),
                            new Text(file, String.valueOf(route.get("description")), Set.of()));
                }
            }
        }
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        }
    }

    private static Object yaml(Path file) throws IOException {
        Object content = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
        return content == null ? new LinkedHashMap<>() : content;
    }
}
