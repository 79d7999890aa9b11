package routes.partner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** No second, wherever it begins, has more calls than the partner takes; time here only goes on when somebody rests. */
class PaceTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final Duration PATIENT = Duration.ofHours(1);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5 * SECOND); // the monotonic clock may turn over
    private final Pace pace = new Pace(now::get, now::addAndGet);

    @Test
    void noSecondHasMoreCallsThanItMay() {
        Random random = new Random(7);
        List<Long> calls = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            now.addAndGet(random.nextInt(4) == 0 ? random.nextLong(SECOND / 2) : 0);
            int most = 5 + random.nextInt(3);
            assertTrue(pace.goesOn(most, PATIENT));
            calls.add(now.get());
        }
        for (int i = 0; i + 7 < calls.size(); i++) {
            assertTrue(calls.get(i + 7) - calls.get(i) > SECOND, "calls " + i + " to " + (i + 7));
        }
        // It is a limit and no brake: five a window, at the least, while there are any.
        assertTrue(calls.get(1_999) - calls.get(0) < 2_000 / 5 * 2 * SECOND);
    }

    @Test
    void whoeverWouldStandInLineTooLongIsTurnedAwayAndTakesNoPlace() {
        assertTrue(pace.goesOn(1, Duration.ZERO));
        long then = now.get();
        assertFalse(pace.goesOn(1, Duration.ofMillis(500)));
        assertEquals(then, now.get());
        now.addAndGet(2 * SECOND);
        assertTrue(pace.goesOn(1, Duration.ZERO));
    }
}
