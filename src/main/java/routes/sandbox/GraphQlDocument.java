package routes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Just enough of a GraphQL document to answer it: the fields asked for, their arguments, variables, fragments and
 * directives. It does not know the schema; that outbound documents fit it is for the contract tests to say.
 */
final class GraphQlDocument {

    /** One selected field; {@code arguments} and directives may hold {@link Variable}s. */
    record Field(
            String key,
            String name,
            Map<String, Object> arguments,
            Map<String, Map<String, Object>> directives,
            List<Field> selection) {}

    /** A variable used as a value. */
    record Variable(String name) {}

    /** A variable declared with {@code !}, which must be given. */
    record Required(String name, String type) {}

    /** The document cannot be read. */
    static final class Unreadable extends RuntimeException {
        Unreadable(String message) {
            super(message);
        }
    }

    private static final Pattern TOKEN = Pattern.compile(
            "\\.\\.\\.|\"\"\"(?s:.*?)\"\"\"|\"(?:[^\"\\\\\\n]|\\\\.)*\"|[_A-Za-z]\\w*|-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?"
                    + "|[!$&()\\[\\]{}:=@|]");
    private static final Pattern IGNORED = Pattern.compile("[\\s,\\uFEFF]*(?:#[^\\n]*[\\s,]*)*");
    private static final int MAX_DEPTH = 30;

    private final List<String> tokens = new ArrayList<>();
    private final Map<String, List<Field>> fragments = new HashMap<>();
    private final List<Required> required = new ArrayList<>();
    private int at;
    private int depth;
    private String type = "query";
    private String name = "";
    private List<Field> fields;

    /** Reads a document with one operation; throws {@link Unreadable}. */
    GraphQlDocument(String text) {
        split(text);
        // Fragments may stand behind the operation that uses them: read those first.
        collectFragments();
        at = 0;
        while (at < tokens.size()) {
            if (peek("fragment")) skipFragment();
            else operation();
        }
        if (fields == null) throw new Unreadable("no operation in the document");
    }

    /** {@code query} or {@code mutation}. */
    String type() {
        return type;
    }

    /** The operation's name; empty when it has none. */
    String name() {
        return name;
    }

    List<Field> fields() {
        return fields;
    }

    List<Required> required() {
        return required;
    }

    /** An argument or directive argument as JSON, its variables filled in. */
    static JsonNode value(Object value, JsonNode variables) {
        if (value instanceof Variable variable) return variables.path(variable.name());
        if (value instanceof Map<?, ?> map) {
            var json = Json.object();
            map.forEach((key, inner) -> {
                var filled = value(inner, variables);
                if (!filled.isMissingNode()) json.set(key.toString(), filled);
            });
            return json;
        }
        if (value instanceof List<?> list) {
            var json = Json.array();
            list.forEach(inner -> json.add(value(inner, variables)));
            return json;
        }
        return value == null ? JsonNodeFactory.instance.missingNode() : (JsonNode) value;
    }

    /** What was asked for of {@code whole}: only those fields, in that order; what it lacks is null. */
    static JsonNode project(JsonNode whole, List<Field> selection, JsonNode variables) {
        if (selection.isEmpty() || whole.isNull() || whole.isMissingNode()) {
            return whole.isMissingNode() ? JsonNodeFactory.instance.nullNode() : whole;
        }
        if (whole.isArray()) {
            var list = Json.array();
            whole.forEach(item -> list.add(project(item, selection, variables)));
            return list;
        }
        var json = Json.object();
        for (var field : selection) {
            var value = connected(whole, field);
            var first = value(field.arguments().get("first"), variables);
            if (first.isNumber()) value = cut(value, first.intValue());
            json.set(field.key(), project(value, field.selection(), variables));
        }
        return json;
    }

    /** Points the shop would count: 1 for an object, 2 for a connection, 10 for a mutation. */
    int cost() {
        return cost(fields) + ("mutation".equals(type) ? 10 : 0);
    }

    private static int cost(List<Field> selection) {
        var sum = 0;
        for (var field : selection) {
            if (field.selection().isEmpty()) continue;
            sum += (field.arguments().containsKey("first") ? 2 : 1) + cost(field.selection());
        }
        return sum;
    }

    /** A field of an object; {@code edges} and {@code pageInfo} of a connection are made from its nodes. */
    private static JsonNode connected(JsonNode whole, Field field) {
        var value = whole.path(field.name());
        if (!value.isMissingNode() || !whole.path("nodes").isArray()) return value;
        var nodes = (ArrayNode) whole.path("nodes");
        if (field.name().equals("edges")) {
            var edges = Json.array();
            for (var i = 0; i < nodes.size(); i++) {
                edges.addObject().put("cursor", "c" + i).set("node", nodes.get(i));
            }
            return edges;
        }
        if (field.name().equals("pageInfo")) {
            return Json.object()
                    .put("hasNextPage", whole.path("more").asBoolean())
                    .put("hasPreviousPage", false)
                    .put("startCursor", nodes.isEmpty() ? null : "c0")
                    .put("endCursor", nodes.isEmpty() ? null : "c" + (nodes.size() - 1));
        }
        return value;
    }

    private static JsonNode cut(JsonNode value, int first) {
        var nodes = value.isArray() ? value : value.path("nodes");
        if (!nodes.isArray() || nodes.size() <= first) return value;
        var shorter = Json.array();
        for (var i = 0; i < first; i++) shorter.add(nodes.get(i));
        if (value.isArray()) return shorter;
        var connection = ((ObjectNode) value.deepCopy()).put("more", true);
        return connection.<ObjectNode>set("nodes", shorter);
    }

    private void split(String text) {
        Matcher token = TOKEN.matcher(text);
        Matcher ignored = IGNORED.matcher(text);
        var position = 0;
        while (true) {
            if (ignored.find(position) && ignored.start() == position) position = ignored.end();
            if (position >= text.length()) return;
            if (!token.find(position) || token.start() != position) {
                throw new Unreadable("syntax error, unexpected character at " + position);
            }
            tokens.add(token.group());
            position = token.end();
        }
    }

    private void collectFragments() {
        // A fragment may use another: read until nothing new is learnt.
        for (var round = 0; round < 8; round++) {
            at = 0;
            var known = fragments.size();
            while (at < tokens.size()) {
                if (!peek("fragment") || !"on".equals(ahead(2))) {
                    at++;
                    continue;
                }
                at++;
                var fragment = next();
                at += 2;
                skipDirectives();
                fragments.put(fragment, selection());
            }
            if (fragments.size() == known && round > 0) return;
        }
    }

    private void skipFragment() {
        at += 4;
        skipDirectives();
        selection();
    }

    private void operation() {
        if (!peek("{")) {
            type = next();
            if (!type.equals("query") && !type.equals("mutation")) {
                throw new Unreadable("syntax error, unexpected \"" + type + "\"");
            }
            if (!peek("{") && !peek("(") && !peek("@")) name = next();
            if (peek("(")) declarations();
            skipDirectives();
        }
        fields = selection();
    }

    private void declarations() {
        expect("(");
        while (!peek(")")) {
            expect("$");
            var variable = next();
            expect(":");
            var declared = new StringBuilder();
            while (!peek("$") && !peek(")") && !peek("=") && !peek("@")) declared.append(next());
            var hasDefault = peek("=");
            if (hasDefault) {
                at++;
                value();
            }
            skipDirectives();
            if (declared.toString().endsWith("!") && !hasDefault) {
                required.add(new Required(variable, declared.toString()));
            }
        }
        expect(")");
    }

    private List<Field> selection() {
        if (++depth > MAX_DEPTH) throw new Unreadable("too deep");
        var selected = new LinkedHashMap<String, Field>();
        expect("{");
        while (!peek("}")) {
            if (peek("...")) {
                at++;
                if (peek("on") || peek("{") || peek("@")) {
                    if (peek("on")) at += 2;
                    skipDirectives();
                    selection().forEach(field -> merge(selected, field));
                } else {
                    fragments.getOrDefault(next(), List.of()).forEach(field -> merge(selected, field));
                    skipDirectives();
                }
            } else {
                merge(selected, field());
            }
        }
        expect("}");
        depth--;
        return List.copyOf(selected.values());
    }

    private static void merge(Map<String, Field> selected, Field field) {
        selected.merge(field.key(), field, (one, other) -> {
            var both = new LinkedHashMap<String, Field>();
            one.selection().forEach(inner -> both.put(inner.key(), inner));
            other.selection().forEach(inner -> merge(both, inner));
            return new Field(one.key(), one.name(), one.arguments(), one.directives(), List.copyOf(both.values()));
        });
    }

    private Field field() {
        var key = next();
        var field = key;
        if (peek(":")) {
            at++;
            field = next();
        }
        var arguments = peek("(") ? arguments() : Map.<String, Object>of();
        var directives = new LinkedHashMap<String, Map<String, Object>>();
        while (peek("@")) {
            at++;
            var directive = next();
            directives.put(directive, peek("(") ? arguments() : Map.of());
        }
        return new Field(key, field, arguments, directives, peek("{") ? selection() : List.of());
    }

    private Map<String, Object> arguments() {
        var arguments = new LinkedHashMap<String, Object>();
        expect("(");
        while (!peek(")")) {
            var argument = next();
            expect(":");
            arguments.put(argument, value());
        }
        expect(")");
        return arguments;
    }

    private Object value() {
        var token = next();
        switch (token) {
            case "$":
                return new Variable(next());
            case "[":
                var list = new ArrayList<>();
                while (!peek("]")) list.add(value());
                at++;
                return list;
            case "{":
                var map = new LinkedHashMap<String, Object>();
                while (!peek("}")) {
                    var key = next();
                    expect(":");
                    map.put(key, value());
                }
                at++;
                return map;
            default:
                return literal(token);
        }
    }

    private static JsonNode literal(String token) {
        if (token.startsWith("\"\"\"")) {
            return JsonNodeFactory.instance.textNode(
                    token.substring(3, token.length() - 3).strip());
        }
        if (token.startsWith("\"") || token.matches("-?\\d.*|true|false|null")) {
            return Json.tolerant(token.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        return JsonNodeFactory.instance.textNode(token);
    }

    private void skipDirectives() {
        while (peek("@")) {
            at += 2;
            if (peek("(")) arguments();
        }
    }

    private String ahead(int steps) {
        return at + steps < tokens.size() ? tokens.get(at + steps) : "";
    }

    private boolean peek(String token) {
        return at < tokens.size() && tokens.get(at).equals(token);
    }

    private String next() {
        if (at >= tokens.size()) throw new Unreadable("syntax error, unexpected end of file");
        return tokens.get(at++);
    }

    private void expect(String token) {
        var found = next();
        if (!found.equals(token)) {
            throw new Unreadable("syntax error, unexpected \"" + found + "\", expecting \"" + token + "\"");
        }
    }
}
