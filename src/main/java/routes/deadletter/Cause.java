package routes.deadletter;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import routes.file.Texts;

/**
 * Why a message could not go on, in the words of those who mend it; one file {@code causes/<cause>.yaml} each.
 *
 * @param code such as ADDRESS_UNKNOWN
 * @param title a few words
 * @param sentence what happened, for somebody who does not read logs
 * @param mends what to do about it
 * @param who who does it
 * @param exceptions simple names of the exceptions that mean this cause, if any do
 * @param matches failures of other or no name that mean this cause all the same
 * @param fields what may be mended, and nothing else
 * @param replays what lets the message run again
 * @param valueMap the value map that lacks a row; null for other causes
 * @param timeLimit how long it may lie, whatever the order's promise
 */
public record Cause(
        String code,
        Audience audience,
        Texts title,
        Texts sentence,
        Texts mends,
        Texts who,
        Texts runbook,
        List<String> exceptions,
        List<Match> matches,
        List<Field> fields,
        Replays replays,
        String valueMap,
        Duration timeLimit) {

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

    /** What lets a message of this cause run again. */
    public enum Replays {
        /** A person's button. */
        BY_HAND,
        /** A repair by the form. */
        REPAIR,
        /** A row in the value map. */
        VALUE_MAP,
        /** The partner answering again. */
        PARTNER_BACK,
        /** Nothing: it ends otherwise. */
        NEVER;

        /** The word in files: by-hand, repair, value-map, partner-back, never. */
        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * A failure that means this cause; every condition that is there must hold, and of several matches the one with the most
     * conditions wins.
     *
     * @param codes names the failure gives itself, such as PARTNER_REFUSED
     * @param exceptions simple names, of the exception or one of its own causes
     * @param partner whom the last call went to, {@code operation} which
     * @param statuses HTTP
     * @param pointer where in the partner's answer {@code pattern} is found; empty = anywhere in it
     * @param step the step's route id
     */
    public record Match(
            Set<String> codes,
            Set<String> exceptions,
            String partner,
            String operation,
            Set<Integer> statuses,
            String pointer,
            Pattern pattern,
            String step) {

        int conditions() {
            return (codes.isEmpty() ? 0 : 1)
                    + (exceptions.isEmpty() ? 0 : 1)
                    + (partner == null ? 0 : 1)
                    + (operation == null ? 0 : 1)
                    + (statuses.isEmpty() ? 0 : 1)
                    + (pattern == null ? 0 : 1)
                    + (pointer == null ? 0 : 1)
                    + (step == null ? 0 : 1);
        }
    }

    /**
     * One thing that may be mended.
     *
     * @param in ORDER: the order's own document; MESSAGE: the message as the partner sent it
     * @param pointer RFC 6901
     * @param label its name in the form
     * @param type text, email, phone, country, or money: which needs a second person
     * @param lookUp a list to choose from ({@code countries}); null for none
     * @param longest characters
     */
    public record Field(
            Where in, String pointer, Texts label, String type, String lookUp, boolean required, int longest) {

        /** Which document. */
        public enum Where {
            ORDER,
            MESSAGE
        }

        public String label(Locale reader) {
            return label.in(reader);
        }

        public boolean money() {
            return type.equals("money");
        }
    }

    public String title(Locale reader) {
        return title.in(reader);
    }

    public String sentence(Locale reader) {
        return sentence.in(reader);
    }

    public String mends(Locale reader) {
        return mends.in(reader);
    }

    public String who(Locale reader) {
        return who.in(reader);
    }

    /** What an engineer or a lead does step by step; empty where {@link #mends} says it all. */
    public String runbook(Locale reader) {
        return runbook.in(reader);
    }
}
