package routes.inbox;

/**
 * What this process may still believe about its lanes, by the monotonic clock. A renewal that came late (a process
 * frozen and thawed) makes every earlier grant worthless: somebody else may hold those lanes by now.
 */
final class Leases {

    private final EngineSettings settings;
    private volatile long renewedAt = System.nanoTime();
    private volatile long invalidBefore = System.nanoTime();

    Leases(EngineSettings settings) {
        this.settings = settings;
    }

    /** Nothing is begun in the last fifth of a lease. */
    private long usableNanos() {
        return settings.leaseMs() * 800_000L;
    }

    void check(Turn turn, int timeoutMs) {
        if (!settings.fence()) {
            return;
        }
        long granted = turn.grantedNanos();
        long since = Math.max(granted, renewedAt);
        if (granted - invalidBefore < 0
                || System.nanoTime() - since + timeoutMs * 1_000_000L
                        > Math.max(usableNanos(), timeoutMs * 1_000_000L)) {
            throw new LeaseLost(turn.message().lane());
        }
    }

    /** Before the renewal's statement: a gap longer than a lease's usable part voids what was granted before it. */
    void renewing() {
        long now = System.nanoTime();
        if (now - renewedAt > usableNanos()) {
            invalidBefore = now;
        }
    }

    void renewed(long startedNanos) {
        renewedAt = startedNanos;
    }
}
