package routes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The part of OData's {@code $filter} that callers of the books use: comparisons, {@code and}, {@code or}, brackets,
 * {@code startswith} and {@code contains}.
 */
final class ODataFilter {

    /** The filter cannot be read, or names a field that does not exist. */
    static final class Unreadable extends Exception {
        Unreadable(String message) {
            super(message);
        }
    }

    private static final Pattern TOKEN =
            Pattern.compile("'(?:[^']|'')*'|[(),]|[A-Za-z_][\\w]*|[0-9a-fA-F-]{36}|-?\\d[\\w.:+-]*");

    private final List<String> tokens = new ArrayList<>();
    private final Set<String> fields;
    private int at;

    /** The values each field is compared with by {@code eq}; null once something else than {@code or} joins them. */
    private Set<String> equals = new HashSet<>();

    private String equalField;

    private ODataFilter(String text, Set<String> fields) throws Unreadable {
        this.fields = fields;
        var token = TOKEN.matcher(text);
        var position = 0;
        while (position < text.length()) {
            if (Character.isWhitespace(text.charAt(position))) {
                position++;
                continue;
            }
            if (!token.find(position) || token.start() != position) {
                throw new Unreadable("Syntax error at position " + position + " in '" + text + "'.");
            }
            tokens.add(token.group());
            position = token.end();
        }
    }

    /** Which rows are meant, and which values of one field they can only have, for a look-up instead of a scan. */
    record Reading(Predicate<JsonNode> matches, Optional<Set<String>> only) {}

    /**
     * Reads a filter over rows with these fields.
     *
     * @param keyField {@link Reading#only} is given when the filter is nothing but {@code eq}s of this field, joined by
     *     {@code or}
     */
    static Reading read(String text, Set<String> fields, String keyField) throws Unreadable {
        var filter = new ODataFilter(text, fields);
        var matches = filter.or();
        if (filter.at < filter.tokens.size()) throw new Unreadable("Syntax error near '" + filter.peek() + "'.");
        var only = filter.equals != null && keyField.equals(filter.equalField)
                ? Optional.of(filter.equals)
                : Optional.<Set<String>>empty();
        return new Reading(matches, only);
    }

    private Predicate<JsonNode> or() throws Unreadable {
        var left = and();
        while (peek().equals("or")) {
            at++;
            left = left.or(and());
        }
        return left;
    }

    private Predicate<JsonNode> and() throws Unreadable {
        var left = one();
        while (peek().equals("and")) {
            at++;
            equals = null;
            left = left.and(one());
        }
        return left;
    }

    private Predicate<JsonNode> one() throws Unreadable {
        var token = next();
        if (token.equals("(")) {
            var inner = or();
            expect(")");
            return inner;
        }
        if (token.equals("startswith") || token.equals("contains")) {
            equals = null;
            expect("(");
            var field = field(next());
            expect(",");
            var part = literal(next());
            expect(")");
            return token.equals("contains")
                    ? row -> row.path(field).asText().contains(part)
                    : row -> row.path(field).asText().startsWith(part);
        }
        var field = field(token);
        var operator = next();
        var raw = next();
        var value = literal(raw);
        if (!operator.equals("eq") || equalField != null && !equalField.equals(field)) equals = null;
        equalField = field;
        if (equals != null) equals.add(value);
        return switch (operator) {
            case "eq" -> row -> compare(row.path(field), value) == 0;
            case "ne" -> row -> compare(row.path(field), value) != 0;
            case "gt" -> row -> compare(row.path(field), value) > 0;
            case "ge" -> row -> compare(row.path(field), value) >= 0;
            case "lt" -> row -> compare(row.path(field), value) < 0;
            case "le" -> row -> compare(row.path(field), value) <= 0;
            default -> throw new Unreadable("Unknown operator '" + operator + "'.");
        };
    }

    private static int compare(JsonNode value, String literal) {
        if (value.isNumber()) {
            try {
                return value.decimalValue().compareTo(new BigDecimal(literal));
            } catch (NumberFormatException e) {
                return -1;
            }
        }
        return value.asText().compareTo(literal);
    }

    private String field(String name) throws Unreadable {
        if (!fields.contains(name)) throw new Unreadable("Could not find a property named '" + name + "'.");
        return name;
    }

    private static String literal(String token) {
        return token.startsWith("'") ? token.substring(1, token.length() - 1).replace("''", "'") : token;
    }

    private String peek() {
        return at < tokens.size() ? tokens.get(at) : "";
    }

    private String next() throws Unreadable {
        if (at >= tokens.size()) throw new Unreadable("The filter ends too early.");
        return tokens.get(at++);
    }

    private void expect(String token) throws Unreadable {
        if (!next().equals(token)) throw new Unreadable("'" + token + "' expected.");
    }
}
