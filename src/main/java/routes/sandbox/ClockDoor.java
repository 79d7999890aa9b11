package routes.sandbox;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves the business clock here and, where hub and partners are two processes, in the other one too. */
final class ClockDoor {

    private static final Logger LOG = LoggerFactory.getLogger(ClockDoor.class);
    private static final String FORWARDED = "oms-forwarded";
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final MovableClock clock;
    private final Supplier<String> other;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(LIMIT).build();

    /**
     * @param other address of the other process; null when there is none
     */
    ClockDoor(MovableClock clock, Supplier<String> other) {
        this.clock = clock;
        this.other = other;
    }

    void answer(Call call, HttpServletResponse response) throws IOException {
        var elsewhere = false;
        if (call.method().equals("POST")) {
            try {
                clock.advance(Duration.parse(call.json().path("advance").asText()));
            } catch (DateTimeParseException | IllegalArgumentException e) {
                ControlDoor.problem(response, 400, "advance is a duration forward, such as PT72H");
                return;
            }
            elsewhere = call.header(FORWARDED).isEmpty() && other.get() != null && forwarded(call.body());
        }
        ControlDoor.write(
                response,
                200,
                Json.object()
                        .put("now", clock.instant().toString())
                        .put("ahead", clock.ahead().toString())
                        .put("elsewhereToo", elsewhere));
    }

    private boolean forwarded(byte[] body) {
        var request = HttpRequest.newBuilder(URI.create(other.get() + "/sandbox/clock"))
                .timeout(LIMIT)
                .header("Content-Type", "application/json")
                .header(FORWARDED, "true")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            LOG.info("the other process is not there; its clock stays: {}", e.toString());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
