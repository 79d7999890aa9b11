package routes.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.springframework.stereotype.Component;
import routes.api.ApiProblem.Flaw;
import routes.api.Clients.Client;
import routes.inbox.MessageRows;
import routes.inbox.MessageRows.MessageRow;
import routes.inbox.MessageRows.State;
import routes.inbox.Take;
import routes.inbox.TakenRows;
import routes.inbox.TakenRows.Taken;
import routes.inbox.Turn;
import routes.mapping.MappingFailure;
import routes.mapping.Reading;
import routes.order.Order;
import routes.order.OrderRows;
import routes.order.OrderRows.OrderDocument;
import routes.order.Orders;
import routes.region.Regions;

/**
 * Submissions of clients: a submission is the message the inbox holds, under the event id made of the client and its
 * Idempotency-Key. The inbox's own memory of events is therefore the memory of keys, and no second one can disagree with
 * it. Whatever a client asks for is looked up by its shop, so that another's is not there at all.
 */
@Component("submissions")
public class Submissions {

    private static final String PARTNER = "partner-api";
    private static final String TOPIC = "order-submitted";
    private static final String KIND = "order";
    private static final String BASE = "/api/v1";
    private static final Pattern KEY = Pattern.compile("\"[A-Za-z0-9._:-]{1,100}\"|[A-Za-z0-9._:-]{1,100}");
    private static final Pattern ID = Pattern.compile("S-([0-9]{1,18})");
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final String CORRELATION = "oms.correlation";
    private static final Map<String, String> ASK_AGAIN = Map.of("Retry-After", "1");

    private final Contract contract;
    private final Answers answers;
    private final TakenRows taken;
    private final MessageRows messages;
    private final OrderRows rows;
    private final Orders orders;
    private final Regions regions;
    private final ObjectMapper json;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    Submissions(
            Contract contract,
            Answers answers,
            TakenRows taken,
            MessageRows messages,
            OrderRows rows,
            Orders orders,
            Regions regions,
            ObjectMapper json) {
        this.contract = contract;
        this.answers = answers;
        this.taken = taken;
        this.messages = messages;
        this.rows = rows;
        this.orders = orders;
        this.regions = regions;
        this.json = json;
    }

    /**
     * Looks at a submission before it is stored: its key, whether the key is in use or was used for other bytes, and
     * the shape of the body. What passes is named for the inbox: {@code oms-event-id} and {@code oms-shop}.
     *
     * @throws ApiProblem 400 key-missing or body-unreadable, 409 key-in-use, 422 key-reused or body-invalid
     */
    public void examine(Exchange exchange) {
        Client client = Clients.entered(exchange);
        String event = client.name() + "/" + key(exchange);
        if (!underWay.add(event)) {
            throw new ApiProblem(
                    409,
                    "key-in-use",
                    "Under way",
                    "A request with this Idempotency-Key is under way; ask again for its answer.",
                    List.of(),
                    ASK_AGAIN);
        }
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange over) {
                underWay.remove(event);
            }
        });
        byte[] body = exchange.getMessage().getBody(byte[].class);
        body = body == null ? new byte[0] : body;
        String before = taken.bodySeen(PARTNER, client.shop(), TOPIC, event).orElse(null);
        if (before != null && !before.equals(TakenRows.fingerprint(body))) {
            throw keyReused();
        }
        JsonNode order = read(body);
        List<Flaw> flaws = contract.flawsOfOrder(order);
        if (!flaws.isEmpty()) {
            throw new ApiProblem(
                    422,
                    "body-invalid",
                    "This is not an order we can take",
                    "Mend what is named under errors and send it again.",
                    flaws,
                    Map.of());
        }
        exchange.setProperty(
                CORRELATION, client.shop() + "/" + order.path("reference").asText());
        exchange.getMessage().setHeader("oms-event-id", event);
        exchange.getMessage().setHeader("oms-shop", client.shop());
    }

    private static String key(Exchange exchange) {
        String key = exchange.getMessage().getHeader("Idempotency-Key", "", String.class);
        if (!KEY.matcher(key).matches()) {
            throw new ApiProblem(
                    400,
                    "key-missing",
                    "No usable Idempotency-Key",
                    "Send the header Idempotency-Key: 1 to 100 letters, digits, dots, colons, hyphens or underscores.");
        }
        return key.startsWith("\"") ? key.substring(1, key.length() - 1) : key;
    }

    private static JsonNode read(byte[] body) {
        try {
            JsonNode order = Reading.json(body);
            // Of two equal names a scan sees the first and a tree keeps the last: one would name the order, one lead
            // it.
            STRICT.readTree(body);
            return order;
        } catch (MappingFailure unreadable) {
            throw unreadable(unreadable.getMessage());
        } catch (IOException twice) {
            throw unreadable("a name stands twice in one object");
        }
    }

    private static ApiProblem unreadable(String why) {
        return new ApiProblem(400, "body-unreadable", "Not readable", "The body: " + why + ".");
    }

    private static ApiProblem keyReused() {
        return new ApiProblem(
                422,
                "key-reused",
                "This key was used before",
                "The Idempotency-Key came with another body before; take a new one for a new submission.");
    }

    /** The bytes are on stable storage, now or since an earlier request: answers the submission, the same each time. */
    public void taken(Exchange exchange) {
        Take.Receipt receipt = exchange.getVariable("receipt", Take.Receipt.class);
        long id = receipt.id();
        if (receipt.duplicate()) {
            Client client = Clients.entered(exchange);
            String event = exchange.getMessage().getHeader("oms-event-id", String.class);
            String correlation = exchange.getProperty(CORRELATION, String.class);
            id = taken.first(PARTNER, client.shop(), event, KIND, correlation)
                    .orElseThrow(() -> new IllegalStateException("A submission was seen, but is not there"))
                    .id();
        }
        String self = BASE + "/submissions/S-" + id;
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("id", "S-" + id);
        said.put("status", "received");
        said.put("links", Map.of("self", self));
        Map<String, String> headers = new LinkedHashMap<>(ASK_AGAIN);
        headers.put("Location", self);
        answers.say(exchange, 202, said, headers);
    }

    /**
     * Whether a submission opens an order: {@code new}, or why not, as the reason its message is discarded with.
     * Two instances of the hub may take the same key with different bodies at one moment; the inbox keeps both and
     * marks the second, which ends here.
     */
    public String recognise(JsonNode order) {
        if (Turn.current().message().eventId().contains("#")) {
            return "KEY_REUSED";
        }
        return orders.recognise(order).equals("new") ? "new" : "REFERENCE_TAKEN";
    }

    /** Answers how a submission goes. */
    public void show(Exchange exchange) {
        Client client = Clients.entered(exchange);
        var id = ID.matcher(last(exchange));
        if (!id.matches()) {
            throw ApiProblem.notFound();
        }
        Taken mine =
                taken.find(PARTNER, client.shop(), Long.parseLong(id.group(1))).orElseThrow(ApiProblem::notFound);
        MessageRow message = messages.find(mine.id()).orElseThrow(ApiProblem::notFound);
        String status = status(message.state());
        Map<String, Object> links = new LinkedHashMap<>();
        links.put("self", BASE + "/submissions/S-" + mine.id());
        boolean opened = !"KEY_REUSED".equals(message.reason())
                && message.orderNumber() != null
                && rows.find(message.orderNumber()).isPresent();
        if (opened) {
            String reference = mine.correlation().substring(client.shop().length() + 1);
            links.put("order", BASE + "/orders/" + reference);
        }
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("id", "S-" + mine.id());
        said.put("status", status);
        said.put("links", links);
        if (status.equals("rejected")) {
            said.put("problem", Answers.told(rejection(message.reason())));
        }
        boolean moving = status.equals("received") || status.equals("processing");
        answers.say(exchange, 200, said, moving ? ASK_AGAIN : Map.of());
    }

    private static String status(State state) {
        return switch (state) {
            case UNSORTED, RECEIVED -> "received";
            case RUNNING, WAITING -> "processing";
            case DONE -> "completed";
            case DISCARDED -> "rejected";
            case PARKED -> "needs-attention";
        };
    }

    private static ApiProblem rejection(String reason) {
        return switch (String.valueOf(reason)) {
            case "KEY_REUSED" -> keyReused();
            case "REFERENCE_TAKEN" -> new ApiProblem(
                    409,
                    "reference-taken",
                    "There is an order of this reference",
                    "An order was submitted under this reference before; this one changes nothing.");
            default -> new ApiProblem(422, "not-taken", "Not taken", "Our staff decided not to take this order.");
        };
    }

    /** The client's order of the reference asked for, as the hub knows it. */
    public JsonNode order(Exchange exchange) {
        Client client = Clients.entered(exchange);
        OrderDocument found = taken.order(PARTNER, KIND, client.shop() + "/" + last(exchange))
                .flatMap(rows::find)
                .filter(order -> order.row().channel().equals(PARTNER)
                        && order.row().shop().equals(client.shop()))
                .orElseThrow(ApiProblem::notFound);
        try {
            ObjectNode order = (ObjectNode) json.readTree(found.document());
            return order.put("status", found.row().status());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A stored order cannot be read", e);
        }
    }

    /** Where such an order ships from: the first place of its market. */
    public String node(Order order) {
        return new TreeSet<>(regions.named(order.market()).nodes().keySet()).first();
    }

    private static String last(Exchange exchange) {
        String path = exchange.getMessage().getHeader(Exchange.HTTP_URI, "", String.class);
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
