package routes.file;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A text for people in each language it was written in; made by {@link Languages#texts}.
 *
 * @param byLanguage by language code; English is always there
 */
public record Texts(Map<String, String> byLanguage) {

    /** There is nothing to say. */
    public static final Texts NONE = new Texts(Map.of(Languages.ENGLISH, ""));

    /** In the reader's language, else in English. */
    public String in(Locale reader) {
        return byLanguage.getOrDefault(reader.getLanguage(), byLanguage.get(Languages.ENGLISH));
    }

    /** The same with a placeholder such as {@code {code}} filled in. */
    public Texts with(String placeholder, String value) {
        Map<String, String> filled = new LinkedHashMap<>();
        byLanguage.forEach((language, text) -> filled.put(language, text.replace(placeholder, value)));
        return new Texts(filled);
    }
}
