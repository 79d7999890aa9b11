package routes.order;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;
import routes.inbox.Turn;
import routes.order.Order.Tender;
import routes.region.Market;

/**
 * The verbs of fraud screening: only a plain ACCEPT lets an order go on. A review has an end, an outage has a policy, and
 * a late no is followed as far as the goods can still be stopped.
 */
@Component("screening")
public class Screening {

    static final String ESCALATE = "screening.escalate-review";
    static final String GIVE_UP = "screening.give-up-review";
    static final String SCREEN_AGAIN = "screening.screen-again";

    private final Verbs verbs;

    Screening(Verbs verbs) {
        this.verbs = verbs;
    }

    /** Writes down the fraud partner's answer; only a plain ACCEPT lets the order go on. */
    public Order screened(Order order, JsonNode fraud) {
        return verbs.apply("screened", "", draft -> {
            draft.unflag("FRAUD_UNSCREENED").noDeadline(SCREEN_AGAIN, "");
            draft.release("FRAUD_UNSCREENED", verbs.now(), Verbs.who());
            draft.release("FRAUD_REVIEW", verbs.now(), Verbs.who());
            noMoreReview(draft, verbs.now(), Verbs.who());
            decide(draft, fraud);
        });
    }

    /**
     * The fraud partner is away. Orders below the market's limit go on and are screened later; all others are held. The
     * answer is never an unseen yes: the order is flagged either way.
     */
    public Order unscreened(Order order) {
        Market.Policies policies = verbs.policies(order);
        return verbs.apply("unscreened", "", draft -> {
            draft.flag("FRAUD_UNSCREENED");
            draft.deadline(SCREEN_AGAIN, "", verbs.now().plus(Duration.ofMinutes(policies.screenAgainMinutes())));
            if (order.totalMinor() < policies.acceptUnscreenedBelowMinor()) {
                draft.fraud = new Order.Fraud("ACCEPT", "UNSCREENED", "", "");
                draft.note("The fraud partner does not answer; the order is below "
                        + Verbs.money(policies.acceptUnscreenedBelowMinor(), order.currency())
                        + " and goes on unscreened.");
            } else {
                draft.hold("FRAUD_UNSCREENED", "The fraud partner does not answer; nobody screened it", verbs.now());
            }
        });
    }

    /** Whether an order that nobody screened is still to be screened. */
    public boolean wantsScreening(Order order) {
        return order.flags().contains("FRAUD_UNSCREENED") && order.status() != OrderStatus.CANCELLED;
    }

    /** The analyst's resolution of a review; it may come twice, late, or before our own answer is written. */
    public Order fraudDecided(Object said, Exchange exchange) {
        exchange.setVariable("partners", verbs.current().partners());
        JsonNode resolution = Verbs.said(said);
        String decision = resolution.path("decision").asText();
        return verbs.apply("fraud-decided", "", draft -> {
            if (draft.before().status() == OrderStatus.CANCELLED) {
                draft.note("The fraud partner's decision " + decision + " changes nothing: the order is cancelled.");
                return;
            }
            boolean decided = draft.fraud != null && !draft.before().held("FRAUD_REVIEW");
            boolean changesItsMind = decided
                    && decision.equals("REJECT")
                    && draft.fraud.decision().equals("ACCEPT");
            if (decided && !changesItsMind) {
                draft.note("The fraud partner's decision " + decision + " changes nothing: the order is "
                        + draft.before().status() + ".");
                return;
            }
            draft.release("FRAUD_REVIEW", verbs.now(), Turn.current().message().partner());
            noMoreReview(draft, verbs.now(), Verbs.who());
            decide(draft, resolution);
        });
    }

    /** Nobody decided for long: the leads are told. */
    public Order reviewEscalated() {
        return verbs.apply("review-escalated", "", draft -> {
            draft.noDeadline(ESCALATE, "");
            if (draft.before().held("FRAUD_REVIEW")) {
                draft.open("REVIEW_OVERDUE", "", "Nobody has decided on this order in review", verbs.now());
            }
        });
    }

    /** Nobody decided in time: the payment's authorisation would end, so the order is rejected. */
    public Order reviewGivenUp() {
        return verbs.apply("review-given-up", "", draft -> {
            draft.noDeadline(GIVE_UP, "");
            if (!draft.before().held("FRAUD_REVIEW")) {
                draft.note("The review was decided before its end.");
                return;
            }
            draft.release("FRAUD_REVIEW", verbs.now(), Verbs.who());
            draft.close("REVIEW_OVERDUE", "", verbs.now(), Verbs.who());
            Order.Fraud was = draft.fraud;
            draft.fraud = new Order.Fraud(
                    "REJECT", "NOT_DECIDED", was == null ? "" : was.score(), was == null ? "" : was.reference());
            draft.hold("FRAUD_REJECTED", "Nobody decided on it before its payment's authorisation ends", verbs.now());
        });
    }

    /** Whether the order is rejected and must be cancelled. */
    public boolean rejected(Order order) {
        return order.held("FRAUD_REJECTED") && order.cancellations().stream().noneMatch(Order.Cancellation::whole);
    }

    /** A person's word in place of the fraud partner's. */
    static void acceptedBy(Draft draft, Instant now, String who) {
        Order.Fraud was = draft.fraud;
        draft.fraud =
                new Order.Fraud("ACCEPT", "STAFF", was == null ? "" : was.score(), was == null ? "" : was.reference());
        draft.note("Fraud screening: ACCEPT by " + who + ".");
        draft.unflag("FRAUD_UNSCREENED").noDeadline(SCREEN_AGAIN, "");
        noMoreReview(draft, now, who);
    }

    static void noMoreReview(Draft draft, Instant now, String who) {
        draft.noDeadline(ESCALATE, "").noDeadline(GIVE_UP, "").close("REVIEW_OVERDUE", "", now, who);
    }

    private void decide(Draft draft, JsonNode fraud) {
        String decision = fraud.path("decision").asText("REVIEW");
        draft.fraud = new Order.Fraud(
                decision,
                fraud.path("code").asText(""),
                fraud.path("score").asText(""),
                fraud.path("reference").asText(""));
        draft.note("Fraud screening: " + decision + " (" + draft.fraud.code() + ").");
        switch (decision) {
            case "ACCEPT" -> {}
            case "REJECT" -> reject(draft);
            default -> review(draft);
        }
    }

    private void reject(Draft draft) {
        draft.hold("FRAUD_REJECTED", "The fraud partner rejects this order", verbs.now());
        watchChargeback(draft, verbs.now());
    }

    /** A rejected order of which goods have left is watched, whichever of the two we heard of first. */
    static void watchChargeback(Draft draft, Instant now) {
        boolean rejected = draft.holds.stream().anyMatch(h -> h.holding() && h.is("FRAUD_REJECTED", null));
        boolean watched = draft.cases.stream().anyMatch(c -> c.kind().equals("CHARGEBACK_WATCH"));
        if (rejected && !watched && !draft.parcels.isEmpty()) {
            draft.open(
                    "CHARGEBACK_WATCH",
                    "",
                    "The fraud partner rejects the order although goods have left; a chargeback may come",
                    now);
        }
    }

    private void review(Draft draft) {
        Market.Policies policies = verbs.policies(draft.before());
        Instant now = verbs.now();
        draft.hold("FRAUD_REVIEW", "An analyst looks at this order", now);
        draft.deadline(ESCALATE, "", now.plus(Duration.ofHours(policies.reviewEscalateHours())));
        Instant limit = now.plus(Duration.ofHours(policies.reviewCancelHours()));
        Instant authorised =
                authorisedUntil(draft, policies).minus(Duration.ofHours(policies.renewAuthorisationHours()));
        // An order that comes late, its payment as good as over, still gets the time an analyst needs.
        boolean over = !authorised.isAfter(now);
        draft.deadline(GIVE_UP, "", over || limit.isBefore(authorised) ? limit : authorised);
    }

    /** When the first of the order's authorisations ends; until the shop was asked, what is usual in the market. */
    private static Instant authorisedUntil(Draft draft, Market.Policies policies) {
        return draft.tenders.stream()
                .filter(tender -> tender.kind().equals("AUTHORIZATION"))
                .map(Tender::expiresAt)
                .filter(java.util.Objects::nonNull)
                .min(Instant::compareTo)
                .orElseGet(() -> draft.before().placedAt().plus(Duration.ofDays(policies.authorisationDays())));
    }
}
