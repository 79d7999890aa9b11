package routes.partner;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
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

    private record UnderWay(long answeredAt, Pace.Place place) {}

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5 * SECOND); // the monotonic clock may turn over
    private final List<UnderWay> underWay = new ArrayList<>();
    private final Pace pace = new Pace(now::get, this::rest);

    private void rest(long nanos) {
        long then = now.addAndGet(nanos);
        underWay.removeIf(call -> {
            if (then - call.answeredAt() >= 0) {
                call.place().close();
                return true;
            }
            return false;
        });
    }

    @Test
    void noSecondHasMoreCallsThanItMayHoweverLongTheyTake() {
        Random random = new Random(7);
        List<Long> seen = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            rest(random.nextInt(4) == 0 ? random.nextLong(SECOND / 2) : 1);
            int most = 5 + random.nextInt(3);
            Pace.Place place = pace.take(most, PATIENT);
            assertNotNull(place);
            // The partner sees it at some time between the leave and the answer.
            long takes = random.nextInt(3) == 0 ? random.nextLong(2 * SECOND) : random.nextLong(SECOND / 50);
            seen.add(now.get() + random.nextLong(takes + 1));
            underWay.add(new UnderWay(now.get() + takes, place));
        }
        seen.sort((a, b) -> Long.signum(a - b));
        for (int i = 0; i + 7 < seen.size(); i++) {
            assertTrue(seen.get(i + 7) - seen.get(i) > SECOND, "calls " + i + " to " + (i + 7));
        }
    }

    @Test
    void itIsALimitAndNoBrake() {
        long began = now.get();
        for (int i = 0; i < 1_000; i++) {
            pace.take(5, PATIENT).close();
        }
        assertTrue(now.get() - began < 1_000 / 5 * SECOND * 102 / 100);
    }

    @Test
    void whoeverWouldStandInLineTooLongIsTurnedAwayAndTakesNoPlace() {
        Pace.Place place = pace.take(1, Duration.ZERO);
        assertNull(pace.take(1, Duration.ofMillis(500)), "the first is still under way");
        place.close();
        place.close();
        assertNull(pace.take(1, Duration.ofMillis(500)), "it was answered just now");
        rest(2 * SECOND);
        assertNotNull(pace.take(1, Duration.ZERO));
    }
}
