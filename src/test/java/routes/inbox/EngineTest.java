package routes.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import routes.inbox.StoreAtHand.On;

/** The engine's promises on both real stores, without routes: what is taken, sorted, leased, parked and resumed. */
@ExtendWith(OutputCaptureExtension.class)
class EngineTest {

    private static final int NAMELESS = 5;

    /** As many as are written by one call each, side by side. */
    private final ExecutorService callers = Executors.newCachedThreadPool();

    @TempDir
    Path folder;

    private StoreAtHand hand;
    private JdbcClient rows;
    private Store store;
    private Committer committer;
    private Inbox inbox;

    private void start(On on, boolean fence) {
        hand = new StoreAtHand(on, folder, fence);
        rows = hand.rows();
        store = hand.instance().store();
        committer = hand.committer();
        inbox = new Inbox(committer, hand.instance().lanes());
    }

    @AfterEach
    void stop() {
        callers.shutdownNow();
        hand.close();
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void aSecondDeliveryIsCountedAndNotStored(On on) {
        start(on, true);
        assertThat(take("e1", "7", "{\"id\":7}").duplicate()).isFalse();
        assertThat(take("e1", "7", "{\"id\":7}").duplicate()).isTrue();
        assertThat(count("inbox")).isEqualTo(1);
        assertThat(number("select sum(n) from intakes")).isEqualTo(1);
        assertThat(number("select sum(n) from duplicates")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void theSameEventWithAnotherBodyIsKeptAndFlagged(On on) {
        start(on, true);
        take("e1", "7", "{\"id\":7}");
        assertThat(take("e1", "7", "{\"id\":7,\"changed\":true}").duplicate()).isFalse();
        assertThat(take("e1", "7", "{\"id\":7,\"changed\":true}").duplicate()).isTrue();
        assertThat(text("select reason from inbox where event_id <> 'e1'")).isEqualTo("EVENT_ID_REUSED");
        assertThat(count("inbox")).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void messagesOfOneOrderMeetInOneLaneAlsoWhenTheyComeTogether(On on) {
        start(on, true);
        List<CompletableFuture<Take.Receipt>> answers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            int n = i;
            answers.add(CompletableFuture.supplyAsync(() -> take("e" + n, String.valueOf(n % 4), "{}" + n)));
        }
        Set<String> orders = Set.copyOf(
                answers.stream().map(a -> a.join().orderNumber()).distinct().toList());
        assertThat(orders).hasSize(4);
        assertThat(rows.sql("select pending from lanes").query(Integer.class).list())
                .containsExactly(10, 10, 10, 10);
        assertThat(number("select sum(n) from intakes")).isEqualTo(40);
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void anOrderIsOpenedOnceThoughItsGroupHadToBeWrittenTwice(On on) throws Exception {
        start(on, true);
        var plugged = new CountDownLatch(1);
        var pulled = new CountDownLatch(1);
        var plug = CompletableFuture.runAsync(() -> committer.write(new Plug(plugged, pulled)));
        plugged.await();
        var taken = CompletableFuture.supplyAsync(() -> take("e1", "7", "{\"id\":7}"));
        var half = CompletableFuture.runAsync(() -> committer.write(new HalfDone()));
        await().until(() -> committer.backlog() == 2);
        pulled.countDown();
        plug.join();
        assertThatThrownBy(half::join).hasCauseInstanceOf(Refused.class);
        String order = taken.join().orderNumber();
        assertThat(text("select order_number from order_refs where external_id = '7'"))
                .isEqualTo(order);
        assertThat(take("e2", "7", "{\"id\":7,\"n\":2}").orderNumber()).isEqualTo(order);
        assertThat(count("lanes")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void oneOfManyThatTheStoreRefusesFailsAlone(On on) throws Exception {
        start(on, true);
        var written = placesInOneGroup(7);
        for (int i = 0; i < 7; i++) {
            if (i == NAMELESS) {
                assertThatThrownBy(written.get(i)::join).hasCauseInstanceOf(StoreUnavailable.class);
            } else {
                written.get(i).join();
            }
        }
        assertThat(count("stock_nodes")).isEqualTo(6);
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void whatAStoreWithoutAConnectionCannotTakeIsToldOfByGroups(On on, CapturedOutput log) throws Exception {
        start(on, true);
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < hand.dataSource.getMaximumPoolSize(); i++) {
            all.add(hand.dataSource.getConnection());
        }
        // The first waits for a connection, and meanwhile the others meet.
        List<CompletableFuture<Void>> written = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            var node = "place-" + i;
            written.add(CompletableFuture.runAsync(() -> committer.write(null, "place", place(node)), callers));
        }
        for (var one : written) {
            assertThatThrownBy(one::join).hasCauseInstanceOf(StoreUnavailable.class);
        }
        for (Connection one : all) {
            one.close();
        }
        assertThat(log.getOut()).doesNotContain("could not be written");
        assertThat(Pattern.compile("gives no connection, (\\d+) changes")
                        .matcher(log.getOut())
                        .results()
                        .mapToInt(told -> Integer.parseInt(told.group(1)))
                        .sum())
                .isEqualTo(7);
        committer.write(null, "place", place("place"));
        assertThat(count("stock_nodes")).isEqualTo(1);
    }

    /** Rows that meet in one group; one of them has no name, which the store does not take. */
    private List<CompletableFuture<Void>> placesInOneGroup(int many) throws Exception {
        var plugged = new CountDownLatch(1);
        var pulled = new CountDownLatch(1);
        var plug = CompletableFuture.runAsync(() -> committer.write(new Plug(plugged, pulled)), callers);
        plugged.await();
        List<CompletableFuture<Void>> written = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            var node = i == NAMELESS ? null : "node-" + i;
            written.add(CompletableFuture.runAsync(() -> committer.write(null, "place", place(node)), callers));
        }
        await().until(() -> committer.backlog() == many);
        pulled.countDown();
        plug.join();
        return written;
    }

    private static BiConsumer<Batch, Operation<?>> place(String node) {
        return (batch, operation) -> batch.add(
                Batch.FACT, operation, "insert into stock_nodes (node, warehouse) values (?, 'warehouse')", node);
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void aMessageNobodyCanPlaceWaitsForItsReferenceAndIsParkedWhenNoneComes(On on) {
        start(on, true);
        inbox.take(new Delivery(
                "warehouse",
                "",
                "order.shipped",
                "s1",
                Map.of(),
                bytes("a"),
                "hub",
                "fulfilment-order",
                "OH-1-F1",
                false,
                false,
                Instant.now()));
        inbox.take(new Delivery(
                "warehouse",
                "",
                "order.shipped",
                "s2",
                Map.of(),
                bytes("b"),
                "hub",
                "fulfilment-order",
                "OH-9-F1",
                false,
                false,
                Instant.now()));
        assertThat(count("inbox where state = 'UNSORTED'")).isEqualTo(2);
        rows.sql("insert into order_refs (external_id, kind, partner, order_number, subject) values"
                        + " ('OH-1-F1', 'fulfilment-order', 'hub', 'OH-1', 'F1')")
                .update();
        committer.write(new Sorter(store, Instant.now().minusSeconds(60)));
        assertThat(text("select lane from inbox where event_id = 's1'")).isEqualTo("OH-1/F1");
        assertThat(text("select state from lanes where lane = 'OH-1/F1'")).isEqualTo("READY");
        assertThat(count("inbox where state = 'UNSORTED'")).isEqualTo(1);
        committer.write(new Sorter(store, Instant.now().plusSeconds(1)));
        assertThat(text("select cause from failures")).isEqualTo("ORDER_UNKNOWN");
        assertThat(count("inbox where state = 'PARKED'")).isEqualTo(1);
        // Replayed, it goes back to the sorter.
        long parked = number("select message_id from failures");
        assertThat(committer.write(new Resumption(parked, "lead"))).isTrue();
        assertThat(committer.write(new Resumption(parked, "lead"))).isFalse();
        assertThat(count("inbox where state = 'UNSORTED'")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void aWorkerWhoseLaneHasPassedOnWritesNothingAndItsNeighboursDo(On on) {
        start(on, true);
        Turn stale = turn("1", 0);
        Turn good = turn("2", 0);
        rows.sql("update lanes set fence = fence + 1 where lane = ?")
                .param(stale.message().lane())
                .update();
        List<Note> notes = List.of(new Note(stale), new Note(good));
        Map<Note, RuntimeException> outcomes = committer.writeAll(notes);
        assertThat(outcomes.get(notes.get(0))).isInstanceOf(LeaseLost.class);
        assertThat(outcomes.get(notes.get(1))).isNull();
        assertThat(count("history")).isEqualTo(1);
    }

    /** The negative control of the test above: with the fence off the stale worker writes. */
    @ParameterizedTest
    @EnumSource(On.class)
    void withoutTheFenceTheStaleWorkerWrites(On on) {
        start(on, false);
        Turn stale = turn("1", 0);
        rows.sql("update lanes set fence = fence + 1").update();
        committer.write(new Note(stale));
        assertThat(count("history")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void oneThatIsRefusedByItsGuardFailsAlone(On on) {
        start(on, true);
        List<Guarded> both = List.of(new Guarded(turn("1", 0), "no such lane"), new Guarded(turn("2", 0), null));
        Map<Guarded, RuntimeException> outcomes = committer.writeAll(both);
        assertThat(outcomes.get(both.get(0))).hasMessage("guard");
        assertThat(outcomes.get(both.get(1))).isNull();
        assertThat(count("history")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void theMostUrgentLaneIsClaimedFirstAndEverySoOftenTheOldest(On on) {
        start(on, true);
        take("e1", "1", "a");
        take("e2", "2", "b");
        rows.sql("update lanes set priority = 9, next_at = now() - interval '1' hour where lane = ?")
                .param(laneOf("e1"))
                .update();
        rows.sql("update lanes set priority = 1 where lane = ?")
                .param(laneOf("e2"))
                .update();
        List<Store.Grant> urgent = committer.write(new Claim(store, 1, false));
        assertThat(urgent).extracting(Store.Grant::lane).containsExactly(laneOf("e2"));
        rows.sql("update lanes set state = 'READY'").update();
        List<Store.Grant> oldest = committer.write(new Claim(store, 1, true));
        assertThat(oldest).extracting(Store.Grant::lane).containsExactly(laneOf("e1"));
        assertThat(committer.write(new Claim(store, 5, false))).hasSize(1);
        assertThat(committer.write(new Claim(store, 5, false))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void behindAParkedMessageTheLaneWaitsAndAReplayLetsItGoOnOnce(On on) {
        start(on, true);
        Turn turn = turn("1", 0);
        take("e-later", "1", "later");
        committer.write(Ending.parked(turn, "PARTNER_REFUSED", "no", ""));
        String lane = turn.message().lane();
        assertThat(text("select state from lanes where lane = '" + lane + "'")).isEqualTo("PARKED");
        assertThat(committer.write(new Claim(store, 5, false))).isEmpty();
        assertThat(committer.write(new Resumption(turn.message().id(), "staff")))
                .isTrue();
        assertThat(committer.write(new Resumption(turn.message().id(), "staff")))
                .isFalse();
        assertThat(text("select state || ended_by from failures")).isEqualTo("REPLAYEDstaff");
        assertThat(committer.write(new Claim(store, 5, false))).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void aWaitingLaneRunsWhenItsTimeHasCome(On on) {
        start(on, true);
        Turn turn = turn("1", 0);
        committer.write(Ending.waiting(turn, Instant.now().plusSeconds(60), true, "PARTNER_DOWN"));
        assertThat(committer.write(new Claim(store, 5, false))).isEmpty();
        rows.sql("update lanes set next_at = now() - interval '1' second").update();
        assertThat(committer.write(new Claim(store, 5, false))).hasSize(1);
        assertThat(number("select attempts from inbox")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(On.class)
    void whatAnEarlierRunHeldIsFreeAtStart(On on) throws SQLException {
        start(on, true);
        Turn turn = turn("1", 0);
        try (Connection connection = hand.dataSource.getConnection()) {
            assertThat(store.takeOwn(connection)).isEqualTo(1);
        }
        assertThatThrownBy(() -> committer.write(new Note(turn))).isInstanceOf(LeaseLost.class);
    }

    @ParameterizedTest
    @EnumSource(value = On.class, names = "POSTGRES")
    void aLeaseThatIsNotRenewedPassesOn(On on) throws Exception {
        start(on, true);
        Turn turn = turn("1", 0);
        rows.sql("update lanes set owner = 'another', lease_until = now() - interval '1' second")
                .update();
        try (Connection connection = hand.dataSource.getConnection()) {
            assertThat(store.renew(connection)).isZero();
            assertThat(store.reap(connection)).isEqualTo(1);
        }
        assertThatThrownBy(() -> committer.write(new Note(turn))).isInstanceOf(LeaseLost.class);
        assertThat(committer.write(new Claim(store, 5, false))).hasSize(1);
    }

    /** Claims the lane of a new message and answers the turn of its worker. */
    private Turn turn(String shopOrder, int walk) {
        String event = "turn-" + UUID.randomUUID();
        Take.Receipt receipt = take(event, shopOrder, event);
        String lane = laneOf(event);
        Store.Grant grant = committer.write(new Claim(store, 1, false)).get(0);
        assertThat(grant.lane()).isEqualTo(lane);
        Message message = new Message(
                receipt.id(),
                "shopify",
                "",
                "orders/create",
                event,
                lane,
                receipt.orderNumber(),
                "",
                5,
                Instant.now(),
                "a.step",
                walk,
                0,
                false,
                Map.of(),
                new byte[0]);
        return new Turn(
                message,
                grant.fence(),
                System.nanoTime(),
                new Leases(new EngineSettings("one", 8, 64, 1000, 1000, 20, 900, "", true, true)),
                Set.of());
    }

    private Take.Receipt take(String event, String shopOrder, String body) {
        return inbox.take(new Delivery(
                "shopify",
                "shop",
                "orders/create",
                event,
                Map.of(),
                bytes(body),
                "shopify",
                "order",
                shopOrder,
                true,
                false,
                Instant.now()));
    }

    private String laneOf(String event) {
        return text("select lane from inbox where event_id = '" + event + "'");
    }

    private long count(String from) {
        return number("select count(*) from " + from);
    }

    private long number(String sql) {
        return rows.sql(sql).query(Long.class).single();
    }

    private String text(String sql) {
        return rows.sql(sql).query(String.class).single();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Holds the committer up, so that what comes meanwhile meets in one group. */
    private static final class Plug extends Operation<Void> {

        private final CountDownLatch plugged;
        private final CountDownLatch pulled;

        Plug(CountDownLatch plugged, CountDownLatch pulled) {
            super(null);
            this.plugged = plugged;
            this.pulled = pulled;
        }

        @Override
        protected String kind() {
            return "plug";
        }

        @Override
        protected void write(Batch batch) {
            plugged.countDown();
            try {
                pulled.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Is refused after it has changed a row, so that its group is undone and written again without it. */
    private static final class HalfDone extends Operation<Void> {

        HalfDone() {
            super(null);
        }

        @Override
        protected String kind() {
            return "half";
        }

        @Override
        protected void write(Batch batch) {
            batch.add(Batch.GUARD, this, "insert into stock_nodes (node, warehouse) values ('99', 'warehouse')");
            batch.add(
                    Batch.CLAIM,
                    this,
                    changed -> refuse(new Refused("STOCK_TAKEN", "none is left")),
                    "update stock_nodes set warehouse = 'warehouse' where node = '98'");
        }
    }

    /** Writes one row of history on behalf of a turn. */
    private static class Note extends Operation<Void> {

        Note(Turn turn) {
            super(turn);
        }

        @Override
        protected String kind() {
            return "verb";
        }

        @Override
        protected void write(Batch batch) {
            batch.add(
                    Batch.FACT,
                    this,
                    "insert into history (order_number, message_id, walk, step, verb, subject, note, who, at)"
                            + " values ('x', ?, 0, 's', 'v', '', '', 'test', now())",
                    turn().message().id());
        }
    }

    /** As above, behind a guard that refuses where it changes no row. */
    private static final class Guarded extends Note {

        private final String lane;

        Guarded(Turn turn, String lane) {
            super(turn);
            this.lane = lane == null ? turn.message().lane() : lane;
        }

        @Override
        protected void write(Batch batch) {
            batch.add(
                    Batch.GUARD,
                    this,
                    changed -> {
                        if (changed == 0) {
                            refuse(new IllegalStateException("guard"));
                        }
                    },
                    "update lanes set priority = priority where lane = ?",
                    lane);
            super.write(batch);
        }
    }
}
