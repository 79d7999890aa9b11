package routes.style;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the route files without starting anything and says which house rules they break: file, route, rule, why, and what to
 * write instead. Enterprise integration patterns are free: choice, split, aggregate, filter and the rest.
 */
final class RouteStyle {

    /** @param detail what was found there */
    record Finding(String file, String route, Rule rule, String detail) {

        @Override
        public String toString() {
            return file + " · " + route + " · " + rule.says + (detail.isEmpty() ? "" : " (" + detail + ")") + " · why: "
                    + rule.why + " · write: " + rule.write;
        }
    }

    private static final Set<String> ROOMS = Set.of("flows", "partners", "policies", "ops");
    private static final Set<String> ROLES = Set.of("shop", "tax", "fraud", "warehouse", "erp");
    private static final Set<String> TOP_LEVEL = Set.of("route", "routeConfiguration", "rest");
    private static final Set<String> LANGUAGES = Set.of(
            "script",
            "groovy",
            "js",
            "javascript",
            "python",
            "mvel",
            "ognl",
            "spel",
            "joor",
            "java",
            "wasm",
            "quickjs",
            "datasonnet",
            "jq",
            "jslt",
            "jsonata",
            "xquery",
            "xslt",
            "jolt",
            "csimple");
    private static final Set<String> OFF_THE_TURN = Set.of(
            "threads", "wireTap", "delay", "throttle", "parallelProcessing", "parallelAggregate", "streaming-threads");
    /** Keys whose values are words for people, not addresses or expressions. */
    private static final Set<String> WORDS = Set.of("description", "message", "note");

    private static final int LONGEST_DESCRIPTION = 120;

    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*\\.[a-z][a-z0-9]*(-[a-z0-9]+)*");
    private static final Pattern SECOND_SENTENCE = Pattern.compile("[.!?]\\s+\\S");
    private static final Pattern URL = Pattern.compile("(?i)\\b(https?|ftps?|wss?)://");
    private static final Pattern DIRECT = Pattern.compile("\\bdirect:(?://)?([A-Za-z0-9_.-]++)(?!\\$\\{|\\{\\{)");
    private static final Pattern ROLE_OPERATION =
            Pattern.compile("\\bdirect:(?://)?\\$\\{[^}]*}\\.([a-z0-9-]++)(?!\\$\\{)");
    private static final Pattern MAPPING = Pattern.compile("\\bmapping:(?://)?([A-Za-z0-9_./-]++)(?!\\$\\{|\\{\\{)");
    private static final Pattern LOOK_UP = Pattern.compile("[?&]lookUp=([^&]+)");
    private static final Pattern SQL = Pattern.compile("^(jdbc|sql|sql-stored|jpa|mybatis|spring-jdbc):");
    private static final Pattern SEDA = Pattern.compile("\\b(seda|vm|disruptor|disruptor-vm):");
    private static final Pattern OPERAND = Pattern.compile("(}|\\d)\\s*(\\+\\+|--)|(}|\\d)\\s+[-+*/%]\\s+(\\$\\{|\\d)");
    private static final Pattern NUMERIC_FUNCTION =
            Pattern.compile("\\$\\{(sum|average|max|min|abs|floor|ceil|round|math)[(:]");
    private static final Pattern MONEY = Pattern.compile(
            "\\$\\{[^}]*Minor\\b[^}]*}\\s*(==|!=|>=|<=|>|<|=~)|(==|!=|>=|<=|>|<|=~)\\s*'?\"?\\$\\{[^}]*Minor\\b[^}]*}"
                    + "|\\$\\{[^}]*Minor\\b[^}]*}\\s+(range|not range|in|not in|is|contains)\\b");

    private final Path root;
    private final Path mappings;
    private final List<Finding> findings = new ArrayList<>();
    private final List<RouteFile> files = new ArrayList<>();
    private final Set<String> partners = new TreeSet<>();
    private final Map<String, Boolean> policies = new HashMap<>();
    private final Map<String, String> ids = new HashMap<>();
    private final Set<String> addresses = new TreeSet<>();
    private final Map<String, String> descriptions = new HashMap<>();

    /** @param root the folder with flows/, partners/, policies/, ops/; mappings/ lies beside it */
    RouteStyle(Path root) {
        this.root = root;
        this.mappings = root.resolveSibling("mappings");
    }

    /** All breaks, in the order of files; none when the folder is empty or absent. */
    List<Finding> check() throws IOException {
        readFiles();
        for (RouteFile file : files) {
            for (Map<String, Object> route : file.routes()) {
                String from = RouteFile.from(route);
                if (from.startsWith("direct:")) {
                    addresses.add(from.substring("direct:".length()));
                }
            }
        }
        for (RouteFile file : files) {
            checkFile(file);
            for (Map<String, Object> route : file.routes()) {
                checkRoute(file, route);
            }
            for (Map<String, Object> policy : file.policies()) {
                checkSteps(file, String.valueOf(policy.get("id")), policy);
            }
        }
        return findings;
    }

    private void readFiles() throws IOException {
        if (!Files.isDirectory(root)) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(root)) {
            paths = walk.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path path : paths) {
            RouteFile file = RouteFile.read(root, path);
            boolean routeFile = file.name().endsWith(RouteFile.ENDING);
            boolean inRoom = ROOMS.contains(file.room());
            // ops/ also holds plain data, such as the list of moved steps.
            boolean data = file.room().equals("ops") && !routeFile;
            if (routeFile && inRoom) {
                files.add(file);
            } else if (!data
                    && file.name().matches(".*\\.ya?ml")
                    && !file.name().endsWith(".kamelet.yaml")) {
                find(file, "-", Rule.FILE_IS_LOADED, "");
            }
        }
        for (RouteFile file : files) {
            if (file.room().equals("partners")) {
                partners.add(file.stem());
            }
            if (file.room().equals("policies")) {
                policies.put(file.stem(), file.text().contains("deadLetterChannel"));
            }
        }
    }

    private void checkFile(RouteFile file) {
        if (file.problem() != null) {
            find(file, "-", Rule.YAML_IS_READABLE, file.problem());
            return;
        }
        boolean drawn = !file.room().equals("flows") || file.opening().contains("->");
        if (file.opening().isEmpty() || !drawn) {
            find(file, "-", Rule.FILE_BEGINS_WITH_MAP, "");
        }
        for (Map<String, Object> entry : file.entries()) {
            if (!TOP_LEVEL.containsAll(entry.keySet())) {
                find(file, "-", Rule.TOP_LEVEL_IS_ROUTE_OR_POLICY, String.join(", ", entry.keySet()));
            }
        }
        if (file.room().equals("policies")
                && (file.policies().size() != 1
                        || !file.stem().equals(file.policies().get(0).get("id")))) {
            find(file, "-", Rule.POLICY_IS_ITS_FILE, "");
        }
    }

    private void checkRoute(RouteFile file, Map<String, Object> route) {
        String id = String.valueOf(route.get("id"));
        String from = RouteFile.from(route);
        if (!ID.matcher(id).matches() || !id.startsWith(file.stem() + ".")) {
            find(file, id, Rule.ID_IS_FILE_AND_VERB, "");
        }
        String twin = ids.put(id, file.name());
        if (twin != null) {
            find(file, id, Rule.ID_IS_UNIQUE, "the other is in " + twin);
        }
        if (from.startsWith("direct:") && !from.equals("direct:" + id)) {
            find(file, id, Rule.ADDRESS_IS_ID, from);
        }
        checkDescription(file, id, route.get("description"));
        checkPolicy(file, id, route, from);
        checkSteps(file, id, route);
    }

    private void checkDescription(RouteFile file, String id, Object description) {
        if (!(description instanceof String text)
                || !text.endsWith(".")
                || text.length() > LONGEST_DESCRIPTION
                || SECOND_SENTENCE.matcher(text).find()) {
            find(file, id, Rule.DESCRIPTION_IS_A_SENTENCE, String.valueOf(description));
            return;
        }
        String twin = descriptions.put(text, id);
        if (twin != null) {
            find(file, id, Rule.DESCRIPTION_IS_UNIQUE, "it was copied from " + twin);
        }
    }

    private void checkPolicy(RouteFile file, String id, Map<String, Object> route, String from) {
        Object named = route.get("routeConfigurationId");
        Object handler = route.get("errorHandler");
        boolean throwsOn = handler instanceof Map<?, ?> kind && kind.containsKey("noErrorHandler");
        if (file.room().equals("partners") && from.startsWith("direct:")) {
            if (!throwsOn || named != null) {
                find(file, id, Rule.PARTNERS_THROW, "");
            }
            return;
        }
        boolean maySpareIt = file.room().equals("ops") && throwsOn;
        if (named == null ? !maySpareIt : !policies.containsKey(named)) {
            find(file, id, Rule.STEP_HAS_POLICY, String.valueOf(named));
        }
        boolean door = from.startsWith("servlet:") || from.startsWith("platform-http:") || from.startsWith("rest:");
        if (door && policies.getOrDefault(named, false)) {
            find(file, id, Rule.DOOR_ANSWERS_TRULY, String.valueOf(named));
        }
    }

    private void checkSteps(RouteFile file, String id, Map<String, Object> route) {
        RouteFile.each(route, (key, value) -> {
            if (LANGUAGES.contains(key)) {
                find(file, id, Rule.NO_SCRIPT, key);
            }
            boolean turn = file.room().equals("flows");
            if (turn && OFF_THE_TURN.contains(key) && !"false".equals(String.valueOf(value))) {
                find(file, id, Rule.ONE_TURN_ONE_THREAD, key);
            }
            if (key.equals("removeHeaders")) {
                checkRemoval(file, id, value);
            }
            if (value instanceof String text) {
                checkText(file, id, key, text);
            }
        });
    }

    private void checkRemoval(RouteFile file, String id, Object removal) {
        Object pattern = removal instanceof Map<?, ?> parts ? parts.get("pattern") : removal;
        Object spared = removal instanceof Map<?, ?> parts ? parts.get("excludePattern") : null;
        if ("*".equals(pattern) && (spared == null || !String.valueOf(spared).contains("CamelRedeliver"))) {
            find(file, id, Rule.HEADERS_ARE_NOT_WIPED, "");
        }
    }

    private void checkText(RouteFile file, String id, String key, String text) {
        if (URL.matcher(text).find()) {
            find(file, id, Rule.NO_URL, text);
        }
        checkPartnersNamed(file, id, text);
        if (WORDS.contains(key)) {
            return;
        }
        if (OPERAND.matcher(text).find() || NUMERIC_FUNCTION.matcher(text).find()) {
            find(file, id, Rule.NO_ARITHMETIC, text);
        }
        if (MONEY.matcher(text).find()) {
            find(file, id, Rule.NO_MONEY_IN_SIMPLE, text);
        }
        if (!file.room().equals("ops") && SQL.matcher(text).find()) {
            find(file, id, Rule.NO_SQL, text);
        }
        if (file.room().equals("flows") && SEDA.matcher(text).find()) {
            find(file, id, Rule.ONE_TURN_ONE_THREAD, text);
        }
        if ((key.equals("uri") || key.equals("to") || key.equals("toD"))
                && !text.contains(":")
                && !text.contains("{{")) {
            find(file, id, Rule.ENDPOINT_IS_WHOLE, text);
        }
        checkNames(file, id, key, text);
    }

    private void checkPartnersNamed(RouteFile file, String id, String text) {
        for (String partner : partners) {
            // A partner may be called what its role is called; then only its address tells them apart.
            String word = ROLES.contains(partner)
                    ? "(direct|partner|mapping|inbox|kamelet):(//)?" + partner + "[./]"
                    : "(?i)(?<![A-Za-z0-9-])" + Pattern.quote(partner) + "(?![A-Za-z0-9-])";
            boolean namesNone = file.room().equals("flows") || file.room().equals("policies");
            if (namesNone && Pattern.compile(word).matcher(text).find()) {
                find(file, id, Rule.FLOWS_NAME_ROLES, text);
            }
            boolean another = file.room().equals("partners") && !file.stem().equals(partner);
            if (another
                    && Pattern.compile("^(partner|mapping):(//)?" + partner + "[./]")
                            .matcher(text)
                            .find()) {
                find(file, id, Rule.PARTNERS_KEEP_TO_THEMSELVES, text);
            }
        }
    }

    private void checkNames(RouteFile file, String id, String key, String text) {
        for (String mapping : allOf(MAPPING, text)) {
            if (!Files.isRegularFile(mappings.resolve(mapping + ".jslt"))) {
                find(file, id, Rule.MAPPING_EXISTS, mapping);
            }
        }
        for (String target : allOf(DIRECT, text)) {
            if (!addresses.contains(target)) {
                find(file, id, Rule.TARGET_EXISTS, target);
            }
        }
        for (String operation : allOf(ROLE_OPERATION, text)) {
            if (partners.stream().noneMatch(partner -> addresses.contains(partner + "." + operation))) {
                find(file, id, Rule.OPERATION_EXISTS, operation);
            }
        }
        List<String> lookUps = key.equals("lookUp") ? List.of(text) : allOf(LOOK_UP, text);
        for (String lookUp : lookUps) {
            if (!addresses.contains(lookUp)) {
                find(file, id, Rule.LOOK_UP_EXISTS, lookUp);
            }
        }
    }

    private static List<String> allOf(Pattern pattern, String text) {
        List<String> names = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    private void find(RouteFile file, String route, Rule rule, String detail) {
        findings.add(new Finding(file.name(), route, rule, detail));
    }
}
