package routes.order;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import routes.inbox.LeaseClock;
import routes.inbox.NotYet;
import routes.inbox.Refused;
import routes.ledger.Entries;
import routes.order.Order.Due;
import routes.order.Order.Parcel;
import routes.order.Order.Tender;

/** The verbs of a parcel's money, tax and news once it has left, and of the books that take it all in. */
@Component("settlements")
public class Settlements {

    private static final String RENEWED = "REAUTHORISED ";
    private static final String NOT_RENEWED = "REAUTHORISATION_DECLINED ";
    private static final Duration BANK_MOMENT = Duration.ofSeconds(1);

    private final Verbs verbs;
    private final Duration bankPatience;

    /** @param bankPatienceMs how long a customer's bank may take to authorise a payment once more */
    Settlements(Verbs verbs, @Value("${oms.settlement.bank-patience-ms:3600000}") long bankPatienceMs) {
        this.verbs = verbs;
        bankPatience = Duration.ofMillis(bankPatienceMs);
    }

    /** Whether this due is still to be captured. */
    public boolean toCapture(Order order, String dueId) {
        Due due = due(order, dueId);
        return due != null && due.captureId() == null;
    }

    /** Whether there is no payment that this due could be captured from. */
    public boolean nothingToCaptureFrom(Order order, String dueId) {
        return due(order, dueId).tender() == null;
    }

    /** What is owed, in minor units of the order's currency. */
    public long dueMinor(Order order, String dueId) {
        return due(order, dueId).amountMinor();
    }

    private static Due due(Order order, String id) {
        Parcel parcel = order.owing(id);
        return parcel == null
                ? null
                : parcel.dues().stream()
                        .filter(d -> d.id().equals(id))
                        .findFirst()
                        .orElse(null);
    }

    /** A share of the payment is captured. */
    public Order captured(Order order, String dueId, JsonNode capture) {
        return verbs.apply("captured", dueId, draft -> {
            long minor = capture.path("amountMinor").asLong();
            Due due = due(draft.before(), dueId);
            if (due.captureId() != null) {
                draft.nothingNew();
                return;
            }
            if (minor != due.amountMinor()) {
                throw new Refused(
                        "SUM_WRONG",
                        "Of parcel " + dueId + " " + Verbs.money(due.amountMinor(), order.currency())
                                + " are owed, the shop captured " + Verbs.money(minor, order.currency()));
            }
            owe(draft, dueId, d -> d.captured(capture.path("captureId").asText()));
            draft.close("COLLECTIONS", dueId, verbs.now(), Verbs.who());
            draft.entry(Entries.captured(
                    order.number(), dueId, order.company(), order.currency(), minor, processor(draft, due)));
            draft.note("Captured " + Verbs.money(minor, order.currency()) + " for parcel " + dueId + ".");
        });
    }

    /** A debt that a person has dealt with: nothing is captured for it any more, and nothing of it stays in the books. */
    static void settledOutside(Draft draft, String dueId, Cases.End end, String reference) {
        Order order = draft.before();
        Due due = due(order, dueId);
        if (due == null || due.captureId() != null) {
            return;
        }
        boolean paid = end == Cases.End.PAID_OUTSIDE;
        owe(draft, dueId, d -> d.captured(paid ? "outside:" + reference : "written-off"));
        draft.entry(
                paid
                        ? Entries.collected(
                                order.number(), dueId, draft.company, order.currency(), due.amountMinor(), reference)
                        : Entries.givenUp(order.number(), dueId, draft.company, order.currency(), due.amountMinor()));
        draft.note(Verbs.money(due.amountMinor(), order.currency())
                + (paid ? " were paid outside the shop, " + reference + "." : " are written off."));
    }

    private static void owe(Draft draft, String dueId, java.util.function.UnaryOperator<Due> change) {
        Parcel parcel = draft.before().owing(dueId);
        draft.parcel(
                parcel.id(),
                p -> p.owing(p.dues().stream()
                        .map(d -> d.id().equals(dueId) ? change.apply(d) : d)
                        .toList()));
    }

    private static String processor(Draft draft, Due due) {
        return draft.tenders.stream()
                .filter(t -> t.id().equals(due.tender()))
                .map(Tender::gateway)
                .findFirst()
                .orElse("");
    }

    /**
     * The shop said no to a capture although the goods have left. What is owed stays a receivable; where the customer
     * left a mandate the payment is authorised once more, else a person collects it.
     */
    public Order captureRefused(Order order, String dueId) {
        return verbs.apply("capture-refused", dueId, draft -> {
            Due due = due(draft.before(), dueId);
            draft.open(
                    "COLLECTIONS",
                    dueId,
                    "The goods have left, but " + Verbs.money(due.amountMinor(), order.currency())
                            + " could not be captured",
                    verbs.now());
        });
    }

    /** Whether the payment may be authorised once more: there is a mandate, and it was not tried for this before. */
    public boolean mayReauthorise(Order order, String dueId) {
        return order.mandate() != null
                && due(order, dueId).captureId() == null
                && !order.flags().contains(RENEWED + dueId)
                && !order.flags().contains(NOT_RENEWED + dueId);
    }

    /**
     * The payment was authorised once more: from now on it is captured from there.
     *
     * @param asked when the shop was asked to; after {@code oms.settlement.bank-patience-ms} without a word of the bank a
     *     person collects what is owed
     * @throws NotYet while the shop asks the customer's bank
     */
    public Order reauthorised(Order order, String dueId, JsonNode shop, Instant asked) {
        return verbs.apply("reauthorised", dueId, draft -> {
            List<String> known = draft.tenders.stream().map(Tender::id).toList();
            String bank = "PENDING";
            for (JsonNode tender : shop.path("tenders")) {
                if (tender.path("kind").asText().equals("AUTHORIZATION")
                        && !known.contains(tender.path("id").asText())) {
                    bank = tender.path("status").asText("SUCCESS");
                }
            }
            boolean silent = asked != null && LeaseClock.now().isAfter(asked.plus(bankPatience));
            if (bank.equals("PENDING") && silent) {
                draft.flag(NOT_RENEWED + dueId)
                        .note("The bank does not answer whether the payment is authorised once more; a person collects"
                                + " what is owed.");
                return;
            }
            if (bank.equals("PENDING")) {
                throw new NotYet(
                        "SHOP_AT_WORK",
                        LeaseClock.now().plus(BANK_MOMENT),
                        "The customer's bank has not answered for parcel " + dueId);
            }
            draft.tenders = Fulfilments.tenders(shop);
            draft.tenders.stream()
                    .filter(t -> t.kind().equals("AUTHORIZATION") && !known.contains(t.id()))
                    .findFirst()
                    .ifPresentOrElse(
                            fresh -> {
                                owe(draft, dueId, d -> d.from(fresh.id()));
                                draft.flag(RENEWED + dueId);
                                draft.note("The payment was authorised once more.");
                            },
                            () -> draft.flag(NOT_RENEWED + dueId)
                                    .note("The bank declined once more; a person collects what is owed."));
        });
    }

    /** Whether the payment of this due was authorised once more, so that it can be captured from there. */
    public boolean freshlyAuthorised(Order order, String dueId) {
        return due(order, dueId).captureId() == null && order.flags().contains(RENEWED + dueId);
    }

    /** The parcel's tax is committed. */
    public Order taxCommitted(Order order, String parcelId, JsonNode document) {
        return verbs.apply("tax-committed", parcelId, draft -> {
            long minor = document.path("taxMinor").asLong();
            Parcel parcel = draft.before().parcel(parcelId);
            if (parcel.taxDocument() != null) {
                draft.nothingNew();
                return;
            }
            if (minor != parcel.taxMinor()) {
                throw new Refused(
                        "SUM_WRONG",
                        "The books say " + Verbs.money(parcel.taxMinor(), order.currency()) + " tax for parcel "
                                + parcelId + ", the tax partner committed " + Verbs.money(minor, order.currency()));
            }
            draft.parcel(parcelId, p -> p.taxed(document.path("document").asText()));
            draft.note("Tax of parcel " + parcelId + " committed as "
                    + document.path("document").asText() + ".");
        });
    }

    /** Whether the shop is still to be told of a parcel; what it handed over itself it knows. */
    public boolean toTell(Order order, String parcelId) {
        return order.parcel(parcelId).shopFulfilmentId() == null;
    }

    /** The shop knows the parcel and its tracking number. */
    public Order told(Order order, String parcelId, JsonNode shop) {
        return verbs.apply("told", parcelId, draft -> {
            draft.parcel(parcelId, p -> p.told(shop.path("shopFulfilmentId").asText()));
            draft.note("The shop knows of parcel " + parcelId + ".");
        });
    }

    /** The ERP has posted some of these orders' entries; written for all of them at once. */
    public void booked(Map<String, Integer> entriesByOrder, String batch) {
        Map<String, Consumer<Draft>> changes = new HashMap<>();
        entriesByOrder.forEach((number, entries) -> changes.put(number, draft -> {
            draft.entriesBooked += entries;
            draft.note(entries + " entries posted to the ERP in journal " + batch + ".");
        }));
        verbs.applyToAll("booked", changes);
    }
}
