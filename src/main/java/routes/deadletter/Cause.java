package routes.deadletter;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Why a message could not go on, in the words of those who mend it; one file {@code causes/<cause>.yaml} each.
 *
 * @param code such as ADDRESS_UNKNOWN
 * @param title a few words, per language code; English is always there
 * @param sentence what happened, for somebody who does not read logs
 * @param mends what to do about it
 * @param who who does it
 * @param exceptions simple names of the exceptions that mean this cause, if any do
 */
public record Cause(
        String code,
        Audience audience,
        Map<String, String> title,
        Map<String, String> sentence,
        Map<String, String> mends,
        Map<String, String> who,
        List<String> exceptions) {

    /** Who acts on it first. */
    public enum Audience {
        /** Nobody: the hub tries again by itself. */
        AUTO,
        /** Whoever looks after orders. */
        STAFF,
        /** Whoever looks after routes and mappings. */
        ENGINEER;

        /** The word in files and answers: auto, staff, engineer. */
        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public String title(Locale reader) {
        return in(title, reader);
    }

    public String sentence(Locale reader) {
        return in(sentence, reader);
    }

    public String mends(Locale reader) {
        return in(mends, reader);
    }

    public String who(Locale reader) {
        return in(who, reader);
    }

    private static String in(Map<String, String> texts, Locale reader) {
        return texts.getOrDefault(reader.getLanguage(), texts.get("en"));
    }
}
