package routes.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.deadletter.FailureRows.FailureRow;
import routes.inbox.Committer;
import routes.inbox.Delivery;
import routes.inbox.Inbox;
import routes.inbox.LeaseClock;
import routes.inbox.Overlay;
import routes.inbox.Refused;
import routes.inbox.Resumption;
import routes.inbox.Take;
import routes.inbox.Turn;
import routes.inbox.Verdict;
import routes.mapping.Mappings;
import routes.order.Corrections;
import routes.order.Polls;

/**
 * "Fetch the order again and start over": what a message says may be stale. Where the order was never opened, the shop's words
 * of today take the message's place in its lane; where it was, they correct what staff may correct, and the message runs
 * again from the beginning of its story in a new walk. What is done at partners stays done.
 */
@Component("refetch")
public class Refetch {

    private record Origin(String shop, String shopName, String shopId, boolean opened) {}

    private static final Set<String> PARTS = Set.of("customer", "shipTo", "billTo");

    private final FailureRows failures;
    private final Replay replay;
    private final Corrections corrections;
    private final Mappings mappings;
    private final Inbox inbox;
    private final Committer committer;
    private final JdbcClient rows;

    Refetch(
            FailureRows failures,
            Replay replay,
            Corrections corrections,
            Mappings mappings,
            Inbox inbox,
            Committer committer,
            JdbcClient rows) {
        this.failures = failures;
        this.replay = replay;
        this.corrections = corrections;
        this.mappings = mappings;
        this.inbox = inbox;
        this.committer = committer;
        this.rows = rows;
    }

    /** Why an order cannot be fetched again, in words, or null. */
    public String refusal(FailureRow failure) {
        if (!failure.open()) {
            return "It is not parked any more.";
        }
        return origin(failure).isEmpty() ? "It belongs to no order of a shop that can be asked." : null;
    }

    /**
     * Asks for it; it happens in a lane of its own.
     *
     * @throws Refused STATE_REFUSED when the order cannot be fetched
     */
    public Take.Receipt ask(FailureRow failure, String who) {
        String refusal = refusal(failure);
        if (refusal != null) {
            throw new Refused("STATE_REFUSED", refusal);
        }
        Origin origin = origin(failure).orElseThrow();
        ObjectNode wish = JsonNodeFactory.instance.objectNode();
        wish.put("failure", failure.id());
        wish.put("shopId", origin.shopId());
        return inbox.request(
                "order-care.fetch-again",
                origin.opened() ? failure.orderNumber() : null,
                origin.shop(),
                "care/" + failure.messageId(),
                who,
                wish.toString(),
                "fetch:" + failure.id());
    }

    /** What to ask the shop for. */
    public Polls.Changed asked() {
        return new Polls.Changed(wish().path("shopId").asText());
    }

    /** The shop has answered: today's words, and the message starts over. */
    public void arrived(JsonNode answer) {
        Turn turn = Turn.current();
        FailureRow failure = failures.find(wish().path("failure").asLong())
                .orElseThrow(() -> new Refused("UNKNOWN", "There is no such dead letter"));
        JsonNode found = answer.path("found").path(0);
        if (!found.hasNonNull("body")) {
            throw new Refused("SHOP_ORDER_UNKNOWN", "The shop has no such order any more");
        }
        if (!failure.open()) {
            return;
        }
        String who = turn.message().who();
        if (turn.message().orderNumber() == null) {
            inbox.take(new Delivery(
                    turn.message().subject(),
                    found.path("shop").asText(""),
                    found.path("topic").asText(),
                    found.path("event").asText() + ":again:" + failure.id(),
                    Map.of(),
                    Overlay.text(found.path("body")).getBytes(StandardCharsets.UTF_8),
                    turn.message().subject(),
                    "order",
                    wish().path("shopId").asText(),
                    true,
                    false,
                    LeaseClock.now()));
            committer.write(Verdict.superseded(failure.messageId(), who, "The order was fetched again"));
            return;
        }
        String number = turn.message().orderNumber();
        JsonNode said = mappings.apply(
                turn.message().subject() + "/" + found.path("topic").asText().replace("orders/", "order-"),
                found.path("body"),
                Map.of());
        JsonNode order = corrections.document(number).orElseThrow();
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        for (String part : PARTS) {
            ObjectNode change = JsonNodeFactory.instance.objectNode();
            said.path(part).properties().forEach(field -> {
                JsonNode before = order.path(part).path(field.getKey());
                if (field.getValue().isTextual()
                        && !field.getKey().equals("id")
                        && !field.getValue().equals(before)) {
                    change.set(field.getKey(), field.getValue());
                }
            });
            if (!change.isEmpty()) {
                patch.set(part, change);
            }
        }
        if (!patch.isEmpty() && !turn.did("corrected", "fetched")) {
            corrections.correct(
                    turn,
                    number,
                    patch,
                    "fetched",
                    "Fetched from the shop again by " + who + ", changed as it is there");
        }
        committer.write(new Resumption(
                failure.messageId(),
                who,
                new Resumption.Way("fetched-again", replay.beginning(failure.id()), false, true)));
    }

    private static JsonNode wish() {
        return Overlay.tree(new String(Turn.current().message().body(), StandardCharsets.UTF_8));
    }

    private Optional<Origin> origin(FailureRow failure) {
        if (failure.orderNumber() == null) {
            return Optional.empty();
        }
        Optional<JsonNode> order = corrections.document(failure.orderNumber());
        if (order.isPresent()) {
            String shop = order.get().path("channel").asText();
            return fetches(shop)
                    ? Optional.of(new Origin(
                            shop,
                            order.get().path("shop").asText(),
                            order.get().path("shopId").asText(),
                            true))
                    : Optional.empty();
        }
        List<Origin> origins = rows.sql(
                        "select partner, shop, correlation from inbox where id = ? and correlation is not null")
                .param(failure.messageId())
                .query((row, n) -> new Origin(row.getString(1), row.getString(2), row.getString(3), false))
                .list();
        return origins.stream().filter(one -> fetches(one.shop())).findFirst();
    }

    private boolean fetches(String shop) {
        return mappings.exists(shop + "/fetch-order.request");
    }
}
