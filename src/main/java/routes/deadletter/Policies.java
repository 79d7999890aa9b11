package routes.deadletter;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.camel.Exchange;
import org.apache.camel.RuntimeCamelException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import routes.inbox.Committer;
import routes.inbox.Ending;
import routes.inbox.Judge;
import routes.inbox.LeaseClock;
import routes.inbox.LeaseLost;
import routes.inbox.NotYet;
import routes.inbox.StoreUnavailable;
import routes.inbox.Turn;
import routes.partner.PartnerAway;
import routes.partner.PartnerFailure;

/**
 * What becomes of a message whose step failed: it waits as a row, or it is parked in the dead letter channel with a
 * named cause. Policies commit the outcome themselves; nothing sleeps in memory. Doubt parks.
 */
@Component("policies")
public class Policies implements Judge {

    private static final Logger LOG = LoggerFactory.getLogger(Policies.class);
    private final Committer committer;
    private final Diagnosis diagnosis;
    private final double scale;

    Policies(Committer committer, Diagnosis diagnosis, @Value("${oms.retries.scale:1.0}") double scale) {
        this.committer = committer;
        this.diagnosis = diagnosis;
        this.scale = scale;
    }

    /**
     * Lets the message wait while waiting may cure the failure, then parks it.
     *
     * @param waits pauses before the next tries, e.g. {@code "PT1S PT5S PT30S"}; when they are used up it is parked
     */
    public void retryThenPark(Exchange exchange, String waits) {
        Throwable failure = failure(exchange);
        Turn turn = mine(failure);
        if (turn == null) {
            return;
        }
        if (waits(turn, failure)) {
            return;
        }
        if (!(failure instanceof PartnerFailure partner) || !partner.passing()) {
            parkNow(turn, failure);
            return;
        }
        List<Duration> pauses =
                Arrays.stream(waits.trim().split("\\s+")).map(Duration::parse).toList();
        int attempt = turn.message().attempts();
        if (attempt >= pauses.size()) {
            parkNow(turn, failure);
            return;
        }
        Duration pause = longer(scaled(pauses.get(attempt)), partner.retryAfter());
        LOG.info("{} waits {} before it is tried again: {}", turn.step(), pause, failure.getMessage());
        committer.write(Ending.waiting(turn, LeaseClock.now().plus(pause), true, partner.causeCode()));
    }

    /**
     * Lets the message wait while waiting may cure the failure; when the partner stays down, the message goes on at the
     * step that does without its answer. What waiting cannot cure is parked.
     *
     * @param waits pauses before the next tries
     * @param instead the step that does without
     */
    public void retryThenGoWithout(Exchange exchange, String waits, String instead) {
        Throwable failure = failure(exchange);
        Turn turn = mine(failure);
        if (turn == null) {
            return;
        }
        boolean silent = failure instanceof PartnerFailure partner && partner.passing() && usedUp(turn, waits);
        if (silent || failure instanceof PartnerAway away && !away.back()) {
            LOG.warn("{} goes on at {} without an answer: {}", turn.step(), instead, failure.getMessage());
            committer.write(Ending.goOn(turn, instead, failure.getMessage()));
        } else {
            retryThenPark(exchange, waits);
        }
    }

    /**
     * As {@link #retryThenPark}, but where the partner says a plain no the message goes on at another step.
     *
     * @param instead the step for a refusal
     */
    public void retryOrTakeNo(Exchange exchange, String waits, String instead) {
        Throwable failure = failure(exchange);
        Turn turn = mine(failure);
        if (turn == null) {
            return;
        }
        if (failure instanceof PartnerFailure partner && partner.fate() == PartnerFailure.Fate.REFUSED) {
            LOG.warn("{} goes on at {} after a refusal: {}", turn.step(), instead, failure.getMessage());
            committer.write(Ending.goOn(turn, instead, failure.getMessage()));
        } else {
            retryThenPark(exchange, waits);
        }
    }

    private static boolean usedUp(Turn turn, String waits) {
        return turn.message().attempts() >= waits.trim().split("\\s+").length;
    }

    /** Parks the message at once: another try would end the same way. */
    public void park(Exchange exchange) {
        Throwable failure = failure(exchange);
        Turn turn = mine(failure);
        if (turn == null) {
            return;
        }
        if (waits(turn, failure)) {
            return;
        }
        parkNow(turn, failure);
    }

    /** Whether it only waits, for a partner that is away or may still do what it was asked; this uses up no attempt. */
    private boolean waits(Turn turn, Throwable failure) {
        if (failure instanceof NotYet notYet) {
            committer.write(Ending.waiting(turn, notYet.until(), false, notYet.reason()));
            return true;
        }
        if (failure instanceof PartnerAway away) {
            committer.write(Ending.waitingFor(turn, away.partner(), away.latest(), away.causeCode()));
            return true;
        }
        return false;
    }

    /** Ends the message with a reason: it is known to need nothing done. */
    public void discard(String reason) {
        Turn turn = Turn.current();
        committer.write(Ending.discarded(turn, reason, "hub"));
    }

    /** Ends a poll that its partner did not answer: the clock asks again. What waiting cannot cure is parked. */
    public void lookAgainLater(Exchange exchange) {
        Throwable failure = failure(exchange);
        Turn turn = mine(failure);
        if (turn == null) {
            return;
        }
        if (failure instanceof PartnerAway
                || failure instanceof NotYet
                || failure instanceof PartnerFailure partner && partner.passing()) {
            LOG.warn("{} is left to the next poll: {}", turn.step(), Diagnosis.text(failure));
            committer.write(Ending.discarded(turn, diagnosis.codeOf(turn, failure), "hub"));
        } else {
            parkNow(turn, failure);
        }
    }

    @Override
    public Ending judge(Turn turn, Throwable failure) {
        return Ending.parked(turn, diagnosis.of(turn, failure));
    }

    private void parkNow(Turn turn, Throwable failure) {
        LOG.warn("{} parks message {}: {}", turn.step(), turn.message().id(), Diagnosis.text(failure));
        committer.write(judge(turn, failure));
    }

    /** What failed; where it was thrown inside an expression of a route, Camel has wrapped it. */
    private static Throwable failure(Exchange exchange) {
        Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        while (failure instanceof RuntimeCamelException && failure.getCause() != null) {
            failure = failure.getCause();
        }
        return failure;
    }

    /** The turn to end, or null when it has already ended; a lane that is not ours any more is left alone. */
    private static Turn mine(Throwable failure) {
        if (failure instanceof LeaseLost || failure instanceof StoreUnavailable) {
            Turn.current().giveUp((RuntimeException) failure);
            return null;
        }
        return failure instanceof Turn.TurnEnded ? null : Turn.current();
    }

    /** A tenth of jitter keeps those that failed together from coming back together. */
    private Duration scaled(Duration pause) {
        double jitter = 0.9 + ThreadLocalRandom.current().nextDouble() * 0.2;
        return Duration.ofMillis((long) (pause.toMillis() * scale * jitter));
    }

    private static Duration longer(Duration a, Duration b) {
        return b == null || a.compareTo(b) > 0 ? a : b;
    }
}
