package routes.partner;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import routes.partner.PartnerFailure.Fate;

/** GraphQL answers 200 to everything: refusals stand in {@code errors} and in {@code userErrors}. */
final class GraphQlAnswers {

    private GraphQlAnswers() {}

    static void check(String operation, JsonNode answer) {
        for (JsonNode error : answer.path("errors")) {
            String code = error.at("/extensions/code").asText();
            if (code.equals("THROTTLED")) {
                throw new PartnerFailure("RATE_LIMITED", Fate.NOT_DONE, pause(answer), 200, operation + ": throttled");
            }
            if (code.equals("INTERNAL_SERVER_ERROR") || code.equals("TIMEOUT")) {
                throw new PartnerFailure("PARTNER_DOWN", Fate.UNKNOWN, null, 200, operation + ": " + code);
            }
            if (code.equals("ACCESS_DENIED") || code.equals("UNAUTHORIZED")) {
                throw new PartnerFailure("CREDENTIALS_REFUSED", Fate.REFUSED, null, 200, operation + ": " + code);
            }
            throw new PartnerFailure(
                    "PARTNER_REFUSED",
                    Fate.REFUSED,
                    null,
                    200,
                    operation + ": " + error.path("message").asText());
        }
        if (!answer.path("data").isObject()) {
            throw new PartnerFailure(
                    "PARTNER_GARBLED", Fate.UNKNOWN, null, 200, operation + ": the answer has no data");
        }
        for (JsonNode field : answer.path("data")) {
            field.fields().forEachRemaining(part -> {
                if (part.getKey().endsWith("serErrors") && part.getValue().size() > 0) {
                    JsonNode first = part.getValue().get(0);
                    throw new PartnerFailure(
                            "PARTNER_REFUSED",
                            Fate.REFUSED,
                            null,
                            200,
                            operation + ": " + first.path("message").asText() + " "
                                    + first.path("code").asText(""));
                }
            });
        }
    }

    /** The leaky bucket says when it will hold enough again. */
    private static Duration pause(JsonNode answer) {
        JsonNode cost = answer.at("/extensions/cost");
        double missing = cost.path("requestedQueryCost").asDouble()
                - cost.at("/throttleStatus/currentlyAvailable").asDouble();
        double rate = cost.at("/throttleStatus/restoreRate").asDouble();
        return rate <= 0 || missing <= 0
                ? Duration.ofSeconds(1)
                : Duration.ofMillis((long) (missing / rate * 1000) + 100);
    }
}
