package routes.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
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
import routes.guard.CardNumbers;
import routes.inbox.Message;
import routes.inbox.MessageRows;
import routes.inbox.MessageRows.MessageRow;
import routes.inbox.MessageRows.State;
import routes.inbox.Take;
import routes.inbox.TakenRows;
import routes.inbox.TakenRows.Seen;
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
    private static final String ORDERS = "order-submitted";
    private static final String CANCELLATIONS = "cancellation-requested";
    private static final String KIND = "order";
    private static final String BASE = "/api/v1";
    private static final Pattern KEY = Pattern.compile("\"[A-Za-z0-9._:-]{1,100}\"|[A-Za-z0-9._:-]{1,100}");
    private static final Pattern ID = Pattern.compile("S-([0-9]{1,18})");
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final String CORRELATION = "oms.correlation";
    private static final String TOPIC = "oms.topic";
    private static final Map<String, String> ASK_AGAIN = Map.of("Retry-After", "1");

    private final Contract contract;
    private final Answers answers;
    private final TakenRows taken;
    private final MessageRows messages;
    private final OrderRows rows;
    private final Orders orders;
    private final Cancellations cancellations;
    private final Regions regions;
    private final ApiSettings settings;
    private final ObjectMapper json;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    Submissions(
            Contract contract,
            Answers answers,
            TakenRows taken,
            MessageRows messages,
            OrderRows rows,
            Orders orders,
            Cancellations cancellations,
            Regions regions,
            ApiSettings settings,
            ObjectMapper json) {
        this.contract = contract;
        this.answers = answers;
        this.taken = taken;
        this.messages = messages;
        this.rows = rows;
        this.orders = orders;
        this.cancellations = cancellations;
        this.regions = regions;
        this.settings = settings;
        this.json = json;
    }

    /**
     * Looks at an order before it is stored: its key, whether the key is in use or was used for other bytes, and the shape
     * of the body. What passes is named for the inbox: {@code oms-event-id} and {@code oms-shop}.
     *
     * @throws ApiProblem 400 key-missing or body-unreadable, 409 key-in-use, 422 key-reused or body-invalid
     */
    public void examine(Exchange exchange) {
        Client client = Clients.entered(exchange);
        byte[] body = take(exchange, client, ORDERS);
        JsonNode order = read(body);
        List<Flaw> flaws = new ArrayList<>(contract.flawsOfOrder(order));
        if (flaws.isEmpty()) {
            flaws.addAll(twins(order));
        }
        flaws.addAll(cards(order));
        if (!flaws.isEmpty()) {
            throw ApiProblem.bodyInvalid("an order", flaws);
        }
        exchange.setProperty(
                CORRELATION, client.shop() + "/" + order.path("reference").asText());
    }

    /**
     * Looks at a cancellation before it is stored, as {@link #examine} does at an order. Lines and quantities are compared
     * with the order where there is one already; while its submission still waits, the cancellation may wait behind it.
     *
     * @throws ApiProblem as {@link #examine}, and 404 not-found when no order of this client has the reference
     */
    public void examineCancellation(Exchange exchange) {
        Client client = Clients.entered(exchange);
        String reference = reference(exchange);
        String correlation = client.shop() + "/" + reference;
        String number = taken.order(PARTNER, KIND, correlation).orElseThrow(ApiProblem::notFound);
        JsonNode order =
                rows.find(number).map(found -> document(found.document())).orElse(null);
        exchange.setProperty(CORRELATION, correlation);
        byte[] body = take(exchange, client, CANCELLATIONS);
        JsonNode wish = read(body);
        List<Flaw> flaws = new ArrayList<>(contract.flawsOfCancellation(wish));
        if (flaws.isEmpty()) {
            flaws.addAll(Cancellations.flaws(wish, order));
        }
        flaws.addAll(cards(wish));
        if (!flaws.isEmpty()) {
            throw ApiProblem.bodyInvalid("a cancellation", flaws);
        }
        exchange.getMessage().setHeader("oms-reference", reference);
        exchange.getMessage().setHeader("oms-client", client.name());
        exchange.getMessage().setHeader("oms-part", wish.path("lines").isEmpty() ? null : "lines");
    }

    /** Claims the key for this request while it is under way and names the message; the body's bytes. */
    private byte[] take(Exchange exchange, Client client, String topic) {
        String name = client.name() + "/" + key(exchange);
        if (!underWay.add(topic + " " + name)) {
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
                underWay.remove(topic + " " + name);
            }
        });
        byte[] body = exchange.getMessage().getBody(byte[].class);
        body = body == null ? new byte[0] : body;
        String event = name;
        Seen before = taken.seen(PARTNER, client.shop(), topic, event).orElse(null);
        // A key that has expired is free again: what comes under it now has an event id of its own.
        for (int again = 1; before != null && before.olderThanDays(settings.idempotencyKeyDays()); again++) {
            event = name + "~" + again;
            before = taken.seen(PARTNER, client.shop(), topic, event).orElse(null);
        }
        if (before != null && !before.sha256().equals(TakenRows.fingerprint(body))) {
            throw keyReused();
        }
        String correlation = exchange.getProperty(CORRELATION, String.class);
        if (before != null && correlation != null && first(client, topic, event, correlation) == null) {
            throw keyReused(); // the same words, but about another order
        }
        exchange.getMessage().setHeader("oms-event-id", event);
        exchange.getMessage().setHeader("oms-shop", client.shop());
        exchange.setProperty(TOPIC, topic);
        return body;
    }

    private Taken first(Client client, String topic, String event, String correlation) {
        return taken.first(PARTNER, client.shop(), topic, event, KIND, correlation)
                .orElse(null);
    }

    /** Two lines of one name could not be told apart; without a name a line is called by its position. */
    private static List<Flaw> twins(JsonNode order) {
        List<Flaw> flaws = new ArrayList<>();
        Set<String> names = new TreeSet<>();
        JsonNode lines = order.path("lines");
        for (int i = 0; i < lines.size(); i++) {
            String position = String.valueOf(i + 1);
            if (!names.add(lines.get(i).path("reference").asText(position))) {
                flaws.add(new Flaw("/lines/" + i + "/reference", "not-unique", "another line has this reference"));
            }
        }
        return flaws;
    }

    /** Nobody may send us the number of a payment card, in whatever field. */
    private static List<Flaw> cards(JsonNode body) {
        return CardNumbers.pointers(body).stream()
                .map(pointer -> new Flaw(pointer, "card-number", "this holds the number of a payment card"))
                .toList();
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
        Client client = Clients.entered(exchange);
        Taken mine;
        if (receipt.duplicate()) {
            String event = exchange.getMessage().getHeader("oms-event-id", String.class);
            String topic = exchange.getProperty(TOPIC, String.class);
            mine = first(client, topic, event, exchange.getProperty(CORRELATION, String.class));
        } else {
            mine = taken.find(PARTNER, client.shop(), receipt.id()).orElse(null);
        }
        if (mine == null) {
            throw keyReused(); // another instance of the hub took the same words about another order at this moment
        }
        String self = BASE + "/submissions/S-" + mine.id();
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("id", "S-" + mine.id());
        said.put("status", "received");
        said.put("keyExpiresAt", keyExpiresAt(mine));
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

    /** Until when the key of a submission is remembered. */
    private String keyExpiresAt(Taken mine) {
        return mine.at()
                .plus(Duration.ofDays(settings.idempotencyKeyDays()))
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }

    /**
     * Whether a cancellation can be handed on: {@code ready}, or why not, as the reason its message is discarded with. The
     * numbers of the order's lines by their references are laid as the variable {@code numbers}.
     */
    public String recogniseCancellation(Exchange exchange) {
        Message message = Turn.current().message();
        if (message.eventId().contains("#")) {
            return "KEY_REUSED";
        }
        JsonNode order = rows.find(message.orderNumber())
                .map(found -> document(found.document()))
                .orElse(null);
        if (order == null) {
            return "ORDER_UNKNOWN";
        }
        JsonNode wish = Reading.json(exchange.getMessage().getBody(byte[].class));
        if (!Cancellations.flaws(wish, order).isEmpty()) {
            return "LINE_UNKNOWN";
        }
        exchange.setVariable("numbers", Cancellations.numbers(order));
        return "ready";
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
        String why = message.reason();
        OrderDocument order = "KEY_REUSED".equals(why) || message.orderNumber() == null
                ? null
                : rows.find(message.orderNumber()).orElse(null);
        if (status.equals("completed") && message.topic().equals(CANCELLATIONS)) {
            status = order == null
                    ? "processing"
                    : cancellations.status(order.row().number(), mine.id(), document(order.document()));
            why = Cancellations.REFUSED;
        }
        Map<String, Object> links = new LinkedHashMap<>();
        links.put("self", BASE + "/submissions/S-" + mine.id());
        if (order != null) {
            String reference = mine.correlation().substring(client.shop().length() + 1);
            links.put("order", BASE + "/orders/" + reference);
        }
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("id", "S-" + mine.id());
        said.put("status", status);
        said.put("keyExpiresAt", keyExpiresAt(mine));
        said.put("links", links);
        if (status.equals("rejected")) {
            said.put("problem", Answers.told(rejection(why)));
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
            case Cancellations.REFUSED, "TOO_LATE", "CANCEL_REFUSED", "STATE_REFUSED" -> new ApiProblem(
                    409,
                    "cancellation-refused",
                    "It cannot be cancelled any more",
                    "What it is about has left, is cancelled already, or could not be stopped.");
            case "LINE_UNKNOWN", "ORDER_UNKNOWN" -> new ApiProblem(
                    422, "not-taken", "Not taken", "The order does not exist, or has no such line or fewer units.");
            default -> new ApiProblem(422, "not-taken", "Not taken", "Our staff decided not to take this.");
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
        return document(found.document()).put("status", found.row().status());
    }

    private ObjectNode document(String text) {
        try {
            return (ObjectNode) json.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A stored order cannot be read", e);
        }
    }

    /** Where such an order ships from: the first place of its market. */
    public String node(Order order) {
        return new TreeSet<>(regions.named(order.market()).nodes().keySet()).first();
    }

    /** The reference in {@code /orders/<reference>/cancellations}. */
    private static String reference(Exchange exchange) {
        String path = exchange.getMessage().getHeader(Exchange.HTTP_URI, "", String.class);
        String before = path.substring(0, path.lastIndexOf('/'));
        return before.substring(before.lastIndexOf('/') + 1);
    }

    private static String last(Exchange exchange) {
        String path = exchange.getMessage().getHeader(Exchange.HTTP_URI, "", String.class);
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
