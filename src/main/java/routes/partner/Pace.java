package routes.partner;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Keeps the calls to one partner below a number a second: in no second, wherever it begins, are there more. Who comes first
 * goes first, and nobody stands in line for long; whoever would have to waits as a row instead.
 */
final class Pace {

    /** A little more than a second: between our leave and the partner's clock lie a commit and a network. */
    private static final long WINDOW = Duration.ofMillis(1_100).toNanos();

    private final ReentrantLock line = new ReentrantLock(true);
    private final ArrayDeque<Long> gone = new ArrayDeque<>();
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
     * Waits for leave to call.
     *
     * @param most how long to stand in line at most
     * @return whether the call may go out now
     */
    boolean goesOn(int perSecond, Duration most) {
        long end = clock.getAsLong() + most.toNanos();
        try {
            if (!line.tryLock(most.toNanos(), TimeUnit.NANOSECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        try {
            while (true) {
                long now = clock.getAsLong();
                while (!gone.isEmpty() && now - gone.peekFirst() >= WINDOW) {
                    gone.removeFirst();
                }
                if (gone.size() < perSecond) {
                    gone.addLast(now);
                    return true;
                }
                long next = nth(gone.size() - perSecond) + WINDOW;
                if (next - end > 0 || Thread.currentThread().isInterrupted()) {
                    return false;
                }
                rest.accept(next - now);
            }
        } finally {
            line.unlock();
        }
    }

    /** Whether so many stand in line already that another one had better not join them. */
    boolean crowded(int most) {
        return line.getQueueLength() >= most;
    }

    /** The one whose leaving the window makes room; 0 unless the number a second was lowered. */
    private long nth(int n) {
        return gone.stream().skip(n).findFirst().orElseThrow();
    }
}
