package routes.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.httpBasic;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.redirectedUrl;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import jakarta.servlet.http.Cookie;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureMockMvc;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import routes.deadletter.Replay;

/** The reader chooses the language: on the page, else by the browser; the browser's country decides dates and figures. */
@SpringBootTest(
        classes = ConsoleSlice.class,
        properties = {
            ConsoleSlice.NO_SETTINGS,
            ConsoleSlice.STORE,
            ConsoleSlice.TABLES,
            ConsoleSlice.LOGIN,
            ConsoleSlice.PROBLEMS
        })
@AutoConfigureMockMvc
class ReadersLanguageTest {

    @Autowired
    private MockMvc mvc;

    @Autowired
    private Seed seed;

    @MockitoBean
    private Replay replay;

    @BeforeEach
    void seed() {
        seed.empty();
        seed.morning();
    }

    private static MockHttpServletRequestBuilder orders() {
        return get("/console").with(user("viewer").roles("VIEWER"));
    }

    /** Of OH-100002, 2380 euros. Spaces of all kinds are one. */
    private String shown(String accepted, String chosen) throws Exception {
        MockHttpServletRequestBuilder ask = orders();
        if (accepted != null) {
            ask.header("Accept-Language", accepted);
        }
        if (chosen != null) {
            ask.cookie(new Cookie("language", chosen));
        }
        return mvc.perform(ask).andReturn().getResponse().getContentAsString().replaceAll("\\p{Z}", " ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "de-DE                | | de | 2.380,00 €",
                "de-AT                | | de | € 2.380,00",
                "de-CH                | | de | EUR 2’380.00",
                "en-GB                | | en | €2,380.00",
                "en-CA                | | en | €2,380.00",
                "ja, de-CH;q=0.5      | | de | EUR 2’380.00",
                "ja                   | | en | €2,380.00",
                "de-u-nu-thai         | | de | 2.380,00 €",
                "                     | | en | €2,380.00",
                "en-GB                | de | de | 2.380,00 €",
                "en-GB, de-CH;q=0.5   | de | de | EUR 2’380.00",
                "de-DE                | en | en | €2,380.00",
                "de-DE                | tlh | de | 2.380,00 €"
            })
    void theChoiceCountsThenTheBrowserAndItsCountryForFigures(
            String accepted, String chosen, String language, String euros) throws Exception {
        assertThat(shown(accepted, chosen))
                .contains("<html lang=\"" + language + "\">")
                .contains(">" + euros + "<")
                .contains(language.equals("de") ? "Bestellungen<" : "Orders<");
    }

    @Test
    void everyYenIsWholeAndADateIsWrittenAsTheReaderWritesIt() throws Exception {
        assertThat(shown("de-DE", null)).contains(">12.800 ¥<", ">01.11.2026, 10:00:00 UTC<");
        assertThat(shown("en-US", null)).contains(">¥12,800<", ">Nov 1, 2026, 10:00:00 AM UTC<");
        assertThat(shown("en-GB", null)).contains(">JP¥12,800<", ">1 Nov 2026, 10:00:00 UTC<");
    }

    @Test
    void eachLanguageIsOfferedInItsOwnNameOnThePagesOfWhoeverIsLoggedInAndBefore() throws Exception {
        mvc.perform(get("/login").header("Accept-Language", "de"))
                .andExpect(content()
                        .string(allOf(
                                containsString(
                                        "value=\"de\" lang=\"de\" aria-current=\"true\" translate=\"no\">Deutsch<"),
                                containsString("value=\"en\" lang=\"en\" translate=\"no\">English<"))));
        MockHttpSession session = (MockHttpSession) mvc.perform(post("/login")
                        .param("username", "viewer")
                        .param("password", ConsoleSlice.PASSWORD)
                        .with(csrf()))
                .andReturn()
                .getRequest()
                .getSession();
        mvc.perform(get("/console").session(session))
                .andExpect(content().string(containsString("aria-current=\"true\" translate=\"no\">English<")));
    }

    @Test
    void aProgramThatReadsAPageIsGivenNoFormAndSoNoSession() throws Exception {
        mvc.perform(get("/console").with(httpBasic("viewer", ConsoleSlice.PASSWORD)))
                .andExpect(status().isOk())
                .andExpect(content().string(not(containsString("Deutsch"))))
                .andExpect(header().doesNotExist("Set-Cookie"));
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost/console/orders/OH-100001,             /console/orders/OH-100001",
        "http://localhost/console?status=ON_HOLD&after=a%2Fb,   /console?status=ON_HOLD&after=a%2Fb",
        "http://localhost/login?error,                          /login?error",
        "https://elsewhere.example/console/inbox,               /console/inbox",
        "https://elsewhere.example//elsewhere.example/console,  /console",
        "https://elsewhere.example/consoles,                    /console",
        "http://localhost/ops/orders,                           /console",
        "javascript:alert(1),                                   /console",
        "not an address,                                        /console",
        ",                                                      /console"
    })
    void whoChoosesStaysOnThePageAndInTheHouse(String before, String after) throws Exception {
        MockHttpServletRequestBuilder choice =
                post("/language").param("language", "de").with(csrf());
        if (before != null) {
            choice.header("Referer", before);
        }
        mvc.perform(choice)
                .andExpect(redirectedUrl(after))
                .andExpect(header().string(
                                "Set-Cookie",
                                allOf(
                                        containsString("language=de; Path=/; Max-Age="),
                                        containsString("HttpOnly; SameSite=Lax"),
                                        not(containsString("Secure")))));
    }

    @Test
    void nobodyElseChoosesAndNothingThatIsNotThere() throws Exception {
        mvc.perform(post("/language").param("language", "de")).andExpect(header().doesNotExist("Set-Cookie"));
        mvc.perform(post("/language").param("language", "tlh").with(csrf()))
                .andExpect(status().isBadRequest())
                .andExpect(header().doesNotExist("Set-Cookie"));
    }
}
