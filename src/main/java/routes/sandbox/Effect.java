package routes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * One thing a partner really carried out.
 *
 * @param partner shopify, avalara, accertify, warehouse, erp
 * @param operation as in the hub's route ids: {@code capture-payment}, {@code place-order} ...
 * @param key the partner's own business reference
 * @param at by the business clock
 * @param amountMinor where money moves, else null
 * @param currency of the amount, else null
 * @param subject what tells two effects of one key apart: an amount, a tracking number, an id
 */
record Effect(
        String partner, String operation, String key, Instant at, Long amountMinor, String currency, String subject) {

    ObjectNode json() {
        return Json.object()
                .put("partner", partner)
                .put("operation", operation)
                .put("key", key)
                .put("at", at.toString())
                .put("amountMinor", amountMinor)
                .put("currency", currency)
                .put("subject", subject);
    }

    static Effect of(JsonNode json) {
        return new Effect(
                json.path("partner").asText(),
                json.path("operation").asText(),
                json.path("key").asText(),
                Instant.parse(json.path("at").asText()),
                json.path("amountMinor").isNumber() ? json.path("amountMinor").longValue() : null,
                json.path("currency").textValue(),
                json.path("subject").textValue());
    }
}
