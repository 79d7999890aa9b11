package routes.deadletter;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.inbox.Committer;
import routes.inbox.Inbox;
import routes.inbox.Refused;
import routes.inbox.Resumption;
import routes.inbox.Resumption.Way;
import routes.inbox.Verdict;
import routes.partner.Effects;

/**
 * Brings a dead letter back, or ends it on a person's word. Whatever is asked twice changes nothing the second time: only a
 * parked message is touched.
 */
@Component
public class Replay {

    /** @param status {@code REPLAYING}, {@code ENDED}, or {@code NOT_PARKED} when somebody replayed or ended it before */
    public record Answer(long messageId, String status) {}

    /**
     * A step that a message may go on at.
     *
     * @param description what it does, as the route's author put it
     * @param here whether it is where the message stands: going on there keeps all that is done
     * @param done what of it is finished already and would be done anew; partners' answers are kept, no call is made twice
     */
    public record Step(String id, String description, boolean here, boolean done) {}

    private record Stand(long message, String partner, String step, int walk, String order) {}

    private final Committer committer;
    private final JdbcClient rows;
    private final Effects effects;
    private final ObjectProvider<CamelContext> camel;

    Replay(Committer committer, JdbcClient rows, Effects effects, ObjectProvider<CamelContext> camel) {
        this.committer = committer;
        this.rows = rows;
        this.effects = effects;
        this.camel = camel;
    }

    /**
     * Replays one failure at the step where it stands: what was done before is kept (promise P6).
     *
     * @throws Refused when there is no such failure, or POISON when it is locked for staff
     */
    public Answer replay(long failureId, String who) {
        return replay(failureId, who, Way.unchanged());
    }

    /** The same in another way. */
    public Answer replay(long failureId, String who, Way way) {
        long message = message(failureId);
        boolean resumed = committer.write(new Resumption(message, who, way));
        return new Answer(message, resumed ? "REPLAYING" : "NOT_PARKED");
    }

    /** Where a message may go on: the steps its story went through, the latest first. */
    public List<Step> steps(long failureId) {
        Stand stand = stand(failureId);
        Set<String> passed = new LinkedHashSet<>(
                rows.sql("select step from history where message_id = ? group by step order by min(id)")
                        .param(stand.message())
                        .query(String.class)
                        .list());
        List<Step> steps = new ArrayList<>();
        boolean first = true;
        for (String step : passed) {
            // A partner's message is turned into our words by its first step; that is done, and is not undone.
            boolean entry = first && !stand.partner().equals(Inbox.HUB);
            first = false;
            if (!entry && !step.equals(stand.step()) && there(step)) {
                steps.add(0, new Step(step, description(step), false, true));
            }
        }
        steps.add(0, new Step(stand.step(), description(stand.step()), true, false));
        return steps;
    }

    /**
     * Lets a message go on at a step it has been through, in a new walk. Partners that have answered are not called again.
     *
     * @throws Refused STATE_REFUSED when the step is not one of {@link #steps}
     */
    public Answer replayFrom(long failureId, String step, String who) {
        Step chosen = steps(failureId).stream()
                .filter(one -> one.id().equals(step))
                .findFirst()
                .orElseThrow(() -> new Refused("STATE_REFUSED", "This message has never been at " + step));
        return replay(failureId, who, new Way("chosen-step", chosen.here() ? null : step, false, true));
    }

    /** The step of the message's story that everything of it which can run again begins with; null = where it stands. */
    String beginning(long failureId) {
        List<Step> steps = steps(failureId);
        Step last = steps.get(steps.size() - 1);
        return last.here() ? null : last.id();
    }

    /** What the step asked a partner to do and could not be seen done: what somebody may have done there by hand. */
    public Optional<Effects.Undone> undone(long failureId) {
        Stand stand = stand(failureId);
        return effects.undone(stand.order(), stand.message(), stand.step());
    }

    /**
     * What it asks for was done outside the hub. Where that was a change at a partner, the partner is asked for it and the
     * message goes on with what is found there; where it was nothing of the kind, the message ends.
     *
     * @param reference where it can be seen, in the partner's own system
     * @return {@code REPLAYING} where the partner is asked, else {@code ENDED}
     */
    public Answer doneByHand(long failureId, String who, String reference, String why) {
        if (reference == null || reference.isBlank()) {
            throw new Refused("STATE_REFUSED", "Say under which reference it can be found");
        }
        Optional<Effects.Undone> undone = undone(failureId);
        if (undone.isEmpty()) {
            return ended(failureId, Verdict.doneByHand(message(failureId), who, reference.strip(), why));
        }
        long message = message(failureId);
        // Before the message may run: an effect of which somebody says so is asked about, whoever lets it run.
        effects.saidDone(undone.get());
        boolean resumed = committer.write(new Resumption(message, who, new Way("done-by-hand", null, false, true))
                .saying(why, reference.strip()));
        return new Answer(message, resumed ? "REPLAYING" : "NOT_PARKED");
    }

    /** It needs nothing done; the lane goes on behind it. */
    public Answer discard(long failureId, String who, String why) {
        if (why == null || why.isBlank()) {
            throw new Refused("STATE_REFUSED", "Say why nothing needs to be done");
        }
        return ended(failureId, Verdict.discarded(message(failureId), who, why.strip()));
    }

    /** A discarded message is tried again after all. */
    public Answer restore(long failureId, String who, String why) {
        return ended(failureId, Verdict.restored(message(failureId), who, why));
    }

    private Answer ended(long failureId, Verdict verdict) {
        boolean done = committer.write(verdict);
        return new Answer(message(failureId), done ? "ENDED" : "NOT_PARKED");
    }

    private long message(long failureId) {
        return rows.sql("select message_id from failures where id = ?")
                .param(failureId)
                .query(Long.class)
                .optional()
                .orElseThrow(() -> new Refused("UNKNOWN", "There is no dead letter " + failureId));
    }

    private Stand stand(long failureId) {
        return rows.sql("select i.id, i.partner, coalesce(i.step, f.step), i.walk, i.order_number from failures f"
                        + " join inbox i on i.id = f.message_id where f.id = ?")
                .param(failureId)
                .query((row, n) ->
                        new Stand(row.getLong(1), row.getString(2), row.getString(3), row.getInt(4), row.getString(5)))
                .optional()
                .orElseThrow(() -> new Refused("UNKNOWN", "There is no dead letter " + failureId));
    }

    private boolean there(String step) {
        return camel.getObject().getRoute(step) != null;
    }

    private String description(String step) {
        return Optional.ofNullable(camel.getIfAvailable())
                .map(context -> ((ModelCamelContext) context).getRouteDefinition(step))
                .map(RouteDefinition::getDescriptionText)
                .orElse("");
    }
}
