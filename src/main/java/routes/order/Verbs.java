package routes.order;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;
import routes.inbox.Committer;
import routes.inbox.Refused;
import routes.inbox.Turn;
import routes.ledger.Money;
import routes.region.Market;
import routes.region.Regions;
import routes.stock.Stock;
import routes.stock.StockTaken;

/**
 * How every verb is carried out: it works out a change on the order as it is now and hands it over to be written as one;
 * when somebody else was faster it works it out anew. Run again for the same message, walk, step and subject it changes
 * nothing and answers the same.
 */
@Component
class Verbs {

    private static final int TRIES = 20;

    private final OrderDocuments documents;
    private final Committer committer;
    private final Regions regions;
    private final Stock stock;
    private final Outbox outbox;
    private final ObjectMapper json;
    private final Clock clock;

    Verbs(
            OrderDocuments documents,
            Committer committer,
            Regions regions,
            Stock stock,
            Outbox outbox,
            ObjectMapper json,
            Clock clock) {
        this.documents = documents;
        this.committer = committer;
        this.regions = regions;
        this.stock = stock;
        this.outbox = outbox;
        this.json = json;
        this.clock = clock;
    }

    /** The order of the message at hand. */
    static String number() {
        return Turn.current().message().orderNumber();
    }

    /** Whose word the message at hand is. */
    static String who() {
        return Turn.current().message().who();
    }

    Instant now() {
        return clock.instant();
    }

    Market market(Order order) {
        return regions.named(order.market());
    }

    Market.Policies policies(Order order) {
        return market(order).policies();
    }

    /** @throws Refused ORDER_UNKNOWN when there is none */
    Order load(String number) {
        return documents.find(number).orElseThrow(() -> new Refused("ORDER_UNKNOWN", "There is no order " + number));
    }

    /** The order of the message at hand, as it is now. */
    Order current() {
        return load(number());
    }

    /** Changes the order of the message at hand. */
    Order apply(String verb, String subject, Consumer<Draft> change) {
        return apply(verb, subject, number(), change, null);
    }

    /** Writes a new order; {@code opening} is what was said of it. */
    Order open(String verb, Order opening, Consumer<Draft> change) {
        return apply(verb, "", opening.number(), change, opening);
    }

    private Order apply(String verb, String subject, String number, Consumer<Draft> change, Order opening) {
        Turn turn = Turn.current();
        turn.mayGoOn();
        if (turn.did(verb, subject)) {
            return load(number);
        }
        for (int attempt = 1; ; attempt++) {
            Draft draft = new Draft(opening != null ? opening : load(number));
            change.accept(draft);
            if (draft.isNothingNew()) {
                return draft.before();
            }
            try {
                return committer.write(change(turn, draft, verb, subject));
            } catch (Change.VersionConflict conflict) {
                if (attempt == TRIES || opening != null) {
                    throw new Refused("STATE_REFUSED", conflict.getMessage());
                }
            } catch (StockTaken taken) {
                // Another order was faster: with what is left the plan is another one.
                if (attempt == TRIES) {
                    throw new Refused("STATE_REFUSED", taken.getMessage());
                }
            }
        }
    }

    /** Changes many orders in one commit; those that somebody else changed meanwhile are worked out anew. */
    void applyToAll(String verb, Map<String, Consumer<Draft>> changesByOrder) {
        Turn turn = Turn.current();
        Map<String, Consumer<Draft>> left = new HashMap<>(changesByOrder);
        left.keySet().removeIf(number -> turn.did(verb, number));
        for (int attempt = 1; !left.isEmpty(); attempt++) {
            List<Change> changes = left.entrySet().stream()
                    .map(one -> {
                        Draft draft = new Draft(load(one.getKey()));
                        one.getValue().accept(draft);
                        return change(turn, draft, verb, one.getKey());
                    })
                    .toList();
            List<RuntimeException> failed = new ArrayList<>();
            committer.writeAll(changes).forEach((change, failure) -> {
                if (failure == null) {
                    left.remove(change.number());
                } else if (!(failure instanceof Change.VersionConflict)) {
                    failed.add(failure);
                }
            });
            if (!failed.isEmpty()) {
                throw failed.get(0);
            }
            if (attempt == TRIES) {
                throw new Refused("STATE_REFUSED", "Orders " + left.keySet() + " change too fast to be written");
            }
        }
    }

    private Change change(Turn turn, Draft draft, String verb, String subject) {
        Order after = draft.after();
        return new Change(turn, draft, stock, outbox, documents.document(after), after, verb, subject, clock.instant());
    }

    /** What a partner answered, as one of our words. */
    <T> T read(JsonNode node, String quotedFrom, Class<T> type) {
        try {
            ObjectNode copy = node.deepCopy();
            copy.set("quotedMinor", node.path(quotedFrom));
            return json.treeToValue(copy, type);
        } catch (JsonProcessingException e) {
            throw new Refused("PARTNER_GARBLED", "The answer cannot be read: " + e.getOriginalMessage());
        }
    }

    /** What came through a door, as an order. */
    Order order(ObjectNode said) {
        try {
            return json.treeToValue(said, Order.class);
        } catch (JsonProcessingException e) {
            throw new Refused("UNREADABLE", "The order cannot be read: " + e.getOriginalMessage());
        }
    }

    <T> T as(JsonNode node, Class<T> type) {
        try {
            return json.treeToValue(node, type);
        } catch (JsonProcessingException e) {
            throw new Refused("UNREADABLE", "It cannot be read: " + e.getOriginalMessage());
        }
    }

    /** The body of the message at hand: what a person or a client asked for. */
    JsonNode detail() {
        try {
            return json.readTree(Turn.current().message().body());
        } catch (IOException e) {
            throw new Refused("UNREADABLE", "The request cannot be read: " + e.getMessage());
        }
    }

    /** What was said; nothing for a step that is resumed with the order itself, after its verb was written down. */
    static JsonNode said(Object body) {
        return body instanceof JsonNode said ? said : MissingNode.getInstance();
    }

    static Instant instant(JsonNode node, String field) {
        String text = node.path(field).asText("");
        return text.isEmpty() ? null : Instant.parse(text);
    }

    static String money(long minor, String currency) {
        return Money.decimal(minor, currency).toPlainString() + " " + currency;
    }
}
