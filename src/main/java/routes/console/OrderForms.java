package routes.console;

import java.security.Principal;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import routes.order.CancelRequest;

/** The forms on an order's page; {@link OrderDoors} does the same for programs. */
@Controller
@RequestMapping("/console/orders/{number}")
class OrderForms {

    private final OrderWishes wishes;

    OrderForms(OrderWishes wishes) {
        this.wishes = wishes;
    }

    /** @param line empty for the whole order */
    @PostMapping("/hold")
    String hold(
            @PathVariable String number,
            @RequestParam String kind,
            @RequestParam(required = false) Integer line,
            @RequestParam(required = false) String reason,
            Principal who,
            RedirectAttributes next) {
        return told(number, "hold", next, () -> wishes.hold(number, kind, line, reason, who.getName()));
    }

    @PostMapping("/lines/{line}/holds/{kind}/release")
    String release(
            @PathVariable String number,
            @PathVariable int line,
            @PathVariable String kind,
            @RequestParam(required = false) String reason,
            Principal who,
            RedirectAttributes next) {
        return told(number, "release", next, () -> wishes.releaseLine(number, line, kind, reason, who.getName()));
    }

    /**
     * @param line empty for everything that has not left
     * @param quantity units of that line
     */
    @PostMapping("/cancel")
    String cancel(
            @PathVariable String number,
            @RequestParam String because,
            @RequestParam(required = false) Integer line,
            @RequestParam(required = false) Integer quantity,
            @RequestParam(required = false) String reason,
            Principal who,
            RedirectAttributes next) {
        List<CancelRequest.Units> units =
                line == null ? List.of() : List.of(new CancelRequest.Units(line, quantity == null ? 1 : quantity));
        return told(number, "cancel", next, () -> wishes.cancel(number, because, units, reason, who.getName()));
    }

    @PostMapping("/cases/{kind}/close")
    String close(
            @PathVariable String number,
            @PathVariable String kind,
            @RequestParam(required = false) String reason,
            @RequestParam(required = false) String end,
            @RequestParam(required = false) String reference,
            Principal who,
            RedirectAttributes next) {
        return told(number, "case", next, () -> wishes.close(number, kind, reason, end, reference, who.getName()));
    }

    private static String told(String number, String what, RedirectAttributes next, Runnable wish) {
        try {
            wish.run();
            next.addFlashAttribute("told", what + ".asked");
        } catch (Problem.Refused refused) {
            if (refused.kind() == Problem.Kind.NOT_FOUND) {
                throw new ResponseStatusException(HttpStatus.NOT_FOUND);
            }
            next.addFlashAttribute("told", what + ".refused");
            next.addFlashAttribute("why", refused.getMessage());
        }
        next.addAttribute("number", number);
        return "redirect:/console/orders/{number}";
    }
}
