package routes.ledger;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.NumberFormat;
import java.util.Currency;
import java.util.Locale;

/**
 * What an amount of money is here: whole minor units (cents, yen, fils) beside an ISO 4217 code.
 *
 * <p>The number of decimals comes from the ISO table in {@link Currency}, never from a locale library: CLDR rounds a dozen
 * living currencies (AFN, IQD, LBP ...) to what is handy in cash, which is not what partners book.
 */
public final class Money {

    /** More digits than any document amount has; beyond it an input is an attack or a mistake, not money. */
    private static final int LONGEST_AMOUNT = 18;

    private Money() {}

    /**
     * How many decimals a currency has: JPY 0, EUR 2, KWD 3.
     *
     * @throws IllegalArgumentException when the code is unknown, or names something without minor units (gold, XXX)
     */
    public static int exponent(String currency) {
        int digits = isoCurrency(currency).getDefaultFractionDigits();
        if (digits < 0) {
            throw new IllegalArgumentException(
                    "\"" + currency + "\" has no minor units; it is not money one can pay with");
        }
        return digits;
    }

    /**
     * Turns an amount in major units into minor units, exactly: 24.10 USD -> 2410, 2400 JPY -> 2400.
     *
     * @throws ArithmeticException when the amount has more decimals than the currency, or too many digits
     * @throws IllegalArgumentException when the currency is unknown
     */
    public static long minor(BigDecimal amount, String currency) {
        try {
            // scaleByPowerOfTen only moves the scale; movePointRight would write out the zeros of 1e999999999.
            return plausible(amount).scaleByPowerOfTen(exponent(currency)).longValueExact();
        } catch (ArithmeticException notWhole) {
            throw new ArithmeticException(shown(amount) + " is not a whole number of minor units of " + currency);
        }
    }

    /** Turns minor units into an exact amount with the currency's decimals: 2410 USD -> 24.10. */
    public static BigDecimal decimal(long minor, String currency) {
        return BigDecimal.valueOf(minor, exponent(currency));
    }

    /**
     * Rounds an amount in major units to minor units, half away from zero, so that a reversal is the exact mirror:
     * 2.005 USD -> 201 and -2.005 USD -> -201. For amounts we work out ourselves; what a partner states is never rounded.
     */
    public static long halfUp(BigDecimal amount, String currency) {
        return plausible(amount)
                .scaleByPowerOfTen(exponent(currency))
                .setScale(0, RoundingMode.HALF_UP)
                .longValueExact();
    }

    /** An amount as a reader of that language expects it: 123456 EUR -> "1.234,56 EUR-sign" in German. */
    public static String format(long minor, String currency, Locale locale) {
        BigDecimal amount = decimal(minor, currency);
        NumberFormat pattern = NumberFormat.getCurrencyInstance(locale);
        pattern.setCurrency(isoCurrency(currency));
        // Said explicitly, because a locale's pattern has its own idea of decimals.
        pattern.setMinimumFractionDigits(amount.scale());
        pattern.setMaximumFractionDigits(amount.scale());
        return pattern.format(amount);
    }

    private static Currency isoCurrency(String currency) {
        if (currency == null) {
            throw new IllegalArgumentException("An amount has no currency");
        }
        try {
            return Currency.getInstance(currency);
        } catch (IllegalArgumentException unknown) {
            throw new IllegalArgumentException("\"" + currency + "\" is not an ISO 4217 currency", unknown);
        }
    }

    private static BigDecimal plausible(BigDecimal amount) {
        boolean tooLong =
                amount.precision() - (long) amount.scale() > LONGEST_AMOUNT || amount.scale() > 2 * LONGEST_AMOUNT;
        if (amount.signum() != 0 && tooLong) {
            throw new ArithmeticException(shown(amount) + " is too long for an amount of money");
        }
        return amount.signum() == 0 ? BigDecimal.ZERO : amount;
    }

    /** Never toPlainString: the shortest spelling may stand for a gigabyte of zeros. */
    private static String shown(BigDecimal amount) {
        return amount.precision() > 40 ? "a number of " + amount.precision() + " digits" : amount.toString();
    }
}
