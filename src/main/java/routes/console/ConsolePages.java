package routes.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import routes.deadletter.AuditTrail;
import routes.deadletter.FailureRows;
import routes.deadletter.FailureRows.FailureRow;
import routes.deadletter.Replay;
import routes.inbox.Conservation;
import routes.inbox.KafkaFront;
import routes.ledger.Account;
import routes.ledger.TrialBalance;
import routes.order.CancelRequest;
import routes.order.Holds;
import routes.order.OrderRows;

/** The console's pages. Each is whole without a script; where there is one, it asks the same address for the part that lives. */
@Controller
class ConsolePages {

    private static final int ROWS = 50;

    private final OrderRows orders;
    private final OrderStory story;
    private final Conservation conservation;
    private final KafkaFront front;
    private final FailureRows failures;
    private final DeadLetters deadLetters;
    private final Replay replay;
    private final TrialBalance trialBalance;
    private final Holds holds;
    private final AuditTrail trail;

    ConsolePages(
            OrderRows orders,
            OrderStory story,
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
        this.conservation = conservation;
        this.front = front;
        this.failures = failures;
        this.deadLetters = deadLetters;
        this.replay = replay;
        this.trialBalance = trialBalance;
        this.holds = holds;
        this.trail = trail;
    }

    /** What every page's head shows. */
    @ModelAttribute
    void head(Model model, Principal who, HttpServletRequest request) {
        if (who == null) {
            return;
        }
        head(model, who.getName(), failures.countOpen(), request);
        model.addAttribute("mayReplay", has("ROLE_STAFF"));
        model.addAttribute("mayRelease", has("ROLE_LEAD"));
    }

    /** What the head of every page shows, whoever draws it. */
    static void head(Model model, String who, long openDeadLetters, HttpServletRequest request) {
        model.addAttribute("who", who);
        model.addAttribute("openDeadLetters", openDeadLetters);
        // Only a session can be logged out of; asking for a form's token would start one for a program with HTTP Basic.
        HttpSession session = request.getSession(false);
        model.addAttribute(
                "inSession",
                session != null
                        && session.getAttribute(HttpSessionSecurityContextRepository.SPRING_SECURITY_CONTEXT_KEY)
                                != null);
    }

    @GetMapping("/")
    String start() {
        return "redirect:/console";
    }

    @GetMapping("/login")
    String login() {
        return "login";
    }

    /** Opened from the address bar instead of a list. */
    @GetMapping("/console/orders")
    String ordersToo() {
        return "redirect:/console";
    }

    @GetMapping("/console")
    String orders(
            @RequestParam(required = false) String status,
            @RequestParam(required = false) String after,
            Model model,
            HttpServletRequest request) {
        String wanted = status == null || status.isEmpty() ? null : status;
        if (wanted != null && !OpsDoors.STATUSES.contains(wanted)) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST);
        }
        List<OrderRows.OrderRow> rows = orders.page(wanted, Cursor.read("orders", after), ROWS + 1);
        model.addAttribute("page", Cursor.page("orders", rows, ROWS, OrderRows.OrderRow::number));
        model.addAttribute("statuses", OpsDoors.STATUSES);
        model.addAttribute("status", wanted);
        model.addAttribute("after", after);
        Conservation.Equation equation = conservation.now();
        model.addAttribute("equation", equation);
        model.addAttribute("inFront", front.waiting());
        model.addAttribute("bar", bar(equation));
        return Access.live(request) ? "orders :: live" : "orders";
    }

    @GetMapping("/console/orders/{number}")
    String order(@PathVariable String number, Model model, HttpServletRequest request) {
        OrderStory.Detail order = story.of(number).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        model.addAttribute("order", order);
        model.addAttribute("holdKinds", Holds.PLACED_BY_STAFF);
        model.addAttribute(
                "cancelReasons", CancelRequest.REASONS.stream().sorted().toList());
        model.addAttribute("timeline", Timeline.of(order));
        return Access.live(request) ? "order :: live" : "order";
    }

    @GetMapping("/console/dead-letters")
    String deadLetters(@RequestParam(required = false) String after, Model model, HttpServletRequest request) {
        List<FailureRow> rows = failures.open(Cursor.readId("dead-letters", after), ROWS + 1);
        model.addAttribute(
                "page",
                Cursor.page("dead-letters", rows, ROWS, row -> Long.toString(row.id()))
                        .map(deadLetters::shown));
        model.addAttribute("after", after);
        return Access.live(request) ? "dead-letters :: live" : "dead-letters";
    }

    /** @param order the order's page the button was on; absent when it was on the list */
    @PostMapping("/console/dead-letters/{id}/replay")
    String replay(
            @PathVariable long id,
            @RequestParam(required = false) String order,
            Principal who,
            RedirectAttributes next) {
        FailureRow row = failures.find(id).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        try {
            Replay.Answer answer = OpsDoors.replayed(replay, trail, row, who.getName());
            boolean done = answer.status().equals("NOT_PARKED");
            next.addFlashAttribute("told", done ? "replay.before" : "replay.asked");
        } catch (Problem.Refused refused) {
            next.addFlashAttribute("told", "replay.refused");
            next.addFlashAttribute("why", refused.getMessage());
        }
        if (order != null && order.equals(row.orderNumber())) {
            next.addAttribute("number", order);
            return "redirect:/console/orders/{number}";
        }
        return "redirect:/console/dead-letters";
    }

    /** The form beside a hold; the JSON door does the same. */
    @PostMapping("/console/orders/{number}/holds/{kind}/release")
    String release(
            @PathVariable String number,
            @PathVariable String kind,
            @RequestParam(required = false) String reason,
            Principal who,
            RedirectAttributes next) {
        try {
            OpsDoors.released(holds, trail, number, kind, reason, who.getName());
            next.addFlashAttribute("told", "release.asked");
        } catch (Problem.Refused refused) {
            if (refused.kind() == Problem.Kind.NOT_FOUND) {
                throw new ResponseStatusException(HttpStatus.NOT_FOUND);
            }
            next.addFlashAttribute("told", "release.refused");
            next.addFlashAttribute("why", refused.getMessage());
        }
        next.addAttribute("number", number);
        return "redirect:/console/orders/{number}";
    }

    /** @param balanceMinor debit positive */
    public record AccountLine(String number, String title, long balanceMinor) {}

    public record CurrencyBooks(String currency, long sumMinor, List<AccountLine> accounts) {}

    @GetMapping("/console/ledger")
    String ledger(Model model, HttpServletRequest request) {
        List<CurrencyBooks> books = new ArrayList<>();
        trialBalance
                .now()
                .currencies()
                .forEach((currency, balance) -> books.add(new CurrencyBooks(
                        currency,
                        balance.sumMinor(),
                        balance.accounts().entrySet().stream()
                                .map(account -> new AccountLine(
                                        account.getKey(), titleOf(account.getKey()), account.getValue()))
                                .toList())));
        model.addAttribute("books", books);
        return Access.live(request) ? "ledger :: live" : "ledger";
    }

    private static String titleOf(String number) {
        try {
            return Account.numbered(number).title();
        } catch (IllegalArgumentException leftTheChart) {
            return "";
        }
    }

    private static boolean has(String role) {
        Authentication login = SecurityContextHolder.getContext().getAuthentication();
        return login != null
                && AuthorityUtils.authorityListToSet(login.getAuthorities()).contains(role);
    }

    /**
     * One term of the equation as a piece of the bar.
     *
     * @param from where it begins, and {@code width} how much it takes, in thousandths of the bar
     */
    public record Piece(String term, long messages, long from, long width) {}

    /** Cuts the bar by the terms; a term that is there is never thinner than what an eye can find. */
    static List<Piece> bar(Conservation.Equation equation) {
        String[] terms = {"done", "running", "waiting", "parked", "discarded"};
        long[] counts = {
            equation.done(), equation.running(), equation.waiting(), equation.parked(), equation.discarded()
        };
        long[] widths = new long[counts.length];
        long all = Math.max(1, equation.accounted());
        long taken = 0;
        int widest = 0;
        for (int i = 0; i < counts.length; i++) {
            widths[i] = counts[i] == 0 ? 0 : Math.max(8, counts[i] * 1000 / all);
            taken += widths[i];
            widest = widths[i] > widths[widest] ? i : widest;
        }
        if (equation.accounted() > 0) {
            widths[widest] += 1000 - taken;
        }
        List<Piece> pieces = new ArrayList<>();
        long from = 0;
        for (int i = 0; i < terms.length; i++) {
            pieces.add(new Piece(terms[i], counts[i], from, widths[i]));
            from += widths[i];
        }
        return pieces;
    }
}
