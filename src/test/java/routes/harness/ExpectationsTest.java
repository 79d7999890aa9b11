package routes.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import routes.harness.Expectations.Effect;
import routes.harness.Expectations.FulfilmentOrder;
import routes.harness.Expectations.Kind;
import routes.harness.Expectations.Known;
import routes.harness.Expectations.Parcel;
import routes.harness.Expectations.Placed;

/** The judge is judged first: each way the world can be wrong must show. */
class ExpectationsTest {

    private static final String NAME = "#1001";
    private final List<Placed> placed = new ArrayList<>(List.of(new Placed(NAME, true, "USD", 10800)));
    private final List<Known> known = new ArrayList<>();
    private final List<Effect> effects = new ArrayList<>();
    private Map<String, Long> sums = Map.of("USD", 0L);
    private Map<String, Object> equation =
            Map.of("received", 5, "waiting", 0, "running", 0, "done", 5, "parked", 0, "discarded", 0, "balanced", true);

    @BeforeEach
    void aTwoParcelOrderThatWentWell() {
        known.add(order("COMPLETED", 10800, false));
        effects.addAll(List.of(
                new Effect("place-order", "OH-100001-F1", null),
                new Effect("capture-payment", NAME, 5940L),
                new Effect("capture-payment", NAME, 4860L),
                new Effect("commit-tax", "OH-100001-P1", 440L),
                new Effect("commit-tax", "OH-100001-P2", 360L),
                new Effect("create-fulfilment", "1Z1", null),
                new Effect("create-fulfilment", "1Z2", null),
                new Effect("open-journal", "B12", null)));
        order("COMPLETED", 10800, false).entries().forEach(id -> effects.add(new Effect("post-journal", id, null)));
    }

    @Test
    void aWorldAsItMustBeHasNoDifference() {
        assertThat(differences()).isEmpty();
    }

    @Test
    void aDoubledEffectShows() {
        for (var effect : List.copyOf(effects)) {
            if (effect.operation().equals("open-journal")) continue;
            effects.add(effect);
            assertThat(kinds()).as("doubled %s", effect).contains(Kind.DOUBLED);
            effects.remove(effects.size() - 1);
        }
    }

    @Test
    void aMissingEffectShows() {
        for (var effect : List.copyOf(effects)) {
            if (effect.operation().equals("open-journal")) continue;
            var at = effects.indexOf(effect);
            effects.remove(at);
            assertThat(kinds()).as("missing %s", effect).contains(Kind.MISSING);
            effects.add(at, effect);
        }
    }

    @Test
    void anEffectNobodyAskedForShows() {
        effects.add(new Effect("commit-tax", "OH-100001-P3", 1L));
        assertThat(kinds()).containsExactly(Kind.UNEXPECTED);
    }

    @Test
    void aWrongAmountShows() {
        effects.set(
                effects.indexOf(new Effect("capture-payment", NAME, 4860L)),
                new Effect("capture-payment", NAME, 4859L));
        assertThat(differences()).anyMatch(line -> line.contains("captured 10799 of its total 10800"));
    }

    @Test
    void aTaxOtherThanTheShopsShows() {
        effects.set(
                effects.indexOf(new Effect("commit-tax", "OH-100001-P2", 360L)),
                new Effect("commit-tax", "OH-100001-P2", 361L));
        assertThat(kinds()).containsExactly(Kind.WRONG);
    }

    @Test
    void anAcknowledgedOrderThatIsNotHereShows() {
        placed.add(new Placed("#1002", true, "USD", 1));
        assertThat(kinds()).containsExactly(Kind.MISSING);
    }

    @Test
    void anOrderThatWasNotAcknowledgedMayBeAbsent() {
        placed.add(new Placed("#1002", false, "USD", 1));
        assertThat(differences()).isEmpty();
    }

    @Test
    void anOrderThatIsHereTwiceShows() {
        known.add(known.get(0));
        assertThat(kinds()).contains(Kind.DOUBLED);
    }

    @Test
    void anOrderNobodyPlacedShows() {
        placed.clear();
        assertThat(kinds()).containsExactly(Kind.UNEXPECTED);
    }

    @Test
    void anUnfinishedOrderShows() {
        known.set(0, order("RELEASED", 10800, false));
        assertThat(differences()).anyMatch(line -> line.contains("is RELEASED, not COMPLETED"));
    }

    @Test
    void aLedgerEntryThatWasNeverMadeShows() {
        var whole = known.get(0);
        known.set(
                0,
                new Known(
                        whole.number(),
                        whole.shopName(),
                        whole.status(),
                        whole.totalMinor(),
                        false,
                        whole.fulfilmentOrders(),
                        whole.parcels(),
                        whole.entries().subList(1, whole.entries().size())));
        effects.remove(new Effect("post-journal", whole.entries().get(0), null));
        assertThat(differences()).anyMatch(line -> line.contains("ledger entry OH-100001-CAP-P1"));
    }

    @Test
    void anOrderPaidWhenPlacedIsNotCapturedAgain() {
        known.set(0, order("COMPLETED", 10800, true));
        effects.removeIf(effect ->
                effect.operation().equals("capture-payment") || effect.key().contains("-CAP-"));
        effects.add(new Effect("post-journal", "OH-100001-CAO", null));
        assertThat(differences()).isEmpty();
        effects.add(new Effect("capture-payment", NAME, 10800L));
        assertThat(kinds()).containsExactly(Kind.UNEXPECTED);
    }

    @Test
    void unitsThatWereNeverSentShow() {
        var whole = known.get(0);
        known.set(
                0,
                new Known(
                        whole.number(),
                        whole.shopName(),
                        whole.status(),
                        whole.totalMinor(),
                        false,
                        List.of(new FulfilmentOrder("F1", 3)),
                        whole.parcels(),
                        whole.entries()));
        assertThat(differences()).containsExactly("wrong: order OH-100001: 3 units asked for, 2 sent");
    }

    @Test
    void booksAndEquationMustBalance() {
        sums = Map.of("USD", 0L, "EUR", 1L);
        equation = Map.of("received", 6, "done", 5, "balanced", true);
        assertThat(kinds()).containsExactly(Kind.WRONG, Kind.WRONG);
    }

    private static Known order(String status, long total, boolean paidAtOrder) {
        var entries = new ArrayList<String>();
        if (paidAtOrder) entries.add("OH-100001-CAO");
        for (var parcel : List.of("P1", "P2")) {
            if (!paidAtOrder) entries.add("OH-100001-CAP-" + parcel);
            entries.add("OH-100001-SAL-" + parcel);
            entries.add("OH-100001-COG-" + parcel);
        }
        return new Known(
                "OH-100001",
                NAME,
                status,
                total,
                paidAtOrder,
                List.of(new FulfilmentOrder("F1", 2)),
                List.of(new Parcel("P1", 1, 5940, 440, "1Z1"), new Parcel("P2", 1, 4860, 360, "1Z2")),
                List.copyOf(entries));
    }

    private List<String> differences() {
        return Expectations.compare(placed, known, effects, sums, equation).stream()
                .map(Object::toString)
                .toList();
    }

    private List<Kind> kinds() {
        return Expectations.compare(placed, known, effects, sums, equation).stream()
                .map(Expectations.Difference::kind)
                .toList();
    }
}
