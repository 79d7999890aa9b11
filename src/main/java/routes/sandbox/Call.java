package routes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a caller asked of a partner.
 *
 * @param path as the partner knows it, decoded: begins with a slash
 * @param query decoded parameters, the first of each name
 * @param headers by lower-case name
 */
record Call(String method, String path, Map<String, String> query, Map<String, String> headers, byte[] body) {

    private static final int MAX_BODY_BYTES = 4 << 20;

    /** Reads a request below {@code prefix}; empty when its body is larger than 4 MiB. */
    static Optional<Call> read(HttpServletRequest request, String prefix) throws IOException {
        var body = request.getInputStream().readNBytes(MAX_BODY_BYTES + 1);
        if (body.length > MAX_BODY_BYTES) return Optional.empty();
        var headers = new HashMap<String, String>();
        for (var names = request.getHeaderNames(); names.hasMoreElements(); ) {
            var name = names.nextElement();
            headers.put(name.toLowerCase(Locale.ROOT), request.getHeader(name));
        }
        var path = decoded(request.getRequestURI().substring(prefix.length()), true);
        return Optional.of(new Call(request.getMethod(), path, query(request.getQueryString()), headers, body));
    }

    /** Parameters of a query string, decoded; the first of each name counts. */
    static Map<String, String> query(String text) {
        var query = new HashMap<String, String>();
        if (text == null) return query;
        for (var pair : text.split("&")) {
            var equals = pair.indexOf('=');
            var name = decoded(equals < 0 ? pair : pair.substring(0, equals), false);
            query.putIfAbsent(name, equals < 0 ? "" : decoded(pair.substring(equals + 1), false));
        }
        return query;
    }

    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** The same from somebody whose key nobody knows. */
    Call withoutKey() {
        var others = new HashMap<>(headers);
        others.keySet().removeIf(name -> name.equals("authorization") || name.endsWith("access-token"));
        return new Call(method, path, query, others, body);
    }

    JsonNode json() {
        return Json.tolerant(body);
    }

    boolean bearer(String token) {
        return header("authorization").equals("Bearer " + token);
    }

    boolean basic(String user, String password) {
        var both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return header("authorization").equals("Basic " + Base64.getEncoder().encodeToString(both));
    }

    private static String decoded(String text, boolean path) {
        try {
            return URLDecoder.decode(path ? text.replace("+", "%2B") : text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
