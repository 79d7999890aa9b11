package routes.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AllocationTest {

    @Test
    void theEarlierOfEqualsGetsTheOddCent() {
        assertThat(Allocation.largestRemainder(100, new long[] {1, 1, 1})).containsExactly(34, 33, 33);
        assertThat(Allocation.largestRemainder(101, new long[] {1, 1, 1})).containsExactly(34, 34, 33);
    }

    @Test
    void theLargestRemainderGetsTheOddCentWhereverItStands() {
        // 10 x 1/6 = 1.67, 10 x 2/6 = 3.33, 10 x 3/6 = 5.00
        assertThat(Allocation.largestRemainder(10, new long[] {2, 1, 3})).containsExactly(3, 2, 5);
    }

    @Test
    void aWeightOfZeroGetsNothingUnlessAllAreZero() {
        assertThat(Allocation.largestRemainder(5, new long[] {0, 3, 0, 1})).containsExactly(0, 4, 0, 1);
        assertThat(Allocation.largestRemainder(5, new long[] {0, 0})).containsExactly(3, 2);
        assertThat(Allocation.largestRemainder(0, new long[] {})).isEmpty();
    }

    @Test
    void impossibleSharingIsRefused() {
        assertThatThrownBy(() -> Allocation.largestRemainder(5, new long[] {}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Allocation.largestRemainder(5, new long[] {2, -1}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Allocation.cumulative(5, 2, 1, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Allocation.cumulative(5, 2, -1, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Allocation.cumulative(5, 0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void sharesAddUpAndMirror(
            @ForAll @LongRange(min = -1_000_000_000_000L, max = 1_000_000_000_000L) long total,
            @ForAll @Size(min = 1, max = 9) List<@LongRange(min = 0, max = 1_000_000_000_000L) Long> many) {
        long[] weights = many.stream().mapToLong(Long::longValue).toArray();
        long[] shares = Allocation.largestRemainder(total, weights);
        assertThat(Arrays.stream(shares).sum()).isEqualTo(total);
        assertThat(Arrays.stream(shares)).allMatch(share -> share == 0 || Long.signum(share) == Long.signum(total));
        assertThat(Allocation.largestRemainder(-total, weights))
                .containsExactly(Arrays.stream(shares).map(share -> -share).toArray());
    }

    @Property
    void noShareIsAWholeUnitFromItsDue(
            @ForAll @LongRange(min = 0, max = 100_000) long total,
            @ForAll @Size(min = 1, max = 9) List<@LongRange(min = 1, max = 1_000) Long> many) {
        long[] weights = many.stream().mapToLong(Long::longValue).toArray();
        long whole = Arrays.stream(weights).sum();
        long[] shares = Allocation.largestRemainder(total, weights);
        for (int i = 0; i < weights.length; i++) {
            assertThat(Math.abs(shares[i] * whole - total * weights[i])).isLessThan(whole);
        }
    }

    @Property
    void anyWayOfSplittingOverTimeEndsAtTheTotal(
            @ForAll @LongRange(min = -1_000_000_000L, max = 1_000_000_000L) long total,
            @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 0, max = 50) Integer> steps) {
        long whole = steps.stream().mapToInt(Integer::intValue).sum();
        long soFar = 0;
        long given = 0;
        for (int step : steps) {
            if (whole == 0) {
                break;
            }
            long share = Allocation.cumulative(total, whole, soFar, step);
            assertThat(share == 0 || Long.signum(share) == Long.signum(total)).isTrue();
            assertThat(Allocation.cumulative(-total, whole, soFar, step)).isEqualTo(-share);
            soFar += step;
            given += share;
            assertThat(Math.abs(2 * (given * whole - total * soFar))).isLessThanOrEqualTo(whole);
        }
        assertThat(whole == 0 ? total : given).isEqualTo(total);
    }

    @Test
    void amountsNearTheEndOfALongDoNotOverflow() {
        assertThat(Allocation.cumulative(Long.MAX_VALUE, 3, 0, 3)).isEqualTo(Long.MAX_VALUE);
        assertThat(Allocation.largestRemainder(Long.MAX_VALUE, new long[] {Long.MAX_VALUE, Long.MAX_VALUE}))
                .containsExactly(Long.MAX_VALUE / 2 + 1, Long.MAX_VALUE / 2);
    }
}
