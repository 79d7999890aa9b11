package routes.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * An error as RFC 9457 says it.
 *
 * @param type a stable name of the kind of problem
 * @param title the kind in words, the same every time
 * @param status the HTTP status
 * @param detail what was wrong this time, and what would be right
 * @param instance the path that was asked for
 * @param code the kind as a code programs may compare
 */
public record Problem(String type, String title, int status, String detail, String instance, String code) {

    /** The kinds of problem the staff doors know. */
    public enum Kind {
        BAD_PARAMETER(400, "A parameter is wrong"),
        BAD_REQUEST(400, "The request cannot be understood"),
        LOGIN_NEEDED(401, "Log in first"),
        ROLE_MISSING(403, "Your role does not allow this"),
        FORM_EXPIRED(403, "The form's one-time token is missing or too old"),
        NOT_FOUND(404, "There is nothing here"),
        METHOD_NOT_ALLOWED(405, "This door does not know the method"),
        NOT_ACCEPTABLE(406, "This door answers JSON only"),
        CONFLICT(409, "The state does not allow this now"),
        STATE_REFUSED(409, "What this is now does not allow it"),
        LENGTH_REQUIRED(411, "Say how long the body is"),
        TOO_LARGE(413, "The body is too large"),
        FIELD_REFUSED(422, "This cannot be written there"),
        FOUR_EYES(409, "A second person must decide this"),
        POISON(409, "This is locked until an engineer has looked at it"),
        UNSUPPORTED_MEDIA_TYPE(415, "This door does not read that media type"),
        TOO_MANY_TRIES(429, "Too many wrong passwords"),
        INTERNAL(500, "The hub failed"),
        UNAVAILABLE(503, "The hub cannot answer now");

        private final int status;
        private final String title;

        Kind(int status, String title) {
            this.status = status;
            this.title = title;
        }

        int status() {
            return status;
        }

        String title() {
            return title;
        }

        /** The kind that says a status; for statuses without a kind of their own the nearest coarser one. */
        static Kind of(int status) {
            for (Kind kind : values()) {
                // The first of a status is the special one; a bare status gets the general one.
                if (kind.status == status && kind != BAD_PARAMETER && kind != FORM_EXPIRED && kind != FIELD_REFUSED) {
                    return kind;
                }
            }
            return status < 500 ? BAD_REQUEST : INTERNAL;
        }
    }

    /** A request that is refused with a problem of this kind. */
    public static class Refused extends RuntimeException {
        private final transient Kind kind;

        Refused(Kind kind, String detail) {
            super(detail);
            this.kind = kind;
        }

        Kind kind() {
            return kind;
        }
    }

    static Problem of(Kind kind, int status, String detail, String path) {
        return new Problem(type(kind), kind.title(), status, detail, path, kind.name());
    }

    static String type(Kind kind) {
        return "urn:order-hub:problem:" + kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Writes the problem as the whole answer; a HEAD gets the head of it. */
    static void write(
            HttpServletRequest request, HttpServletResponse response, ObjectMapper json, Kind kind, String detail)
            throws IOException {
        write(request, response, json, of(kind, kind.status(), detail, request.getRequestURI()));
    }

    static void write(HttpServletRequest request, HttpServletResponse response, ObjectMapper json, Problem problem)
            throws IOException {
        if (response.isCommitted()) {
            return;
        }
        byte[] body = json.writeValueAsBytes(problem);
        response.setStatus(problem.status());
        response.setContentType("application/problem+json");
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.setContentLength(body.length);
        if (!"HEAD".equals(request.getMethod())) {
            response.getOutputStream().write(body);
        }
    }
}
