package routes.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A mapping's examples are its tests: CASE.in.json (or .xml) goes in, with CASE.vars.json as its variables and
 * CASE.rows.json as the rows of value maps where those files exist, and CASE.out.json must come out, digit for digit. An expected failure is written {@code {"fails":
 * "CAUSE"}}. With {@code -Dgolden.write=true} absent outputs are written, to be read by a person before they are
 * committed.
 */
class MappingGoldenTest {

    private static final Mappings MAPPINGS = Golden.mappings();

    @TestFactory
    Stream<DynamicTest> everyExampleComesOutAsWritten() {
        return Golden.cases().stream()
                .map(example ->
                        DynamicTest.dynamicTest(example.toString(), example.in().toUri(), () -> {
                            String came = came(example);
                            if (!Files.exists(example.out()) && Boolean.getBoolean("golden.write")) {
                                Files.writeString(example.out(), came + "\n");
                            }
                            assertTrue(Files.exists(example.out()), "no " + example.out());
                            assertEquals(example.expected().toPrettyString(), came);
                        }));
    }

    private static String came(Golden.Case example) {
        try {
            return example.turned(MAPPINGS).toPrettyString();
        } catch (MappingFailure failure) {
            assertTrue(
                    failure.getMessage().startsWith("mappings/" + example.mapping() + ".jslt: "),
                    "a failure names its file: " + failure.getMessage());
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("fails", failure.causeCode())
                    .toPrettyString();
        }
    }

    @Test
    void everyMappingHasAnExample() throws IOException {
        Set<String> shown = new TreeSet<>();
        Golden.cases().forEach(example -> shown.add(example.mapping()));
        try (Stream<java.nio.file.Path> files = Files.walk(Golden.MAPPINGS)) {
            Set<String> all = files.filter(file -> file.toString().endsWith(".jslt"))
                    .map(file -> Golden.MAPPINGS.relativize(file).toString().replace('\\', '/'))
                    .map(name -> name.substring(0, name.length() - ".jslt".length()))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(all, shown, "mappings, and examples of mappings");
        }
    }

    /** What a partner may answer one day must have been thought about: it is never taken for a yes. */
    @Test
    void everyAnswerMappingHasAnUnknownCase() {
        List<String> without = MAPPINGS.names().stream()
                .filter(name -> name.endsWith(".response"))
                .filter(name -> Golden.cases().stream()
                        .noneMatch(example ->
                                example.mapping().equals(name) && example.name().startsWith("unknown")))
                .sorted()
                .toList();
        assertEquals(List.of(), without, "answer mappings without a case named unknown-...");
    }
}
