package routes.inbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Something that must become durable as one: the committer writes many of them in one transaction, and completes each
 * only when that transaction is on stable storage. An operation that is refused (stale fence, version conflict) fails
 * alone, never its group.
 *
 * @param <T> what its submitter learns
 */
public abstract class Operation<T> {

    private static final int LONGEST_WAIT_SECONDS = 30;

    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private final Turn turn;
    private T result;
    private RuntimeException refusal;

    /** @param turn the turn on whose behalf this is written and whose fence must still hold, or null for none */
    protected Operation(Turn turn) {
        this.turn = turn;
    }

    /** What kind of commit this is, for crash points and metrics: intake, intent, verb, done, park, claim ... */
    protected abstract String kind();

    /**
     * Adds this operation's statements to the group's batch. May be called again when a group is tried anew. What rides
     * with the operation's turn is added by the committer.
     */
    protected abstract void write(Batch batch) throws SQLException;

    final void compose(Batch batch) throws SQLException {
        write(batch);
        if (turn != null) {
            turn.board(batch, this);
        }
    }

    /** Reads what only the written rows can tell, in the same transaction. */
    protected void read(Connection connection) throws SQLException {}

    /** Whether a power cut right after the commit must not undo it. */
    protected boolean durable() {
        return true;
    }

    /** Called after the commit, before the submitter goes on; must not block. */
    protected void committed() {}

    /** Called when this was refused or could not be written. */
    protected void abandoned() {}

    protected final void result(T value) {
        result = value;
    }

    /** Takes this operation, and it alone, out of its group. */
    public final void refuse(RuntimeException why) {
        refusal = why;
    }

    final boolean refused() {
        return refusal != null;
    }

    protected final Turn turn() {
        return turn;
    }

    final void begin() {
        refusal = null;
        result = null;
    }

    final void settle() {
        if (refusal != null) {
            abandoned();
            outcome.completeExceptionally(refusal);
            return;
        }
        if (turn != null) {
            turn.arrived();
        }
        committed();
        outcome.complete(result);
    }

    final void fail(Throwable why) {
        abandoned();
        outcome.completeExceptionally(why);
    }

    final CompletableFuture<T> outcome() {
        return outcome;
    }

    /** Waits until this is durable, or throws what refused it. */
    final T await() {
        try {
            return outcome.get(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            // It may still be written; a door's caller sends it again and is counted as a duplicate then.
            throw new StoreUnavailable(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw new StoreUnavailable(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailable(e);
        }
    }
}
