package routes.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import routes.file.BrokenDataFile;
import routes.file.DataFolder;

class RegionsTest {

    private final Regions regions = new Regions();

    @TempDir
    Path temp;

    @Test
    void ourMarketsAreAsTheirFilesSay() {
        assertThat(regions.all()).extracting(Market::name).containsExactly("de", "gb", "jp", "us");
        Market us = regions.named("us");
        assertThat(us.currency()).isEqualTo("USD");
        assertThat(us.pricesIncludeTax()).isFalse();
        assertThat(us.partner("tax")).isEqualTo("avalara");
        assertThat(us.company())
                .isEqualTo(new Market.Company("us-books", "11111111-1111-4111-8111-111111111111", "USD"));
        assertThat(us.node("12")).isEqualTo("12");
        assertThat(us.tolerances().taxMinor()).isEqualTo(5);
        assertThat(regions.named("de").pricesIncludeTax()).isTrue();
        assertThat(regions.company("jp-books").currency()).isEqualTo("JPY");
    }

    @Test
    void aCountryLeadsToItsMarketOrToNone() {
        assertThat(regions.forCountry("de")).map(Market::name).contains("de");
        assertThat(regions.forCountry("BR")).isEmpty();
        assertThat(regions.forCountry(null)).isEmpty();
        assertThatThrownBy(() -> regions.named("br"))
                .hasMessageContaining("\"br\"")
                .hasMessageContaining("[de, gb, jp, us]");
        assertThatThrownBy(() -> regions.company("br-books")).hasMessageContaining("us-books");
    }

    @Test
    void anUrgentServiceLevelHasALowerPriorityAndAnUnknownOneIsTheUsual() {
        Market us = regions.named("us");
        assertThat(us.serviceLevel("express").priority())
                .isLessThan(us.serviceLevel("standard").priority());
        assertThat(us.serviceLevel("by-pigeon")).isEqualTo(us.serviceLevel("standard"));
        assertThat(us.serviceLevel(null)).isEqualTo(us.serviceLevel("standard"));
    }

    @Test
    void taxIsOwedToTheStateInOneCountryAndToTheCountryInAnother() {
        assertThat(regions.named("us").jurisdiction("US", "CA")).isEqualTo("US-CA");
        assertThat(regions.named("us").jurisdiction("US", "")).isEqualTo("US");
        assertThat(regions.named("de").jurisdiction("DE", "BY")).isEqualTo("DE");
    }

    @Test
    void whatAMarketDoesNotHaveIsNamed() {
        assertThatThrownBy(() -> regions.named("us").partner("loyalty"))
                .hasMessageContaining("Market us")
                .hasMessageContaining("\"loyalty\"");
        assertThatThrownBy(() -> regions.named("us").node("99")).hasMessageContaining("\"99\"");
    }

    @Test
    void marketsAreReadFromAPackagedJar() throws IOException {
        var jar = DataFolder.inJar(temp, "regions", Map.of("regions/us.yaml", us()));
        assertThat(new Regions(jar).all()).extracting(Market::name).containsExactly("us");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "currency: USD|currency: USB|currency: \"USB\" is not",
                "currency: USD||currency: it is missing",
                "currency: USD|currency: 12|currency: it is 12",
                "countries: [US]|countries: [NO]|countries: it is false; write a text",
                "countries: [US]|countries: [UK]|countries: \"UK\" is not an ISO 3166",
                "countries: [US]|countries: []|countries: the list is empty",
                "[en, es]|[en, xx]|languages: \"xx\"",
                "prices-include-tax: false|prices-include-tax: maybe|prices-include-tax: it is maybe",
                "taxed-by: region|taxed-by: moon|taxed-by: it is \"moon\"",
                "tax: avalara, ||partners.tax: it is missing",
                "guid: 11111111|guid: 1111|company.guid:",
                "{name: us-books, |{|company.name: it is missing",
                "ship-within-hours: 8|ship-within-hours: 0|service-levels.same-day.ship-within-hours: it is 0",
                "priority: 1|urgency: 1|service-levels.same-day.priority: it is missing",
                "priority: 1|priority: 1, colour: red|service-levels.same-day.colour: nobody reads this key",
                "usual-service-level: standard|usual-service-level: fast|usual-service-level: \"fast\" is none of",
                "tax-minor: 5|tax-minor: -5|tolerances.tax-minor: it is -5",
                "{\"11\"|{11|nodes: the key 11 is not a text",
                "currency: USD|currency: USD\\nmood: good|mood: nobody reads this key",
                "countries: [US]|countries: [US|this is not YAML",
                "currency: USD|currency: USD\\ncurrency: EUR|this is not YAML"
            })
    void aBrokenMarketStopsTheStartAndIsNamedWithItsKey(String right, String wrong, String said) throws IOException {
        assertThat(us()).contains(right);
        String broken = us().replaceFirst(Pattern.quote(right), wrong == null ? "" : wrong.replace("\\n", "\n"));
        var folder = DataFolder.of(temp, Map.of("regions/us.yaml", broken));
        assertThatThrownBy(() -> new Regions(folder))
                .isInstanceOf(BrokenDataFile.class)
                .hasMessageContaining("regions/us.yaml: ")
                .hasMessageContaining(said);
    }

    @Test
    void twoMarketsCannotServeOneCountry() throws IOException {
        var folder = DataFolder.of(temp, Map.of("regions/us.yaml", us(), "regions/us2.yaml", us()));
        assertThatThrownBy(() -> new Regions(folder))
                .hasMessageContaining("regions/us2.yaml: countries: US is served by regions/us.yaml already");
    }

    @Test
    void twoMarketsCannotDescribeOneCompanyDifferently() throws IOException {
        String ca = us().replace("countries: [US]", "countries: [CA]")
                .replace("books-currency: USD", "books-currency: CAD");
        var folder = DataFolder.of(temp, Map.of("regions/us.yaml", us(), "regions/ca.yaml", ca));
        assertThatThrownBy(() -> new Regions(folder)).hasMessageContaining("us-books differently");
    }

    @Test
    void noMarketAtAllIsAMistake() throws IOException {
        var folder = DataFolder.of(temp, Map.of("other/x.yaml", "a: b"));
        assertThatThrownBy(() -> new Regions(folder)).hasMessageContaining("regions/: there is no .yaml file");
    }

    private static String us() throws IOException {
        return Files.readString(Path.of("src/main/resources/regions/us.yaml"));
    }
}
