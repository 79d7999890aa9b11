package routes.style;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Reads the causes, the stories and the tests without starting anything and says which cause nobody has proved: that a real
 * failure ends by that name, before those who mend it, and is mended. A cause is proved
 *
 * <ul>
 *   <li>by a story whose message is {@code parked} with this {@code cause} and {@code audience}, and where later on nothing
 *       is parked any more;
 *   <li>for audience auto also by a story whose {@code message} is DISCARDED for this {@code reason}, or which meets it WAITING
 *       for this {@code reason} and ends with nothing parked;
 *   <li>by a test that is annotated with {@code Proves} and its code, where no partner can be asked to make the failure.
 * </ul>
 */
final class Proofs {

    private static final Pattern PROVES = Pattern.compile("@Proves\\(\\s*(\\{[^}]*\\}|\"[A-Z_]+\")\\s*\\)");
    private static final Pattern CODE = Pattern.compile("\"([A-Z_]+)\"");

    /** A cause as its file has it. */
    private record Named(String file, String code, String audience) {}

    private final Map<String, Named> causes = new TreeMap<>();
    private final Set<String> proved = new TreeSet<>();
    private final List<String> findings = new ArrayList<>();

    private Proofs() {}

    /** One line for each cause without a proof, and for each proof of a cause that there is not: file, what, remedy. */
    static List<String> lacking(Path causes, Path stories, Path tests) throws IOException {
        Proofs proofs = new Proofs();
        for (Path file : files(causes, ".yaml")) {
            proofs.cause(file);
        }
        for (Path file : files(stories, ".yaml")) {
            if (map(yaml(file)).containsKey("then")) {
                proofs.story(file);
            }
        }
        for (Path file : files(tests, ".java")) {
            proofs.test(file);
        }
        proofs.causes.values().stream()
                .filter(cause -> !proofs.proved.contains(cause.code()))
                .forEach(cause -> proofs.findings.add("causes/" + cause.file() + ": nothing proves " + cause.code()
                        + ". Write a story under stories/causes in which the sandbox makes this failure, then: {parked: {cause: "
                        + cause.code() + ", audience: " + cause.audience()
                        + "}}, and a later act that mends it, then: {parked:"
                        + " false}; or, where no partner can make it, a test with @Proves(\"" + cause.code()
                        + "\"). If nothing can make it, delete the file."));
        return proofs.findings;
    }

    private void cause(Path file) throws IOException {
        Map<?, ?> cause = map(yaml(file));
        String code = String.valueOf(cause.get("code"));
        causes.put(code, new Named(file.getFileName().toString(), code, String.valueOf(cause.get("audience"))));
    }

    private void story(Path file) throws IOException {
        Map<?, ?> story = map(yaml(file));
        List<Map<?, ?>> acts = new ArrayList<>();
        acts.add(story);
        if (story.get("and") instanceof List<?> more) {
            more.forEach(act -> acts.add(map(act)));
        }
        Set<String> open = new TreeSet<>();
        for (Map<?, ?> act : acts) {
            Map<?, ?> then = map(act.get("then"));
            Map<?, ?> met = map(map(act.get("when")).get("meet"));
            if ("WAITING".equals(met.get("state"))) {
                open.add(known(met.get("reason"), "auto"));
            }
            Map<?, ?> message = map(then.get("message"));
            if ("DISCARDED".equals(message.get("state")) && isAuto(message.get("reason"))) {
                open.add(String.valueOf(message.get("reason")));
            }
            if (Boolean.FALSE.equals(then.get("parked"))) {
                proved.addAll(open);
            }
            Map<?, ?> parked = map(then.get("parked"));
            if (parked.containsKey("audience")) {
                open.add(known(parked.get("cause"), String.valueOf(parked.get("audience"))));
            }
        }
    }

    private boolean isAuto(Object code) {
        Named cause = causes.get(String.valueOf(code));
        return cause != null && cause.audience().equals("auto");
    }

    /** The code, when there is such a cause and it is this audience's. */
    private String known(Object code, String audience) {
        Named cause = causes.get(String.valueOf(code));
        if (cause != null && cause.audience().equals(audience)) {
            return cause.code();
        }
        return "";
    }

    private void test(Path file) throws IOException {
        var annotations = PROVES.matcher(Files.readString(file));
        while (annotations.find()) {
            var codes = CODE.matcher(annotations.group(1));
            while (codes.find()) {
                proved.add(codes.group(1));
                if (!causes.containsKey(codes.group(1))) {
                    findings.add(file.getFileName() + ": @Proves(\"" + codes.group(1)
                            + "\"), but there is no such file under causes/. Name one, or write it.");
                }
            }
        }
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        }
    }

    private static Object yaml(Path file) throws IOException {
        return new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
    }

    /** The node, where it is an object; else an empty one. */
    private static Map<?, ?> map(Object node) {
        return node instanceof Map<?, ?> map ? map : Map.of();
    }
}
