package routes.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.schibsted.spt.data.jslt.Function;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.regex.Pattern;
import routes.ledger.Allocation;
import routes.ledger.Money;

/**
 * What mappings can say beside JSLT's own words. JSLT computes with doubles ({@code sum} too), so everything exact is
 * here. Null in is null out, unless a line says otherwise.
 *
 * <pre>
 * minor("24.10", "USD", "total_price") -> 2410     exact, or MONEY_WRONG; the name, which may be left out, is for the
 * reader decimal(2410, "USD")                 -> 24.10    a JSON number with exactly the currency's decimals
 * decimal-text(2410, "USD")            -> "24.10"
 * exponent("JPY")                      -> 0
 * total([1, 2, 3])                     -> 6        exact; of nothing 0; null members count nothing
 * allocate(100, [1, 1, 1])             -> [34, 33, 33]
 * require(.id, "id")                   -> the value, or FIELD_MISSING naming it; of a word like SKU_UNKNOWN, that cause
 * refuse("PARTNER_REFUSED", "why")     -> never comes back
 * text(.name, 50)                      -> text of a text or number, stripped, at most so long; blank is null
 * list(.item)                          -> an array: of nothing [], of one value [value]
 * instant("2008-01-10T11:00:00-05:00") -> "2008-01-10T16:00:00Z"
 * gid("Order", 123), legacy-id("gid://shopify/Order/123?x=y") -> "gid://shopify/Order/123", "123"
 * lookup("sku", .sku)                  -> what staff's value map says it is; itself without a row; SKU_UNMAPPED where it must have one
 * lookup("country", "us")              -> "US": one of the values to which a map's file binds it stands for itself
 * lookup-back("sku", .sku)             -> the way back
 * path-part("A/B C")                   -> "A%2FB%20C"
 * </pre>
 */
final class Functions {

    /** Beyond it sums of a few thousand amounts could leave a long; nobody sells that much at once. */
    private static final long LARGEST_MINOR = 1_000_000_000_000_000L;

    private static final Pattern AMOUNT = Pattern.compile("[+-]?[0-9]{1,20}(\\.[0-9]{1,19})?");
    private static final Pattern CAUSE = Pattern.compile("[A-Z]+(_[A-Z]+)+");

    private Functions() {}

    static List<Function> all(ValueMaps maps, ValueRows rows) {
        return List.of(
                new Named("minor", 2, 3, a -> minor(a[0], a[1], a.length > 2 ? a[2].asText() : "an amount")),
                new Named("decimal", 2, 2, a -> isNothing(a[0]) ? null : DecimalNode.valueOf(decimal(a[0], a[1]))),
                new Named(
                        "decimal-text",
                        2,
                        2,
                        a -> isNothing(a[0]) ? null : text(decimal(a[0], a[1]).toPlainString())),
                new Named("exponent", 1, 1, a -> IntNode.valueOf(exponent(a[0]))),
                new Named("total", 1, 1, a -> total(a[0])),
                new Named("allocate", 2, 2, a -> allocate(a[0], a[1])),
                new Named("require", 2, 2, a -> require(a[0], a[1].asText())),
                new Named("refuse", 2, 2, a -> {
                    throw new MappingFailure(a[0].asText(), a[1].asText());
                }),
                new Named("text", 1, 2, a -> plain(a[0], a.length > 1 ? a[1].asInt() : Integer.MAX_VALUE)),
                new Named("list", 1, 1, a -> list(a[0])),
                new Named("instant", 1, 1, a -> instant(a[0])),
                new Named(
                        "gid",
                        2,
                        2,
                        a -> isNothing(a[1]) ? null : text("gid://shopify/" + a[0].asText() + "/" + a[1].asText())),
                new Named("legacy-id", 1, 1, a -> isNothing(a[0]) ? null : text(legacyId(a[0].asText()))),
                new Named(
                        "lookup",
                        2,
                        2,
                        a -> isNothing(a[1]) ? null : text(lookUp(map(maps, a[0]), rows, a[1].asText()))),
                new Named(
                        "lookup-back",
                        2,
                        2,
                        a -> isNothing(a[1])
                                ? null
                                : text(rows.back(map(maps, a[0]).name(), a[1].asText())
                                        .orElse(a[1].asText()))),
                new Named("path-part", 1, 1, a -> isNothing(a[0]) ? null : text(pathPart(a[0].asText()))));
    }

    private static JsonNode minor(JsonNode amount, JsonNode currency, String name) {
        if (isNothing(amount)) {
            return null;
        }
        String iso = currencyOf(currency);
        if (!amount.isNumber()
                && !(amount.isTextual()
                        && AMOUNT.matcher(amount.textValue().strip()).matches())) {
            throw new MappingFailure("MONEY_WRONG", name + " is not an amount of money");
        }
        try {
            BigDecimal decimal = amount.isNumber()
                    ? amount.decimalValue()
                    : new BigDecimal(amount.textValue().strip());
            return LongNode.valueOf(plausible(Money.minor(decimal, iso), name));
        } catch (ArithmeticException notExact) {
            throw new MappingFailure("MONEY_WRONG", name + " is not a whole number of minor units of " + iso, notExact);
        }
    }

    private static BigDecimal decimal(JsonNode minor, JsonNode currency) {
        return Money.decimal(whole(minor), currencyOf(currency));
    }

    private static int exponent(JsonNode currency) {
        return Money.exponent(currencyOf(currency));
    }

    private static JsonNode total(JsonNode amounts) {
        long sum = 0;
        if (!isNothing(amounts)) {
            for (JsonNode amount : array(amounts)) {
                if (!amount.isNull()) {
                    sum = Math.addExact(sum, whole(amount));
                }
            }
        }
        return LongNode.valueOf(plausible(sum, "a total"));
    }

    private static JsonNode allocate(JsonNode total, JsonNode weights) {
        if (isNothing(total)) {
            return null;
        }
        long[] asWeights = new long[array(weights).size()];
        for (int i = 0; i < asWeights.length; i++) {
            asWeights[i] = whole(weights.get(i));
        }
        ArrayNode shares = JsonNodeFactory.instance.arrayNode();
        for (long share : Allocation.largestRemainder(whole(total), asWeights)) {
            shares.add(share);
        }
        return shares;
    }

    private static JsonNode require(JsonNode value, String what) {
        if (!isNothing(value) && !(value.isTextual() && value.textValue().isBlank())) {
            return value;
        }
        throw CAUSE.matcher(what).matches()
                ? new MappingFailure(what, "a field it needs is missing")
                : new MappingFailure("FIELD_MISSING", what + " is missing");
    }

    private static JsonNode plain(JsonNode value, int longest) {
        if (isNothing(value)) {
            return null;
        }
        if (value.isContainerNode()) {
            throw new MappingFailure("MAPPING_BROKEN", "a text was expected, not a list or an object");
        }
        String text = value.asText().strip();
        if (text.length() > longest) {
            int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest;
            text = text.substring(0, end).strip();
        }
        return text.isEmpty() ? null : text(text);
    }

    private static JsonNode list(JsonNode value) {
        return isNothing(value) || value.isArray()
                ? isNothing(value) ? JsonNodeFactory.instance.arrayNode() : value
                : JsonNodeFactory.instance.arrayNode().add(value);
    }

    private static JsonNode instant(JsonNode value) {
        if (isNothing(value) || value.asText().isBlank()) {
            return null;
        }
        try {
            TemporalAccessor time = DateTimeFormatter.ISO_DATE_TIME.parseBest(
                    value.asText().strip(), OffsetDateTime::from, LocalDateTime::from);
            // A time without a zone is UTC: partners that leave it out mean that.
            Instant instant = time instanceof OffsetDateTime zoned
                    ? zoned.toInstant()
                    : LocalDateTime.from(time).toInstant(ZoneOffset.UTC);
            // Stores keep microseconds; more would come back different.
            return text(instant.truncatedTo(ChronoUnit.MICROS).toString());
        } catch (DateTimeException wrong) {
            throw new MappingFailure("MAPPING_BROKEN", "a time is not written as ISO 8601", wrong);
        }
    }

    private static ValueMap map(ValueMaps maps, JsonNode name) {
        return maps.find(name.asText())
                .orElseThrow(() -> new MappingFailure("MAPPING_BROKEN", "there is no such value map"));
    }

    private static String lookUp(ValueMap map, ValueRows rows, String value) {
        return map.listed(value)
                .or(() -> rows.there(map.name(), value, map.closed()))
                .orElse(value);
    }

    private static String legacyId(String gid) {
        String path = gid.contains("?") ? gid.substring(0, gid.indexOf('?')) : gid;
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String pathPart(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static long whole(JsonNode number) {
        if (number == null || !number.isIntegralNumber() || !number.canConvertToLong()) {
            throw new MappingFailure("MONEY_WRONG", "minor units must be a whole number");
        }
        return number.longValue();
    }

    private static long plausible(long minor, String name) {
        if (Math.abs(minor) > LARGEST_MINOR) {
            throw new MappingFailure("MONEY_WRONG", name + " is beyond any amount we handle");
        }
        return minor;
    }

    private static String currencyOf(JsonNode currency) {
        String iso = isNothing(currency) ? null : currency.asText();
        try {
            Money.exponent(iso);
            return iso;
        } catch (IllegalArgumentException unknown) {
            throw new MappingFailure("MONEY_WRONG", "an amount has no currency we know", unknown);
        }
    }

    private static JsonNode array(JsonNode value) {
        if (!value.isArray()) {
            throw new MappingFailure("MAPPING_BROKEN", "a list was expected");
        }
        return value;
    }

    private static boolean isNothing(JsonNode value) {
        return value == null || value.isNull() || value.isMissingNode();
    }

    private static JsonNode text(String text) {
        return TextNode.valueOf(text);
    }

    /** What a function does with its arguments; null stands for JSON's null. */
    private interface Body {
        JsonNode of(JsonNode[] arguments);
    }

    private record Named(String getName, int getMinArguments, int getMaxArguments, Body body) implements Function {
        @Override
        public JsonNode call(JsonNode input, JsonNode[] arguments) {
            JsonNode answer = body.of(arguments);
            return answer == null ? NullNode.instance : answer;
        }
    }
}
