package routes.stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import routes.file.BrokenDataFile;
import routes.file.DataFolder;

class AllRulesTest {

    @TempDir
    Path temp;

    @Test
    void ourMarketsSourceAsTheirFilesSay() {
        AllRules all = new AllRules();
        SourcingRules us = all.of("us");
        assertThat(us.everywhere()).containsExactly("11", "12");
        assertThat(us.maxParcels()).isEqualTo(2);
        assertThat(us.nodesFor(going("US", "CA", "standard"))).containsExactly("12", "11");
        assertThat(us.nodesFor(going("US", "NY", "standard"))).containsExactly("11", "12");
        assertThat(us.nodesFor(going("US", "CA", "same-day"))).containsExactly("11");
        assertThat(all.of("de").nodesFor(going("PL", null, "express"))).containsExactly("12", "11");
        assertThat(all.of("jp").backorder().allowed()).isFalse();
        assertThat(all.warehouses()).containsExactly("warehouse");
        assertThatThrownBy(() -> all.of("br")).hasMessageContaining("[de, gb, jp, us]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sourcing:|sauce:|sourcing: it is missing",
                "max-parcels: 2||sourcing.max-parcels: it is missing",
                "max-parcels: 2|max-parcels: 0|sourcing.max-parcels: it is 0",
                "max-parcels: 2|max-parcels: 9|sourcing.max-parcels: it is 9; write a whole number up to 5",
                "max-parcels: 2|max-parcels: two|sourcing.max-parcels: it is two; write a whole number",
                "ship-complete: false|ship-complete: maybe|sourcing.ship-complete: it is maybe",
                "min-parcel-value-minor: 0|min-parcel-value-minor: -1|sourcing.min-parcel-value-minor: it is -1",
                "promise-days: 14|promise-days: 0|sourcing.backorder.promise-days: it is 0",
                "{allowed: true, |{|sourcing.backorder.allowed: it is missing",
                "[WA, OR, CA, NV, AZ]|[WA, WA]|sourcing.nodes[2].when.regions: \"WA\" stands there twice",
                "[same-day]|[pigeon]|sourcing.nodes[1].when.service-levels: \"pigeon\" is none of this market's",
                "when: {service-levels: [same-day]}|when: {countries: [DE]}|sourcing.nodes[1].when.countries: \"DE\"",
                "prefer: [\"12\", \"11\"]|prefer: [\"99\"]|sourcing.nodes[2].prefer: \"99\" is none of this market's [11, 12]",
                "prefer: [\"12\", \"11\"]|prefer: [12]|sourcing.nodes[2].prefer: it is 12; write a text",
                "prefer: [\"12\", \"11\"]|perfer: [\"12\"]|sourcing.nodes[2].prefer: it is missing",
                "when: {regions: |when: {region: |sourcing.nodes[2].when.region: nobody reads this key",
                "ship-complete: false|ship-complete: false\\n  by-drone: true|sourcing.by-drone: nobody reads this key"
            })
    void brokenRulesStopTheStartAndAreNamedWithTheirKey(String right, String wrong, String said) throws IOException {
        String us = Files.readString(Path.of("src/main/resources/regions/us.yaml"));
        assertThat(us).contains(right);
        String broken = us.replaceFirst(Pattern.quote(right), wrong == null ? "" : wrong.replace("\\n", "\n"));
        var folder = DataFolder.of(temp, Map.of("regions/us.yaml", broken));
        assertThatThrownBy(() -> new AllRules(folder))
                .isInstanceOf(BrokenDataFile.class)
                .hasMessageContaining("regions/us.yaml: ")
                .hasMessageContaining(said);
    }

    private static Demand going(String country, String region, String level) {
        return new Demand(country, region, level, List.of(new Demand.Line(1, "MUG-1", 1, 100)), List.of());
    }
}
