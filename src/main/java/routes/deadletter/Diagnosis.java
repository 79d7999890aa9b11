package routes.deadletter;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.inbox.Caused;
import routes.inbox.LeaseClock;
import routes.inbox.Overlay;
import routes.inbox.Parking;
import routes.inbox.Turn;
import routes.mapping.ValueUnmapped;
import routes.order.OrderRows;
import routes.partner.PartnerFailure;
import routes.region.Regions;

/**
 * Finds out, when a message is parked, what it is that keeps it: the cause by the final failure and the partner's last answer,
 * who mends it, with which others it belongs together, how long there is time, and whether trying again has any point.
 */
@Component
class Diagnosis {

    private static final int DEEPEST_STACK = 4000;

    /** So many replays of unchanged input that end in the same failure lock the message for staff. */
    static final int POISON_AFTER = 2;

    private static final Set<String> UNCHANGED = Set.of("unchanged", "bulk");

    private record Earlier(String fingerprint, String how, int sameWay) {}

    private final Causes causes;
    private final JdbcClient rows;
    private final OrderRows orders;
    private final Regions regions;

    Diagnosis(Causes causes, JdbcClient rows, OrderRows orders, Regions regions) {
        this.causes = causes;
        this.rows = rows;
        this.orders = orders;
        this.regions = regions;
    }

    Parking of(Turn turn, Throwable failure) {
        Turn.Said said = turn.said();
        String step = turn.step() == null ? turn.message().topic() : turn.step();
        Cause cause = causes.of(failure, said, step);
        ValueUnmapped unmapped = in(failure, ValueUnmapped.class);
        String operation = said == null ? null : said.operation();
        Integer status = said == null ? null : said.status();
        boolean known = causes.knows(cause.code());
        Fingerprint fingerprint = known
                ? Fingerprint.named(
                        cause.code(),
                        step,
                        partnersWord(failure) ? operation : null,
                        status,
                        unmapped == null ? null : unmapped.map(),
                        unmapped == null ? null : unmapped.value())
                : Fingerprint.unnamed(cause.code(), step, operation, status, turn.place(), failure);
        int sameWay = sameWay(turn.message().id(), fingerprint.text());
        Instant now = LeaseClock.now();
        Optional<OrderRows.OrderDocument> order = turn.message().orderNumber() == null
                ? Optional.empty()
                : orders.find(turn.message().orderNumber());
        return new Parking(
                cause.code(),
                cause.audience().word(),
                text(failure),
                stack(failure),
                fingerprint.text(),
                fingerprint.parts(),
                operation == null ? null : operation.substring(0, operation.indexOf('.')),
                operation,
                status,
                turn.place(),
                said == null || said.mappingRevision() == null ? null : operation + " " + said.mappingRevision(),
                due(order, now.plus(cause.timeLimit())),
                order.map(one -> one.row().currency()).orElse(null),
                order.map(one -> one.row().totalMinor()).orElse(0L),
                unmapped == null ? null : unmapped.map(),
                unmapped == null ? null : unmapped.value(),
                sameWay,
                sameWay >= POISON_AFTER);
    }

    /** The cause's code alone, for a message that only waits. */
    String codeOf(Turn turn, Throwable failure) {
        return causes.of(failure, turn.said(), turn.step()).code();
    }

    /** Whether the failure is about what a partner said, and not about something found out later in the turn. */
    private static boolean partnersWord(Throwable failure) {
        return in(failure, PartnerFailure.class) != null;
    }

    /** The order's promise, or the cause's own limit where that comes first. */
    private Instant due(Optional<OrderRows.OrderDocument> order, Instant limit) {
        if (order.isEmpty()) {
            return limit;
        }
        try {
            String level =
                    Overlay.tree(order.get().document()).path("serviceLevel").asText("");
            int hours = regions.named(order.get().row().market())
                    .serviceLevel(level)
                    .shipWithinHours();
            Instant promise = order.get().row().placedAt().plusSeconds(hours * 3600L);
            return promise.isBefore(limit) ? promise : limit;
        } catch (IllegalArgumentException marketIsGone) {
            return limit;
        }
    }

    /** How many replays of unchanged input have ended in this very failure, this one included. */
    private int sameWay(long message, String fingerprint) {
        List<Earlier> earlier = rows.sql("select fingerprint, ended_how, same_way from failures"
                        + " where message_id = ? order by id desc fetch first 1 rows only")
                .param(message)
                .query((row, n) -> new Earlier(row.getString(1), row.getString(2), row.getInt(3)))
                .list();
        if (earlier.isEmpty() || !earlier.get(0).fingerprint().equals(fingerprint)) {
            return 0;
        }
        return UNCHANGED.contains(String.valueOf(earlier.get(0).how()))
                ? earlier.get(0).sameWay() + 1
                : 0;
    }

    static <T> T in(Throwable failure, Class<T> kind) {
        int depth = 0;
        for (Throwable each = failure; each != null && depth < 50; each = each.getCause(), depth++) {
            if (kind.isInstance(each)) {
                return kind.cast(each);
            }
        }
        return null;
    }

    static String text(Throwable failure) {
        Throwable root = failure;
        while (!(root instanceof Caused) && root.getCause() != null) {
            root = root.getCause();
        }
        return root instanceof Caused
                ? String.valueOf(root.getMessage())
                : root.getClass().getSimpleName() + ": " + root.getMessage();
    }

    private static String stack(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.getBuffer()
                .substring(0, Math.min(DEEPEST_STACK, text.getBuffer().length()));
    }
}
