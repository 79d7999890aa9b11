package routes.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.Function;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.Parser;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;

/**
 * Every mapping and every GraphQL document of the class path, compiled once when the hub starts. A file that does not
 * compile stops the start and is named with its line. Names are paths without the ending: {@code
 * avalara/quote-tax.request}.
 */
@Component
@EnableConfigurationProperties(MappingSettings.class)
public class Mappings {

    private static final String FOLDER = "mappings/";
    private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*//.*$");
    private static final Pattern LOOK_UP = Pattern.compile("(?<![a-z-])lookup(-back)?\\(\\s*(?:\"([^\"]*)\"|)");
    private static final Pattern VARIABLE = Pattern.compile("\\$([A-Za-z_][A-Za-z0-9_-]*)");

    private record Mapping(
            String file, Expression turn, Set<String> variables, Map<String, JsonNode> settings, String revision) {}

    private final ObjectMapper json;
    private final ValueMaps maps;
    private final Map<String, Mapping> mappings = new TreeMap<>();
    private final Map<String, String> documents = new TreeMap<>();

    Mappings(ObjectMapper json, MappingSettings settings) {
        this(json, settings, new ValueMaps(Mappings.class.getClassLoader()), ValueRows.NONE);
    }

    @Autowired
    Mappings(ObjectMapper json, MappingSettings settings, ValueMaps maps, @Lazy ValueRows rows) {
        this.json = json;
        this.maps = maps;
        List<Function> functions = Functions.all(maps, rows);
        each("jslt", (name, file, text) -> mappings.put(name, compiled(name, file, text, settings, functions)));
        each("graphql", (name, file, text) -> documents.put(name, text));
    }

    /**
     * Turns a body by a mapping.
     *
     * @param name {@code avalara/quote-tax.request}
     * @param body a JsonNode as it is; bytes, text or a stream are read as JSON or XML within {@link Reading}'s limits;
     *     null is JSON's null; anything else is written as JSON first (an order)
     * @param variables what the mapping may call {@code $name}; a name that is absent is null there
     * @return never null; keys whose value would be null, {} or [] are absent
     * @throws MappingFailure naming file and place
     * @throws IllegalArgumentException when there is no such mapping
     */
    public JsonNode apply(String name, Object body, Map<String, JsonNode> variables) {
        Mapping mapping = mapping(name);
        try {
            Map<String, JsonNode> known = new HashMap<>();
            for (String variable : mapping.variables()) {
                JsonNode value = variables.get(variable);
                known.put(variable, value == null ? NullNode.instance : value);
            }
            known.putAll(mapping.settings());
            return mapping.turn().apply(known, tree(body));
        } catch (MappingFailure failure) {
            throw failure.in(mapping.file());
        } catch (JsltException wrong) {
            throw new MappingFailure("MAPPING_BROKEN", mapping.file() + ": " + brief(wrong.getMessage()), wrong);
        } catch (RuntimeException wrong) {
            throw new MappingFailure("MAPPING_BROKEN", mapping.file() + ": the message has an unexpected shape", wrong);
        }
    }

    /** Whether there is such a mapping. */
    public boolean exists(String name) {
        return mappings.containsKey(name);
    }

    /** The first 12 hex digits of the file's SHA-256: which words turned a message. */
    public String revision(String name) {
        return mapping(name).revision();
    }

    /** All names, sorted. */
    public Set<String> names() {
        return Set.copyOf(mappings.keySet());
    }

    /**
     * The text of a GraphQL document, {@code shopify/capture-payment}.
     *
     * @throws IllegalArgumentException when there is none
     */
    public String document(String name) {
        String document = documents.get(name);
        if (document == null) {
            throw new IllegalArgumentException("No document " + FOLDER + name + ".graphql");
        }
        return document;
    }

    /** The names that a mapping calls {@code $name}. */
    Set<String> variables(String name) {
        return mapping(name).variables();
    }

    private Mapping mapping(String name) {
        Mapping mapping = mappings.get(name);
        if (mapping == null) {
            throw new IllegalArgumentException("No mapping " + FOLDER + name + ".jslt");
        }
        return mapping;
    }

    private JsonNode tree(Object body) {
        if (body == null) {
            return NullNode.instance;
        }
        if (body instanceof JsonNode node) {
            return node;
        }
        if (body instanceof byte[] bytes) {
            return Reading.tree(bytes);
        }
        if (body instanceof String text) {
            return Reading.tree(text);
        }
        if (body instanceof InputStream in) {
            try {
                return Reading.tree(in.readAllBytes());
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
        return json.valueToTree(body);
    }

    private Mapping compiled(
            String name, String file, String text, MappingSettings settings, List<Function> functions) {
        Expression turn;
        try {
            turn = new Parser(new StringReader(text))
                    .withSource(file)
                    .withFunctions(functions)
                    .compile();
        } catch (JsltException wrong) {
            throw new IllegalStateException(file + " does not compile: " + wrong.getMessage(), wrong);
        }
        String code = COMMENT.matcher(text).replaceAll("");
        LOOK_UP.matcher(code).results().forEach(asked -> known(file, asked.group(2), asked.group(1) != null));
        Set<String> variables = new TreeSet<>();
        VARIABLE.matcher(code).results().forEach(v -> variables.add(v.group(1)));
        String partner = name.contains("/") ? name.substring(0, name.indexOf('/')) : name;
        MappingSettings.Words words = settings.partners().get(partner);
        Map<String, JsonNode> fixed = new HashMap<>();
        if (words != null) {
            fixed.put("settings", json.valueToTree(words.variables()));
            fixed.put("codes", json.valueToTree(words.codeMap()));
        }
        return new Mapping(file, turn, variables, fixed, sha256(text));
    }

    /** A map that nobody can keep would be found out by the first order that needs it. */
    private void known(String file, String map, boolean back) {
        if (map == null) {
            throw new IllegalStateException(
                    file + " looks up a value map that it does not name; write its name in quotes there");
        }
        ValueMap found = maps.find(map)
                .orElseThrow(() -> new IllegalStateException(file + " looks up the value map \"" + map
                        + "\", but there is no value-maps/" + map + ".yaml; write it, or name one of "
                        + maps.all().stream().map(ValueMap::name).toList()));
        if (back && !found.bothWays()) {
            throw new IllegalStateException(file + " looks the value map \"" + map
                    + "\" up backwards, but it is read one way; write both-ways: true in value-maps/" + map + ".yaml");
        }
    }

    private interface File {
        void read(String name, String file, String text);
    }

    /** In a packaged jar the folder is found through the jar's own index, so no file is registered anywhere. */
    private static void each(String ending, File reader) {
        try {
            for (Resource found :
                    new PathMatchingResourcePatternResolver().getResources("classpath*:" + FOLDER + "**/*." + ending)) {
                String path = found.getURL().getPath();
                String file = path.substring(path.lastIndexOf("/" + FOLDER) + 1);
                String name = file.substring(FOLDER.length(), file.length() - ending.length() - 1);
                reader.read(name, file, found.getContentAsString(StandardCharsets.UTF_8));
            }
        } catch (IOException broken) {
            throw new UncheckedIOException("The mappings cannot be read", broken);
        }
    }

    /** JSLT's messages quote the value they met, which may be somebody's address; what is left is what and where. */
    private static String brief(String message) {
        int place = message.lastIndexOf(" at " + FOLDER);
        String words = message.substring(0, place < 0 ? message.length() : place);
        String safe = words.lines()
                .findFirst()
                .orElse("")
                .split("[(\"{\\[]| was | found ", 2)[0]
                .strip();
        return "JSLT says \"" + safe + " ...\""
                + (place < 0 ? "" : message.substring(place).lines().findFirst().orElse(""));
    }

    private static String sha256(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, 12);
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException(never);
        }
    }
}
