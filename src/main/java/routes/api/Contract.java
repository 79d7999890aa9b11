package routes.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import routes.api.ApiProblem.Flaw;
import routes.ledger.Money;

/**
 * The published contract, which is also what the door judges bodies by, so that the two cannot differ. It understands
 * the few words of JSON Schema the contract uses, and stops the start at any other. {@code x-money: true} marks an
 * amount: it has at most the decimals of the order's currency.
 */
@Component
class Contract {

    static final String FILE = "openapi/partner-api.yaml";
    private static final int MOST_FLAWS = 20;
    private static final Set<String> WORDS = Set.of(
            "type",
            "description",
            "default",
            "required",
            "properties",
            "items",
            "minItems",
            "maxItems",
            "minLength",
            "maxLength",
            "pattern",
            "format",
            "enum",
            "minimum",
            "maximum",
            "x-money");

    private final String text;
    private final JsonNode document;

    Contract(ObjectMapper json) {
        try (InputStream in = Contract.class.getClassLoader().getResourceAsStream(FILE)) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        document = json.valueToTree(new Yaml(new SafeConstructor(new LoaderOptions())).<Object>load(text));
        document.at("/components/schemas")
                .properties()
                .forEach(schema -> understand(schema.getKey(), schema.getValue()));
    }

    /** The contract as it was written. */
    String text() {
        return text;
    }

    private void understand(String place, JsonNode schema) {
        if (schema.has("$ref")) {
            if (resolved(schema).isMissingNode()) {
                throw new IllegalStateException(FILE + ": " + place + " leads nowhere");
            }
            return;
        }
        Set<String> others = new TreeSet<>();
        schema.fieldNames().forEachRemaining(others::add);
        others.removeAll(WORDS);
        if (!others.isEmpty() || !schema.path("type").isTextual()) {
            throw new IllegalStateException(FILE + ": " + place + " says " + others + ", which the door cannot judge");
        }
        schema.path("properties").properties().forEach(p -> understand(place + "/" + p.getKey(), p.getValue()));
        if (schema.has("items")) {
            understand(place + "/items", schema.path("items"));
        }
    }

    private JsonNode resolved(JsonNode schema) {
        return schema.has("$ref") ? document.at(schema.path("$ref").asText().substring(1)) : schema;
    }

    /** What is wrong with an order's shape; empty when nothing is, and at most the first twenty. */
    List<Flaw> flawsOfOrder(JsonNode order) {
        return flaws("Order", order, order.path("currency").asText(""));
    }

    /** What is wrong with a cancellation's shape; empty when nothing is, and at most the first twenty. */
    List<Flaw> flawsOfCancellation(JsonNode cancellation) {
        return flaws("Cancellation", cancellation, "");
    }

    private List<Flaw> flaws(String schema, JsonNode body, String currency) {
        Judgement judgement = new Judgement(currency);
        judgement.judge("", body, document.at("/components/schemas/" + schema));
        return judgement.flaws;
    }

    /** The words a schema allows. */
    List<String> words(String schema) {
        List<String> words = new ArrayList<>();
        document.at("/components/schemas/" + schema + "/enum").forEach(word -> words.add(word.asText()));
        return words;
    }

    private final class Judgement {

        private final List<Flaw> flaws = new ArrayList<>();
        private final String currency;
        private final Integer decimals;

        Judgement(String currency) {
            this.currency = currency;
            this.decimals = decimals(currency);
            if (decimals == null && currency.matches("[A-Z]{3}")) {
                add("/currency", "not-allowed", "no money of that name is known");
            }
        }

        private static Integer decimals(String currency) {
            try {
                return Money.exponent(currency);
            } catch (IllegalArgumentException unknown) {
                return null;
            }
        }

        private void add(String pointer, String code, String message) {
            if (flaws.size() < MOST_FLAWS) {
                flaws.add(new Flaw(pointer, code, message));
            }
        }

        private void judge(String pointer, JsonNode value, JsonNode stated) {
            JsonNode schema = resolved(stated);
            String type = schema.path("type").asText();
            boolean fits =
                    switch (type) {
                        case "object" -> value.isObject();
                        case "array" -> value.isArray();
                        case "string" -> value.isTextual();
                        case "boolean" -> value.isBoolean();
                        default -> value.isIntegralNumber();
                    };
            if (!fits) {
                add(pointer, "wrong-type", "this is to be of type " + type);
                return;
            }
            switch (type) {
                case "object" -> object(pointer, value, schema);
                case "array" -> array(pointer, value, schema);
                case "string" -> text(pointer, value.textValue(), schema);
                case "integer" -> number(pointer, value.decimalValue(), schema);
                default -> {}
            }
        }

        private void object(String pointer, JsonNode value, JsonNode schema) {
            for (JsonNode name : schema.path("required")) {
                if (!value.hasNonNull(name.asText())) {
                    add(pointer + "/" + name.asText(), "missing", "this is needed");
                }
            }
            for (Map.Entry<String, JsonNode> property :
                    schema.path("properties").properties()) {
                JsonNode held = value.get(property.getKey());
                if (held != null && !held.isNull()) {
                    judge(pointer + "/" + property.getKey(), held, property.getValue());
                }
            }
        }

        private void array(String pointer, JsonNode value, JsonNode schema) {
            if (value.size() < schema.path("minItems").asInt(0)) {
                add(pointer, "too-short", "at least " + schema.path("minItems").asInt() + " of these");
            }
            if (value.size() > schema.path("maxItems").asInt(Integer.MAX_VALUE)) {
                add(pointer, "too-long", "at most " + schema.path("maxItems").asInt() + " of these");
                return;
            }
            for (int i = 0; i < value.size(); i++) {
                judge(pointer + "/" + i, value.get(i), schema.path("items"));
            }
        }

        private void text(String pointer, String value, JsonNode schema) {
            if (value.length() < schema.path("minLength").asInt(0)) {
                add(pointer, "too-short", "this must not be empty");
            } else if (value.length() > schema.path("maxLength").asInt(Integer.MAX_VALUE)) {
                add(pointer, "too-long", "at most " + schema.path("maxLength").asInt() + " characters");
            } else if (schema.has("pattern")
                    && !Pattern.compile(schema.path("pattern").asText())
                            .matcher(value)
                            .find()) {
                add(
                        pointer,
                        "wrong-format",
                        "this is to match " + schema.path("pattern").asText());
            } else if (schema.path("format").asText().equals("date-time") && !isTime(value)) {
                add(pointer, "wrong-format", "a time is written like 2026-11-01T10:00:00Z");
            } else if (schema.has("enum") && !among(value, schema.path("enum"))) {
                add(pointer, "not-allowed", "one of " + schema.path("enum"));
            } else if (schema.path("x-money").asBoolean() && decimals != null && tooFine(value)) {
                add(pointer, "too-many-decimals", currency + " has " + decimals + " decimals");
            }
        }

        private boolean tooFine(String amount) {
            return new BigDecimal(amount).stripTrailingZeros().scale() > decimals;
        }

        private static boolean isTime(String value) {
            try {
                OffsetDateTime.parse(value);
                return true;
            } catch (DateTimeException wrong) {
                return false;
            }
        }

        private static boolean among(String value, JsonNode words) {
            for (JsonNode word : words) {
                if (word.asText().equals(value)) {
                    return true;
                }
            }
            return false;
        }

        private void number(String pointer, BigDecimal value, JsonNode schema) {
            if (schema.has("minimum") && value.compareTo(schema.path("minimum").decimalValue()) < 0) {
                add(pointer, "too-small", "at least " + schema.path("minimum").asText());
            }
            if (schema.has("maximum") && value.compareTo(schema.path("maximum").decimalValue()) > 0) {
                add(pointer, "too-large", "at most " + schema.path("maximum").asText());
            }
        }
    }
}
