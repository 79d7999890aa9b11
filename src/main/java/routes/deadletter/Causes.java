package routes.deadletter;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import routes.deadletter.Cause.Audience;
import routes.deadletter.Cause.Replays;
import routes.file.BrokenDataFile;
import routes.file.DataFile;
import routes.file.Languages;
import routes.file.Texts;
import routes.inbox.Caused;
import routes.inbox.Overlay;
import routes.inbox.Turn;

/** Every cause we have a name for, one file each under {@code causes/}: to name another is to add its file. */
@Component
public class Causes {

    /** What a cause is called that we have no file for. */
    public static final String UNKNOWN = "UNKNOWN";

    private static final Set<String> TYPES = Set.of("text", "email", "phone", "country", "money");
    private static final Duration USUAL_LIMIT = Duration.ofHours(24);

    private final Languages languages;
    private final Map<String, Cause> causes = new LinkedHashMap<>();
    private final Map<String, Cause> byException = new HashMap<>();

    /** @throws BrokenDataFile naming file and key when a cause cannot be believed, or there is none for the unknown */
    @Autowired
    public Causes(Languages languages) {
        this(languages, Causes.class.getClassLoader());
    }

    Causes(ClassLoader classes) {
        this(new Languages(classes), classes);
    }

    private Causes(Languages languages, ClassLoader classes) {
        this.languages = languages;
        DataFile.allIn("causes", classes).forEach(this::add);
        if (!causes.containsKey(UNKNOWN)) {
            throw new BrokenDataFile("causes/unknown.yaml: it is missing; a code without a file is shown with it");
        }
    }

    /**
     * The cause of that code. A code without a file is an engineer's: it gets the words for the unknown, in which its own
     * code stays visible.
     */
    public Cause named(String code) {
        Cause known = code == null ? null : causes.get(code);
        if (known != null) {
            return known.code().equals(UNKNOWN) ? naming(known, UNKNOWN) : known;
        }
        return naming(causes.get(UNKNOWN), code == null || code.isBlank() ? UNKNOWN : code);
    }

    /** Whether there is a file for that code; UNKNOWN has one, but names nothing. */
    public boolean knows(String code) {
        return causes.containsKey(code) && !code.equals(UNKNOWN);
    }

    /** The cause that one of an exception's own causes stands for, the innermost first; empty when no file names any. */
    public Optional<Cause> meaning(Throwable failure) {
        Cause innermost = null;
        int depth = 0; // a chain may bite its own tail
        for (Throwable each = failure; each != null && depth < 50; each = each.getCause(), depth++) {
            Cause named = byException.get(each.getClass().getSimpleName());
            innermost = named == null ? innermost : named;
        }
        return Optional.ofNullable(innermost);
    }

    /**
     * The cause of a failure that is about to park its message: what a match in a file says of it and of the partner's last
     * answer, else the name it gives itself, else what one of its exceptions means. Nothing: an engineer's.
     *
     * @param failure the final one, never the first of several tries
     * @param said the last thing heard from a partner in this turn; null for nothing
     */
    public Cause of(Throwable failure, Turn.Said said, String step) {
        String own = null;
        Set<String> names = new HashSet<>();
        int depth = 0;
        for (Throwable each = failure; each != null && depth < 50; each = each.getCause(), depth++) {
            if (own == null && each instanceof Caused caused) {
                own = caused.causeCode();
            }
            names.add(each.getClass().getSimpleName());
        }
        Cause best = null;
        int most = 0;
        for (Cause cause : causes.values()) {
            for (Cause.Match match : cause.matches()) {
                if (match.conditions() > most && holds(match, own, names, said, step)) {
                    best = cause;
                    most = match.conditions();
                }
            }
        }
        if (best != null) {
            return best;
        }
        return own != null ? named(own) : meaning(failure).orElseGet(() -> named(UNKNOWN));
    }

    private static boolean holds(Cause.Match match, String own, Set<String> exceptions, Turn.Said said, String step) {
        if (!match.codes().isEmpty() && !match.codes().contains(own)
                || !match.exceptions().isEmpty() && Collections.disjoint(match.exceptions(), exceptions)
                || match.step() != null && !match.step().equals(step)) {
            return false;
        }
        if (match.partner() == null
                && match.operation() == null
                && match.statuses().isEmpty()
                && match.pattern() == null) {
            return true;
        }
        return said != null
                && (match.partner() == null || said.operation().startsWith(match.partner() + "."))
                && (match.operation() == null || said.operation().equals(match.operation()))
                && (match.statuses().isEmpty() || match.statuses().contains(said.status()))
                && (match.pattern() == null || found(match, said.answer()));
    }

    private static boolean found(Cause.Match match, String answer) {
        if (answer == null) {
            return false;
        }
        String text = answer;
        if (match.pointer() != null) {
            try {
                text = Overlay.tree(answer).at(match.pointer()).asText("");
            } catch (IllegalArgumentException notJson) {
                return false;
            }
        }
        return match.pattern().matcher(text).find();
    }

    /** All causes, by code. */
    public Collection<Cause> all() {
        return List.copyOf(causes.values());
    }

    private void add(DataFile file) {
        String code = file.text("code");
        if (!code.equals(file.name().toUpperCase(Locale.ROOT).replace('-', '_'))) {
            throw file.broken("code", "\"" + code + "\" does not lead back to the file's name");
        }
        Cause cause = new Cause(
                code,
                audience(file),
                languages.texts(file, "title"),
                languages.texts(file, "sentence"),
                languages.texts(file, "mends"),
                languages.texts(file, "who"),
                file.has("runbook") ? languages.texts(file, "runbook") : Texts.NONE,
                file.has("exceptions") ? file.texts("exceptions") : List.of(),
                file.has("match")
                        ? file.parts("match").stream().map(Causes::match).toList()
                        : List.of(),
                file.has("fields")
                        ? file.parts("fields", "pointer").stream()
                                .map(this::field)
                                .toList()
                        : List.of(),
                file.has("replays") ? replays(file) : Replays.BY_HAND,
                file.has("value-map") ? file.text("value-map") : null,
                file.has("time-limit") ? duration(file, "time-limit") : USUAL_LIMIT);
        if (cause.replays() == Replays.REPAIR && cause.fields().isEmpty()) {
            throw file.broken("replays", "a repair needs fields that may be mended");
        }
        if ((cause.replays() == Replays.VALUE_MAP) != (cause.valueMap() != null)) {
            throw file.broken("value-map", "write it where replays is value-map, and only there");
        }
        file.nothingElse();
        causes.put(code, cause);
        for (String exception : cause.exceptions()) {
            Cause other = byException.put(exception, cause);
            if (other != null) {
                throw file.broken("exceptions", exception + " means " + other.code() + " already");
            }
        }
    }

    private static Audience audience(DataFile file) {
        String word = file.text("audience");
        for (Audience audience : Audience.values()) {
            if (audience.word().equals(word)) {
                return audience;
            }
        }
        throw file.broken("audience", "it is \"" + word + "\"; write auto, staff or engineer");
    }

    private static Cause.Match match(DataFile file) {
        Set<Integer> statuses = new LinkedHashSet<>();
        if (file.has("status")) {
            statuses.add(file.number("status", 0));
        }
        Cause.Match match = new Cause.Match(
                file.has("code") ? Set.of(file.text("code")) : Set.of(),
                file.has("exception") ? Set.of(file.text("exception")) : Set.of(),
                file.has("partner") ? file.text("partner") : null,
                file.has("operation") ? file.text("operation") : null,
                statuses,
                file.has("pointer") ? pointer(file) : null,
                file.has("pattern") ? pattern(file) : null,
                file.has("step") ? file.text("step") : null);
        if (match.conditions() == 0) {
            throw file.broken("code", "a match without a condition would mean everything");
        }
        if (match.pointer() != null && match.pattern() == null) {
            throw file.broken("pattern", "say what is to be found at the pointer");
        }
        return match;
    }

    private static String pointer(DataFile file) {
        String pointer = file.text("pointer");
        if (!pointer.startsWith("/")) {
            throw file.broken("pointer", "\"" + pointer + "\" is no JSON pointer; write /a/b");
        }
        return pointer;
    }

    private static Pattern pattern(DataFile file) {
        try {
            return Pattern.compile(file.text("pattern"));
        } catch (PatternSyntaxException wrong) {
            throw file.broken("pattern", wrong.getDescription());
        }
    }

    private Cause.Field field(DataFile file) {
        String type = file.has("type") ? file.text("type") : "text";
        if (!TYPES.contains(type)) {
            throw file.broken("type", "it is \"" + type + "\"; write one of " + TYPES);
        }
        String in = file.text("in");
        if (!in.equals("order") && !in.equals("message")) {
            throw file.broken("in", "it is \"" + in + "\"; write order or message");
        }
        return new Cause.Field(
                in.equals("order") ? Cause.Field.Where.ORDER : Cause.Field.Where.MESSAGE,
                pointer(file),
                languages.texts(file, "label"),
                type,
                file.has("look-up") ? file.text("look-up") : null,
                file.has("required") && file.flag("required"),
                file.has("longest") ? file.number("longest", 1) : 200);
    }

    private static Replays replays(DataFile file) {
        String word = file.text("replays");
        for (Replays each : Replays.values()) {
            if (each.word().equals(word)) {
                return each;
            }
        }
        throw file.broken("replays", "it is \"" + word + "\"; write by-hand, repair, value-map, partner-back or never");
    }

    private static Duration duration(DataFile file, String key) {
        try {
            return Duration.parse(file.text(key));
        } catch (DateTimeParseException wrong) {
            throw file.broken(key, "write a time such as PT4H");
        }
    }

    private static Cause naming(Cause unknown, String code) {
        return new Cause(
                code,
                unknown.audience(),
                unknown.title().with("{code}", code),
                unknown.sentence().with("{code}", code),
                unknown.mends(),
                unknown.who(),
                unknown.runbook(),
                List.of(),
                List.of(),
                List.of(),
                unknown.replays(),
                null,
                unknown.timeLimit());
    }
}
