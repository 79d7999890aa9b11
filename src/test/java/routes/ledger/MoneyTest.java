package routes.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MoneyTest {

    @ParameterizedTest
    @CsvSource({"JPY,0", "KRW,0", "USD,2", "EUR,2", "KWD,3", "BHD,3", "TND,3", "JOD,3", "CLF,4", "AFN,2", "IQD,3"})
    void decimalsComeFromTheIsoTable(String currency, int decimals) {
        assertThat(Money.exponent(currency)).isEqualTo(decimals);
    }

    @ParameterizedTest
    @ValueSource(strings = {"XXX", "XAU", "usd", "US", "", "ABC"})
    void whatOneCannotPayWithIsRefused(String currency) {
        assertThatThrownBy(() -> Money.exponent(currency))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + currency + "\"");
    }

    @ParameterizedTest
    @CsvSource({
        "24.10,USD,2410",
        "24.1,USD,2410",
        "24.1000,USD,2410",
        "2400,JPY,2400",
        "2400.0,JPY,2400",
        "2.4E3,JPY,2400",
        "1.234,KWD,1234",
        "-0.01,EUR,-1",
        "0,EUR,0",
        "0E+999999,EUR,0",
        "90071992547409.93,USD,9007199254740993"
    })
    void anAmountBecomesExactlyItsMinorUnits(BigDecimal amount, String currency, long minor) {
        assertThat(Money.minor(amount, currency)).isEqualTo(minor);
    }

    @ParameterizedTest
    @CsvSource({
        "24.105,USD",
        "0.5,JPY",
        "1.2345,KWD",
        "1E999999999,USD",
        "1E-999999999,USD",
        "-1E999999999,JPY",
        "99999999999999999999,USD"
    })
    void anAmountThatIsNotWholeMinorUnitsIsRefusedAtOnce(BigDecimal amount, String currency) {
        assertThatThrownBy(() -> Money.minor(amount, currency)).isInstanceOf(ArithmeticException.class);
    }

    @ParameterizedTest
    @CsvSource({"2.005,USD,201", "-2.005,USD,-201", "2.0049,USD,200", "0.5,JPY,1", "-0.5,JPY,-1", "0.0005,KWD,1"})
    void roundingMirrorsAtZero(BigDecimal amount, String currency, long minor) {
        assertThat(Money.halfUp(amount, currency)).isEqualTo(minor);
    }

    @Test
    void roundingRefusesWhatWouldFillTheMemory() {
        assertThatThrownBy(() -> Money.halfUp(new BigDecimal("1E999999999"), "USD"))
                .isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Money.halfUp(new BigDecimal("1E-999999999"), "USD"))
                .isInstanceOf(ArithmeticException.class);
    }

    @Property
    void thereAndBackIsTheSameAmount(
            @ForAll @LongRange(min = -1_000_000_000_000L, max = 1_000_000_000_000L) long minor) {
        for (String currency : List.of("JPY", "USD", "KWD", "CLF")) {
            assertThat(Money.minor(Money.decimal(minor, currency), currency)).isEqualTo(minor);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "123456|USD|en-US|$1,234.56",
                "123456|EUR|de-DE|1.234,56 €",
                "1234|JPY|ja-JP|￥1,234",
                "1234|KWD|en-US|KWD1.234",
                "1230|HUF|en-US|HUF12.30",
                "-5|USD|en-US|-$0.05"
            })
    void peopleReadAmountsInTheirOwnWay(long minor, String currency, String locale, String shown) {
        // Which space stands before a sign differs between releases of the locale data.
        assertThat(Money.format(minor, currency, Locale.forLanguageTag(locale)).replaceAll("\\p{Z}", " "))
                .isEqualTo(shown);
    }

    @Test
    void whereCashRoundingDiffersFromTheIsoTableTheIsoTableHolds() throws IOException {
        Path table = Path.of(System.getProperty("oms.contracts", "../shared/contracts"))
                .resolve("fx/currency-minor-units.jdk17-vs-icu78.csv");
        assumeTrue(Files.exists(table), "the partners' contracts are not here: " + table.toAbsolutePath());
        List<String> rows = Files.readAllLines(table);
        for (String row : rows.subList(1, rows.size())) {
            String[] column = row.split(",");
            String currency = column[0];
            int iso = Integer.parseInt(column[2]);
            if (iso < 0) {
                assertThatThrownBy(() -> Money.exponent(currency)).isInstanceOf(IllegalArgumentException.class);
            } else {
                assertThat(Money.exponent(currency)).as(currency).isEqualTo(iso);
                assertThat(Money.decimal(1, currency).scale()).as(currency).isEqualTo(iso);
            }
        }
    }
}
