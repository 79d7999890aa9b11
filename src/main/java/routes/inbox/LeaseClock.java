package routes.inbox;

import java.time.Instant;

/**
 * Real time, for leases, retries and records of calls. The business clock (promises, deadlines, dates on documents) is
 * another one, injected, and may be moved in the sandbox; moving it never moves this.
 */
public final class LeaseClock {

    private LeaseClock() {}

    public static Instant now() {
        return Instant.now();
    }
}
