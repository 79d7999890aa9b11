package routes.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

    @Test
    void numbersOfCardsAreMaskedWhereverTheyStand() {
        assertThat(Secrets.shown("{\"note\":\"4111 1111 1111 1111\",\"n\":378282246310005,\"id\":4111}")
                        .toString())
                .isEqualTo("{\"note\":\"**** **** **** 1111\",\"n\":\"***********0005\",\"id\":4111}");
        assertThat(Secrets.blanked("said 4111111111111111")).isEqualTo("said ************1111");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"headers\":{\"Authorization\":\"Basic hush\"}}",
                "{\"headers\":{\"X-Shopify-Access-Token\":\"hush\"}}",
                "{\"a\":[{\"clientSecret\":\"hush\"}]}",
                "{\"password\":12345,\"api_key\":\"hush\",\"api-key\":\"hush\",\"apiKey\":\"hush\"}",
                "{\"note\":[\"Bearer hush\"]}",
                "Authorization: Bearer hush",
                "<login><password>hush</password></login>",
                "<card cardNumber=\"hush\"/>",
                "{\"cardNumber\":\"hush\",\"cvv\":\"hush\"}"
            })
    void whatIsSecretIsBlanked(String said) {
        assertThat(Secrets.shown(said).toString())
                .doesNotContain("hush", "12345")
                .contains(Secrets.HIDDEN);
    }

    @Test
    void theRestIsShownAsItWasSaid() {
        assertThat(Secrets.shown("{\"total\":8.00,\"id\":9007199254740993,\"by\":null}"))
                .hasToString("{\"total\":8.00,\"id\":9007199254740993,\"by\":null}");
        assertThat(Secrets.shown("<decision>ACCEPT</decision>").textValue()).isEqualTo("<decision>ACCEPT</decision>");
        assertThat(Secrets.shown(null)).isNull();
    }

    @Test
    void brokenJsonIsShownAsText() {
        assertThat(Secrets.shown("{\"a\":").textValue()).isEqualTo("{\"a\":");
        assertThat(Secrets.shown("").textValue()).isEmpty();
    }
}
