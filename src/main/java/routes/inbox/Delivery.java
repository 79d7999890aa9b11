package routes.inbox;

import java.time.Instant;
import java.util.Map;

/**
 * What a door took in, before anybody has read it.
 *
 * @param shop the partner's tenant, empty where it has none
 * @param eventId the partner's id of the event; blank = the body's hash serves
 * @param headers those that are kept with the message
 * @param refPartner whose reference {@code correlation} is, usually the partner's own
 * @param refKind what kind of reference that is
 * @param correlation the reference that leads to an order, or null when the body held none
 * @param opensOrder whether an unknown reference opens a new order
 * @param cancels whether it wants the whole order cancelled
 * @param receivedAt when the door had it
 */
public record Delivery(
        String partner,
        String shop,
        String topic,
        String eventId,
        Map<String, String> headers,
        byte[] body,
        String refPartner,
        String refKind,
        String correlation,
        boolean opensOrder,
        boolean cancels,
        Instant receivedAt) {

    public Delivery {
        headers = Map.copyOf(headers);
    }

    /** The same with another body; null where the body travels beside it. */
    Delivery carrying(byte[] other) {
        return new Delivery(
                partner,
                shop,
                topic,
                eventId,
                headers,
                other,
                refPartner,
                refKind,
                correlation,
                opensOrder,
                cancels,
                receivedAt);
    }
}
