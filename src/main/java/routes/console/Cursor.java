package routes.console;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/** Where a list goes on: the last item of the page before, written so that nobody builds one by hand. */
final class Cursor {

    private Cursor() {}

    /**
     * A page of a list.
     *
     * @param next what to send as {@code after} for the next page; null on the last
     */
    record Page<T>(List<T> items, String next) {

        <R> Page<R> map(Function<T, R> shown) {
            return new Page<>(items.stream().map(shown).toList(), next);
        }
    }

    /**
     * Cuts a page out of rows read one further than asked.
     *
     * @param kind which list it is: one list's cursor is refused by another
     * @param key what the list is sorted by
     */
    static <T> Page<T> page(String kind, List<T> rows, int limit, Function<T, String> key) {
        if (rows.size() <= limit) {
            return new Page<>(rows, null);
        }
        List<T> items = rows.subList(0, limit);
        return new Page<>(items, write(kind, key.apply(items.get(limit - 1))));
    }

    private static String write(String kind, String key) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((kind + ":" + key).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The key a cursor was written from; null where none was sent.
     *
     * @throws Problem.Refused when it is no cursor of this list
     */
    static String read(String kind, String after) {
        if (after == null || after.isEmpty()) {
            return null;
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(after), StandardCharsets.UTF_8);
            if (text.startsWith(kind + ":") && text.length() < 200) {
                return text.substring(kind.length() + 1);
            }
        } catch (IllegalArgumentException notBase64) {
            // Refused below like any other.
        }
        throw refused();
    }

    /** The same for lists sorted by an id. */
    static Long readId(String kind, String after) {
        String key = read(kind, after);
        try {
            return key == null ? null : Long.valueOf(key);
        } catch (NumberFormatException notAnId) {
            throw refused();
        }
    }

    private static Problem.Refused refused() {
        return new Problem.Refused(
                Problem.Kind.BAD_PARAMETER, "\"after\" must be the \"next\" of an earlier page of this list");
    }
}
