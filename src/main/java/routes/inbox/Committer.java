package routes.inbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of a process. It takes what waits, writes it in one transaction (fences first), forces it to stable
 * storage, and only then lets answers, hand-overs and partner calls go. No timer: the first that waits is written at
 * once, the next group is what came meanwhile.
 */
public final class Committer {

    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
    private static final int TRIES = 6;
    /** SQL states that begin so: values that do not fit, constraints, words the store does not know. */
    private static final List<String> REFUSALS = List.of("22", "23", "42");

    private final DataSource dataSource;
    private final Store store;
    private final EngineSettings settings;
    private final Intake intake;
    private final BlockingQueue<Operation<?>> waiting;
    private final LongAdder groups = new LongAdder();
    private final LongAdder operations = new LongAdder();
    private final Thread thread = new Thread(this::run, "committer");
    private volatile boolean open;

    Committer(DataSource dataSource, Store store, EngineSettings settings, Intake intake) {
        this.dataSource = dataSource;
        this.store = store;
        this.settings = settings;
        this.intake = intake;
        this.waiting = new LinkedBlockingQueue<>(settings.queueMax());
        thread.setDaemon(true);
    }

    void start() {
        open = true;
        thread.start();
    }

    boolean open() {
        return open;
    }

    void stop() {
        open = false;
        thread.interrupt();
    }

    /** Writes {@code operation} with its neighbours and answers when it is durable, or throws what refused it. */
    public <T> T write(Operation<T> operation) {
        if (!open || !waiting.offer(operation)) {
            throw new StoreUnavailable(open ? "Too much waits to be written" : "The hub is stopping");
        }
        return operation.await();
    }

    /**
     * Writes what is rows and nothing else, and answers when they are durable, or throws what refused them.
     *
     * @param turn on whose behalf, or null for none
     * @param kind as {@link Operation#kind()}
     * @param rows adds its statements; called again when a group is tried anew
     */
    public void write(Turn turn, String kind, BiConsumer<Batch, Operation<?>> rows) {
        write(new Operation<Void>(turn) {

            @Override
            protected String kind() {
                return kind;
            }

            @Override
            protected void write(Batch batch) {
                rows.accept(batch, this);
            }
        });
    }

    /** Writes many independent operations side by side; answers what refused each, null for those that are durable. */
    public <O extends Operation<?>> Map<O, RuntimeException> writeAll(List<O> many) {
        for (O one : many) {
            if (!open) {
                one.fail(new StoreUnavailable("The hub is stopping"));
                continue;
            }
            try {
                waiting.put(one);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                one.fail(new StoreUnavailable(e));
            }
        }
        Map<O, RuntimeException> outcomes = new LinkedHashMap<>();
        for (O one : many) {
            try {
                one.await();
                outcomes.put(one, null);
            } catch (RuntimeException refused) {
                outcomes.put(one, refused);
            }
        }
        return outcomes;
    }

    long groups() {
        return groups.sum();
    }

    long operations() {
        return operations.sum();
    }

    int backlog() {
        return waiting.size();
    }

    private void run() {
        List<Operation<?>> group = new ArrayList<>();
        while (true) {
            try {
                group.clear();
                group.add(waiting.take());
                waiting.drainTo(group, settings.groupMax() - 1);
                commit(group);
            } catch (InterruptedException e) {
                waiting.drainTo(group);
                group.forEach(operation -> operation.fail(new StoreUnavailable("The hub is stopping")));
                return;
            } catch (RuntimeException | Error e) {
                // The one writer must outlive whatever happens to one group; who waits for it hears that it failed.
                LOG.error("A group commit failed unexpectedly", e);
                group.forEach(operation -> operation.fail(new StoreUnavailable(e)));
            }
        }
    }

    private void commit(List<Operation<?>> group) {
        try {
            write(group);
        } catch (SQLTransientConnectionException away) {
            LOG.error("The store gives no connection, {} changes must wait: {}", group.size(), away.getMessage());
            group.forEach(one -> one.fail(new StoreUnavailable(away)));
            return;
        } catch (SQLException | RuntimeException e) {
            if (group.size() > 1) {
                // Halves lead to the one that cannot be written in few commits, and a store that has just gone is asked
                // twice.
                LOG.warn("A group of {} could not be written; its halves are tried: {}", group.size(), e.toString());
                commit(group.subList(0, group.size() / 2));
                commit(group.subList(group.size() / 2, group.size()));
                return;
            }
            LOG.error("Could not write {}: {}", group.get(0).kind(), e.toString());
            group.get(0).fail(e instanceof SQLException failure ? said(group.get(0), failure) : e);
            return;
        }
        groups.increment();
        operations.add(group.size());
        group.forEach(Operation::settle);
    }

    /** A store that is away may come back; one that says no to a step's change says it again, so that step is parked. */
    private static RuntimeException said(Operation<?> one, SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        if (one.turn() == null || REFUSALS.stream().noneMatch(state::startsWith)) {
            return new StoreUnavailable(failure);
        }
        Refused refused = new Refused("STORE_FAILED", "The store refused the change: " + failure.getMessage());
        refused.initCause(failure);
        return refused;
    }

    private void write(List<Operation<?>> group) throws SQLException {
        List<Operation<?>> standing = new ArrayList<>(group);
        for (int attempt = 1; !standing.isEmpty(); attempt++) {
            try (Connection connection = dataSource.getConnection()) {
                connection.setAutoCommit(false);
                try {
                    Set<Operation<?>> halfDone = writeOnce(connection, standing);
                    if (halfDone.isEmpty()) {
                        return;
                    }
                    // Each such round leaves at least one behind, so it is no attempt that failed.
                    connection.rollback();
                    standing.removeAll(halfDone);
                    attempt--;
                } catch (SQLException | RuntimeException e) {
                    connection.rollback();
                    if (!(e instanceof SQLException failure) || attempt == TRIES || !store.passing(failure)) {
                        throw e;
                    }
                }
            }
        }
    }

    /** Writes and commits, or answers who was refused after it had changed rows: then nothing is committed. */
    private Set<Operation<?>> writeOnce(Connection connection, List<Operation<?>> group) throws SQLException {
        group.forEach(Operation::begin);
        checkFences(connection, group);
        intake.write(connection, group);
        Batch batch = new Batch();
        for (Operation<?> operation : group) {
            if (!operation.refused()) {
                operation.compose(batch);
            }
        }
        batch.run(connection);
        Set<Operation<?>> halfDone = batch.halfDone();
        if (!halfDone.isEmpty()) {
            return halfDone;
        }
        boolean durable = false;
        for (Operation<?> operation : group) {
            if (!operation.refused()) {
                operation.read(connection);
                durable |= operation.durable();
            }
        }
        pass("before-commit", group);
        store.commit(connection, durable);
        pass("after-commit", group);
        return Set.of();
    }

    /** An operation whose lane has passed to another worker is dropped before anything of it is written. */
    private void checkFences(Connection connection, List<Operation<?>> group) throws SQLException {
        if (!settings.fence()) {
            return;
        }
        Set<String> lanes = new LinkedHashSet<>();
        for (Operation<?> operation : group) {
            if (operation.turn() != null) {
                lanes.add(operation.turn().message().lane());
            }
        }
        if (lanes.isEmpty()) {
            return;
        }
        Map<String, Long> fences = store.fences(connection, lanes);
        for (Operation<?> operation : group) {
            Turn turn = operation.turn();
            if (turn != null
                    && !Long.valueOf(turn.fence())
                            .equals(fences.get(turn.message().lane()))) {
                operation.refuse(new LeaseLost(turn.message().lane()));
            }
        }
    }

    private static void pass(String moment, List<Operation<?>> group) {
        for (Operation<?> operation : group) {
            CrashPoints.pass(moment, operation.kind());
        }
    }
}
