package routes.mapping;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import routes.file.Texts;

/**
 * What a map is about whose rows staff keep; one file {@code value-maps/<map>.yaml} each.
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
        String name, Texts title, Texts purpose, Texts left, Texts right, boolean bothWays, Set<String> values) {

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
        return title.in(reader);
    }

    public String purpose(Locale reader) {
        return purpose.in(reader);
    }

    public String left(Locale reader) {
        return left.in(reader);
    }

    public String right(Locale reader) {
        return right.in(reader);
    }
}
