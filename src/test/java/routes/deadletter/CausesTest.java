package routes.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.dao.DataIntegrityViolationException;
import routes.deadletter.Cause.Audience;
import routes.file.BrokenDataFile;
import routes.file.DataFolder;
import routes.mapping.ValueMaps;

class CausesTest {

    /** Words staff should not have to know; "mapping" and "replay" are what the console itself calls things. */
    private static final Pattern JARGON = Pattern.compile(
            "(?i)\\b(exception|null|json|xml|http|api|endpoint|timeout|payload|webhook|stack|parse|retry|queue|4\\d\\d|5\\d\\d)\\b");

    private final Causes causes = new Causes(Causes.class.getClassLoader());

    @TempDir
    Path temp;

    @Test
    void everyCauseTheHubStartsWithIsThere() {
        assertThat(causes.all())
                .extracting(Cause::code)
                .contains(
                        "UNREADABLE",
                        "FIELD_MISSING",
                        "MONEY_WRONG",
                        "MARKET_UNKNOWN",
                        "CURRENCY_UNBOOKED",
                        "ADDRESS_UNKNOWN",
                        "PARTNER_DOWN",
                        "PARTNER_REFUSED",
                        "PARTNER_GARBLED",
                        "OUTCOME_UNKNOWN",
                        "RATE_LIMITED",
                        "ORDER_UNKNOWN",
                        "SHOP_ORDER_UNKNOWN",
                        "SKU_UNKNOWN",
                        "SUM_WRONG",
                        "STATE_REFUSED",
                        "STEP_GONE",
                        "CREDENTIALS_REFUSED",
                        "TOPIC_UNHANDLED",
                        "STALE_VERSION",
                        "MAPPING_BROKEN",
                        "UNKNOWN");
    }

    @Test
    void everyCauseSpeaksToPeopleInBothLanguages() {
        for (Cause cause : causes.all()) {
            for (Locale reader : new Locale[] {Locale.ENGLISH, Locale.GERMAN}) {
                String sentence = cause.sentence(reader);
                assertThat(sentence).as(cause.code()).endsWith(".");
                assertThat(cause.title(reader))
                        .as(cause.code())
                        .doesNotEndWith(".")
                        .hasSizeLessThanOrEqualTo(60);
                assertThat(cause.title(reader) + " " + sentence)
                        .as(cause.code())
                        .doesNotContainPattern(JARGON);
                assertThat(cause.mends(reader)).as(cause.code()).endsWith(".");
            }
            assertThat(cause.sentence(Locale.GERMAN)).as(cause.code()).isNotEqualTo(cause.sentence(Locale.ENGLISH));
        }
    }

    @Test
    void aLanguageWithoutWordsReadsEnglish() {
        Cause cause = causes.named("ADDRESS_UNKNOWN");
        assertThat(cause.title(Locale.JAPANESE)).isEqualTo("The delivery address is not known");
        assertThat(cause.title(Locale.GERMANY)).isEqualTo("Die Lieferadresse ist nicht bekannt");
        assertThat(cause.audience()).isEqualTo(Audience.STAFF);
    }

    @Test
    void aCodeWithoutAFileIsAnEngineersAndStaysVisible() {
        Cause cause = causes.named("MOON_TOO_CLOSE");
        assertThat(cause.code()).isEqualTo("MOON_TOO_CLOSE");
        assertThat(cause.audience()).isEqualTo(Audience.ENGINEER);
        assertThat(cause.title(Locale.ENGLISH)).contains("(MOON_TOO_CLOSE)");
        assertThat(causes.named(null).code()).isEqualTo("UNKNOWN");
        assertThat(causes.named("UNKNOWN").title(Locale.ENGLISH)).contains("(UNKNOWN)");
    }

    @Test
    void anExceptionMeansItsCauseHoweverDeepItIs() {
        assertThat(causes.meaning(new IllegalStateException(new ConnectException("no"))))
                .map(Cause::code)
                .contains("PARTNER_DOWN");
        assertThat(causes.meaning(new IllegalStateException(new DataIntegrityViolationException("no"))))
                .map(Cause::code)
                .contains("STORE_FAILED");
        assertThat(causes.meaning(new IllegalStateException("?"))).isEmpty();
    }

    @Test
    void theAudienceIsAnsweredAsItsWord() throws IOException {
        assertThat(new ObjectMapper().writeValueAsString(Audience.STAFF)).isEqualTo("\"staff\"");
    }

    @Test
    void causesAreReadFromAPackagedJar() throws IOException {
        var jar = DataFolder.inJar(temp, "causes", Map.of("causes/unknown.yaml", unknown()));
        assertThat(new Causes(jar).all()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "code: UNKNOWN|code: STRANGE|code: \"STRANGE\" does not lead back",
                "audience: engineer|audience: boss|audience: it is \"boss\"; write auto, staff or engineer",
                "audience: engineer|audience: engineer\\nurgent: true|urgent: nobody reads this key",
                "en: \"Integration engineer\", ||who.en: it is missing",
                "mends:|amends:|mends: it is missing"
            })
    void aBrokenCauseStopsTheStartAndIsNamedWithItsKey(String right, String wrong, String said) throws IOException {
        assertThat(unknown()).contains(right);
        String broken = unknown().replaceFirst(Pattern.quote(right), wrong == null ? "" : wrong.replace("\\n", "\n"));
        var folder = DataFolder.of(temp, Map.of("causes/unknown.yaml", broken));
        assertThatThrownBy(() -> new Causes(folder))
                .isInstanceOf(BrokenDataFile.class)
                .hasMessageContaining("causes/unknown.yaml: ")
                .hasMessageContaining(said);
    }

    @Test
    void oneExceptionCannotMeanTwoCauses() throws IOException {
        String strange = unknown().replace("UNKNOWN", "STRANGE") + "exceptions: [ConnectException]\n";
        String odd = unknown().replace("UNKNOWN", "ODD") + "exceptions: [ConnectException]\n";
        var folder = DataFolder.of(
                temp, Map.of("causes/unknown.yaml", unknown(), "causes/strange.yaml", strange, "causes/odd.yaml", odd));
        assertThatThrownBy(() -> new Causes(folder))
                .hasMessageContaining("causes/strange.yaml: exceptions: ConnectException means ODD already");
    }

    @Test
    void withoutWordsForTheUnknownThereIsNoStart() throws IOException {
        var folder = DataFolder.of(temp, Map.of("causes/odd.yaml", unknown().replace("UNKNOWN", "ODD")));
        assertThatThrownBy(() -> new Causes(folder)).hasMessageContaining("causes/unknown.yaml: it is missing");
    }

    @Test
    void aMapAndTheCauseThatAsksForItsRowsMustFindEachOther() throws IOException {
        String lost = unknown().replace("UNKNOWN", "LOST").replaceFirst("replays:.*", "")
                + "\nreplays: value-map\nvalue-map: lost\n";
        var without = new Causes(DataFolder.of(temp, Map.of("causes/unknown.yaml", unknown())));
        var astray = new Causes(DataFolder.of(temp, Map.of("causes/lost.yaml", lost)));
        var settings = new ValueMapRows.Settings(Map.of());
        assertThatThrownBy(() -> new ValueMapRows(
                        null, null, settings, without, new ValueMaps(CausesTest.class.getClassLoader())))
                .isInstanceOf(BrokenDataFile.class)
                .hasMessage(
                        "value-maps/country.yaml: staff are not asked for its rows; write causes/country-unmapped.yaml"
                                + " with value-map: country");
        assertThatThrownBy(() -> new ValueMapRows(
                        null, null, settings, astray, new ValueMaps(CausesTest.class.getClassLoader())))
                .hasMessageContaining("causes/lost.yaml: value-map: there is no value-maps/lost.yaml");
    }

    private static String unknown() throws IOException {
        return Files.readString(Path.of("src/main/resources/causes/unknown.yaml"));
    }
}
