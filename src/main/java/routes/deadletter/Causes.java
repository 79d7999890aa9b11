package routes.deadletter;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import routes.deadletter.Cause.Audience;
import routes.file.BrokenDataFile;
import routes.file.DataFile;

/** Every cause we have a name for, one file each under {@code causes/}: to name another is to add its file. */
@Component
public class Causes {

    /** What a cause is called that we have no file for. */
    public static final String UNKNOWN = "UNKNOWN";

    private static final List<String> LANGUAGES = List.of("en", "de");

    private final Map<String, Cause> causes = new LinkedHashMap<>();
    private final Map<String, Cause> byException = new HashMap<>();

    /** @throws BrokenDataFile naming file and key when a cause cannot be believed, or there is none for the unknown */
    @Autowired
    public Causes() {
        this(Causes.class.getClassLoader());
    }

    Causes(ClassLoader classes) {
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
                texts(file, "title"),
                texts(file, "sentence"),
                texts(file, "mends"),
                texts(file, "who"),
                file.has("exceptions") ? file.texts("exceptions") : List.of());
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

    private static Map<String, String> texts(DataFile file, String key) {
        DataFile languages = file.part(key);
        LANGUAGES.forEach(languages::text);
        return languages.allTexts();
    }

    private static Cause naming(Cause unknown, String code) {
        return new Cause(
                code,
                unknown.audience(),
                naming(unknown.title(), code),
                naming(unknown.sentence(), code),
                unknown.mends(),
                unknown.who(),
                List.of());
    }

    private static Map<String, String> naming(Map<String, String> texts, String code) {
        Map<String, String> named = new LinkedHashMap<>();
        texts.forEach((language, text) -> named.put(language, text.replace("{code}", code)));
        return named;
    }
}
