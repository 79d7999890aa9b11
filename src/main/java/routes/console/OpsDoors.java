package routes.console;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.net.URI;
import java.security.Principal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import routes.deadletter.AuditTrail;
import routes.deadletter.FailureRows;
import routes.deadletter.FailureRows.FailureRow;
import routes.deadletter.Replay;
import routes.inbox.Conservation;
import routes.inbox.KafkaFront;
import routes.inbox.MessageRows;
import routes.inbox.Refused;
import routes.ledger.TrialBalance;
import routes.order.Holds;
import routes.order.OrderRows;

/**
 * The staff doors for programs. Lists answer {@code {"items": [...], "next": "..." or null}}, newest first; {@code after} is
 * an earlier page's {@code next}, {@code limit} 1 to 500. Everything else that can be wrong is a {@link Problem}.
 */
@RestController
@RequestMapping(path = "/ops", produces = MediaType.APPLICATION_JSON_VALUE)
class OpsDoors {

    /** The words of an order's life. */
    static final Set<String> STATUSES = java.util.Collections.unmodifiableSet(new java.util.LinkedHashSet<>(List.of(
            "RECEIVED",
            "VALIDATED",
            "SCREENING",
            "IN_REVIEW",
            "APPROVED",
            "REJECTED",
            "BACKORDERED",
            "ALLOCATED",
            "CANCEL_REQUESTED",
            "RELEASED",
            "PART_SHIPPED",
            "SHIPPED",
            "DELIVERED",
            "COMPLETED",
            "CANCELLED",
            "ON_HOLD")));

    private static final int LONGEST_PAGE = 500;

    private static final int LONGEST_REASON = 500;

    private static final Pattern ORDER_NUMBER = Pattern.compile("[A-Za-z0-9#._-]{1,40}");

    private final OrderRows orders;
    private final OrderStory story;
    private final MessageRows messages;
    private final Conservation conservation;
    private final KafkaFront front;
    private final FailureRows failures;
    private final DeadLetters deadLetters;
    private final Replay replay;
    private final TrialBalance trialBalance;
    private final Holds holds;
    private final AuditTrail trail;

    OpsDoors(
            OrderRows orders,
            OrderStory story,
            MessageRows messages,
            Conservation conservation,
            KafkaFront front,
            FailureRows failures,
            DeadLetters deadLetters,
            Replay replay,
            TrialBalance trialBalance,
            Holds holds,
            AuditTrail trail) {
        this.orders = orders;
        this.story = story;
        this.messages = messages;
        this.conservation = conservation;
        this.front = front;
        this.failures = failures;
        this.deadLetters = deadLetters;
        this.replay = replay;
        this.trialBalance = trialBalance;
        this.holds = holds;
        this.trail = trail;
    }

    @GetMapping("/orders")
    Cursor.Page<OrderStory.Summary> orders(
            @RequestParam(required = false) String status,
            @RequestParam(required = false) String after,
            @RequestParam(defaultValue = "50") int limit) {
        String wanted = oneOf("status", status, STATUSES);
        List<OrderRows.OrderRow> rows = orders.page(wanted, Cursor.read("orders", after), sane(limit) + 1);
        return Cursor.page("orders", rows, limit, OrderRows.OrderRow::number).map(OrderStory.Summary::of);
    }

    @GetMapping("/orders/{number}")
    OrderStory.Detail order(@PathVariable String number) {
        return story.of(number).orElseThrow(() -> missing("No order has the number " + number));
    }

    @GetMapping("/messages")
    Cursor.Page<OrderStory.Message> messages(
            @RequestParam(required = false) String state,
            @RequestParam(required = false) String order,
            @RequestParam(required = false) String after,
            @RequestParam(defaultValue = "50") int limit) {
        String wanted = oneOf("state", state, namesOf(MessageRows.State.values()));
        if (order != null && !ORDER_NUMBER.matcher(order).matches()) {
            throw bad("\"order\" must be an order's number");
        }
        List<MessageRows.MessageRow> rows = messages.page(
                wanted == null ? null : MessageRows.State.valueOf(wanted),
                order,
                Cursor.readId("messages", after),
                sane(limit) + 1);
        return Cursor.page("messages", rows, limit, row -> Long.toString(row.id()))
                .map(OrderStory.Message::of);
    }

    @GetMapping("/messages/{id}")
    OrderStory.Message message(@PathVariable String id) {
        return messages.find(id("message", id))
                .map(OrderStory.Message::of)
                .orElseThrow(() -> missing("No message has the id " + id));
    }

    @GetMapping("/conservation")
    Map<String, Object> conservation() {
        Conservation.Equation now = conservation.now();
        Map<String, Object> equation = new LinkedHashMap<>();
        equation.put("received", now.received());
        equation.put("waiting", now.waiting());
        equation.put("running", now.running());
        equation.put("done", now.done());
        equation.put("parked", now.parked());
        equation.put("discarded", now.discarded());
        equation.put("duplicates", now.duplicates());
        equation.put("inFront", front.waiting());
        equation.put("balanced", now.balanced());
        return equation;
    }

    @GetMapping("/dead-letters")
    Cursor.Page<DeadLetters.DeadLetter> deadLetters(
            @RequestParam(required = false) String after, @RequestParam(defaultValue = "50") int limit) {
        List<FailureRow> rows = failures.open(Cursor.readId("dead-letters", after), sane(limit) + 1);
        return Cursor.page("dead-letters", rows, limit, row -> Long.toString(row.id()))
                .map(deadLetters::shown);
    }

    /**
     * A dead letter with what became of it: the status a replay links to.
     *
     * @param message the message it parked, as it stands now; null should it be gone
     */
    record DeadLetterStatus(@JsonUnwrapped DeadLetters.DeadLetter deadLetter, OrderStory.Message message) {}

    @GetMapping("/dead-letters/{id}")
    DeadLetterStatus deadLetter(@PathVariable String id) {
        FailureRow row = failure(id);
        return new DeadLetterStatus(
                deadLetters.shown(row),
                messages.find(row.messageId()).map(OrderStory.Message::of).orElse(null));
    }

    /** @param status what the message is now; @param links where to look how it goes on */
    record Replayed(String id, String status, Links links) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Links(String status, String message, String order) {}

    @PostMapping("/dead-letters/{id}/replay")
    ResponseEntity<Replayed> replay(@PathVariable String id, Principal who) {
        FailureRow row = failure(id);
        Replay.Answer answer = replayed(replay, trail, row, who.getName());
        String status = "/ops/dead-letters/" + row.id();
        Links links = new Links(
                status,
                "/ops/messages/" + answer.messageId(),
                row.orderNumber() == null ? null : "/ops/orders/" + row.orderNumber());
        return ResponseEntity.accepted()
                .location(URI.create(status))
                .body(new Replayed(Long.toString(row.id()), answer.status(), links));
    }

    /** @param reason the person's own words, at most 500 characters */
    record ReleaseWish(String reason) {}

    /** @param links where to look how it goes on */
    record Asked(String messageId, String status, Links links) {}

    @PostMapping("/orders/{number}/holds/{kind}/release")
    ResponseEntity<Asked> release(
            @PathVariable String number,
            @PathVariable String kind,
            @RequestBody(required = false) ReleaseWish wish,
            Principal who) {
        long message = released(holds, trail, number, kind, wish == null ? null : wish.reason(), who.getName());
        String status = "/ops/messages/" + message;
        Links links = new Links(status, status, "/ops/orders/" + number);
        return ResponseEntity.accepted()
                .location(URI.create(status))
                .body(new Asked(Long.toString(message), "RELEASING", links));
    }

    /** Asks for a release and writes it down; the console's form does the same. Answers the message that will do it. */
    static long released(Holds holds, AuditTrail trail, String number, String kind, String reason, String who) {
        String why = reason == null ? "" : reason.strip();
        if (why.isEmpty() || why.length() > LONGEST_REASON) {
            throw new Problem.Refused(
                    Problem.Kind.BAD_REQUEST, "\"reason\" must be 1 to " + LONGEST_REASON + " characters");
        }
        if (!ORDER_NUMBER.matcher(number).matches()) {
            throw missing("No order has the number " + number);
        }
        try {
            long message = holds.release(number, kind, who, why).id();
            trail.allowed(who, "release-hold", "holds/" + kind, number, why);
            Audit.allowed(who, "release-hold", "orders/" + number + "/holds/" + kind);
            return message;
        } catch (Refused refused) {
            trail.denied(who, "release-hold", "holds/" + kind, number, refused.getMessage());
            Audit.denied(who, "release-hold", "orders/" + number + "/holds/" + kind);
            throw new Problem.Refused(
                    refused.causeCode().equals("ORDER_UNKNOWN") ? Problem.Kind.NOT_FOUND : Problem.Kind.STATE_REFUSED,
                    refused.getMessage());
        }
    }

    /** Replays and writes it down; the console's button does the same. */
    static Replay.Answer replayed(Replay replay, AuditTrail trail, FailureRow row, String who) {
        trail.allowed(who, "replay", "failures/" + row.id(), row.orderNumber(), "this step");
        try {
            Replay.Answer answer = replay.replay(row.id(), who);
            Audit.allowed(who, "replay", "dead-letters/" + row.id());
            return answer;
        } catch (Refused notNow) {
            throw new Problem.Refused(Problem.Kind.CONFLICT, notNow.getMessage());
        }
    }

    @GetMapping("/ledger/trial-balance")
    TrialBalance.Balance trialBalance() {
        return trialBalance.now();
    }

    private FailureRow failure(String id) {
        return failures.find(id("dead letter", id)).orElseThrow(() -> missing("No dead letter has the id " + id));
    }

    /** An id that is not a number is no id of ours: there is nothing there. */
    private static long id(String what, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException notOurs) {
            throw missing("No " + what + " has the id " + text);
        }
    }

    private static String oneOf(String name, String value, Set<String> words) {
        if (value == null || value.isEmpty()) {
            return null;
        }
        String word = value.toUpperCase(Locale.ROOT);
        if (!words.contains(word)) {
            throw bad("\"" + name + "\" must be one of " + String.join(", ", words));
        }
        return word;
    }

    private static Set<String> namesOf(Enum<?>[] values) {
        Set<String> names = new java.util.LinkedHashSet<>();
        Arrays.stream(values).map(Enum::name).forEach(names::add);
        return names;
    }

    private static int sane(int limit) {
        if (limit < 1 || limit > LONGEST_PAGE) {
            throw bad("\"limit\" must be 1 to " + LONGEST_PAGE);
        }
        return limit;
    }

    private static Problem.Refused bad(String detail) {
        return new Problem.Refused(Problem.Kind.BAD_PARAMETER, detail);
    }

    private static Problem.Refused missing(String detail) {
        return new Problem.Refused(Problem.Kind.NOT_FOUND, detail);
    }
}
