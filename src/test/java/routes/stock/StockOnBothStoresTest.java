package routes.stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import routes.inbox.Batch;
import routes.inbox.Committer;
import routes.inbox.Operation;
import routes.inbox.StoreAtHand;
import routes.inbox.StoreAtHand.On;
import routes.stock.Levels.Place;

/** Units are kept once, given back once and never kept for two, on both real stores. */
class StockOnBothStoresTest {

    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

    @TempDir
    Path folder;

    private StoreAtHand store;
    private Stock stock;

    private void start(On on) {
        store = new StoreAtHand(on, folder);
        stock = new Stock(store.rows());
    }

    @AfterEach
    void stop() {
        store.close();
    }

    /** Stands in for an order's verb: its own row under a guard, then what it does to the stock. */
    private final class Verb extends Operation<Void> {

        interface Rows {
            void add(Verb verb, Batch batch);
        }

        private final String order;
        private final Rows rows;

        Verb(String order, Rows rows) {
            super(null);
            this.order = order;
            this.rows = rows;
        }

        @Override
        protected String kind() {
            return "verb";
        }

        @Override
        protected void write(Batch batch) {
            // As an order's version: changed first, before it is known whether the stock allows it.
            batch.add(
                    Batch.GUARD,
                    this,
                    "insert into watermarks (name) values (?) on conflict do nothing",
                    "verb of " + order);
            rows.add(this, batch);
        }

        void reserve(Batch batch, Reserved... units) {
            stock.reserve(batch, this, this::refuse, order, List.of(units));
        }
    }

    private Verb reserve(String order, Reserved... units) {
        return new Verb(order, (verb, batch) -> verb.reserve(batch, units));
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void whatIsReservedIsNoLongerFreeAndWhatIsReleasedIsFreeAgain(On on) {
        start(on);
        level("11", "MUG-1", 5);
        write(reserve("OH-1", mugs("F1", 1, 3)));
        assertThat(free("11", "MUG-1")).isEqualTo(2);
        assertThat(stock.reserved("OH-1")).containsExactly(mugs("F1", 1, 3));
        write(new Verb("OH-1", (verb, batch) -> stock.release(batch, verb, "OH-1", List.of(mugs("F1", 1, 1)))));
        assertThat(free("11", "MUG-1")).isEqualTo(3);
        assertThat(stock.reserved("OH-1")).containsExactly(mugs("F1", 1, 2));
        // All that is left, however much that is; and once more, when nothing is.
        for (int i = 0; i < 2; i++) {
            write(new Verb(
                    "OH-1",
                    (verb, batch) -> stock.release(batch, verb, "OH-1", List.of(mugs("F1", 1, Levels.UNLIMITED)))));
            assertThat(free("11", "MUG-1")).isEqualTo(5);
            assertThat(stock.reserved("OH-1")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void ofTwoOrdersOneGetsTheLastUnit(On on) {
        start(on);
        level("11", "MUG-1", 1);
        List<Verb> both = List.of(reserve("OH-1", mugs("F1", 1, 1)), reserve("OH-2", mugs("F1", 1, 1)));
        Map<Verb, RuntimeException> outcomes = store.committer().writeAll(both);
        assertThat(outcomes.get(both.get(0))).isNull();
        assertThat(outcomes.get(both.get(1)))
                .isInstanceOf(StockTaken.class)
                .hasMessage("There are no 1 free units of MUG-1 at warehouse/11 any more");
        assertThat(free("11", "MUG-1")).isZero();
        // Nothing of the refused verb was written, though its first row was changed before it was refused.
        assertThat(stock.reserved("OH-2")).isEmpty();
        assertThat(verbsWritten()).containsExactly("verb of OH-1");
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void anOrderKeepsAllItsLinesOrNone(On on) {
        start(on);
        list(NOON, null, null, told("MUG-1", "11", 5), told("TEA-12", "11", 1));
        List<Verb> both = List.of(
                reserve("OH-1", mugs("F1", 1, 2), new Reserved("F1", 2, "TEA-12", "warehouse/11", 2)),
                reserve("OH-2", mugs("F1", 1, 5)));
        Map<Verb, RuntimeException> outcomes = store.committer().writeAll(both);
        assertThat(outcomes.get(both.get(0))).isInstanceOf(StockTaken.class);
        assertThat(stock.reserved("OH-1")).isEmpty();
        assertThat(free("11", "TEA-12")).isEqualTo(1);
        assertThat(free("11", "MUG-1")).isBetween(0, 5);
        if (outcomes.get(both.get(1)) != null) {
            write(reserve("OH-2", mugs("F1", 1, 5)));
        }
        assertThat(free("11", "MUG-1")).isZero();
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void manyOrdersAtTwoInstancesNeverHoldMoreThanThereIs(On on) {
        start(on);
        list(NOON, null, null, told("MUG-1", "11", 20), told("TEA-12", "11", 30));
        List<Committer> instances = List.of(store.committer(), store.another(on));
        List<CompletableFuture<Integer>> running = new ArrayList<>();
        for (int worker = 0; worker < 8; worker++) {
            int w = worker;
            running.add(CompletableFuture.supplyAsync(() -> IntStream.range(0, 8)
                    .map(n -> {
                        try {
                            instances
                                    .get(w % 2)
                                    .write(reserve(
                                            "OH-" + w + "-" + n,
                                            mugs("F1", 1, 1),
                                            new Reserved("F1", 2, "TEA-12", "warehouse/11", 1)));
                            return 1;
                        } catch (StockTaken taken) {
                            return 0;
                        }
                    })
                    .sum()));
        }
        int kept = running.stream().mapToInt(CompletableFuture::join).sum();
        assertThat(kept).isEqualTo(20);
        assertThat(free("11", "MUG-1")).isZero();
        assertThat(free("11", "TEA-12")).isEqualTo(10);
        assertThat(verbsWritten()).hasSize(20);
        assertThat(number("select sum(quantity) from reservations")).isEqualTo(40);
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void aPlaceThatWasNeverAskedKeepsWhatIsWantedAndCountsItOnceItIs(On on) {
        start(on);
        write(reserve("OH-1", mugs("F1", 1, 900)));
        assertThat(stock.levels("warehouse", List.of("MUG-1")).available("11", "MUG-1"))
                .isEqualTo(Levels.UNLIMITED);
        assertThat(stock.levels("warehouse", List.of("MUG-1")).unknown(List.of("11"), "MUG-1"))
                .isFalse();
        level("11", "MUG-1", 1000);
        assertThat(free("11", "MUG-1")).isEqualTo(100);
        assertThatThrownBy(() -> write(reserve("OH-2", mugs("F1", 1, 101)))).isInstanceOf(StockTaken.class);
        // Of what its list does not name it has nothing.
        assertThat(stock.levels("warehouse", List.of("PEN-2")).available("11", "PEN-2"))
                .isZero();
        assertThat(stock.levels("warehouse", List.of("PEN-2")).unknown(List.of("11"), "PEN-2"))
                .isTrue();
        assertThat(stock.levels("warehouse", List.of("PEN-2")).unknown(List.of("11", "12"), "PEN-2"))
                .isFalse();
        assertThatThrownBy(() -> write(reserve("OH-3", new Reserved("F1", 1, "PEN-2", "warehouse/11", 1))))
                .isInstanceOf(StockTaken.class);
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void whatHasLeftIsNeitherKeptNorThere(On on) {
        start(on);
        level("11", "MUG-1", 5);
        write(reserve("OH-1", mugs("F1", 1, 3), mugs("F2", 1, 1)));
        // Two boxes with one line's units, and one unit that the warehouse could not find.
        write(new Verb(
                "OH-1",
                (verb, batch) -> stock.ship(
                        batch,
                        verb,
                        "OH-1",
                        List.of(mugs("F1", 1, 1), mugs("F1", 1, 1)),
                        List.of(mugs("F1", 1, 1)),
                        NOON)));
        assertThat(stock.reserved("OH-1")).containsExactly(mugs("F2", 1, 1));
        assertThat(number("select on_hand from stock where sku = 'MUG-1'")).isEqualTo(3);
        assertThat(free("11", "MUG-1")).isEqualTo(2);
        // More than was kept: it is gone all the same, and takes nobody's reservation along.
        write(new Verb(
                "OH-1", (verb, batch) -> stock.ship(batch, verb, "OH-1", List.of(mugs("F2", 1, 2)), List.of(), NOON)));
        assertThat(number("select on_hand from stock where sku = 'MUG-1'")).isEqualTo(1);
        assertThat(number("select reserved from stock where sku = 'MUG-1'")).isZero();
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void aVerbMayMoveItsOwnLastUnit(On on) {
        start(on);
        level("11", "MUG-1", 1);
        write(reserve("OH-1", mugs("F1", 1, 1)));
        write(new Verb("OH-1", (verb, batch) -> {
            verb.reserve(batch, mugs("F2", 1, 1));
            stock.release(batch, verb, "OH-1", List.of(mugs("F1", 1, 1)));
        }));
        assertThat(stock.reserved("OH-1")).containsExactly(mugs("F2", 1, 1));
        assertThat(free("11", "MUG-1")).isZero();
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void aListCountsAsWholeOnlyWithItsLastPage(On on) {
        start(on);
        write(reserve("OH-1", new Reserved("F1", 1, "PEN-2", "warehouse/11", 1)));
        list(NOON, null, "page-2", told("MUG-1", "11", 5));
        // What was read counts at once; what was not may be on the pages to come.
        assertThat(free("11", "MUG-1")).isEqualTo(5);
        assertThat(stock.levels("warehouse", List.of("TEA-12")).available("11", "TEA-12"))
                .isEqualTo(Levels.UNLIMITED);
        list(NOON, "page-2", null, told("TEA-12", "11", 4), told("TEA-12", "12", 3));
        Levels levels = stock.levels("warehouse", List.of("MUG-1", "TEA-12", "PEN-2"));
        assertThat(levels.available("11", "MUG-1")).isEqualTo(5);
        assertThat(levels.available("11", "TEA-12")).isEqualTo(4);
        assertThat(levels.available("12", "MUG-1")).isZero();
        assertThat(levels.unknown(List.of("11", "12"), "PEN-2")).isTrue();
        // A later list without an article: it is there no more, also while the next list is being read.
        list(NOON.plusSeconds(300), null, null, told("MUG-1", "11", 6), told("MUG-1", "12", 1));
        list(NOON.plusSeconds(600), null, "page-2", told("MUG-1", "11", 7));
        assertThat(stock.levels("warehouse", List.of("TEA-12")).unknown(List.of("11", "12"), "TEA-12"))
                .isTrue();
        assertThatThrownBy(() -> write(reserve("OH-2", new Reserved("F1", 1, "TEA-12", "warehouse/11", 1))))
                .isInstanceOf(StockTaken.class);
        assertThat(free("12", "MUG-1")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void aListThatDoesNotKnowYetWhatHasJustLeftIsNotBelieved(On on) {
        start(on);
        level("11", "MUG-1", 5);
        write(reserve("OH-1", mugs("F1", 1, 2)));
        Instant left = NOON.plusSeconds(290);
        write(new Verb(
                "OH-1", (verb, batch) -> stock.ship(batch, verb, "OH-1", List.of(mugs("F1", 1, 2)), List.of(), left)));
        list(NOON.plusSeconds(300), null, null, told("MUG-1", "11", 5));
        assertThat(free("11", "MUG-1")).isEqualTo(3);
        list(NOON.plusSeconds(310), null, null, told("MUG-1", "11", 2));
        assertThat(free("11", "MUG-1")).isEqualTo(2);
        list(NOON.plusSeconds(600), null, null, told("MUG-1", "11", 40));
        assertThat(free("11", "MUG-1")).isEqualTo(40);
    }

    private void write(Operation<?> operation) {
        store.committer().write(operation);
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void twoWarehousesMayNumberTheirPlacesAlike(On on) {
        start(on);
        level("11", "MUG-1", 1);
        assertThat(stock.levels("other", List.of("MUG-1")).available("11", "MUG-1"))
                .as("a place of a warehouse that was never asked")
                .isEqualTo(Levels.UNLIMITED);
        write(reserve("OH-1", new Reserved("F1", 1, "MUG-1", "other/11", 3)));
        assertThat(free("11", "MUG-1")).isEqualTo(1);
        write(reserve("OH-2", mugs("F1", 1, 1)));
        assertThat(free("11", "MUG-1")).isZero();
    }

    private void level(String node, String sku, int onHand) {
        list(NOON, null, null, told(sku, node, onHand));
    }

    /** One page of a warehouse's list; {@code next} null for its last. */
    private void list(Instant since, String after, String next, ObjectNode... levels) {
        StockPoll poll =
                new StockPoll(store.rows(), store.committer(), null, null, Clock.fixed(since, ZoneOffset.UTC), 300, 60);
        StockPoll.Page asked = new StockPoll.Page(since, after, since);
        ArrayNode page = JsonNodeFactory.instance.arrayNode().addAll(List.of(levels));
        store.committer()
                .write(null, "verb", (batch, operation) -> poll.add(batch, operation, "warehouse", asked, page, next));
    }

    private static ObjectNode told(String sku, String node, int onHand) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("sku", sku)
                .put("node", node)
                .put("onHand", onHand);
    }

    private int free(String node, String sku) {
        return stock.levels("warehouse", Set.of(sku)).free().get(new Place(node, sku));
    }

    private List<String> verbsWritten() {
        return store.rows()
                .sql("select name from watermarks order by name")
                .query(String.class)
                .list();
    }

    private long number(String sql) {
        return store.rows().sql(sql).query(Long.class).single();
    }

    private static Reserved mugs(String subject, int line, int quantity) {
        return new Reserved(subject, line, "MUG-1", "warehouse/11", quantity);
    }
}
