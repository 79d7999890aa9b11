package routes.order;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.springframework.stereotype.Component;
import routes.inbox.Inbox;
import routes.inbox.Refused;
import routes.inbox.Take;

/** Matters of an order that people look into and close; nothing waits for them. */
@Component("cases")
public class Cases {

    private static final int LONGEST_REFERENCE = 60;

    private final OrderDocuments documents;
    private final Inbox inbox;
    private final Verbs verbs;
    private final ObjectMapper json;

    Cases(OrderDocuments documents, Inbox inbox, Verbs verbs, ObjectMapper json) {
        this.documents = documents;
        this.inbox = inbox;
        this.verbs = verbs;
        this.json = json;
    }

    /** What a customer owes and could not be captured: it leaves the books only by a word on what became of it. */
    public static final String COLLECTIONS = "COLLECTIONS";

    /** How a debt ended. */
    public enum End {
        /** The customer paid some other way; the reference says where to find it. */
        PAID_OUTSIDE,
        /** Nobody expects it any more. */
        WRITTEN_OFF
    }

    /**
     * Stores a person's word that all open matters of a kind are dealt with.
     *
     * @param end how a debt ended, null for matters that are no debts
     * @param reference where a payment outside the shop is found, such as a bank's reference; 1 to 60 characters
     * @throws Refused ORDER_UNKNOWN when there is no such order or no such open matter; STATE_REFUSED when a debt is closed
     *     without saying how it ended
     */
    public Take.Receipt close(String number, String kind, String who, String why, End end, String reference) {
        boolean open = documents
                .find(number)
                .map(order -> order.cases().stream()
                        .anyMatch(one -> one.open() && one.kind().equals(kind)))
                .orElse(false);
        if (!open) {
            throw new Refused("ORDER_UNKNOWN", "Order " + number + " has no open matter " + kind);
        }
        String paid = reference == null ? "" : reference.strip();
        if (kind.equals(COLLECTIONS) && end == null) {
            throw new Refused("STATE_REFUSED", "Say how it ended: PAID_OUTSIDE, with a reference, or WRITTEN_OFF");
        }
        if (end == End.PAID_OUTSIDE && (paid.isEmpty() || paid.length() > LONGEST_REFERENCE)) {
            throw new Refused(
                    "STATE_REFUSED",
                    "A payment outside the shop has a reference of 1 to " + LONGEST_REFERENCE + " characters");
        }
        ObjectNode detail = json.createObjectNode().put("reason", why).put("reference", paid);
        if (end != null) {
            detail.put("end", end.name());
        }
        return inbox.request("order-capture.close-case", number, kind, who, detail.toString(), false);
    }

    /** A person has dealt with it; what was owed leaves the books as that person says. */
    public Order closed(Order order, String kind) {
        JsonNode said = verbs.detail();
        return verbs.apply("case-closed", kind, draft -> {
            for (Order.Case one : draft.before().cases()) {
                if (one.open() && one.kind().equals(kind)) {
                    draft.close(kind, one.subject(), verbs.now(), Verbs.who());
                    if (kind.equals(COLLECTIONS)) {
                        Settlements.settledOutside(
                                draft,
                                one.subject(),
                                End.valueOf(said.path("end").asText()),
                                said.path("reference").asText());
                    }
                }
            }
            draft.note("Dealt with by " + Verbs.who() + ", " + kind + ": "
                    + said.path("reason").asText());
        });
    }
}
