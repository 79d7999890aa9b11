package routes.sandbox;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Currency;

/** Whole minor units to decimal text and back, by ISO 4217; and shares that add up exactly. */
final class Amounts {

    private Amounts() {}

    /** Decimals of a currency: 2 for USD, 0 for JPY; throws {@link IllegalArgumentException} for an unknown code. */
    static int decimals(String currency) {
        return Currency.getInstance(currency).getDefaultFractionDigits();
    }

    static BigDecimal decimal(long minor, String currency) {
        return BigDecimal.valueOf(minor, decimals(currency));
    }

    /** {@code 5940 USD} is "59.40", {@code 2400 JPY} is "2400". */
    static String text(long minor, String currency) {
        return decimal(minor, currency).toPlainString();
    }

    /** Without needless zeros, but with one decimal: 12.50 is 12.5, 2400 is 2400.0. */
    static BigDecimal trimmed(BigDecimal amount) {
        var bare = amount.stripTrailingZeros();
        return bare.setScale(Math.max(1, bare.scale()), RoundingMode.UNNECESSARY);
    }

    /** The minor units of a decimal; throws {@link ArithmeticException} when it has more digits than the currency. */
    static long minor(BigDecimal amount, String currency) {
        if (amount.precision() > 30 || Math.abs(amount.scale()) > 20) throw new ArithmeticException("out of range");
        return amount.movePointRight(decimals(currency)).longValueExact();
    }

    /** Half-up away from zero, so that a reversal is the exact mirror. */
    static long rounded(BigDecimal minor) {
        return minor.setScale(0, RoundingMode.HALF_UP).longValueExact();
    }

    /**
     * Splits {@code total} by {@code weights} with the largest remainder: the parts always sum to the total.
     * All weights zero: everything goes to the first.
     */
    static long[] split(long total, long[] weights) {
        var sum = BigInteger.ZERO;
        for (var weight : weights) sum = sum.add(BigInteger.valueOf(weight));
        var parts = new long[weights.length];
        if (sum.signum() == 0) {
            if (parts.length > 0) parts[0] = total;
            return parts;
        }
        var rests = new BigInteger[weights.length];
        var left = total;
        for (var i = 0; i < weights.length; i++) {
            var shares = BigInteger.valueOf(total)
                    .multiply(BigInteger.valueOf(weights[i]))
                    .divideAndRemainder(sum);
            parts[i] = shares[0].longValueExact();
            rests[i] = shares[1].abs();
            left -= parts[i];
        }
        for (var step = Long.signum(left); left != 0; left -= step) {
            var most = 0;
            for (var i = 1; i < rests.length; i++) if (rests[i].compareTo(rests[most]) > 0) most = i;
            parts[most] += step;
            rests[most] = BigInteger.valueOf(-1);
        }
        return parts;
    }
}
