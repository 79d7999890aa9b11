package routes.sandbox;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The sandbox's doors at a hub whose partners are a process of their own: passes everything on but the clock. */
final class ElsewhereDoor extends HttpServlet {

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final transient String url;
    private final transient ClockDoor clock;
    private final transient HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT_LIMIT).build();

    ElsewhereDoor(String url, ClockDoor clock) {
        this.url = url;
        this.clock = clock;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!PartnerDoor.fromHere(request)) {
            ControlDoor.problem(response, 403, "the sandbox answers callers on its own machine only");
            return;
        }
        var call = Call.read(request, "/sandbox").orElse(null);
        if (call == null) {
            ControlDoor.problem(response, 413, "too large");
        } else if (call.path().equals("/clock")) {
            clock.answer(call, response);
        } else {
            pass(request, call, response);
        }
    }

    private void pass(HttpServletRequest request, Call call, HttpServletResponse response) throws IOException {
        var query = request.getQueryString() == null ? "" : "?" + request.getQueryString();
        var passed = HttpRequest.newBuilder(URI.create(url + request.getRequestURI() + query))
                .timeout(LIMIT)
                .method(call.method(), HttpRequest.BodyPublishers.ofByteArray(call.body()));
        if (request.getContentType() != null) passed.header("Content-Type", request.getContentType());
        try {
            var answer = http.send(passed.build(), HttpResponse.BodyHandlers.ofByteArray());
            response.setStatus(answer.statusCode());
            answer.headers().firstValue("content-type").ifPresent(response::setContentType);
            response.getOutputStream().write(answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ControlDoor.problem(response, 503, "interrupted");
        } catch (IOException e) {
            ControlDoor.problem(response, 502, "the partners' own process does not answer at " + url);
        }
    }
}
