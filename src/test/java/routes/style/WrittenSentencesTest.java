package routes.style;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import routes.file.Languages;
import routes.style.WrittenSentences.Sentence;

/** What Java writes for people can be said in every language: each such sentence is known among the texts {@code said.*}. */
class WrittenSentencesTest {

    private static final Path JAVA = Path.of("src/main/java/routes");
    private static final String PARTS = "\\{\\d}";

    private final Map<String, String> english = new Languages(Languages.class.getClassLoader()).said(Languages.ENGLISH);

    @TempDir
    Path temp;

    private Stream<String> lacking(List<Sentence> written) {
        return written.stream()
                .filter(one -> english.entrySet().stream()
                        .noneMatch(text -> text.getKey().startsWith("said.") && says(text.getValue(), one.text())))
                .map(one -> one.file() + ":" + one.line() + ": no text says \"" + one.text()
                        + "\". Add said.<name> to messages.properties and the other languages, {0} for the first X.");
    }

    /** Whether the text is this sentence, whatever stands at its parts. */
    private static boolean says(String text, String sentence) {
        String words = text.matches(".*" + PARTS + ".*") ? text.replace("''", "'") : text;
        return sentence.matches(Stream.of(words.split(PARTS, -1))
                .map(java.util.regex.Pattern::quote)
                .collect(java.util.stream.Collectors.joining(".*")));
    }

    @Test
    void everySentenceForPeopleIsKnownToThePages() throws IOException {
        List<Sentence> written = WrittenSentences.in(
                List.of(JAVA.resolve("order"), JAVA.resolve("stock")),
                List.of(JAVA.resolve("deadletter"), JAVA.resolve("console"), JAVA.resolve("inbox")));
        assertThat(written).hasSizeGreaterThan(150);
        assertThat(lacking(written)).isEmpty();
    }

    @Test
    void aSentenceIsReadWithAllItsWaysAndWithoutWhatIsForEngineers() throws IOException {
        Files.writeString(
                temp.resolve("Verb.java"),
                """
                class Verb {
                    @Deprecated(since = "a long time ago")
                    void go(Draft draft, String id, boolean late) {
                        draft.note((late ? "Parcel " + id + " came late" : "It came") + ", by " + id + ".");
                        draft.hold("LATE", "Sums of %s differ".formatted(id));
                        rows.sql("select number from orders where id = ?");
                        throw new IllegalStateException("nobody reads this");
                    }
                }
                """);
        assertThat(WrittenSentences.in(List.of(temp), List.of()))
                .extracting(Sentence::text)
                .containsExactlyInAnyOrder("Parcel X1 came late, by X2.", "It came, by X1.", "Sums of X differ");
        assertThat(WrittenSentences.in(List.of(), List.of(temp))).isEmpty();
        assertThat(lacking(WrittenSentences.in(List.of(temp), List.of())).toList())
                .hasSize(3)
                .anySatisfy(finding -> assertThat(finding).contains("Verb.java:5: no text says \"Sums of X differ\""));
    }
}
