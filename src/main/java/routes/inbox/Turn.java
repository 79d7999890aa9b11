package routes.inbox;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * One message being worked on by one worker that holds its lane. A turn lives on one thread; verbs, partner calls and
 * policies find it by {@link #current()}. Once a policy has decided how it ends, nothing more is written for it.
 */
public final class Turn {

    private static final ThreadLocal<Turn> CURRENT = new ThreadLocal<>();

    private final Message message;
    private final long fence;
    private final long grantedNanos;
    private final Leases leases;
    private final Set<String> done = new HashSet<>();
    private final List<BiConsumer<Batch, Operation<?>>> riders = new ArrayList<>();
    private String step;
    private String writtenStep;
    private boolean ended;
    private int left;
    private RuntimeException givenUp;
    private int priority;
    private String outcome = "left";
    private Throwable failed;
    private String place;
    private Said said;

    /**
     * The last thing heard from a partner in this turn.
     *
     * @param operation {@code avalara.quote-tax}
     * @param status HTTP status, 0 without an answer
     * @param answer as it came, null without one
     */
    public record Said(String operation, int status, String answer, String mappingRevision) {}

    Turn(Message message, long fence, long grantedNanos, Leases leases, Set<String> done) {
        this.message = message;
        this.fence = fence;
        this.grantedNanos = grantedNanos;
        this.leases = leases;
        this.priority = message.priority();
        this.step = message.step();
        this.writtenStep = message.step();
        this.done.addAll(done);
    }

    /** The turn of this thread; a verb or a partner call outside a turn is a mistake in a route. */
    public static Turn current() {
        Turn turn = CURRENT.get();
        if (turn == null) {
            throw new IllegalStateException("No message is being worked on by this thread");
        }
        return turn;
    }

    static Turn orNull() {
        return CURRENT.get();
    }

    static void enter(Turn turn) {
        CURRENT.set(turn);
    }

    static void leave() {
        CURRENT.remove();
    }

    public Message message() {
        return message;
    }

    /** The step being run: the route id that staff see, and where a replay begins. */
    public String step() {
        return step;
    }

    void step(String id) {
        step = id;
    }

    /** How urgent the order's service level makes what follows; lower is more urgent. */
    public void urgency(int priority) {
        this.priority = priority;
    }

    int urgency() {
        return priority;
    }

    long fence() {
        return fence;
    }

    /** Refuses to go on when a policy has already ended this turn, or when the lane is no longer ours. */
    public void mayGoOn() {
        if (ended || givenUp != null) {
            throw new TurnEnded();
        }
        leases.check(this, 0);
    }

    /** Refuses a call that could still be under way when this worker's lease has passed to another. */
    public void mayCall(int timeoutMs) {
        mayGoOn();
        leases.check(this, timeoutMs);
    }

    long grantedNanos() {
        return grantedNanos;
    }

    /** Whether this verb was already committed for this message, walk, step and subject. */
    public boolean did(String verb, String subject) {
        return done.contains(key(step, verb, subject));
    }

    /** Remembers a committed verb. */
    public void does(String verb, String subject) {
        done.add(key(step, verb, subject));
    }

    static String key(String step, String verb, String subject) {
        return step + "|" + verb + "|" + subject;
    }

    /** Lets rows (a partner's answer, a finished call) ride with this turn's next commit. */
    public void ride(BiConsumer<Batch, Operation<?>> rows) {
        riders.add(rows);
    }

    /** Writes the riders and, where it moved on, the message's step. Called by every operation of a turn. */
    void board(Batch batch, Operation<?> operation) {
        riders.forEach(rider -> rider.accept(batch, operation));
        if (step != null && !step.equals(writtenStep)) {
            batch.add(Batch.MESSAGE, operation, "update inbox set step = ? where id = ?", step, message.id());
        }
    }

    /** After the commit: what rode is written. */
    void arrived() {
        riders.clear();
        writtenStep = step;
    }

    /** Remembers where a failure was first seen; those who pass it on are not asked. */
    void failedAt(Throwable failure, String where) {
        if (failed != failure) {
            failed = failure;
            place = where;
        }
    }

    /** Where in the routes the failure at hand came from: route, node, file and line; null when nobody saw. */
    public String place() {
        return place;
    }

    /** Remembers what a partner said, should the next thing be a failure. */
    public void hear(Said last) {
        said = last;
    }

    /** The last thing heard from a partner, or null. */
    public Said said() {
        return said;
    }

    boolean ended() {
        return ended;
    }

    /** Leaves the message as it is, for whoever holds the lane next; nothing more is written for this turn. */
    public void giveUp(RuntimeException why) {
        givenUp = why;
    }

    RuntimeException givenUp() {
        return givenUp;
    }

    /** How many messages wait behind this one in a lane that stayed ours. */
    int left() {
        return left;
    }

    /** How the turn ended, for the metrics. */
    String outcome() {
        return outcome;
    }

    void end(String how, int messagesLeft) {
        outcome = how;
        ended = true;
        left = messagesLeft;
    }

    /** Thrown where a route goes on although its policy has ended the turn (a splitter does that); policies pass it over. */
    public static final class TurnEnded extends RuntimeException {

        private static final long serialVersionUID = 1L;

        TurnEnded() {
            super("This message's turn has ended", null, false, false);
        }
    }
}
