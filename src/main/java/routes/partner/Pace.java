package routes.partner;

import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Keeps the calls to one partner below a number a second: in no second, wherever it begins, does the partner see more. A call
 * keeps its place from before it is sent until a second after its answer, because only so long is it certain when the
 * partner saw it, however slow this machine, the network or the partner are. Who comes first goes first, and nobody stands in
 * line for long; whoever would have to waits as a row instead.
 */
final class Pace {

    /** A little more than a second: clocks are read in milliseconds. */
    private static final long WINDOW = Duration.ofMillis(1_010).toNanos();

    /** How often to look for a place while all calls are still under way. */
    private static final long LOOK = Duration.ofMillis(10).toNanos();

    /** A call's place; given back once, when its answer is there or it was not sent. */
    interface Place extends AutoCloseable {

        /** Where there is no limit. */
        Place FREE = () -> {};

        @Override
        void close();
    }

    private final ReentrantLock line = new ReentrantLock(true);
    private final AtomicInteger underWay = new AtomicInteger();
    private final Deque<Long> answered = new ConcurrentLinkedDeque<>();
    private final LongSupplier clock;
    private final LongConsumer rest;

    Pace() {
        this(System::nanoTime, LockSupport::parkNanos);
    }

    /** @param clock and {@code rest}: nanoseconds, monotonic */
    Pace(LongSupplier clock, LongConsumer rest) {
        this.clock = clock;
        this.rest = rest;
    }

    /**
     * Waits for a place.
     *
     * @param most how long to stand in line at most
     * @return the place, or null when there is none in time
     */
    Place take(int perSecond, Duration most) {
        long end = clock.getAsLong() + most.toNanos();
        try {
            if (!line.tryLock(most.toNanos(), TimeUnit.NANOSECONDS)) {
                return null;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
        try {
            while (true) {
                long now = clock.getAsLong();
                for (Long oldest = answered.peekFirst();
                        oldest != null && now - oldest >= WINDOW;
                        oldest = answered.peekFirst()) {
                    answered.removeFirst();
                }
                // In this order: a call that ends in between is counted twice rather than not at all.
                Long oldest = answered.peekFirst();
                if (underWay.get() + answered.size() < perSecond) {
                    underWay.incrementAndGet();
                    AtomicBoolean held = new AtomicBoolean(true);
                    return () -> {
                        if (held.getAndSet(false)) {
                            answered.addLast(clock.getAsLong());
                            underWay.decrementAndGet();
                        }
                    };
                }
                long next = oldest == null ? now + LOOK : oldest + WINDOW;
                if (next - end > 0 || Thread.currentThread().isInterrupted()) {
                    return null;
                }
                rest.accept(Math.max(1, next - now));
            }
        } finally {
            line.unlock();
        }
    }

    /** Whether so many stand in line already that another one had better not join them. */
    boolean crowded(int most) {
        return line.getQueueLength() >= most;
    }
}
