package routes.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/**
 * Whatever a partner sends, a mapping answers or says what is wrong by a name: every mapping, with the inputs of its own
 * cases mutated in one to eight places, and with trees nobody ever sent. {@code -Djqwik.tries.default=100000} for a long run.
 */
class MappingsFuzzTest {

    private static final Mappings MAPPINGS = Golden.mappings();
    private static final List<Golden.Case> CASES = Golden.cases();
    private static final List<String> NAMES = MAPPINGS.names().stream().sorted().toList();
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** So much nobody needs, even on a machine that is busy with something else. */
    private static final Duration FAR_TOO_LONG = Duration.ofSeconds(20);

    @Provide
    Arbitrary<Golden.Case> cases() {
        return Arbitraries.of(CASES);
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of(NAMES);
    }

    @Property
    void aMutatedMessageIsUnderstoodOrNamed(
            @ForAll("cases") Golden.Case example, @ForAll @IntRange(min = 1, max = 8) int places, @ForAll long seed) {
        Random random = new Random(seed);
        JsonNode tree = Reading.tree(Golden.bytes(example.in()));
        for (int i = 0; i < places; i++) {
            tree = mutated(tree, random);
        }
        named(example.mapping(), tree, variables(example, random));
    }

    @Property
    void mutatedBytesAreUnderstoodOrNamed(
            @ForAll("cases") Golden.Case example, @ForAll @IntRange(min = 1, max = 20) int places, @ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = Golden.bytes(example.in());
        for (int i = 0; i < places && bytes.length > 0; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes = java.util.Arrays.copyOf(bytes, at);
                case 2 -> bytes[at] = (byte) "{}[]\",:0<>&/".charAt(random.nextInt(12));
                default -> bytes = (new String(bytes, 0, at, StandardCharsets.ISO_8859_1)
                                + new String(bytes, StandardCharsets.ISO_8859_1))
                        .getBytes(StandardCharsets.ISO_8859_1);
            }
        }
        named(example.mapping(), bytes, variables(example, random));
    }

    @Property
    void anyTreeIsUnderstoodOrNamed(@ForAll("names") String mapping, @ForAll long seed) {
        Random random = new Random(seed);
        named(mapping, tree(random, 0), Map.of("subject", tree(random, 3), "shop", tree(random, 3)));
    }

    private static void named(String mapping, Object body, Map<String, JsonNode> variables) {
        assertTimeout(FAR_TOO_LONG, () -> {
            try {
                assertThat(MAPPINGS.apply(mapping, body, variables)).isNotNull();
            } catch (MappingFailure failure) {
                assertThat(failure.causeCode()).matches("[A-Z]+(_[A-Z]+)*");
                assertThat(failure.getMessage()).startsWith("mappings/" + mapping + ".jslt: ");
            }
        });
    }

    private static Map<String, JsonNode> variables(Golden.Case example, Random random) {
        Map<String, JsonNode> known = new HashMap<>();
        if (java.nio.file.Files.exists(example.variables())) {
            Reading.json(Golden.bytes(example.variables()))
                    .properties()
                    .forEach(one -> known.put(one.getKey(), random.nextInt(10) == 0 ? scalar(random) : one.getValue()));
        }
        return known;
    }

    /** The tree with one value, chosen evenly among all, removed, doubled or replaced. */
    private static JsonNode mutated(JsonNode tree, Random random) {
        List<Runnable> changes = new ArrayList<>();
        JsonNode copy = tree.deepCopy();
        collect(copy, random, changes);
        if (changes.isEmpty()) {
            return tree(random, 2);
        }
        changes.get(random.nextInt(changes.size())).run();
        return copy;
    }

    private static void collect(JsonNode node, Random random, List<Runnable> changes) {
        if (node instanceof ObjectNode object) {
            object.properties().forEach(field -> {
                String name = field.getKey();
                collect(field.getValue(), random, changes);
                changes.add(() -> {
                    switch (random.nextInt(4)) {
                        case 0 -> object.remove(name);
                        case 1 -> object.set(name, tree(random, 3));
                        case 2 -> object.set(
                                name, JSON.arrayNode().add(object.get(name).deepCopy()));
                        default -> object.set(name, scalar(random));
                    }
                });
            });
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                int at = i;
                collect(array.get(i), random, changes);
                changes.add(() -> {
                    switch (random.nextInt(3)) {
                        case 0 -> array.remove(at);
                        case 1 -> array.add(array.get(at).deepCopy());
                        default -> array.set(at, scalar(random));
                    }
                });
            }
        }
    }

    private static JsonNode tree(Random random, int depth) {
        int kind = random.nextInt(depth > 4 ? 1 : 4);
        if (kind == 1) {
            ObjectNode object = JSON.objectNode();
            for (int i = random.nextInt(5); i > 0; i--) {
                object.set(WORDS.get(random.nextInt(WORDS.size())), tree(random, depth + 1));
            }
            return object;
        }
        if (kind == 2) {
            ArrayNode array = JSON.arrayNode();
            for (int i = random.nextInt(4); i > 0; i--) {
                array.add(tree(random, depth + 1));
            }
            return array;
        }
        return scalar(random);
    }

    private static final List<String> WORDS = List.of(
            "id",
            "lines",
            "line_items",
            "price",
            "quantity",
            "currency",
            "data",
            "order",
            "errors",
            "code",
            "value",
            "shipments",
            "number",
            "total",
            "status",
            "reference_id",
            "",
            "a b",
            "$",
            "@root",
            "fulfillmentOrders");

    private static JsonNode scalar(Random random) {
        return switch (random.nextInt(16)) {
            case 0 -> JSON.nullNode();
            case 1 -> JSON.booleanNode(random.nextBoolean());
            case 2 -> JSON.numberNode(random.nextInt());
            case 3 -> JSON.numberNode(random.nextLong());
            case 4 -> JSON.numberNode(BigInteger.TEN.pow(random.nextInt(39)).negate());
            case 5 -> JSON.numberNode(new BigDecimal("0.1").scaleByPowerOfTen(random.nextInt(60) - 30));
            case 6 -> JSON.textNode("");
            case 7 -> JSON.textNode("x".repeat(random.nextInt(5000)));
            case 8 -> JSON.textNode(String.valueOf(random.nextInt(100000) / 100.0));
            case 9 -> JSON.textNode("1e999999999");
            case 10 -> JSON.textNode("-0.005");
            case 11 -> JSON.textNode("9".repeat(1 + random.nextInt(60)));
            case 12 -> JSON.textNode("2026-13-01T99:00:00Z");
            case 13 -> JSON.textNode(
                    List.of("USD", "JPY", "KWD", "XQQ", "usd", "€").get(random.nextInt(6)));
            case 14 -> JSON.textNode(List.of("\ud800", "\u0001", "${x}", "gid://shopify/Order/1", "<a/>", "NaN")
                    .get(random.nextInt(6)));
            default -> JSON.numberNode(random.nextDouble());
        };
    }
}
