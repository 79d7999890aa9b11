package routes.console;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import routes.file.Languages;

/**
 * Finds what the hub wrote down in English (into an order's history, as a reason, as a refusal) among the texts
 * {@code said.*}, so that it can be said again in the reader's language, old records included.
 */
final class Sentences {

    private static final String OURS = "said.";
    private static final Pattern PART = Pattern.compile("\\{(\\d)}");

    /** @param parts the numbers of its parts in the order in which they stand there, {@code literal} how many letters are not theirs */
    private record Known(String key, Pattern words, List<Integer> parts, int literal) {}

    /** @param parts what stands at {0}, {1} and so on */
    record Found(String key, List<String> parts) {}

    private final List<Known> known;

    Sentences(Languages languages) {
        known = languages.said(Languages.ENGLISH).entrySet().stream()
                .filter(text -> text.getKey().startsWith(OURS))
                .map(Sentences::read)
                // The one that says most itself; of equal ones always the same.
                .sorted(Comparator.comparingInt(Known::literal).reversed().thenComparing(Known::key))
                .toList();
    }

    private static Known read(Map.Entry<String, String> text) {
        boolean whole = !PART.matcher(text.getValue()).find();
        // A text with parts is a MessageFormat, in which an apostrophe is written twice.
        String words = whole ? text.getValue() : text.getValue().replace("''", "'");
        List<Integer> parts = new ArrayList<>();
        StringBuilder pattern = new StringBuilder();
        int literal = 0;
        int end = 0;
        for (MatchResult part : PART.matcher(words).results().toList()) {
            pattern.append(Pattern.quote(words.substring(end, part.start()))).append("(.*?)");
            literal += part.start() - end;
            parts.add(Integer.valueOf(part.group(1)));
            end = part.end();
        }
        pattern.append(Pattern.quote(words.substring(end)));
        return new Known(text.getKey(), Pattern.compile(pattern.toString()), parts, literal + words.length() - end);
    }

    /** Which of our sentences this is; nothing for what others said. */
    Optional<Found> find(String sentence) {
        for (Known one : known) {
            Matcher match = one.words().matcher(sentence);
            if (match.matches()) {
                Map<Integer, String> parts = new TreeMap<>();
                for (int i = 0; i < one.parts().size(); i++) {
                    parts.put(one.parts().get(i), match.group(i + 1));
                }
                return Optional.of(new Found(one.key(), List.copyOf(parts.values())));
            }
        }
        return Optional.empty();
    }
}
