package routes.inbox;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** A message's turn without an engine, and operations that are written nowhere: for tests of verbs by themselves. */
public final class TurnAtHand {

    private static final EngineSettings UNFENCED = new EngineSettings("test", 1, 1, 1, 1000, 20, 900, "", false, false);

    private final Turn turn;

    /** The turn of a partner's message {@code id} on an order. */
    public TurnAtHand(long id, String partner, String orderNumber, String subject, String body) {
        Message message = new Message(
                id,
                partner,
                "demo.myshopify.com",
                "a/topic",
                "event-" + id,
                "lane",
                orderNumber,
                subject,
                5,
                Instant.EPOCH,
                null,
                0,
                1,
                true,
                Map.of(),
                body.getBytes(StandardCharsets.UTF_8));
        turn = new Turn(message, 1, System.nanoTime(), new Leases(UNFENCED), Set.of());
    }

    /** Does something at a step of this turn; at the same step again, what was done before is not done twice. */
    public <T> T at(String step, Supplier<T> work) {
        turn.step(step);
        Turn.enter(turn);
        try {
            return work.get();
        } finally {
            Turn.leave();
        }
    }

    /** Lets an operation compose its rows and believe that they are durable; what it answers. */
    public static <T> T written(Operation<T> operation) {
        try {
            operation.begin();
            operation.compose(new Batch());
            operation.settle();
            return operation.await();
        } catch (java.sql.SQLException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
