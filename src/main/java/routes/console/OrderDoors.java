package routes.console;

import java.net.URI;
import java.security.Principal;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import routes.order.CancelRequest;

/** What staff may ask of an order, as JSON; the answer says where to look how it goes on. */
@RestController
@RequestMapping("/ops/orders/{number}")
class OrderDoors {

    private final OrderWishes wishes;

    OrderDoors(OrderWishes wishes) {
        this.wishes = wishes;
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

    /**
     * @param end how a debt ended, PAID_OUTSIDE or WRITTEN_OFF; for COLLECTIONS only
     * @param reference where a payment outside the shop is found
     */
    record Closing(String reason, String end, String reference) {}

    @PostMapping("/holds")
    ResponseEntity<OpsDoors.Asked> hold(
            @PathVariable String number, @RequestBody(required = false) HoldWish wish, Principal who) {
        HoldWish asked = wish == null ? new HoldWish(null, null, null) : wish;
        String kind = String.valueOf(asked.kind());
        return asked(number, "HOLDING", wishes.hold(number, kind, asked.line(), asked.reason(), who.getName()));
    }

    @PostMapping("/lines/{line}/holds/{kind}/release")
    ResponseEntity<OpsDoors.Asked> release(
            @PathVariable String number,
            @PathVariable int line,
            @PathVariable String kind,
            @RequestBody(required = false) Why wish,
            Principal who) {
        return asked(number, "RELEASING", wishes.releaseLine(number, line, kind, reason(wish), who.getName()));
    }

    @PostMapping("/cancellations")
    ResponseEntity<OpsDoors.Asked> cancel(
            @PathVariable String number, @RequestBody(required = false) CancelWish wish, Principal who) {
        CancelWish asked = wish == null ? new CancelWish(null, null, null) : wish;
        List<CancelRequest.Units> units = asked.lines() == null ? List.of() : asked.lines();
        String reason = String.valueOf(asked.reason());
        return asked(number, "CANCELLING", wishes.cancel(number, reason, units, asked.why(), who.getName()));
    }

    @PostMapping("/cases/{kind}/close")
    ResponseEntity<OpsDoors.Asked> close(
            @PathVariable String number,
            @PathVariable String kind,
            @RequestBody(required = false) Closing wish,
            Principal who) {
        Closing asked = wish == null ? new Closing(null, null, null) : wish;
        return asked(
                number,
                "CLOSING",
                wishes.close(number, kind, asked.reason(), asked.end(), asked.reference(), who.getName()));
    }

    private static String reason(Why wish) {
        return wish == null ? null : wish.reason();
    }

    private static ResponseEntity<OpsDoors.Asked> asked(String number, String status, long message) {
        String at = "/ops/messages/" + message;
        OpsDoors.Links links = new OpsDoors.Links(at, at, "/ops/orders/" + number);
        return ResponseEntity.accepted()
                .location(URI.create(at))
                .body(new OpsDoors.Asked(Long.toString(message), status, links));
    }
}
