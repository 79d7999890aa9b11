package routes.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import routes.console.EveryText.Text;
import routes.deadletter.Bulk;
import routes.deadletter.Cause;
import routes.deadletter.Incidents;
import routes.inbox.MessageRows;
import routes.ledger.Account;
import routes.ledger.Entry;
import routes.order.CancelRequest;
import routes.order.Order;

/** Every language that has a file says everything there is to say, and nothing else. */
class LanguagesTest {

    /** What is rightly the same in German. */
    private static final Set<String> SAME_IN_GERMAN = Set.of(
            "Bank",
            "Express",
            "Mapping",
            "Name",
            "Order Hub",
            "SKU",
            "Shop",
            "Standard",
            "Status",
            "in Kafka",
            "{0} ms",
            "{0} s");

    static List<String> languages() throws IOException {
        return EveryText.languages();
    }

    @ParameterizedTest
    @MethodSource("languages")
    void nothingIsLackingNothingIsLeftOverAndEveryPartIsThere(String language) throws IOException {
        String file = "messages/messages_" + language + ".properties";
        Map<String, String> said = EveryText.file("messages_" + language + ".properties");
        Map<String, Text> all = EveryText.read();
        List<String> findings = new ArrayList<>();
        all.forEach((key, text) -> {
            String own = said.get(key);
            if (own == null) {
                if (!text.besides().contains(language)) {
                    findings.add(file + ": " + key + " is missing; write it there, in English it is \"" + text.english()
                            + "\" (" + text.file() + ")");
                }
            } else if (text.besides().contains(language)) {
                findings.add(file + ": " + key + " is said in " + text.file() + " already; take it away here");
            } else if (own.isBlank() || !parts(own).equals(parts(text.english()))) {
                findings.add(file + ": " + key + " is \"" + own + "\"; say \"" + text.english() + "\" with its parts "
                        + parts(text.english()));
            }
        });
        said.keySet().stream()
                .filter(key -> !all.containsKey(key))
                .forEach(key -> findings.add(file + ": " + key + " is said of nothing; take it away, or add it to "
                        + "messages/messages.properties"));
        assertThat(findings).isEmpty();
    }

    @Test
    void nothingInGermanIsEnglishByOversight() throws IOException {
        Map<String, String> german = EveryText.file("messages_de.properties");
        assertThat(EveryText.read().entrySet().stream()
                        .filter(text -> text.getValue().english().equals(german.get(text.getKey())))
                        .filter(text -> !SAME_IN_GERMAN.contains(text.getValue().english()))
                        .map(text -> "messages/messages_de.properties: " + text.getKey()
                                + " is the English text; write it in German, or add it to the words that are the same"))
                .isEmpty();
    }

    /** {0} of a message, {code} of a cause. */
    private static Set<String> parts(String text) {
        Matcher part = Pattern.compile("\\{\\w+}").matcher(text);
        return part.results().map(found -> found.group()).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyTextAPageAsksForExists() throws IOException {
        Set<String> known = EveryText.file("messages.properties").keySet();
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
    void everyCodeThatAPageShowsHasWords() throws IOException {
        Set<String> codes = new TreeSet<>();
        OpsDoors.STATUSES.forEach(status -> codes.add("status." + status));
        Map.<String, Object[]>of(
                        "state", MessageRows.State.values(),
                        "incident", Incidents.State.values(),
                        "run", Bulk.State.values(),
                        "item", Bulk.Item.values(),
                        "fulfilment", Order.FulfilmentOrder.State.values(),
                        "cancellation", Order.Cancellation.State.values(),
                        "entry", Entry.Kind.values())
                .forEach((kind, values) -> Stream.of(values).forEach(value -> codes.add(kind + "." + value)));
        for (Cause.Audience audience : Cause.Audience.values()) {
            codes.add("audience." + audience.word());
        }
        for (Account account : Account.values()) {
            codes.add("account." + account.number());
        }
        CancelRequest.REASONS.forEach(reason -> codes.add("because." + reason));
        // What verbs call themselves, what they hold orders for and open for people, and when they wake them.
        written("\\bapply(?:ToAll)?\\(\\s*(?:\\w+,\\s*)?\"([a-z-]+)\"", "verb", "order", codes);
        written("insert into history[^;]*values \\([?, ]*'([a-z-]+)'", "verb", "order|inbox|deadletter", codes);
        written("\\.hold\\(\\s*\"([A-Z_]+)\"", "hold", "order", codes);
        written("\\.open\\(\\s*\"([A-Z_]+)\"", "case", "order", codes);
        written("String [A-Z_]+ = \"([a-z-]+\\.[a-z-]+)\"", "deadline", "order", codes);
        assertThat(EveryText.file("messages.properties").keySet()).containsAll(codes);
    }

    private static void written(String pattern, String kind, String packages, Set<String> codes) throws IOException {
        int before = codes.size();
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java/routes"))) {
            for (Path source : sources.filter(file -> file.toString().matches(".*/(" + packages + ")/\\w+\\.java"))
                    .toList()) {
                Pattern.compile(pattern)
                        .matcher(Files.readString(source))
                        .results()
                        .forEach(found -> codes.add(kind + "." + found.group(1)));
            }
        }
        assertThat(codes)
                .as(kind + "s were looked for in another way than they are written")
                .hasSizeGreaterThan(before);
    }
}
