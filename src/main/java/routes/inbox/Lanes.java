package routes.inbox;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Runs lanes: each lane one message at a time, many lanes side by side. A worker holds its lane by a lease with a
 * fence, works through its messages and gives it back. Slow partners cost a thread only where the JDK has no virtual
 * ones.
 */
final class Lanes {

    private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);
    private static final int CLAIM_MAX = 64;
    /** So many messages through doors in one commit are a peak: taking in goes first, for a while. */
    private static final int PEAK_MESSAGES = 16;

    private static final long PEAK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** A peak may hold work back for so long; then work goes on beside it for as long. */
    private static final long LONGEST_PEAK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int LANES_IN_PEAK = 2 * Runtime.getRuntime().availableProcessors();
    /** Every so many claims go by age instead of urgency, so that nobody starves. */
    private static final int AGE_EVERY = 4;

    private final DataSource dataSource;
    private final Store store;
    private final EngineSettings settings;
    private final MessageReader reader;
    private final Leases leases;
    private final int inFlight;
    private final Semaphore room;
    private final ExecutorService workers;
    private final Thread claimer = new Thread(this::claim, "claimer");
    private final Thread renewer = new Thread(this::renew, "lease-renewer");
    private Committer committer;
    private Consumers consumers;
    private volatile boolean open;
    private volatile boolean backlog = true;
    private long claims;
    private long peakSince = System.nanoTime() - LONGEST_PEAK_NANOS;
    private volatile long peakUntil = peakSince;

    Lanes(DataSource dataSource, Store store, EngineSettings settings, MessageReader reader) {
        this.dataSource = dataSource;
        this.store = store;
        this.settings = settings;
        this.reader = reader;
        this.leases = new Leases(settings);
        ExecutorService virtual = virtualThreads();
        this.inFlight = settings.inFlight() > 0 ? settings.inFlight() : virtual == null ? 64 : 512;
        this.room = new Semaphore(inFlight);
        this.workers = virtual != null
                ? virtual
                : Executors.newFixedThreadPool(inFlight, task -> {
                    Thread thread = new Thread(task, "lane");
                    thread.setDaemon(true);
                    return thread;
                });
        claimer.setDaemon(true);
        renewer.setDaemon(true);
    }

    /** The class files are for 17; virtual threads are found by name where the JDK has them (21 and later). */
    private static ExecutorService virtualThreads() {
        try {
            return (ExecutorService) MethodHandles.publicLookup()
                    .findStatic(
                            Executors.class,
                            "newVirtualThreadPerTaskExecutor",
                            MethodType.methodType(ExecutorService.class))
                    .invoke();
        } catch (Throwable olderJdk) {
            return null;
        }
    }

    void start(Committer committer, Consumers consumers) throws SQLException {
        this.committer = committer;
        this.consumers = consumers;
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            int own = store.takeOwn(connection);
            connection.commit();
            if (own > 0) {
                LOG.info("{} lanes were being worked on when the hub last stopped; they go on now", own);
            }
        }
        open = true;
        claimer.start();
        renewer.start();
    }

    void stop() {
        open = false;
        claimer.interrupt();
        renewer.interrupt();
        workers.shutdown();
        try {
            workers.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether a freshly written lane may go straight to a worker: not while older lanes wait for their turn. */
    boolean takeRoom() {
        return open && !backlog && (!peak() || working() < LANES_IN_PEAK) && room.tryAcquire();
    }

    /**
     * Told how many messages came through doors in one commit. While they come fast only few lanes are worked, so that a
     * peak is acknowledged first and worked off afterwards; not for ever, or a long peak would let nothing be finished.
     */
    void arrivedAtDoors(int messages) {
        if (messages < PEAK_MESSAGES) {
            return;
        }
        long now = System.nanoTime();
        if (now - peakUntil > LONGEST_PEAK_NANOS) {
            peakSince = now;
        }
        if (now - peakSince < LONGEST_PEAK_NANOS) {
            peakUntil = now + PEAK_NANOS;
        }
    }

    private boolean peak() {
        return peakUntil - System.nanoTime() > 0;
    }

    private int working() {
        return inFlight - room.availablePermits();
    }

    int free() {
        return room.availablePermits();
    }

    void giveRoom() {
        room.release();
    }

    /** Starts work on a lane already leased to us; the caller has taken room for it. */
    void begin(String lane, long fence, long grantedNanos, Message first) {
        try {
            workers.execute(() -> work(lane, fence, grantedNanos, first));
        } catch (RuntimeException stopping) {
            giveRoom();
        }
    }

    private void work(String lane, long fence, long grantedNanos, Message first) {
        try {
            Message message = first;
            while (open) {
                Set<String> done = Set.of();
                if (message == null) {
                    MessageReader.Head head = reader.head(lane);
                    if (head == null) {
                        LOG.warn("Lane {} was leased although nothing waits in it", lane);
                        break;
                    }
                    message = head.message();
                    done = head.done();
                }
                Turn turn = new Turn(message, fence, grantedNanos, leases, done);
                if (turn(turn) == 0) {
                    return;
                }
                message = null;
            }
        } catch (LeaseLost | StoreUnavailable e) {
            LOG.info("Lane {} is left to others: {}", lane, e.getMessage());
        } catch (RuntimeException | Error e) {
            LOG.error("Lane {} stopped unexpectedly", lane, e);
        } finally {
            giveRoom();
        }
    }

    /** One message's turn; answers how many messages still wait in a lane that is still ours. */
    private int turn(Turn turn) {
        Turn.enter(turn);
        MDC.put("order", turn.message().orderNumber());
        MDC.put("message", Long.toString(turn.message().id()));
        boolean settled = false;
        try {
            int left = consumers.run(turn);
            settled = true;
            return left;
        } finally {
            if (!settled && !turn.ended()) {
                letGo(turn);
            }
            MDC.clear();
            Turn.leave();
        }
    }

    /** Best effort: an abandoned lane is free at once instead of after its lease. */
    private void letGo(Turn turn) {
        try {
            committer.write(Ending.letGo(turn));
        } catch (RuntimeException e) {
            LOG.debug("Lane {} waits for its lease to end", turn.message().lane(), e);
        }
    }

    private void claim() {
        while (open) {
            try {
                TimeUnit.MILLISECONDS.sleep(settings.pollMs());
                int wanted = Math.min(peak() ? LANES_IN_PEAK - working() : CLAIM_MAX, room.availablePermits());
                if (wanted <= 0 || !room.tryAcquire(wanted)) {
                    continue;
                }
                List<Store.Grant> grants = List.of();
                long now = System.nanoTime();
                try {
                    grants = committer.write(new Claim(store, wanted, ++claims % AGE_EVERY == 0));
                } finally {
                    room.release(wanted - grants.size());
                }
                backlog = grants.size() == wanted;
                for (Store.Grant grant : grants) {
                    begin(grant.lane(), grant.fence(), now, null);
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("Lanes could not be claimed: {}", e.toString());
            }
        }
    }

    private void renew() {
        while (open) {
            try {
                TimeUnit.MILLISECONDS.sleep(settings.leaseMs() / 4);
                leases.renewing();
                long started = System.nanoTime();
                try (Connection connection = dataSource.getConnection()) {
                    connection.setAutoCommit(false);
                    store.renew(connection);
                    connection.commit();
                    leases.renewed(started);
                    int freed = store.reap(connection);
                    connection.commit();
                    if (freed > 0) {
                        LOG.warn("{} lanes were held by a worker that is gone; they go on now", freed);
                    }
                }
            } catch (InterruptedException e) {
                return;
            } catch (SQLException | RuntimeException e) {
                LOG.warn("Leases could not be renewed: {}", e.toString());
            }
        }
    }
}
