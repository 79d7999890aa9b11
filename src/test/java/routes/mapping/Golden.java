package routes.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The golden cases on disk, and mappings as the hub would have them, without starting it. */
public final class Golden {

    static final Path MAPPINGS = Path.of("src/main/resources/mappings");
    static final Path CASES = Path.of("src/test/resources/mappings");
    static final ObjectMapper JSON = JsonMapper.builder().build();

    private Golden() {}

    /** One example of one mapping: {@code avalara/quote-tax.request}, {@code two-lines}. */
    record Case(String mapping, String name, Path in, Path out, Path variables) {
        @Override
        public String toString() {
            return mapping + "/" + name;
        }

        /** Whether it has value maps of its own. */
        boolean hasRows() {
            return Files.exists(rows());
        }

        private Path rows() {
            return in.resolveSibling(name + ".rows.json");
        }

        JsonNode turned(Mappings mappings) {
            Mappings own = hasRows() ? mappings(Reading.json(bytes(rows()))) : mappings;
            return own.apply(mapping, bytes(in), settings());
        }

        JsonNode expected() {
            return Reading.json(bytes(out));
        }

        private Map<String, JsonNode> settings() {
            Map<String, JsonNode> known = new HashMap<>();
            if (Files.exists(variables)) {
                Reading.json(bytes(variables)).fields().forEachRemaining(v -> known.put(v.getKey(), v.getValue()));
            }
            return known;
        }
    }

    /** All cases, sorted by path. */
    static List<Case> cases() {
        try (Stream<Path> files = Files.walk(CASES)) {
            return files.filter(file -> file.toString().matches(".*\\.in\\.(json|xml)"))
                    .sorted()
                    .map(Golden::caseOf)
                    .toList();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static Case caseOf(Path in) {
        String name = in.getFileName().toString().replaceAll("\\.in\\.(json|xml)$", "");
        String mapping = CASES.relativize(in.getParent()).toString().replace('\\', '/');
        return new Case(
                mapping, name, in, in.resolveSibling(name + ".out.json"), in.resolveSibling(name + ".vars.json"));
    }

    /**
     * Every mapping of the class path; without settings, so a case's variables may set {@code $settings} and {@code
     * $codes}.
     */
    public static Mappings mappings() {
        return new Mappings(JSON, new MappingSettings(Map.of()));
    }

    /** The same where staff keep these rows: {@code {"country": {"Germany": "DE"}}}. */
    private static Mappings mappings(JsonNode kept) {
        ValueRows rows = new ValueRows() {
            @Override
            public Optional<String> there(String map, String value, boolean needed) {
                JsonNode row = kept.path(map).path(value);
                return row.isTextual() ? Optional.of(row.textValue()) : NONE.there(map, value, needed);
            }

            @Override
            public Optional<String> back(String map, String value) {
                return kept.path(map).properties().stream()
                        .filter(row -> row.getValue().asText().equals(value))
                        .map(Map.Entry::getKey)
                        .findFirst();
            }
        };
        return new Mappings(JSON, new MappingSettings(Map.of()), new ValueMaps(Golden.class.getClassLoader()), rows);
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
