package routes.guard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CardNumbersTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4111111111111111",
                "my card is 4111 1111 1111 1111, thanks",
                "4111-1111-1111-1111",
                "4111 1111 1111 1111 12/28 123",
                "2 x 4111111111111111",
                "5555555555554444.",
                "2221 0000 0000 0009",
                "3782 822463 10005",
                "{\"n\":378282246310005}",
                "{\"pan\": 4111111111111111}",
                "6011111111111117",
                "3530111333300000",
                "36227206271667",
                "6205500000000000004",
                "<card>4111111111111111</card>"
            })
    void numbersOfCardsAreFoundAndMasked(String text) {
        assertThat(CardNumbers.in(text)).isTrue();
        assertThat(CardNumbers.in(text.getBytes(StandardCharsets.UTF_8))).isTrue();
        String masked = CardNumbers.masked(text);
        assertThat(masked).hasSameSizeAs(text).isNotEqualTo(text).contains("*");
        assertThat(CardNumbers.in(masked)).isFalse();
        assertThat(CardNumbers.masked(masked)).isEqualTo(masked);
    }

    @Test
    void theLastFourDigitsAndTheGroupsStay() {
        assertThat(CardNumbers.masked("a 4111 1111-1111 1111 b")).isEqualTo("a **** ****-**** 1111 b");
        assertThat(CardNumbers.masked("4111111111111111 and 5555555555554444"))
                .isEqualTo("************1111 and ************4444");
    }

    /** Ids of shops, parcels and people look alike; each of these passes Luhn or has a card's length. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "4111111111111112",
                "gid://shopify/Order/4111111111111111",
                "A4111111111111111",
                "4111111111111111B",
                "{\"id\":820982911946154508}",
                "{\"id\":36227206271667}",
                "12345678-1234-1234-1234-123456789012",
                "1Z4111111111111111",
                "0000000000000000",
                "41111111111111111111111",
                "+491711234567",
                "2026-11-01 10:00:00 4111"
            })
    void whatIsNoneIsLeftAlone(String text) {
        assertThat(CardNumbers.in(text)).isFalse();
        assertThat(CardNumbers.masked(text)).isEqualTo(text);
    }

    @Test
    void theyArePointedAtInATree() throws Exception {
        var tree = new ObjectMapper()
                .readTree("{\"a\":{\"b/c~d\":[1,\"x 4111111111111111\"]},\"n\":378282246310005,\"ok\":\"4111\","
                        + "\"o\":{\"4111111111111111\":1}}");
        assertThat(CardNumbers.pointers(tree)).containsExactly("/a/b~1c~0d/1", "/n", "/o");
    }

    /** Any text is looked through in bounded time, and masking never leaves one behind. */
    @Property(tries = 2000)
    void maskingIsFinal(@ForAll @StringLength(max = 300) String text, @ForAll @IntRange(max = 300) int at) {
        int place = Math.min(at, text.length());
        String mixed = text.substring(0, place) + " 4111 1111 1111 1111 " + text.substring(place);
        assertThat(CardNumbers.in(CardNumbers.masked(mixed))).isFalse();
        assertThat(CardNumbers.masked(mixed)).hasSameSizeAs(mixed);
    }
}
