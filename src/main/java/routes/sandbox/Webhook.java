package routes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.UUID;

/**
 * One message a partner owes the hub.
 *
 * @param id of this delivery; a duplicate has another
 * @param partner who sends it
 * @param operation in our words, for the fault menu: {@code order-placed}, {@code parcel-shipped} ...
 * @param topic in the partner's words
 * @param eventId of what happened; a duplicate has the same
 * @param subject what it is about: the order's id ...
 * @param triggeredAt by the business clock
 * @param notBefore system time in milliseconds
 * @param subscription what it is sent for, where the partner keeps subscriptions, else 0
 * @param uri where it is sent; null for the partner's door at the hub
 */
record Webhook(
        String id,
        String partner,
        String operation,
        String topic,
        String eventId,
        String subject,
        Instant triggeredAt,
        long notBefore,
        String body,
        long subscription,
        String uri) {

    static Webhook about(
            String partner, String operation, String topic, String subject, Instant triggeredAt, String body) {
        return new Webhook(
                UUID.randomUUID().toString(),
                partner,
                operation,
                topic,
                UUID.randomUUID().toString(),
                subject,
                triggeredAt,
                System.currentTimeMillis(),
                body,
                0,
                null);
    }

    /** The same event, delivered for a subscription: each has its own delivery. */
    Webhook to(Subscriptions.Subscription to) {
        var other = UUID.randomUUID().toString();
        return new Webhook(
                other, partner, operation, topic, eventId, subject, triggeredAt, notBefore, body, to.id(), to.uri());
    }

    Webhook after(long delayMs) {
        var due = notBefore + delayMs;
        return new Webhook(id, partner, operation, topic, eventId, subject, triggeredAt, due, body, subscription, uri);
    }

    Webhook again() {
        var other = UUID.randomUUID().toString();
        return new Webhook(
                other, partner, operation, topic, eventId, subject, triggeredAt, notBefore, body, subscription, uri);
    }

    ObjectNode json() {
        return Json.object()
                .put("id", id)
                .put("partner", partner)
                .put("operation", operation)
                .put("topic", topic)
                .put("eventId", eventId)
                .put("subject", subject)
                .put("triggeredAt", triggeredAt.toString())
                .put("notBefore", notBefore)
                .put("body", body)
                .put("subscription", subscription)
                .put("uri", uri);
    }

    static Webhook of(JsonNode json) {
        return new Webhook(
                json.path("id").asText(),
                json.path("partner").asText(),
                json.path("operation").asText(),
                json.path("topic").asText(),
                json.path("eventId").asText(),
                json.path("subject").asText(),
                Instant.parse(json.path("triggeredAt").asText()),
                json.path("notBefore").asLong(),
                json.path("body").asText(),
                json.path("subscription").asLong(),
                json.path("uri").textValue());
    }
}
