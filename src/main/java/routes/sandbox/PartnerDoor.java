package routes.sandbox;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the hub calls the partners: {@code /sandbox/partners/<partner>/<the partner's own path>}. */
final class PartnerDoor extends HttpServlet {

    static final String PREFIX = "/sandbox/partners/";

    private static final Logger LOG = LoggerFactory.getLogger(PartnerDoor.class);

    private final transient Map<String, Partner> partners;
    private final transient Faults faults;
    private final transient Journal journal;
    private final transient ScheduledExecutorService timer;
    private final transient SandboxSettings settings;

    PartnerDoor(
            Map<String, Partner> partners,
            Faults faults,
            Journal journal,
            ScheduledExecutorService timer,
            SandboxSettings settings) {
        this.partners = partners;
        this.faults = faults;
        this.journal = journal;
        this.timer = timer;
        this.settings = settings;
    }

    /** Whether the caller sits on this machine; nobody else may use the sandbox. */
    static boolean fromHere(HttpServletRequest request) {
        try {
            return InetAddress.getByName(request.getRemoteAddr()).isLoopbackAddress();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!fromHere(request)) {
            response.sendError(403, "the sandbox answers callers on its own machine only");
            return;
        }
        var rest = request.getRequestURI().substring(PREFIX.length());
        var name = rest.contains("/") ? rest.substring(0, rest.indexOf('/')) : rest;
        var partner = partners.get(name);
        if (partner == null) {
            response.sendError(404, "no such partner in the sandbox");
            return;
        }
        var call = Call.read(request, PREFIX + name).orElse(null);
        if (call == null) {
            response.sendError(413);
            return;
        }
        var operation = partner.operation(call);
        var befallen = faults.ofCall(name, operation).orElse(null);
        if (befallen == null) {
            write(carriedOut(partner, call), response);
            return;
        }
        var fault = befallen.fault();
        LOG.debug("{}.{} meets {}", name, operation, fault.word());
        switch (fault) {
            case REFUSE -> write(partner.refusal(operation, befallen.because()), response);
            case KEY_REVOKED -> write(partner.answer(call.withoutKey()), response);
            case REFUSE_CONNECTION -> Connections.cut(request);
            case TIME_OUT -> hold(request);
            case COMMIT_THEN_TIME_OUT -> {
                carriedOut(partner, call);
                hold(request);
            }
            case LATE_COMMIT -> {
                timer.schedule(() -> partner.answer(call), settings.lateCommitMs(), TimeUnit.MILLISECONDS);
                hold(request);
            }
            case THROTTLED -> write(
                    partner instanceof ShopifyAdmin shop ? shop.throttled() : trouble(partner, 429), response);
            case STATUS_429 -> write(trouble(partner, 429), response);
            case STATUS_500 -> write(partner.trouble(500), response);
            case STATUS_503 -> write(trouble(partner, 503), response);
            case GARBAGE -> {
                carriedOut(partner, call);
                write(Answer.garbage(), response);
            }
            case SLOW -> later(carriedOut(partner, call), request);
            case WRONG_ID -> write(carriedOut(partner, call).falsified(), response);
            case OTHER_AMOUNT -> write(carriedOut(partner, call).withOneMore(), response);
            default -> throw new IllegalStateException(fault + " does not befall calls");
        }
    }

    private Answer carriedOut(Partner partner, Call call) {
        var answer = partner.answer(call);
        journal.awaitDisk();
        return answer;
    }

    private static Answer trouble(Partner partner, int status) {
        return partner.trouble(status).with("Retry-After", "1");
    }

    private void hold(HttpServletRequest request) {
        var waiting = request.startAsync();
        waiting.setTimeout(settings.holdMs());
        waiting.addListener(new CutAtTheEnd());
    }

    private void later(Answer answer, HttpServletRequest request) {
        var waiting = request.startAsync();
        waiting.setTimeout(0);
        timer.schedule(() -> finish(answer, waiting), settings.slowMs(), TimeUnit.MILLISECONDS);
    }

    private static void finish(Answer answer, AsyncContext waiting) {
        try {
            write(answer, (HttpServletResponse) waiting.getResponse());
        } catch (IOException e) {
            LOG.debug("the caller of a slow answer has gone: {}", e.getMessage());
        } finally {
            waiting.complete();
        }
    }

    private static void write(Answer answer, HttpServletResponse response) throws IOException {
        response.setStatus(answer.status());
        answer.headers().forEach(response::setHeader);
        if (answer.contentType() != null) response.setContentType(answer.contentType());
        response.setContentLength(answer.body().length);
        if (answer.body().length > 0) response.getOutputStream().write(answer.body());
    }

    /** Ends an unanswered call by closing its connection. */
    private static final class CutAtTheEnd implements AsyncListener {
        @Override
        public void onTimeout(AsyncEvent event) {
            Connections.cut(event.getAsyncContext().getRequest());
            event.getAsyncContext().complete();
        }

        @Override
        public void onError(AsyncEvent event) {
            event.getAsyncContext().complete();
        }

        @Override
        public void onComplete(AsyncEvent event) {
            // Nothing is left to do.
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // The call is held, not started again.
        }
    }
}
