package routes.order;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.stereotype.Component;
import routes.inbox.Batch;
import routes.inbox.Committer;
import routes.inbox.Inbox;
import routes.inbox.Overlay;
import routes.inbox.Refused;
import routes.inbox.Take;
import routes.inbox.Turn;
import routes.region.Market;
import routes.region.Regions;

/**
 * What staff may correct in an order: where it goes and how its customer is reached. Numbers, units and money are locked,
 * here and not only in a form. The wish waits in a lane of its own beside the order's: the message that needs it is parked
 * in front of everything in the order's lane; verbs of one order meet at its version.
 */
@Component("corrections")
public class Corrections {

    private static final int TRIES = 20;
    private static final Set<String> ADDRESS =
            Set.of("name", "company", "line1", "line2", "city", "region", "postalCode", "country", "phone");
    private static final Set<String> CUSTOMER = Set.of("name", "email", "phone");

    private final OrderDocuments documents;
    private final OrderRows rows;
    private final Committer committer;
    private final Inbox inbox;
    private final Regions regions;
    private final Clock clock;

    Corrections(
            OrderDocuments documents, OrderRows rows, Committer committer, Inbox inbox, Regions regions, Clock clock) {
        this.documents = documents;
        this.rows = rows;
        this.committer = committer;
        this.inbox = inbox;
        this.regions = regions;
        this.clock = clock;
    }

    /** The order's document as a tree, if there is such an order. */
    public Optional<JsonNode> document(String number) {
        return rows.find(number).map(order -> Overlay.tree(order.document()));
    }

    /**
     * Whether an order may be corrected so, now.
     *
     * @param patch RFC 7396
     * @throws Refused FIELD_LOCKED naming the field, or STATE_REFUSED when it is too late
     */
    public void check(JsonNode order, JsonNode patch) {
        Set<String> locked = new TreeSet<>();
        for (String part : names(patch)) {
            Set<String> open =
                    switch (part) {
                        case "shipTo", "billTo" -> ADDRESS;
                        case "customer" -> CUSTOMER;
                        default -> Set.of();
                    };
            if (!patch.path(part).isObject()) {
                locked.add("/" + part);
                continue;
            }
            for (String field : names(patch.path(part))) {
                JsonNode value = patch.path(part).path(field);
                if (!open.contains(field) || !(value.isTextual() || value.isNull())) {
                    locked.add("/" + part + "/" + field);
                }
            }
        }
        if (!locked.isEmpty()) {
            throw new Refused("FIELD_LOCKED", "Nobody may change " + String.join(", ", locked) + " here");
        }
        if (patch.has("shipTo")) {
            for (JsonNode sent : order.path("fulfilmentOrders")) {
                if (!Set.of("PLANNED", "BACKORDERED", "CANCELLED", "RECALLED")
                        .contains(sent.path("state").asText())) {
                    throw new Refused(
                            "STATE_REFUSED",
                            "The warehouse has " + sent.path("id").asText() + " already; ask it to change the address");
                }
            }
            String country = patch.path("shipTo").path("country").asText("");
            if (!country.isEmpty()) {
                String serves = regions.forCountry(country).map(Market::name).orElse("");
                if (!serves.equals(order.path("market").asText())) {
                    throw new Refused(
                            "STATE_REFUSED",
                            "The market " + order.path("market").asText() + " does not serve " + country);
                }
            }
        }
    }

    /**
     * Stores a person's correction; it is carried out in a lane of the order's own.
     *
     * @param version which correction of this order it is; the same one twice is stored once
     * @param failure what it mends, replayed when it is done; null for nothing
     */
    public Take.Receipt ask(String number, int version, JsonNode patch, Long failure, String who, String why) {
        ObjectNode wish = JsonNodeFactory.instance.objectNode();
        wish.set("patch", patch);
        wish.put("version", version);
        wish.put("reason", why);
        if (failure != null) {
            wish.put("failure", failure);
        }
        return inbox.request(
                "order-care.correct-order",
                number,
                "v" + version,
                number + "/care",
                who,
                wish.toString(),
                "correction:" + number + ":" + version);
    }

    /** Carries out the correction that this turn's message asks for. */
    public Order corrected(Order order) {
        Turn turn = Turn.current();
        String subject = turn.message().subject();
        if (turn.did("corrected", subject)) {
            return order;
        }
        JsonNode wish = Overlay.tree(new String(turn.message().body(), StandardCharsets.UTF_8));
        return correct(
                turn,
                order.number(),
                wish.path("patch"),
                subject,
                "Corrected by " + turn.message().who() + ": "
                        + wish.path("reason").asText());
    }

    /**
     * Lays a patch over the order, in this turn.
     *
     * @param subject with the step and the verb, what makes it happen once
     */
    public Order correct(Turn turn, String number, JsonNode patch, String subject, String note) {
        turn.mayGoOn();
        for (int attempt = 1; ; attempt++) {
            JsonNode before =
                    document(number).orElseThrow(() -> new Refused("ORDER_UNKNOWN", "There is no order " + number));
            check(before, patch);
            ObjectNode after = (ObjectNode) Overlay.over(before, patch);
            after.put("version", before.path("version").asInt() + 1);
            String document = Overlay.text(after);
            Order corrected = documents.order(document); // read first: what is no order is not written
            try {
                write(turn, number, document, before.path("version").asInt(), subject, note);
                turn.does("corrected", subject);
                return corrected;
            } catch (Change.VersionConflict conflict) {
                if (attempt == TRIES) {
                    throw new Refused("STATE_REFUSED", conflict.getMessage());
                }
            }
        }
    }

    private void write(Turn turn, String number, String document, int before, String subject, String note) {
        Instant now = clock.instant();
        committer.write(turn, "verb", (batch, operation) -> {
            batch.add(
                    Batch.GUARD,
                    operation,
                    changed -> {
                        if (changed == 0) {
                            operation.refuse(new Change.VersionConflict(number));
                        }
                    },
                    "update orders set version = ?, document = ?, changed_at = ? where number = ? and version = ?",
                    before + 1,
                    document,
                    now,
                    number,
                    before);
            HistoryRows.add(batch, operation, turn, number, "corrected", subject, note, now);
        });
    }

    private static Set<String> names(JsonNode node) {
        Set<String> names = new TreeSet<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
