package routes.inbox;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The equation: everything received is somewhere. What was received is written by intake alone, where it is now is counted
 * from the rows, and neither side knows the other; so a difference is a lost or an invented message.
 */
@Component
public class Conservation {

    /**
     * One statement, so that both stores answer it from one snapshot: read apart, the two sides would differ by whatever was
     * committed in between, and a healthy hub under load would raise the alarm.
     */
    private static final String COUNT = "select (select coalesce(sum(n), 0) from intakes) as received,"
            + " (select count(*) from lanes where state = 'LEASED') as leased,"
            + " (select coalesce(sum(n), 0) from duplicates) as duplicates,"
            + " coalesce(sum(case when c.state in ('UNSORTED', 'RECEIVED', 'WAITING') then c.n end), 0) as unfinished,"
            + " coalesce(sum(case when c.state = 'PARKED' then c.n end), 0) as parked,"
            + " coalesce(sum(case when c.state = 'DONE' then c.n end), 0) as done,"
            + " coalesce(sum(case when c.state = 'DISCARDED' then c.n end), 0) as discarded"
            + " from (select state, count(*) as n from inbox group by state) c";

    /** Counting may use this share of one core: the dearer a count, the longer its answer serves everybody who asks. */
    private static final int REST_PER_COUNT = 10;

    private static final long LONGEST_REST_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final JdbcClient store;
    private final ReentrantLock counting = new ReentrantLock();

    private Equation last;
    private long countAgainNanos;

    public Conservation(JdbcClient store) {
        this.store = store;
    }

    /**
     * Both sides, in messages.
     *
     * @param waiting not sorted, not begun, or between two tries; also behind a parked one
     * @param duplicates stands beside the equation: they were answered, counted and not stored again
     */
    public record Equation(
            long received, long waiting, long running, long done, long parked, long discarded, long duplicates) {

        /** received = waiting + running + done + parked + discarded. */
        public boolean balanced() {
            return received == accounted();
        }

        /** The right side: every message that has a row. */
        public long accounted() {
            return waiting + running + done + parked + discarded;
        }
    }

    /** The equation as it stands, or stood a moment ago where counting is dear (ten times as long as the count took, at most a minute). */
    public Equation now() {
        counting.lock();
        try {
            long began = System.nanoTime();
            if (last == null || began - countAgainNanos >= 0) {
                last = counted();
                long ended = System.nanoTime();
                countAgainNanos = ended + Math.min(LONGEST_REST_NANOS, REST_PER_COUNT * (ended - began));
            }
            return last;
        } finally {
            counting.unlock();
        }
    }

    private Equation counted() {
        return store.sql(COUNT)
                .query((row, index) -> {
                    long unfinished = row.getLong("unfinished");
                    // A lane is leased a moment before and after its message counts as unfinished; never show less than
                    // none waiting.
                    long running = Math.min(row.getLong("leased"), unfinished);
                    return new Equation(
                            row.getLong("received"),
                            unfinished - running,
                            running,
                            row.getLong("done"),
                            row.getLong("parked"),
                            row.getLong("discarded"),
                            row.getLong("duplicates"));
                })
                .single();
    }
}
