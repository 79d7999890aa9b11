package routes.api;

import java.util.List;
import java.util.Map;

/** What a client asked for will not be done, with the answer it gets; nothing of it was stored. */
class ApiProblem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final String title;
    private final transient List<Flaw> flaws;
    private final transient Map<String, String> headers;

    /**
     * One thing wrong in a body.
     *
     * @param pointer JSON pointer (RFC 6901) to it
     * @param code a word of the contract: missing, wrong-type ...
     * @param message for a person; never quotes the body
     */
    record Flaw(String pointer, String code, String message) {}

    ApiProblem(int status, String code, String title, String detail) {
        this(status, code, title, detail, List.of(), Map.of());
    }

    ApiProblem(int status, String code, String title, String detail, List<Flaw> flaws, Map<String, String> headers) {
        super(detail);
        this.status = status;
        this.code = code;
        this.title = title;
        this.flaws = List.copyOf(flaws);
        this.headers = Map.copyOf(headers);
    }

    /** Neither what is not there nor what is another client's: both look the same. */
    static ApiProblem notFound() {
        return new ApiProblem(404, "not-found", "Not found", "Nothing of yours is here.");
    }

    /** A body that is not what this door takes. */
    static ApiProblem bodyInvalid(String what, List<Flaw> flaws) {
        return new ApiProblem(
                422,
                "body-invalid",
                "This is not " + what + " we can take",
                "Mend what is named under errors and send it again.",
                flaws,
                Map.of());
    }

    static ApiProblem parameterInvalid(String why) {
        return new ApiProblem(400, "parameter-invalid", "A parameter is wrong", why);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    String title() {
        return title;
    }

    List<Flaw> flaws() {
        return flaws;
    }

    /** Headers the answer carries besides. */
    Map<String, String> headers() {
        return headers;
    }
}
