package routes.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.yaml.snakeyaml.Yaml;
import routes.harness.Doors;

/**
 * Turns the published contract into requests and sends them: for every operation what it allows, at the edges, too, and
 * everything it forbids: each required field missing, each value of each wrong type, each bound overstepped, no key, a key
 * without the scope, the wrong content type, the wrong method. Nothing is written per operation; a new one is covered by
 * being in the contract. Every answer is judged by the contract, as well.
 */
final class ContractRun {

    /** Stands for a running hub. */
    interface Hub {
        HttpResponse<String> send(String method, String path, byte[] body, Map<String, String> headers);
    }

    private static final String BASE = "/api/v1";
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE");
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final ObjectMapper json = Doors.mapper();
    private final JsonNode document;
    private final Hub hub;
    private final String key;
    private final String keyWithoutScopes;
    private final Map<String, String> known;
    private final List<String> unexpected = new ArrayList<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private String operation;

    /**
     * @param key of a client that may do everything
     * @param known a value for each path parameter that leads to something of this client's
     */
    ContractRun(String contract, Hub hub, String key, String keyWithoutScopes, Map<String, String> known) {
        this.document = json.valueToTree(new Yaml().<Object>load(contract));
        this.hub = hub;
        this.key = key;
        this.keyWithoutScopes = keyWithoutScopes;
        this.known = known;
    }

    /** What was not as the contract has it; each with the request. */
    List<String> unexpected() {
        return unexpected;
    }

    /** Requests by operation. */
    Map<String, Integer> counts() {
        return counts;
    }

    void run() {
        document.path("paths").properties().forEach(path -> {
            path.getValue().properties().forEach(one -> {
                operation = one.getValue().path("operationId").asText();
                new Operation(one.getKey().toUpperCase(java.util.Locale.ROOT), path.getKey(), one.getValue()).run();
            });
            operation = path.getKey();
            for (String method : METHODS) {
                if (!path.getValue().has(method.toLowerCase(java.util.Locale.ROOT))) {
                    HttpResponse<String> answer =
                            hub.send(method, BASE + filled(path.getKey(), Map.of()), null, Map.of("X-API-Key", key));
                    expect("method " + method, answer, 405, "method-not-allowed", null);
                }
            }
        });
    }

    private String filled(String path, Map<String, String> instead) {
        String filled = path;
        for (Map.Entry<String, String> one : known.entrySet()) {
            String value = instead.getOrDefault(one.getKey(), one.getValue());
            filled = filled.replace("{" + one.getKey() + "}", URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
        return filled;
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref")
                ? resolved(document.at(node.path("$ref").asText().substring(1)))
                : node;
    }

    private void note(String what) {
        unexpected.add(operation + ": " + what);
    }

    private void expect(String request, HttpResponse<String> answer, int status, String code, String pointer) {
        counts.merge(operation, 1, Integer::sum);
        if (answer.statusCode() != status) {
            note(request + " got " + answer.statusCode() + " instead of " + status + ": " + answer.body());
            return;
        }
        if (code == null) {
            return;
        }
        String type = answer.headers().firstValue("Content-Type").orElse("");
        JsonNode problem = tree(answer.body());
        if (!type.startsWith("application/problem+json")
                || !problem.path("code").asText().equals(code)
                || problem.path("status").asInt() != status) {
            note(request + " got no problem " + code + ": " + type + " " + answer.body());
        }
        if (pointer != null) {
            boolean pointed = false;
            for (JsonNode error : problem.path("errors")) {
                pointed |= error.path("pointer").asText().equals(pointer);
            }
            if (!pointed) {
                note(request + " is not pointed at: " + answer.body());
            }
        }
    }

    private JsonNode tree(String text) {
        try {
            return json.readTree(text);
        } catch (java.io.IOException e) {
            return JSON.missingNode();
        }
    }

    /** One operation of the contract. */
    private final class Operation {

        private final String method;
        private final String path;
        private final JsonNode stated;
        private final JsonNode schema;
        private final List<JsonNode> parameters = new ArrayList<>();
        private final int good;

        Operation(String method, String path, JsonNode stated) {
            this.method = method;
            this.path = path;
            this.stated = stated;
            this.schema = stated.at("/requestBody/content/application~1json/schema");
            stated.path("parameters").forEach(parameter -> parameters.add(resolved(parameter)));
            int success = 0;
            for (Map.Entry<String, JsonNode> response : stated.path("responses").properties()) {
                success = response.getKey().startsWith("2") ? Integer.parseInt(response.getKey()) : success;
            }
            this.good = success;
        }

        void run() {
            right();
            strangers();
            parameters();
            if (!schema.isMissingNode()) {
                types();
                bodies();
            }
        }

        private HttpResponse<String> send(
                Map<String, String> instead, String query, byte[] body, Consumer<Map<String, String>> change) {
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("X-API-Key", key);
            if (!schema.isMissingNode()) {
                headers.put("Content-Type", "application/json");
            }
            parameters.stream()
                    .filter(parameter -> parameter.path("in").asText().equals("header")
                            && parameter.path("required").asBoolean())
                    .forEach(parameter -> headers.put(
                            parameter.path("name").asText(), UUID.randomUUID().toString()));
            change.accept(headers);
            String at = BASE + filled(path, instead);
            HttpResponse<String> answer = hub.send(method, query.isEmpty() ? at : at + "?" + query, body, headers);
            // What does not match a parameter's own pattern is no path of the contract.
            if (instead.isEmpty()) {
                ContractJudge.wrong(method, at, answer)
                        .forEach(wrong -> note("answer " + answer.statusCode() + " breaks the contract: " + wrong));
            }
            return answer;
        }

        private HttpResponse<String> send(byte[] body) {
            return send(Map.of(), "", body, headers -> {});
        }

        private void right() {
            if (schema.isMissingNode()) {
                HttpResponse<String> answer = send(null);
                expect("as it should be", answer, good, null, null);
                answer.headers().firstValue("ETag").ifPresent(tag -> {
                    HttpResponse<String> again = send(Map.of(), "", null, headers -> headers.put("If-None-Match", tag));
                    // Something may have happened in between; then it is shown anew.
                    if (again.statusCode() != good) {
                        expect("with its tag", again, 304, null, null);
                    }
                });
            }
            for (ObjectNode example : examples()) {
                expect("example " + example, send(bytes(example)), good, null, null);
            }
        }

        private void strangers() {
            if (stated.has("security") && stated.path("security").isEmpty()) {
                expect("without a key", send(Map.of(), "", null, Map::clear), good, null, null);
                return;
            }
            byte[] body = schema.isMissingNode() ? null : bytes(example());
            for (String wrong : List.of("", "ohk_nobody_0000", "x".repeat(5000))) {
                expect(
                        "key " + wrong.length(),
                        send(Map.of(), "", body, headers -> headers.put("X-API-Key", wrong)),
                        401,
                        "key-refused",
                        null);
            }
            for (String wrong : List.of("Bearer", "Bearer nobody", "Basic YTpi", "Digest x")) {
                expect(
                        wrong,
                        send(Map.of(), "", body, headers -> {
                            headers.remove("X-API-Key");
                            headers.put("Authorization", wrong);
                        }),
                        401,
                        "key-refused",
                        null);
            }
            expect(
                    "no key",
                    send(Map.of(), "", body, headers -> headers.remove("X-API-Key")),
                    401,
                    "key-refused",
                    null);
            expect(
                    "no scope",
                    send(Map.of(), "", body, headers -> headers.put("X-API-Key", keyWithoutScopes)),
                    403,
                    "scope-missing",
                    null);
        }

        private void parameters() {
            byte[] body = schema.isMissingNode() ? null : bytes(example());
            for (JsonNode parameter : parameters) {
                String name = parameter.path("name").asText();
                JsonNode of = resolved(parameter.path("schema"));
                switch (parameter.path("in").asText()) {
                    case "path" -> wrongTexts(of).forEach(value -> {
                        HttpResponse<String> answer = send(Map.of(name, value), "", body, headers -> {});
                        // A slash inside a name is refused before anybody reads the path.
                        boolean slash = value.contains("/");
                        expect(
                                name + " " + value,
                                answer,
                                slash ? 400 : 404,
                                slash ? "request-refused" : "not-found",
                                null);
                    });
                    case "query" -> {
                        for (JsonNode word : of.path("enum")) {
                            expect(
                                    name + " " + word,
                                    send(Map.of(), name + "=" + word.asText(), body, headers -> {}),
                                    good,
                                    null,
                                    null);
                        }
                        wrongTexts(of)
                                .forEach(value -> expect(
                                        name + " " + value,
                                        send(
                                                Map.of(),
                                                name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8),
                                                body,
                                                headers -> {}),
                                        400,
                                        "parameter-invalid",
                                        null));
                    }
                    default -> {
                        if (parameter.path("required").asBoolean()) {
                            expect(
                                    "without " + name,
                                    send(Map.of(), "", body, headers -> headers.remove(name)),
                                    400,
                                    "key-missing",
                                    null);
                            wrongTexts(of)
                                    .forEach(value -> expect(
                                            name + " " + value,
                                            send(Map.of(), "", body, headers -> headers.put(name, value)),
                                            400,
                                            "key-missing",
                                            null));
                        }
                    }
                }
            }
        }

        private List<String> wrongTexts(JsonNode of) {
            List<String> wrong = new ArrayList<>();
            if (of.path("type").asText().equals("integer")) {
                wrong.addAll(List.of("x", "1.5", "-1", "99999999999999999999"));
                if (of.has("minimum")) {
                    wrong.add(String.valueOf(of.path("minimum").asLong() - 1));
                }
                if (of.has("maximum")) {
                    wrong.add(String.valueOf(of.path("maximum").asLong() + 1));
                }
            } else {
                for (String text : List.of("no such thing", "%", "x".repeat(300), "a/b", "~!")) {
                    if (!of.has("pattern")
                            || !text.matches(".*" + of.path("pattern").asText() + ".*")) {
                        wrong.add(text);
                    }
                }
            }
            return wrong;
        }

        private void types() {
            byte[] body = bytes(example());
            for (String type : List.of(
                    "text/plain",
                    "application/xml",
                    "application/x-www-form-urlencoded",
                    "multipart/form-data; boundary=x",
                    "application/json-patch+json",
                    "nonsense")) {
                expect(
                        type,
                        send(Map.of(), "", body, headers -> headers.put("Content-Type", type)),
                        415,
                        "type-not-supported",
                        null);
            }
            expect(
                    "no type",
                    send(Map.of(), "", body, headers -> headers.remove("Content-Type")),
                    415,
                    "type-not-supported",
                    null);
            expect(
                    "a type with a parameter",
                    send(
                            Map.of(),
                            "",
                            bytes(example()),
                            headers -> headers.put("Content-Type", "Application/JSON; charset=utf-8")),
                    good,
                    null,
                    null);
            for (String broken : List.of("", " ", "{", "{\"a\":1,\"a\":2}", "{}x", "[".repeat(1000), "\u0000", "nul")) {
                expect("body " + broken, send(broken.getBytes(StandardCharsets.UTF_8)), 400, "body-unreadable", null);
            }
            expect("UTF-16", send("{}".getBytes(StandardCharsets.UTF_16)), 400, "body-unreadable", null);
            expect("too large", send(new byte[1_048_577]), 413, "too-large", null);
            for (String other : List.of("[]", "1", "true", "null", "\"x\"")) {
                expect("body " + other, send(other.getBytes(StandardCharsets.UTF_8)), 422, "body-invalid", "");
            }
        }

        private void bodies() {
            ObjectNode whole = whole(example());
            expect("everything " + whole, send(bytes(fresh(whole.deepCopy()))), good, null, null);
            ObjectNode more = fresh(whole.deepCopy());
            more.putObject("x-unknown").put("deep", true);
            expect("a field nobody knows", send(bytes(more)), good, null, null);
            each("", whole, schema);
        }

        /** Goes through every value of the body and replaces it, one at a time. */
        private void each(String pointer, JsonNode value, JsonNode reference) {
            JsonNode of = resolved(reference);
            if (!pointer.isEmpty()) {
                refused(pointer, wrongValues(of));
                allowed(pointer, edges(of));
            }
            if (of.path("type").asText().equals("object")) {
                for (JsonNode required : of.path("required")) {
                    String at = pointer + "/" + required.asText();
                    ObjectNode without = fresh(whole(example()));
                    ((ObjectNode) without.at(pointer)).remove(required.asText());
                    expect("without " + at, send(bytes(without)), 422, "body-invalid", at);
                    ObjectNode empty = fresh(whole(example()));
                    ((ObjectNode) empty.at(pointer)).putNull(required.asText());
                    expect("null at " + at, send(bytes(empty)), 422, "body-invalid", at);
                }
                of.path("properties").properties().forEach(property -> {
                    if (value.has(property.getKey())) {
                        each(pointer + "/" + property.getKey(), value.path(property.getKey()), property.getValue());
                    }
                });
            } else if (of.path("type").asText().equals("array") && !value.isEmpty()) {
                each(pointer + "/0", value.get(0), of.path("items"));
            }
        }

        private void refused(String pointer, List<JsonNode> values) {
            for (JsonNode wrong : values) {
                ObjectNode body = fresh(whole(example()));
                put(body, pointer, wrong);
                expect(pointer + " = " + brief(wrong), send(bytes(body)), 422, "body-invalid", pointer);
            }
        }

        private void allowed(String pointer, List<JsonNode> values) {
            for (JsonNode right : values) {
                ObjectNode body = fresh(whole(example()));
                put(body, pointer, right);
                HttpResponse<String> answer = send(bytes(body));
                // An edge of the shape may still be wrong for this order: it then has to be said where.
                if (answer.statusCode() == 422) {
                    expect(pointer + " = " + brief(right), answer, 422, "body-invalid", pointer);
                } else {
                    expect(pointer + " = " + brief(right), answer, good, null, null);
                }
            }
        }

        private List<ObjectNode> examples() {
            List<ObjectNode> examples = new ArrayList<>();
            stated.at("/requestBody/content/application~1json/examples")
                    .forEach(example -> examples.add(fresh(example.path("value").deepCopy())));
            return examples;
        }

        private ObjectNode example() {
            return examples().get(0);
        }

        /** The example with every optional field, too. */
        private ObjectNode whole(ObjectNode example) {
            return (ObjectNode) completed(example, schema, "");
        }

        private JsonNode completed(JsonNode value, JsonNode reference, String pointer) {
            JsonNode of = resolved(reference);
            if (of.path("type").asText().equals("object")) {
                ObjectNode object = value.isObject() ? (ObjectNode) value : JSON.objectNode();
                of.path("properties").properties().forEach(property -> {
                    String at = pointer + "/" + property.getKey();
                    if (!at.equals("/lines/0/reference")
                            || !object.has("line") && !of.path("properties").has("line")) {
                        object.set(
                                property.getKey(), completed(object.path(property.getKey()), property.getValue(), at));
                    }
                });
                return object;
            }
            if (of.path("type").asText().equals("array")) {
                ArrayNode array = value.isArray() ? (ArrayNode) value : JSON.arrayNode();
                if (array.isEmpty()) {
                    array.addNull();
                }
                array.set(0, completed(array.get(0), of.path("items"), pointer + "/0"));
                return array;
            }
            if (value.isValueNode() && !value.isNull()) {
                return value;
            }
            return switch (of.path("type").asText()) {
                case "integer" -> JSON.numberNode(1);
                case "boolean" -> JSON.booleanNode(false);
                default -> JSON.textNode(
                        of.has("enum")
                                ? of.path("enum").get(0).asText()
                                : of.path("x-money").asBoolean()
                                        ? "0.00"
                                        : of.path("pattern").asText().contains("[A-Z]{2}$") ? "US" : "x1");
            };
        }

        /** A reference is used once. */
        private ObjectNode fresh(JsonNode body) {
            ObjectNode fresh = (ObjectNode) body;
            if (fresh.has("reference")) {
                fresh.put("reference", "CR-" + UUID.randomUUID());
            }
            return fresh;
        }

        private void put(ObjectNode body, String pointer, JsonNode value) {
            int slash = pointer.lastIndexOf('/');
            JsonNode holder = body.at(pointer.substring(0, slash));
            String last = pointer.substring(slash + 1);
            if (holder instanceof ArrayNode array) {
                array.set(Integer.parseInt(last), value);
            } else {
                ((ObjectNode) holder).set(last, value);
            }
        }

        private List<JsonNode> wrongValues(JsonNode of) {
            List<JsonNode> wrong = new ArrayList<>();
            Map<String, JsonNode> kinds = new LinkedHashMap<>();
            kinds.put("object", JSON.objectNode());
            kinds.put("array", JSON.arrayNode());
            kinds.put("string", JSON.textNode("word"));
            kinds.put("boolean", JSON.booleanNode(true));
            kinds.put("integer", JSON.numberNode(7));
            kinds.put("fraction", JSON.numberNode(new java.math.BigDecimal("1.5")));
            kinds.remove(of.path("type").asText());
            wrong.addAll(kinds.values());
            Function<Integer, JsonNode> longText = length -> JSON.textNode("x".repeat(length));
            if (of.path("minLength").asInt(0) > 0) {
                wrong.add(longText.apply(of.path("minLength").asInt() - 1));
            }
            if (of.has("maxLength")) {
                wrong.add(longText.apply(of.path("maxLength").asInt() + 1));
            }
            if (of.has("minimum")) {
                wrong.add(JSON.numberNode(of.path("minimum").asLong() - 1));
                wrong.add(JSON.numberNode(BigInteger.TEN.pow(30).negate()));
            }
            if (of.has("maximum")) {
                wrong.add(JSON.numberNode(of.path("maximum").asLong() + 1));
                wrong.add(JSON.numberNode(BigInteger.TEN.pow(30)));
            }
            if (of.has("minItems")) {
                wrong.add(JSON.arrayNode());
            }
            if (of.has("maxItems")) {
                ArrayNode many = JSON.arrayNode();
                for (int i = 0; i <= of.path("maxItems").asInt(); i++) {
                    many.addObject();
                }
                wrong.add(many);
            }
            if (of.has("pattern")) {
                wrong.add(JSON.textNode(""));
                wrong.add(JSON.textNode("not, like, this\n"));
                wrong.add(JSON.textNode("\u00e9".repeat(20)));
            }
            if (of.has("enum")) {
                wrong.add(JSON.textNode("no such word"));
            }
            if (of.has("format")) {
                wrong.add(JSON.textNode("2026-13-41T99:99:99Z"));
                wrong.add(JSON.textNode("2026-11-01"));
            }
            return wrong;
        }

        /** Values that are just allowed. */
        private List<JsonNode> edges(JsonNode of) {
            List<JsonNode> edges = new ArrayList<>();
            if (of.has("maxLength") && !of.has("pattern")) {
                edges.add(JSON.textNode("x".repeat(of.path("maxLength").asInt())));
                edges.add(
                        JSON.textNode("\ud83d\ude00".repeat(of.path("maxLength").asInt() / 2)));
            }
            if (of.path("minLength").asInt(0) > 0) {
                edges.add(JSON.textNode("x".repeat(of.path("minLength").asInt())));
            }
            if (of.has("minimum")) {
                edges.add(of.path("minimum"));
            }
            if (of.has("maximum")) {
                edges.add(of.path("maximum"));
            }
            of.path("enum").forEach(edges::add);
            return edges;
        }

        private String brief(JsonNode value) {
            String text = value.toString();
            return text.length() <= 60 ? text : text.substring(0, 60) + "... (" + text.length() + ")";
        }

        private byte[] bytes(JsonNode body) {
            return body.toString().getBytes(StandardCharsets.UTF_8);
        }
    }
}
