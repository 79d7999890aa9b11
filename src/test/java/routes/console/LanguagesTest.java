package routes.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LanguagesTest {

    private static Properties texts(String file) throws IOException {
        Properties texts = new Properties();
        texts.load(new InputStreamReader(
                LanguagesTest.class.getResourceAsStream("/messages/" + file), StandardCharsets.UTF_8));
        return texts;
    }

    @Test
    void germanSaysEverythingEnglishSaysWithTheSameParts() throws IOException {
        Properties english = texts("messages.properties");
        Properties german = texts("messages_de.properties");
        assertThat(german.stringPropertyNames()).isEqualTo(english.stringPropertyNames());
        for (String key : english.stringPropertyNames()) {
            assertThat(parts(german.getProperty(key))).as(key).isEqualTo(parts(english.getProperty(key)));
            assertThat(german.getProperty(key)).as(key).isNotBlank();
        }
    }

    private static Set<String> parts(String text) {
        Matcher part = Pattern.compile("\\{\\d}").matcher(text);
        return part.results().map(found -> found.group()).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyTextAPageAsksForExists() throws IOException {
        Set<String> known = texts("messages.properties").stringPropertyNames();
        Pattern asked = Pattern.compile("#\\{([a-zA-Z.]+)[}(]");
        try (Stream<Path> pages = Files.list(Path.of("src/main/resources/templates"))) {
            for (Path page : pages.toList()) {
                Matcher key = asked.matcher(Files.readString(page));
                while (key.find()) {
                    assertThat(known).as(page.toString()).contains(key.group(1));
                }
            }
        }
    }

    @Test
    void everyStatusAndStateHasWords() throws IOException {
        Set<String> known = texts("messages.properties").stringPropertyNames();
        OpsDoors.STATUSES.forEach(status -> assertThat(known).contains("status." + status));
        for (routes.inbox.MessageRows.State state : routes.inbox.MessageRows.State.values()) {
            assertThat(known).contains("state." + state);
        }
    }
}
