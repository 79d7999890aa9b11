package routes.partner;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;
import routes.inbox.CrashPoints;
import routes.inbox.EngineSettings;
import routes.inbox.LeaseClock;
import routes.inbox.NotYet;
import routes.inbox.Refused;
import routes.inbox.Turn;
import routes.mapping.Mappings;
import routes.partner.Journal.Effect;
import routes.partner.Journal.Outcome;
import routes.partner.PartnerFailure.Fate;

/** Asks partners: reads at once, effects only with an intent on record and never twice (promises P2 and P6). */
@Component
class Calls {

    /** The last possible send may be this much later than the intent: a call may have queued for its place. */
    private static final Duration MARGIN = Duration.ofMillis(2_500);

    private final Transport transport;
    private final Journal journal;
    private final Mappings mappings;
    private final CamelContext camel;
    private final ProducerTemplate send;
    private final MeterRegistry meters;
    private final Breakers breakers;
    private final boolean ask;

    Calls(
            Transport transport,
            Journal journal,
            Mappings mappings,
            @Lazy CamelContext camel,
            @Lazy ProducerTemplate send,
            MeterRegistry meters,
            Breakers breakers,
            PartnerSettings settings,
            EngineSettings engine,
            @Value("${oms.journal.ask:true}") boolean ask) {
        settings.partners().forEach((name, partner) -> {
            if (partner.timeoutMs() > engine.leaseMs() / 2) {
                throw new IllegalArgumentException("oms.partners." + name + ".timeout-ms must be at most half of"
                        + " oms.engine.lease-ms (" + engine.leaseMs() + "): a call must end before its lease does");
            }
        });
        this.transport = transport;
        this.journal = journal;
        this.mappings = mappings;
        this.camel = camel;
        this.send = send;
        this.meters = meters;
        this.breakers = breakers;
        this.ask = ask;
    }

    /** One read: nothing changes at the partner, so it may be repeated freely. */
    JsonNode read(Turn turn, String partner, String operation, JsonNode request) {
        turn.mayCall(transport.timeoutMs(partner));
        breakers.mayCall(turn, partner);
        try (Pace.Place held = breakers.place(partner)) {
            turn.mayCall(transport.timeoutMs(partner));
            return call(turn, null, partner, operation, request);
        } catch (PartnerFailure failure) {
            throw breakers.judged(partner, failure);
        }
    }

    /**
     * Carries out one effect, or answers with what an earlier try already did.
     *
     * @param lookUp the route that asks the partner what became of the stored request, or null when it cannot be asked
     * @param sending what must be true of the order for anything to be sent
     * @throws NotYet while that is not so, or while an earlier request may still land
     */
    JsonNode effect(
            Turn turn,
            String partner,
            String operation,
            String subject,
            JsonNode request,
            String lookUp,
            Sending sending,
            Exchange at) {
        turn.mayCall(transport.timeoutMs(partner));
        breakers.mayCall(turn, partner);
        String key = Journal.key(turn, operation, subject);
        String text = journal.text(request);
        Effect known;
        boolean mayBeSent = true;
        try {
            if (journal.intend(turn, key, 1, operation, subject, text, sending)) {
                return carryOut(turn, partner, operation, key + "/1", request);
            }
            known = journal.latest(turn, operation, subject)
                    .orElseThrow(() -> new IllegalStateException("Effect " + key + " is gone"));
        } catch (NotYet cancelPending) {
            // Nothing new is sent; what may have been sent before is asked about all the same.
            known = journal.latest(turn, operation, subject)
                    .filter(effect -> effect.outcome() != Outcome.NOT_SENT && effect.outcome() != Outcome.REFUSED)
                    .orElseThrow(() -> cancelPending);
            mayBeSent = false;
        }
        boolean same = sameRequest(journal.tree(known.request()), journal.tree(text));
        switch (known.outcome()) {
            case ANSWERED -> {
                if (!same) {
                    throw new Refused(
                            "OUTCOME_UNKNOWN",
                            operation + " was already done for " + key + " with another request; a person decides");
                }
                return journal.tree(known.answer());
            }
            case REFUSED, NOT_SENT -> {
                return same
                        ? again(turn, partner, operation, known, sending)
                        : anew(turn, partner, operation, subject, key, known, request, sending);
            }
            default -> {
                JsonNode answer = found(turn, partner, operation, known, lookUp, at);
                if (answer != null) {
                    return answer;
                }
                if (known.outcome() == Outcome.BY_HAND && mayBeSent) {
                    throw new Refused(
                            "BY_HAND_NOT_FOUND",
                            operation + ": somebody says that it is done, but the partner does not show it");
                }
                // What was asked for and never arrived may not be what is wanted now: units were cancelled meanwhile.
                return same || !ask
                        ? again(turn, partner, operation, known, sending)
                        : anew(turn, partner, operation, subject, key, known, request, sending);
            }
        }
    }

    /** Sends another request for a matter of which nothing was carried out, under a key of its own. */
    private JsonNode anew(
            Turn turn,
            String partner,
            String operation,
            String subject,
            String key,
            Effect known,
            JsonNode request,
            Sending sending) {
        int next = known.version() + 1;
        journal.intend(turn, key, next, operation, subject, journal.text(request), sending);
        return carryOut(turn, partner, operation, key + "/" + next, request);
    }

    /** What a request is apart from what only helps to look it up later. */
    private static boolean sameRequest(JsonNode stored, JsonNode request) {
        ObjectNode a = stored.deepCopy();
        ObjectNode b = request.deepCopy();
        a.remove("context");
        b.remove("context");
        return a.toString().equals(b.toString());
    }

    /**
     * The outcome is unknown: a call was under way when its worker died, or its answer never came. Found means done.
     * Not found is conclusive only when nothing of ours can still be on its way; then the answer is null.
     */
    private JsonNode found(Turn turn, String partner, String operation, Effect known, String lookUp, Exchange at) {
        if (!ask) {
            return null;
        }
        if (lookUp == null || lookUp.isBlank()) {
            throw new Refused(
                    "OUTCOME_UNKNOWN", operation + ": its outcome is unknown and the partner cannot be asked");
        }
        Exchange question = camel.getEndpoint("direct:" + lookUp).createExchange();
        at.getVariables().forEach(question::setVariable);
        question.getMessage().setBody(journal.tree(known.request()));
        send.send("direct:" + lookUp, question);
        if (question.getException() instanceof RuntimeException failure) {
            throw failure;
        }
        JsonNode found = question.getMessage().getBody(JsonNode.class);
        switch (found == null ? "" : found.path("outcome").asText()) {
            case "done" -> {
                JsonNode answer = found.path("answer");
                journal.settle(turn, known.key(), Outcome.ANSWERED, answer);
                return answer;
            }
            case "not-done" -> {
                Instant conclusive = known.sentAt()
                        .plusMillis(transport.timeoutMs(partner))
                        .plusMillis(transport.settleMs(partner))
                        .plus(MARGIN);
                if (LeaseClock.now().isBefore(conclusive)) {
                    throw new NotYet("OUTCOME_ASKED", conclusive, operation + " may still land at the partner");
                }
                // Written down before it is sent again: a cancel that keeps it from being sent must know that it was
                // not.
                journal.notSent(turn, known);
                return null;
            }
            default -> throw new Refused(
                    "OUTCOME_UNKNOWN",
                    operation + ": " + (found == null ? "" : found.path("why").asText()));
        }
    }

    /** Sends the stored bytes once more; certain that they were not carried out. */
    private JsonNode again(Turn turn, String partner, String operation, Effect known, Sending sending) {
        journal.resend(turn, known, sending);
        return carryOut(turn, partner, operation, known.key(), journal.tree(known.request()));
    }

    private JsonNode carryOut(Turn turn, String partner, String operation, String effectKey, JsonNode request) {
        try {
            JsonNode answer;
            try (Pace.Place held = place(turn, partner, effectKey)) {
                turn.mayCall(transport.timeoutMs(partner));
                CrashPoints.pass("before-call", operation);
                answer = call(turn, effectKey, partner, operation, request);
            }
            CrashPoints.pass("after-call", operation);
            journal.settle(turn, effectKey, Outcome.ANSWERED, answer);
            return answer;
        } catch (PartnerFailure failure) {
            journal.settle(
                    turn,
                    effectKey,
                    switch (failure.fate()) {
                        case NOT_DONE -> Outcome.NOT_SENT;
                        case REFUSED -> Outcome.REFUSED;
                        case UNKNOWN -> Outcome.UNKNOWN;
                    },
                    null);
            throw breakers.judged(partner, failure);
        }
    }

    private Pace.Place place(Turn turn, String partner, String effectKey) {
        try {
            return breakers.place(partner);
        } catch (PartnerAway | NotYet later) {
            journal.settle(turn, effectKey, Outcome.NOT_SENT, null);
            throw later;
        }
    }

    /** Some partners refuse inside a 200; where a mapping {@code <operation>.refusal} knows how, it is a refusal here too. */
    private void refuseWhereItSaysNo(String operation, JsonNode answer) {
        String mapping = operation.replaceFirst("\\.", "/") + ".refusal";
        if (mappings.exists(mapping)) {
            JsonNode refusal = mappings.apply(mapping, answer, Map.of());
            if (refusal != null && !refusal.isNull() && !refusal.isMissingNode()) {
                String why = refusal.path("message").asText(refusal.toString());
                throw new PartnerFailure("PARTNER_REFUSED", Fate.REFUSED, null, 200, operation + ": " + why)
                        .answering(journal.text(answer));
            }
        }
    }

    private JsonNode call(Turn turn, String effectKey, String partner, String operation, JsonNode request) {
        long started = System.nanoTime();
        JsonNode answer = null;
        PartnerFailure failure = null;
        try {
            answer = transport.send(partner, operation, request);
            refuseWhereItSaysNo(operation, answer);
            breakers.answered(partner);
            return answer;
        } catch (PartnerFailure e) {
            failure = e;
            breakers.failed(partner, e);
            throw e;
        } finally {
            Duration took = Duration.ofNanos(System.nanoTime() - started);
            String mapping = operation.replaceFirst("\\.", "/") + ".request";
            PartnerFailure what = failure != null || answer != null
                    ? failure
                    : new PartnerFailure("PARTNER_DOWN", Fate.UNKNOWN, null, 0, operation + ": broken off");
            String words = answer != null ? journal.text(answer) : what == null ? null : what.answer();
            String revision = mappings.exists(mapping) ? mappings.revision(mapping) : null;
            turn.hear(new Turn.Said(operation, what == null ? 200 : what.status(), words, revision));
            journal.called(turn, effectKey, operation, journal.text(request), words, what, took, revision);
            meters.timer(
                            "oms.partner.call",
                            "operation",
                            operation,
                            "outcome",
                            failure == null ? "answered" : failure.fate().name())
                    .record(took);
        }
    }
}
