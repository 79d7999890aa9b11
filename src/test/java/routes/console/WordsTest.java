package routes.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Locale;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.i18n.LocaleContextHolder;
import routes.file.Languages;

/** What the hub wrote down is said again: its moments, amounts and inner sentences too, and nothing that others wrote. */
class WordsTest {

    private final Words words = new Words(
            ReadersLanguage.messageSource(),
            new Languages(Words.class.getClassLoader()),
            new DefaultListableBeanFactory().getBeanProvider(CamelContext.class),
            new ObjectMapper());

    @AfterEach
    void forget() {
        LocaleContextHolder.resetLocaleContext();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "de-DE | Parcel P1 delivered. | Das Paket P1 ist zugestellt.",
                "en-US | Tax quoted: 1234.50 USD. | Tax quoted: $1,234.50.",
                "de-DE | Tax quoted: 1234.50 EUR. | Steuer ermittelt: 1.234,50 €.",
                "de-DE | Captured 12800 JPY for parcel P1-2. | 12.800 ¥ für das Paket P1-2 eingezogen.",
                "de-DE | F2 waits for stock, promised for 2026-11-01T10:00:00Z. | F2 wartet auf Ware, zugesagt für 01.11.2026, 10:00:00 UTC.",
                "de-AT | On hold, TAX_DIFF: The shop charged 8.00 EUR tax, the tax partner quotes 9.50 EUR | Gesperrt, TAX_DIFF: Der Shop hat € 8,00 Steuer berechnet, der Steuerpartner nennt € 9,50",
                "de-DE | Sourced into 2 fulfilment orders. Sent as the shop chose, from 11 and 12; 1 unit wait, for up to 14 days. | Auf 2 Versandaufträge verteilt. Versandt, wie der Shop es gewählt hat, von 11 and 12; 1 Stück warten, bis zu 14 Tage.",
                "de-DE | ADDRESS_UNKNOWN: nobody took it within PT8H, so it is passed on from staff to lead | ADDRESS_UNKNOWN: niemand hat es in 8 Std. 0 Min. übernommen, darum geht es von staff an lead",
                "de-DE | the customer called twice (ada) | the customer called twice (ada)",
                "de-DE | Captured 9.999 EUR for parcel P1. | 9.999 EUR für das Paket P1 eingezogen."
            })
    void aReadersLanguageSaysIt(String reader, String written, String said) {
        LocaleContextHolder.setLocale(Locale.forLanguageTag(reader));
        assertThat(words.said(written).replaceAll("\\p{Z}", " ")).isEqualTo(said);
    }

    @ParameterizedTest
    @CsvSource({
        "de-DE, Das Paket P1 ist zugestellt. Nichts ist verspätet.",
        "en-GB, Parcel P1 delivered. Nothing is late."
    })
    void eachLineIsASentence(String reader, String said) {
        LocaleContextHolder.setLocale(Locale.forLanguageTag(reader));
        assertThat(words.said("Parcel P1 delivered.\nNothing is late.")).isEqualTo(said);
    }
}
