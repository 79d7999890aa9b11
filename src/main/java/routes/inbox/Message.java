package routes.inbox;

import java.time.Instant;
import java.util.Map;

/**
 * One message of the inbox as a worker sees it.
 *
 * @param id place in the sequence of arrivals
 * @param partner who sent it; {@code hub} for our own follow-ups
 * @param topic the partner's topic; for our own follow-ups the step to run
 * @param subject the matter inside the order ("F1", "P2"), empty for the order itself
 * @param step where the message stands, null when no step was entered yet
 * @param walk which pass over the steps this is
 * @param attempts tries that ended in waiting so far
 * @param begun whether an earlier turn already committed a verb of this message
 * @param body the raw bytes as they arrived
 */
public record Message(
        long id,
        String partner,
        String shop,
        String topic,
        String eventId,
        String lane,
        String orderNumber,
        String subject,
        int priority,
        Instant receivedAt,
        String step,
        int walk,
        int attempts,
        boolean begun,
        Map<String, String> headers,
        byte[] body) {

    /** Whose word it is: the person who asked, else the partner who told us. */
    public String who() {
        return own() ? headers.getOrDefault(Inbox.WHO, partner) : partner;
    }

    /** Our own messages name the step they run; a partner's message is known by its topic. */
    public boolean own() {
        return partner.equals(Inbox.HUB);
    }
}
