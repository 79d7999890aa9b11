package routes.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import routes.file.BrokenDataFile;
import routes.file.DataFolder;

class ValueMapsTest {

    private static final String COLOUR =
            """
            title: {en: "Colours", de: "Farben"}
            purpose: {en: "What we call a colour.", de: "Wie wir eine Farbe nennen."}
            left: {en: "Theirs", de: "Dort"}
            right: {en: "Ours", de: "Hier"}
            """;

    @TempDir
    Path temp;

    @Test
    void theFiveMapsAreThereAndOnlyArticlesAreReadBackwards() {
        ValueMaps maps = new ValueMaps(ValueMapsTest.class.getClassLoader());
        assertThat(maps.all())
                .extracting(ValueMap::name)
                .containsExactly("country", "payment-method", "shipping-method", "sku", "tax-code");
        assertThat(maps.all().stream().filter(ValueMap::bothWays))
                .extracting(ValueMap::name)
                .containsExactly("sku");
        assertThat(maps.all().stream().filter(ValueMap::closed))
                .extracting(ValueMap::name)
                .containsExactly("country");
        for (ValueMap map : maps.all()) {
            assertThat(map.purpose(Locale.GERMANY)).as(map.name()).endsWith(".").isNotEqualTo(map.purpose(Locale.UK));
            assertThat(map.title(Locale.JAPAN)).as(map.name()).isEqualTo(map.title(Locale.ENGLISH));
        }
    }

    @Test
    void aListedValueStandsForItselfInCapitalsOrNot() {
        ValueMap country = new ValueMaps(ValueMapsTest.class.getClassLoader())
                .find("country")
                .orElseThrow();
        assertThat(country.listed("de")).contains("DE");
        assertThat(country.listed(" DE ")).contains("DE");
        assertThat(country.listed("UK")).isEmpty();
        assertThat(country.listed("Germany")).isEmpty();
        assertThat(new ValueMaps(ValueMapsTest.class.getClassLoader())
                        .find("sku")
                        .orElseThrow()
                        .listed("DE"))
                .isEmpty();
    }

    @Test
    void mapsAreReadFromAPackagedJar() throws IOException {
        var jar = DataFolder.inJar(temp, "value-maps", Map.of("value-maps/colour.yaml", COLOUR));
        assertThat(new ValueMaps(jar).all()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "purpose:|propose:|purpose: it is missing",
                "en: \"Colours\", ||title.en: it is missing",
                "title:|both-ways: perhaps\\ntitle:|both-ways: it is perhaps; write true or false",
                "title:|values: planets\\ntitle:|values: it is \"planets\"; write one of [countries]",
                "title:|strict: true\\ntitle:|strict: nobody reads this key"
            })
    void aBrokenMapStopsTheStartAndIsNamedWithItsKey(String right, String wrong, String said) throws IOException {
        assertThat(COLOUR).contains(right);
        String broken = COLOUR.replaceFirst(Pattern.quote(right), wrong == null ? "" : wrong.replace("\\n", "\n"));
        var folder = DataFolder.of(temp, Map.of("value-maps/colour.yaml", broken));
        assertThatThrownBy(() -> new ValueMaps(folder))
                .isInstanceOf(BrokenDataFile.class)
                .hasMessageContaining("value-maps/colour.yaml: " + said);
    }

    @Test
    void aNameThatNoColumnHoldsIsRefused() throws IOException {
        var folder = DataFolder.of(temp, Map.of("value-maps/Colour_1.yaml", COLOUR));
        assertThatThrownBy(() -> new ValueMaps(folder))
                .hasMessageContaining("value-maps/Colour_1.yaml: a map is called");
    }
}
