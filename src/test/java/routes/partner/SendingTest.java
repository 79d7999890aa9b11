package routes.partner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import routes.inbox.NotYet;
import routes.inbox.StoreAtHand;
import routes.inbox.Turn;
import routes.inbox.TurnAtHand;

/** What was made ready from an order that has changed since is not sent: a cancel may have taken units out of it. */
class SendingTest {

    private static final String NUMBER = "OH-100001";

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(StoreAtHand.On.class)
    void whatWasMadeReadyBeforeACancelWasDecidedIsNotSentAfterIt(StoreAtHand.On on) {
        try (var store = new StoreAtHand(on, folder)) {
            var journal = new Journal(store.committer(), store.rows(), new ObjectMapper());
            store.rows()
                    .sql("insert into orders (number, version, status, market, currency, total_minor, channel, shop,"
                            + " shop_number, placed_at, changed_at, document)"
                            + " values (?, 5, 'ALLOCATED', 'us', 'USD', 1, 'shopify', 's', '#1', ?, ?, '{}')")
                    .params(NUMBER, Instant.EPOCH.atOffset(ZoneOffset.UTC), Instant.EPOCH.atOffset(ZoneOffset.UTC))
                    .update();
            store.rows()
                    .sql("insert into lanes (lane, state, pending, priority, next_at, fence)"
                            + " values ('lane', 'LEASED', 1, 5, now(), 1)")
                    .update();
            // Its wish is gone with the decision, so only the version tells.
            var stale = new Sending(true, 4);
            assertThatThrownBy(() -> intend(journal, "F1", stale))
                    .isInstanceOfSatisfying(
                            NotYet.class, notYet -> assertThat(notYet.reason()).isEqualTo("ORDER_CHANGED"));
            assertThat(store.rows()
                            .sql("select effect_key from effects")
                            .query()
                            .listOfRows())
                    .isEmpty();
            assertThat(intend(journal, "F1", new Sending(true, 5))).isTrue();
            assertThat(intend(journal, "P1", new Sending(true, null))).isTrue();
            assertThat(latest(journal, "F1").orElseThrow().key()).isEqualTo(NUMBER + "/warehouse.place-order/F1/1");
            assertThat(latest(journal, "F")).isEmpty();
        }
    }

    private static Optional<Journal.Effect> latest(Journal journal, String subject) {
        return new TurnAtHand(1, "hub", NUMBER, subject, "{}")
                .at("fulfilment.release", () -> journal.latest(Turn.current(), "warehouse.place-order", subject));
    }

    private static boolean intend(Journal journal, String subject, Sending sending) {
        return new TurnAtHand(1, "hub", NUMBER, subject, "{}")
                .at(
                        "fulfilment.release",
                        () -> journal.intend(
                                Turn.current(),
                                NUMBER + "/warehouse.place-order/" + subject,
                                1,
                                "warehouse.place-order",
                                subject,
                                "{}",
                                sending));
    }
}
