package routes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a partner answers.
 *
 * @param references the caller's own references as they stand in the body; fault {@code wrong-id} falsifies them
 */
record Answer(int status, String contentType, Map<String, String> headers, byte[] body, List<String> references) {

    private static final String JSON = "application/json; charset=utf-8";
    private static final Pattern AMOUNT = Pattern.compile("(\"(?:totalTax|amount)\"\\s*:\\s*\"?)(\\d+(?:\\.\\d+)?)");

    static Answer json(int status, JsonNode body) {
        return new Answer(status, JSON, Map.of(), Json.bytes(body), List.of());
    }

    static Answer xml(int status, String body) {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        return new Answer(status, "text/xml; charset=utf-8", Map.of(), bytes, List.of());
    }

    static Answer empty(int status) {
        return new Answer(status, null, Map.of(), new byte[0], List.of());
    }

    Answer naming(String... ownReferences) {
        return new Answer(status, contentType, headers, body, List.of(ownReferences));
    }

    Answer with(String header, String value) {
        var more = new java.util.HashMap<>(headers);
        more.put(header, value);
        return new Answer(status, contentType, more, body, references);
    }

    /** The same answer about something else: every digit of the caller's references is another one. */
    Answer falsified() {
        var text = new String(body, StandardCharsets.UTF_8);
        for (var reference : references) text = text.replace(reference, falsified(reference));
        return new Answer(status, contentType, headers, text.getBytes(StandardCharsets.UTF_8), references);
    }

    /** The same answer about another amount: one unit of the currency more. */
    Answer withOneMore() {
        var text = AMOUNT.matcher(new String(body, StandardCharsets.UTF_8))
                .replaceAll(found -> found.group(1)
                        + new BigDecimal(found.group(2)).add(BigDecimal.ONE).toPlainString());
        return new Answer(status, contentType, headers, text.getBytes(StandardCharsets.UTF_8), references);
    }

    /** Nonsense with a friendly status. */
    static Answer garbage() {
        var page = "<html><head><title>Bad gateway</title></head><body>upstream said {\"id\": </body></html>";
        return new Answer(200, JSON, Map.of(), page.getBytes(StandardCharsets.UTF_8), List.of());
    }

    private static String falsified(String reference) {
        var last = reference.length() - 1;
        while (last >= 0 && !Character.isDigit(reference.charAt(last))) last--;
        if (last < 0) return reference + "9";
        var other = (char) ('0' + (reference.charAt(last) - '0' + 1) % 10);
        return reference.substring(0, last) + other + reference.substring(last + 1);
    }
}
