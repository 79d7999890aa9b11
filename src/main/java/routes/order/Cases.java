package routes.order;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.springframework.stereotype.Component;
import routes.inbox.Inbox;
import routes.inbox.Refused;
import routes.inbox.Take;

/** Matters of an order that people look into and close; nothing waits for them. */
@Component("cases")
public class Cases {

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

    /**
     * Stores a person's word that all open matters of a kind are dealt with.
     *
     * @throws Refused ORDER_UNKNOWN when there is no such order or no such open matter
     */
    public Take.Receipt close(String number, String kind, String who, String why) {
        boolean open = documents
                .find(number)
                .map(order -> order.cases().stream()
                        .anyMatch(one -> one.open() && one.kind().equals(kind)))
                .orElse(false);
        if (!open) {
            throw new Refused("ORDER_UNKNOWN", "Order " + number + " has no open matter " + kind);
        }
        String detail = json.createObjectNode().put("reason", why).toString();
        return inbox.request("order-capture.close-case", number, kind, who, detail, false);
    }

    /** A person has dealt with it. */
    public Order closed(Order order, String kind) {
        String why = verbs.detail().path("reason").asText();
        return verbs.apply("case-closed", kind, draft -> {
            draft.before().cases().stream()
                    .filter(one -> one.open() && one.kind().equals(kind))
                    .forEach(one -> draft.close(kind, one.subject(), verbs.now(), Verbs.who()));
            draft.note("Dealt with by " + Verbs.who() + ", " + kind + ": " + why);
        });
    }
}
