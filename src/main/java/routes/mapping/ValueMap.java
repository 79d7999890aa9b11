package routes.mapping;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a map is about whose rows staff keep; one file {@code value-maps/<map>.yaml} each. All texts are by language code,
 * and English is always among them.
 *
 * @param name the file's: {@code sku}, {@code country} ...
 * @param title a few words
 * @param purpose one sentence
 * @param left what a mapping looks up
 * @param right what that stands for
 * @param bothWays whether it is looked up backwards, too; then no two values may stand for the same
 * @param values what may stand on the right, and nothing else; empty for anything. One of these stands for itself, and
 *     everything else needs a row
 */
public record ValueMap(
        String name,
        Map<String, String> title,
        Map<String, String> purpose,
        Map<String, String> left,
        Map<String, String> right,
        boolean bothWays,
        Set<String> values) {

    /** Whether only listed values may come out, so that a value without a row never stands for itself. */
    public boolean closed() {
        return !values.isEmpty();
    }

    /** The listed value that this is, in capitals or not; empty when it is none, or nothing is listed. */
    public Optional<String> listed(String value) {
        return values.stream()
                .filter(one -> one.equalsIgnoreCase(value.strip()))
                .findFirst();
    }

    public String title(Locale reader) {
        return in(title, reader);
    }

    public String purpose(Locale reader) {
        return in(purpose, reader);
    }

    public String left(Locale reader) {
        return in(left, reader);
    }

    public String right(Locale reader) {
        return in(right, reader);
    }

    private static String in(Map<String, String> texts, Locale reader) {
        return texts.getOrDefault(reader.getLanguage(), texts.get("en"));
    }
}
