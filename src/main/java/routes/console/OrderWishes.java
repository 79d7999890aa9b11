package routes.console;

import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import routes.deadletter.AuditTrail;
import routes.inbox.Refused;
import routes.inbox.Take;
import routes.order.CancelRequest;
import routes.order.Cases;
import routes.order.Holds;

/**
 * What staff may wish of an order, whether by a form or a JSON door: each wish has a reason, is written into the audit, is
 * stored, and carried out in the order's own lane. Methods answer the stored message.
 */
@Component
class OrderWishes {

    static final int LONGEST_REASON = 500;
    private static final Pattern ORDER_NUMBER = Pattern.compile("OH-\\d{1,18}");

    private final Holds holds;
    private final CancelRequest cancels;
    private final Cases cases;
    private final AuditTrail trail;

    OrderWishes(Holds holds, CancelRequest cancels, Cases cases, AuditTrail trail) {
        this.holds = holds;
        this.cancels = cancels;
        this.cases = cases;
        this.trail = trail;
    }

    /** @param line the order line to hold, null for the whole order */
    long hold(String number, String kind, Integer line, String reason, String who) {
        String why = why(reason);
        return ask(number, "place-hold", "holds/" + kind, who, why, () -> holds.place(number, kind, line, who, why));
    }

    long releaseLine(String number, int line, String kind, String reason, String who) {
        String why = why(reason);
        return ask(
                number,
                "release-hold",
                "lines/" + line + "/holds/" + kind,
                who,
                why,
                () -> holds.release(number, kind, line, who, why));
    }

    /**
     * @param reason one of the shop's own: CUSTOMER, INVENTORY, STAFF ...
     * @param units none for everything that has not left
     */
    long cancel(String number, String reason, List<CancelRequest.Units> units, String words, String who) {
        String why = why(words);
        return ask(
                number,
                "cancel",
                units.isEmpty() ? "order" : "units",
                who,
                why,
                () -> cancels.ask(number, reason, who, why, units));
    }

    /**
     * @param end how a debt ended, by the name of a {@link Cases.End}; null or empty for other matters
     * @param reference where a payment outside the shop is found
     */
    long close(String number, String kind, String reason, String end, String reference, String who) {
        String why = why(reason);
        Cases.End ended = end(end);
        return ask(
                number,
                "close-case",
                "cases/" + kind,
                who,
                why,
                () -> cases.close(number, kind, who, why, ended, reference));
    }

    private static Cases.End end(String word) {
        if (word == null || word.isBlank()) {
            return null;
        }
        return Stream.of(Cases.End.values())
                .filter(end -> end.name().equals(word))
                .findFirst()
                .orElseThrow(() ->
                        new Problem.Refused(Problem.Kind.BAD_REQUEST, "A debt ends " + List.of(Cases.End.values())));
    }

    private static String why(String reason) {
        String why = reason == null ? "" : reason.strip();
        if (why.isEmpty() || why.length() > LONGEST_REASON) {
            throw new Problem.Refused(Problem.Kind.BAD_REQUEST, "Say why, in 1 to " + LONGEST_REASON + " characters");
        }
        return why;
    }

    private long ask(String number, String act, String on, String who, String why, Supplier<Take.Receipt> wish) {
        if (!ORDER_NUMBER.matcher(number).matches()) {
            throw new Problem.Refused(Problem.Kind.NOT_FOUND, "No order has the number " + number);
        }
        try {
            long message = wish.get().id();
            trail.allowed(who, act, on, number, why);
            Audit.allowed(who, act, "orders/" + number + "/" + on);
            return message;
        } catch (Refused refused) {
            trail.denied(who, act, on, number, refused.getMessage());
            Audit.denied(who, act, "orders/" + number + "/" + on);
            throw new Problem.Refused(
                    refused.causeCode().equals("ORDER_UNKNOWN") ? Problem.Kind.NOT_FOUND : Problem.Kind.STATE_REFUSED,
                    refused.getMessage());
        }
    }
}
