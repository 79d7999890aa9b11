package routes.harness;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting, with a limit. */
final class Pause {

    private Pause() {}

    static void millis(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting", e);
        }
    }

    /** Looks every so often until the condition holds; {@code false} when the limit came first. */
    static boolean until(Duration limit, long everyMillis, BooleanSupplier condition) {
        var end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) return false;
            millis(everyMillis);
        }
        return true;
    }
}
