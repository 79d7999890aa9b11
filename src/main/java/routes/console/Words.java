package routes.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.MessageSource;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.stereotype.Component;
import routes.deadletter.ValueMapRows;
import routes.file.Languages;
import routes.inbox.LeaseClock;
import routes.ledger.Money;

/** How the console's pages say things in the reader's language: money, times, codes, and what was said to partners. */
@Component("words")
public class Words {

    /** Longer requests and answers are cut on the page; the JSON door has them whole. */
    private static final int LONGEST_SHOWN = 20_000;

    private static final Pattern MOMENT =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,9}|)|)Z");
    private static final Pattern PERIOD = Pattern.compile("PT(?=\\d)(\\d{1,9}H)?(\\d{1,9}M)?(\\d{1,9}S)?");
    private static final Pattern AMOUNT = Pattern.compile("(-?\\d{1,15}(?:\\.\\d{1,4})?) ([A-Z]{3})");

    private static final Map<String, String> TONES = Map.ofEntries(
            Map.entry("COMPLETED", "good"),
            Map.entry("DELIVERED", "good"),
            Map.entry("DONE", "good"),
            Map.entry("ANSWERED", "good"),
            Map.entry("SHIPPED", "busy"),
            Map.entry("PART_SHIPPED", "busy"),
            Map.entry("RELEASED", "busy"),
            Map.entry("RUNNING", "busy"),
            Map.entry("SENT", "busy"),
            Map.entry("ON_HOLD", "warn"),
            Map.entry("IN_REVIEW", "warn"),
            Map.entry("BACKORDERED", "warn"),
            Map.entry("CANCEL_REQUESTED", "warn"),
            Map.entry("REQUESTED", "warn"),
            Map.entry("DECIDED", "busy"),
            Map.entry("TOLD", "busy"),
            Map.entry("WAITING", "warn"),
            Map.entry("PARKED", "bad"),
            Map.entry("REJECTED", "bad"),
            Map.entry("REFUSED", "bad"),
            Map.entry("UNKNOWN", "bad"),
            Map.entry("SUCCEEDED", "good"),
            Map.entry("DONE_BY_HAND", "good"),
            Map.entry("REPLAYED", "busy"),
            Map.entry("PAUSED", "warn"),
            Map.entry("STOPPED", "bad"),
            Map.entry("FAILED_SAME", "bad"),
            Map.entry("FAILED_OTHER", "bad"),
            Map.entry("OPEN", "bad"));

    private final MessageSource texts;
    private final Languages languages;
    private final Sentences sentences;
    private final ObjectProvider<CamelContext> camel;
    private final ObjectMapper json;

    Words(MessageSource texts, Languages languages, ObjectProvider<CamelContext> camel, ObjectMapper json) {
        this.texts = texts;
        this.sentences = new Sentences(languages);
        this.camel = camel;
        this.languages = languages;
        this.json = json;
    }

    /** Minor units with the currency's own decimals; should a code be unknown, the bare figure beside it. */
    public String money(long minor, String currency) {
        try {
            return Money.format(minor, currency, locale());
        } catch (IllegalArgumentException unknown) {
            return minor + " (" + currency + ")";
        }
    }

    /** A moment in UTC, and says so; a dash for none. */
    public String time(Instant at) {
        return at == null
                ? "–"
                : DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM)
                                .withLocale(locale())
                                .withZone(ZoneOffset.UTC)
                                .format(at)
                        + " UTC";
    }

    /** How long ago in real time, which failures are dated in, in the two largest units: "3 h 5 min". */
    public String age(Instant since) {
        Duration age = Duration.between(since, LeaseClock.now());
        if (age.isNegative() || age.toMinutes() == 0) {
            return text("age.now");
        }
        if (age.toHours() == 0) {
            return text("age.minutes", age.toMinutes());
        }
        return age.toDays() == 0
                ? text("age.hours", age.toHours(), age.toMinutesPart())
                : text("age.days", age.toDays(), age.toHoursPart());
    }

    /** How much time is left until then, or by how much it is too late: "3 h 5 min", "2 h 10 min late". */
    public String left(Instant due) {
        Instant now = LeaseClock.now();
        boolean late = due.isBefore(now);
        Duration time = late ? Duration.between(due, now) : Duration.between(now, due);
        String words = period(time);
        return late ? text("left.late", words) : words;
    }

    private String period(Duration time) {
        return time.toHours() == 0
                ? text("left.minutes", Math.max(1, time.toMinutes()))
                : time.toDays() == 0
                        ? text("left.hours", time.toHours(), time.toMinutesPart())
                        : text("left.days", time.toDays(), time.toHoursPart());
    }

    /** A code in words, by the kind of code it is; the code itself where there are none. */
    public String say(String kind, String code) {
        return code == null || code.isEmpty() ? "–" : texts.getMessage(kind + "." + code, null, code, locale());
    }

    /** What a step or a partner's operation does: its route's sentence, in the reader's language; empty where it is gone. */
    public String route(String id) {
        String own = Optional.ofNullable(camel.getIfAvailable())
                .map(context -> ((ModelCamelContext) context).getRouteDefinition(id))
                .map(RouteDefinition::getDescriptionText)
                .orElse("");
        return texts.getMessage("route." + id, null, own, locale());
    }

    /** What the hub wrote down, sentence by sentence, in the reader's language; what others wrote stays as it is. */
    public String said(String written) {
        return written == null ? null : written.lines().map(this::sentence).collect(Collectors.joining(" "));
    }

    /** For the attribute translate: "no" where nothing of it is a sentence of ours. */
    public String mark(String written) {
        return written == null
                        || written.lines()
                                .noneMatch(line -> sentences.find(line).isPresent())
                ? "no"
                : null;
    }

    private String sentence(String written) {
        return sentences
                .find(written)
                .map(found ->
                        text(found.key(), found.parts().stream().map(this::part).toArray()))
                .orElse(written);
    }

    /** A part of a sentence: a moment, a time, an amount, a sentence with or without its full stop, or what it is. */
    private String part(String written) {
        if (MOMENT.matcher(written).matches()) {
            return time(Instant.parse(written));
        }
        if (PERIOD.matcher(written).matches()) {
            return period(Duration.parse(written));
        }
        Matcher amount = AMOUNT.matcher(written);
        if (amount.matches()) {
            try {
                String currency = amount.group(2);
                return money(Money.minor(new BigDecimal(amount.group(1)), currency), currency);
            } catch (IllegalArgumentException | ArithmeticException noMoney) {
                return written;
            }
        }
        if (sentences.find(written).isEmpty() && sentences.find(written + ".").isPresent()) {
            String whole = sentence(written + ".");
            return whole.endsWith(".") ? whole.substring(0, whole.length() - 1) : whole;
        }
        return sentence(written);
    }

    /** What keeps a row of a value map from being written, with its line where it had one, and what to do about it. */
    public String finding(ValueMapRows.Finding finding) {
        String words = text("values.fault." + finding.fault(), finding.about().toArray());
        return finding.line() == 0 ? words : text("values.line", String.valueOf(finding.line()), words);
    }

    /** The colour a state is shown in; never the only sign of it. */
    public String tone(String state) {
        return TONES.getOrDefault(state, "calm");
    }

    /** The colour of a partner's answer. */
    public String callTone(String outcome, Integer status) {
        if ("ANSWERED".equals(outcome) || status != null && status >= 200 && status < 300) {
            return "good";
        }
        return "INTENDED".equals(outcome) ? "calm" : "bad";
    }

    /** A request or an answer on lines of its own, cut where it is very long. */
    public String pretty(JsonNode said) {
        if (said == null || said.isNull()) {
            return "";
        }
        String text;
        try {
            text = said.isTextual()
                    ? said.textValue()
                    : json.writerWithDefaultPrettyPrinter().writeValueAsString(said);
        } catch (JsonProcessingException impossible) {
            text = said.toString();
        }
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "\n" + text("cut");
    }

    /** What failures that stand together have in common, by name. */
    static Map<String, String> parts(String groupedBy) {
        Map<String, String> parts = new LinkedHashMap<>();
        try {
            new ObjectMapper().readTree(groupedBy).properties().forEach(part -> {
                if (!part.getValue().isNull()) {
                    parts.put(part.getKey(), part.getValue().asText());
                }
            });
        } catch (JsonProcessingException old) {
            parts.put("cause", groupedBy);
        }
        return parts;
    }

    /** A link a partner gave, if a browser may follow it; null otherwise ("javascript:" is an address too). */
    public String link(String address) {
        return address != null && (address.startsWith("https://") || address.startsWith("http://")) ? address : null;
    }

    /** The language of the page, for its lang attribute. */
    public String language() {
        return locale().getLanguage();
    }

    /**
     * A language to choose.
     *
     * @param name in its own words
     * @param chosen whether the page is in it
     */
    public record Language(String code, String name, boolean chosen) {}

    /** All there are. */
    public List<Language> languages() {
        return languages.codes().stream()
                .map(code -> {
                    Locale own = Locale.forLanguageTag(code);
                    String name = own.getDisplayLanguage(own);
                    return new Language(
                            code, name.substring(0, 1).toUpperCase(own) + name.substring(1), code.equals(language()));
                })
                .toList();
    }

    private String text(String key, Object... values) {
        return texts.getMessage(key, values, locale());
    }

    private static Locale locale() {
        return LocaleContextHolder.getLocale();
    }
}
