package routes.api;

import java.util.function.LongSupplier;

/**
 * A bucket of requests that holds a minute's quota and fills up evenly. It lives in memory: each instance of the hub
 * counts for itself, and a restart fills it.
 */
final class Bucket {

    private static final long MINUTE = 60_000_000_000L;
    private static final long SECOND = 1_000_000_000L;

    private final int quota;
    private final LongSupplier nanos;
    private long held;
    private long at;

    /** @param nanos a clock that only moves forward */
    Bucket(int quota, LongSupplier nanos) {
        if (quota < 1) {
            throw new IllegalArgumentException("A client's requests-per-minute is at least 1");
        }
        this.quota = quota;
        this.nanos = nanos;
        this.held = MINUTE;
        this.at = nanos.getAsLong();
    }

    /**
     * What a request found.
     *
     * @param left requests that remain
     * @param fullInSeconds until all of the quota is back
     * @param waitSeconds 0 when the request may go on; else how long until one may
     */
    record Draw(int quota, long left, long fullInSeconds, long waitSeconds) {

        boolean allowed() {
            return waitSeconds == 0;
        }
    }

    synchronized Draw draw() {
        long now = nanos.getAsLong();
        held = Math.min(MINUTE, held + Math.max(0, now - at));
        at = now;
        long price = MINUTE / quota;
        long wait = 0;
        if (held >= price) {
            held -= price;
        } else {
            wait = seconds(price - held);
        }
        return new Draw(quota, held / price, seconds(MINUTE - held), wait);
    }

    private static long seconds(long nanos) {
        return (nanos + SECOND - 1) / SECOND;
    }
}
