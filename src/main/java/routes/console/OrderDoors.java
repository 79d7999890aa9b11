package routes.console;

import java.net.URI;
import java.security.Principal;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import routes.inbox.Refused;
import routes.inbox.Take;
import routes.order.CancelRequest;
import routes.order.Cases;
import routes.order.Holds;

/**
 * What staff may ask of an order: hold it or a line of it, cancel it or some units, close a matter that was looked into.
 * Each wish is stored and carried out in the order's own lane; the answer says where to look how it goes on.
 */
@RestController
@RequestMapping("/ops/orders/{number}")
class OrderDoors {

    private static final int LONGEST_REASON = 500;
    private static final Pattern ORDER_NUMBER = Pattern.compile("OH-\\d{1,18}");

    private final Holds holds;
    private final CancelRequest cancels;
    private final Cases cases;

    OrderDoors(Holds holds, CancelRequest cancels, Cases cases) {
        this.holds = holds;
        this.cancels = cancels;
        this.cases = cases;
    }

    /** @param line the order line to hold, null for the whole order */
    record HoldWish(String kind, Integer line, String reason) {}

    /**
     * @param reason one of the shop's own: CUSTOMER, INVENTORY, STAFF ...
     * @param why the person's words, for the history
     * @param lines what to cancel; none for everything that has not left
     */
    record CancelWish(String reason, String why, List<CancelRequest.Units> lines) {}

    record Why(String reason) {}

    @PostMapping("/holds")
    ResponseEntity<OpsDoors.Asked> hold(
            @PathVariable String number, @RequestBody(required = false) HoldWish wish, Principal who) {
        HoldWish asked = wish == null ? new HoldWish(null, null, null) : wish;
        String why = why(asked.reason());
        return ask(
                number,
                who,
                "place-hold",
                "HOLDING",
                () -> holds.place(number, String.valueOf(asked.kind()), asked.line(), who.getName(), why));
    }

    @PostMapping("/lines/{line}/holds/{kind}/release")
    ResponseEntity<OpsDoors.Asked> release(
            @PathVariable String number,
            @PathVariable int line,
            @PathVariable String kind,
            @RequestBody(required = false) Why wish,
            Principal who) {
        String why = why(wish == null ? null : wish.reason());
        return ask(
                number, who, "release-hold", "RELEASING", () -> holds.release(number, kind, line, who.getName(), why));
    }

    @PostMapping("/cancellations")
    ResponseEntity<OpsDoors.Asked> cancel(
            @PathVariable String number, @RequestBody(required = false) CancelWish wish, Principal who) {
        CancelWish asked = wish == null ? new CancelWish(null, null, null) : wish;
        String why = why(asked.why());
        List<CancelRequest.Units> units = asked.lines() == null ? List.of() : asked.lines();
        return ask(
                number,
                who,
                "cancel",
                "CANCELLING",
                () -> cancels.ask(number, String.valueOf(asked.reason()), who.getName(), why, units));
    }

    @PostMapping("/cases/{kind}/close")
    ResponseEntity<OpsDoors.Asked> close(
            @PathVariable String number,
            @PathVariable String kind,
            @RequestBody(required = false) Why wish,
            Principal who) {
        String why = why(wish == null ? null : wish.reason());
        return ask(number, who, "close-case", "CLOSING", () -> cases.close(number, kind, who.getName(), why));
    }

    private static String why(String reason) {
        String why = reason == null ? "" : reason.strip();
        if (why.isEmpty() || why.length() > LONGEST_REASON) {
            throw new Problem.Refused(Problem.Kind.BAD_REQUEST, "Say why, in 1 to " + LONGEST_REASON + " characters");
        }
        return why;
    }

    private static ResponseEntity<OpsDoors.Asked> ask(
            String number, Principal who, String act, String status, Supplier<Take.Receipt> wish) {
        String what = "orders/" + number;
        if (!ORDER_NUMBER.matcher(number).matches()) {
            throw new Problem.Refused(Problem.Kind.NOT_FOUND, "No order has the number " + number);
        }
        try {
            String message = Long.toString(wish.get().id());
            Audit.allowed(who.getName(), act, what);
            String at = "/ops/messages/" + message;
            return ResponseEntity.accepted()
                    .location(URI.create(at))
                    .body(new OpsDoors.Asked(message, status, new OpsDoors.Links(at, at, "/ops/" + what)));
        } catch (Refused refused) {
            Audit.denied(who.getName(), act, what);
            throw new Problem.Refused(
                    refused.causeCode().equals("ORDER_UNKNOWN") ? Problem.Kind.NOT_FOUND : Problem.Kind.STATE_REFUSED,
                    refused.getMessage());
        }
    }
}
