package routes.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import routes.deadletter.ValueMapRows.Change;
import routes.deadletter.ValueMapRows.Fault;
import routes.deadletter.ValueMapRows.Finding;
import routes.deadletter.ValueMapRows.Outlook;
import routes.deadletter.ValueMapRows.ValueRow;
import routes.deadletter.ValueMapRows.Wanted;
import routes.inbox.Refused;
import routes.inbox.StoreAtHand;
import routes.inbox.StoreAtHand.On;
import routes.mapping.ValueMaps;
import routes.mapping.ValueUnmapped;

/** Rows of value maps are written all or none, found again, taken away, and seen by a second hub, on both real stores. */
class ValueMapsOnBothStoresTest {

    @TempDir
    Path folder;

    private StoreAtHand store;
    private ValueMapRows maps;

    private void start(On on) {
        store = new StoreAtHand(on, folder);
        maps = hub();
    }

    private ValueMapRows hub() {
        return new ValueMapRows(
                store.rows(),
                store.committer(),
                new ValueMapRows.Settings(Map.of("tax-code", Set.of("WINE-9"))),
                new Causes(ValueMapsOnBothStoresTest.class.getClassLoader()),
                new ValueMaps(ValueMapsOnBothStoresTest.class.getClassLoader()));
    }

    @AfterEach
    void stop() {
        store.close();
    }

    private Outlook put(String map, String... pairs) {
        return maps.put(map, wanted(pairs), "staff", "why");
    }

    private static List<Wanted> wanted(String... pairs) {
        List<Wanted> wanted = new ArrayList<>();
        for (int i = 0; i < pairs.length; i += 2) {
            wanted.add(new Wanted(i / 2 + 1, pairs[i], pairs[i + 1]));
        }
        return wanted;
    }

    private List<String> left(String map, String words, String after, int limit) {
        return maps.rows(map, words, after, limit).stream().map(ValueRow::from).toList();
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void onlyInAMapThatIsReadBackwardsMayNoTwoValuesStandForTheSame(On on) {
        start(on);
        put("tax-code", "MUG-1", "P1", "MUG-2", "P1");
        assertThat(maps.there("tax-code", "MUG-2", false)).contains("P1");
        put("sku", "A", "1");
        assertThat(findings("sku", "B", "1", "C", "2", "D", "2"))
                .containsExactly(
                        new Finding(1, Fault.TAKEN, List.of("A", "1")), new Finding(3, Fault.TAKEN, List.of("C", "2")));
        // Two may change places: what was taken before is not any more.
        put("sku", "B", "2");
        assertThat(put("sku", "A", "2", "B", "1").changes())
                .containsExactly(new Change(new Wanted(1, "A", "2"), "1"), new Change(new Wanted(2, "B", "1"), "2"));
        assertThat(maps.back("sku", "2")).contains("A");
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void manyRowsAreWrittenAllOrNone(On on) {
        start(on);
        put("sku", "A", "1");
        assertThatThrownBy(() -> put("sku", "B", "2", "C", " ", "B", "3"))
                .isInstanceOfSatisfying(RowsRefused.class, refused -> assertThat(refused.findings())
                        .containsExactly(
                                new Finding(2, Fault.LENGTH, List.of("200")),
                                new Finding(3, Fault.TWICE, List.of("B", "1"))));
        assertThat(left("sku", null, null, 10)).containsExactly("A");
        Outlook done = put("sku", " A ", "1", "B", "2", "C", "3");
        assertThat(List.of(done.added(), done.changes().size(), done.same())).containsExactly(2, 2, 1);
        assertThat(left("sku", null, null, 10)).containsExactly("A", "B", "C");
        assertThat(findings("sku")).containsExactly(new Finding(0, Fault.NOTHING, List.of()));
        List<Wanted> tooMany = IntStream.rangeClosed(0, ValueMapRows.MOST_AT_ONCE)
                .mapToObj(i -> new Wanted(i, "M" + i, "N" + i))
                .toList();
        assertThat(maps.outlook("sku", tooMany).findings())
                .containsExactly(new Finding(0, Fault.MANY, List.of(String.valueOf(ValueMapRows.MOST_AT_ONCE))));
        maps.put("sku", tooMany.subList(1, tooMany.size()), "staff", "all at once");
        assertThat(maps.there("sku", "M4999", false)).contains("N4999");
        assertThatThrownBy(() -> maps.outlook("colour", wanted("A", "B"))).isInstanceOf(Refused.class);
    }

    private List<Finding> findings(String map, String... pairs) {
        return maps.outlook(map, wanted(pairs)).findings();
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void aMapThatIsBoundToAListTakesNothingElseAndNeedsARowForTheRest(On on) {
        start(on);
        assertThat(findings("country", "Germany", "Deutschland", "de", "FR", "Holland", "nl"))
                .containsExactly(
                        new Finding(1, Fault.UNLISTED, List.of("Deutschland", "AD")),
                        new Finding(2, Fault.LISTED, List.of("de")));
        put("country", "Holland", "nl");
        assertThat(maps.there("country", "Holland", true)).contains("NL");
        assertThatThrownBy(() -> maps.there("country", "Germany", true)).isInstanceOf(ValueUnmapped.class);
        assertThatThrownBy(() -> maps.strict("country", false)).isInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void everyValueNeedsARowWhileStaffSaySoAndOneThatWasJustGivenCountsInEveryHub(On on) {
        start(on);
        // A map of which the first tables knew nothing.
        store.rows().sql("delete from value_maps where name = 'sku'").update();
        assertThat(maps.there("sku", "A", false)).isEmpty();
        maps.strict("sku", true);
        assertThat(maps.strict()).containsExactly("sku");
        assertThat(maps.passes("sku", "A")).isFalse();
        ValueMapRows another = hub();
        assertThatThrownBy(() -> another.there("sku", "A", false)).isInstanceOf(ValueUnmapped.class);
        put("sku", "A", "1");
        assertThat(another.there("sku", "A", false))
                .as("asked again before a message is stopped")
                .contains("1");
        maps.strict("sku", false);
        assertThat(maps.there("sku", "B", false)).isEmpty();
        assertThat(maps.passes("sku", "B")).isTrue();
        assertThat(maps.passes("tax-code", "WINE-9")).isFalse();
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void rowsAreFoundByWordsOnEitherSideAndTakenAway(On on) {
        start(on);
        put("sku", "LAMP_1", "WH 50%", "LAMP-2", "wh 505", "MUG", "cup");
        assertThat(left("sku", null, null, 2)).hasSize(2);
        assertThat(left("sku", "lamp", null, 10)).containsExactlyInAnyOrder("LAMP_1", "LAMP-2");
        assertThat(left("sku", "p_", null, 10)).containsExactly("LAMP_1");
        assertThat(left("sku", "50%", null, 10)).containsExactly("LAMP_1");
        assertThat(left("sku", "CUP", null, 10)).containsExactly("MUG");
        assertThat(left("sku", "lamp", left("sku", "lamp", null, 1).get(0), 10)).hasSize(1);
        maps.remove("sku", "MUG");
        assertThat(maps.row("sku", "MUG")).isEmpty();
        assertThat(maps.there("sku", "MUG", false)).isEmpty();
        assertThatThrownBy(() -> maps.remove("sku", "MUG")).isInstanceOf(Refused.class);
    }
}
