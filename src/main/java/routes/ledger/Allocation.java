package routes.ledger;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Shares money out so that the shares always add up to what was shared.
 *
 * <p>Rounding each share by itself is wrong by a cent on every third order; these two ways are exact by construction.
 */
public final class Allocation {

    private Allocation() {}

    /**
     * Shares a total over weights at one moment: each gets its whole part, then the largest remainders get one unit more,
     * the earlier of equals first. A negative total is the mirror of the positive one. When every weight is zero the
     * shares are equal.
     *
     * @param total minor units, either sign
     * @param weights none negative; at least one unless the total is zero
     * @return one share per weight, in the same order; their sum is the total
     */
    public static long[] largestRemainder(long total, long[] weights) {
        if (Arrays.stream(weights).anyMatch(weight -> weight < 0)) {
            throw new IllegalArgumentException("A weight is negative: " + Arrays.toString(weights));
        }
        if (weights.length == 0 && total != 0) {
            throw new IllegalArgumentException("There is nobody to share " + total + " minor units with");
        }
        if (total < 0) {
            return Arrays.stream(largestRemainder(Math.negateExact(total), weights))
                    .map(share -> -share)
                    .toArray();
        }
        long[] counted = Arrays.stream(weights).allMatch(weight -> weight == 0) ? ones(weights.length) : weights;
        BigInteger whole =
                Arrays.stream(counted).mapToObj(BigInteger::valueOf).reduce(BigInteger.ZERO, BigInteger::add);
        long[] shares = new long[counted.length];
        BigInteger[] remainders = new BigInteger[counted.length];
        long left = total;
        for (int i = 0; i < counted.length; i++) {
            BigInteger[] part = BigInteger.valueOf(total)
                    .multiply(BigInteger.valueOf(counted[i]))
                    .divideAndRemainder(whole);
            shares[i] = part[0].longValueExact();
            remainders[i] = part[1];
            left -= shares[i];
        }
        // The sort is stable: among equal remainders the earlier line stays in front.
        IntStream.range(0, counted.length)
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> remainders[i]).reversed())
                .limit(left)
                .forEach(i -> shares[i]++);
        return shares;
    }

    /**
     * Shares a total over time: what the next {@code now} of {@code whole} units carry after {@code soFar} have had theirs.
     * It is the difference of two rounded running shares, so that any way of splitting ends exactly at the total, no step
     * is of the wrong sign, and nothing need be remembered but the units.
     *
     * @param total minor units, either sign
     * @param whole all units; zero only when the total is zero
     * @param soFar units that have had their share, {@code 0..whole}
     * @param now units that get it now, {@code 0..whole - soFar}
     * @throws IllegalArgumentException when the units exceed the whole
     */
    public static long cumulative(long total, long whole, long soFar, long now) {
        if (soFar < 0 || now < 0 || soFar > whole || now > whole - soFar) {
            throw new IllegalArgumentException(
                    "Of " + whole + " units " + soFar + " are gone and " + now + " more are asked for");
        }
        if (whole == 0) {
            if (total != 0) {
                throw new IllegalArgumentException(total + " minor units cannot be shared over no units");
            }
            return 0;
        }
        return Math.subtractExact(running(total, whole, soFar + now), running(total, whole, soFar));
    }

    /** total x units / whole, half away from zero. */
    private static long running(long total, long whole, long units) {
        BigInteger twice = BigInteger.valueOf(Math.absExact(total))
                .multiply(BigInteger.valueOf(units))
                .shiftLeft(1)
                .add(BigInteger.valueOf(whole));
        return Long.signum(total)
                * twice.divide(BigInteger.valueOf(whole).shiftLeft(1)).longValueExact();
    }

    private static long[] ones(int length) {
        long[] ones = new long[length];
        Arrays.fill(ones, 1);
        return ones;
    }
}
