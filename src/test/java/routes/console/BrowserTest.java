package routes.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import routes.deadletter.Replay;
import routes.harness.RealBrowser;

/**
 * Walks through the console as a person would, in a {@link RealBrowser}.
 */
@SpringBootTest(
        classes = ConsoleSlice.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            ConsoleSlice.NO_SETTINGS,
            ConsoleSlice.STORE,
            ConsoleSlice.TABLES,
            ConsoleSlice.LOGIN,
            ConsoleSlice.PROBLEMS
        })
class BrowserTest {

    private static RealBrowser browser;

    @Autowired
    private Seed seed;

    @Autowired
    private JdbcClient store;

    @MockitoBean
    private Replay replay;

    @LocalServerPort
    private int port;

    private Page page;
    private long letter;

    @BeforeAll
    static void openBrowser() {
        browser = RealBrowser.start();
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void open() {
        seed.empty();
        letter = seed.morning();
        when(replay.replay(anyLong(), anyString())).thenReturn(new Replay.Answer(3, "RECEIVED"));
        page = browser.open(port);
    }

    @AfterEach
    void close() {
        browser.closeWindow();
    }

    private void logIn(String user) {
        browser.logIn(user, ConsoleSlice.PASSWORD);
    }

    private static void look(String name) {
        browser.look(name);
    }

    @Test
    void staffLogInOpenAnOrderReadItsStoryAndReplay() {
        page.navigate("/console");
        assertThat(page).hasURL(Pattern.compile(".*/login$"));
        look("login");
        logIn("staff");

        assertThat(page.getByRole(
                        AriaRole.HEADING,
                        new Page.GetByRoleOptions().setName("Orders").setExact(true)))
                .isVisible();
        assertThat(page.getByText("Balanced: what was received is accounted for."))
                .isVisible();
        look("orders");

        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("OH-100001"))
                .click();
        assertThat(page.locator(".timeline .item")).hasCount(14);
        look("order");

        page.getByText("avalara.quote-tax").click();
        assertThat(page.locator("#call-" + firstCall() + " pre").first()).containsText("\"type\" : \"SalesOrder\"");
        assertThat(page.locator("#call-" + firstCall() + " pre").last()).containsText("8.00");
        assertThat(page.content()).doesNotContain(Seed.SLIPPED);
        look("order-call-open");

        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(Pattern.compile("^Dead letters")))
                .click();
        look("dead-letters");
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("OH-100003"))
                .click();
        look("order-dead-letter");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Replay"))
                .click();
        assertThat(page.getByRole(AriaRole.STATUS)).containsText("Replay asked for");
        assertThat(page).hasURL(Pattern.compile(".*/console/orders/OH-100003$"));
        verify(replay).replay(letter, "staff");

        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Ledger"))
                .click();
        assertThat(page.getByText("The books balance.").first()).isVisible();
        look("ledger");

        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Log out"))
                .click();
        assertThat(page.getByText("You are logged out.")).isVisible();
        page.navigate("/console/ledger");
        assertThat(page).hasURL(Pattern.compile(".*/login$"));
    }

    private long firstCall() {
        return store.sql("select min(id) from partner_calls").query(Long.class).single();
    }

    @Test
    void theListLivesAndKeepsTheKeyboardsPlace() {
        logIn("viewer");
        page.locator("#order-OH-100001").focus();
        store.sql("update orders set status = 'COMPLETED' where number = 'OH-100001'")
                .update();
        assertThat(page.locator("tr", new Page.LocatorOptions().setHasText("OH-100001")))
                .containsText("Completed");
        assertThat(page.locator("#order-OH-100001")).isFocused();
    }

    @Test
    void anOpenedCallStaysOpenAndAHiddenKindHiddenWhileThePageLives() {
        logIn("viewer");
        page.navigate("/console/orders/OH-100001");
        page.getByText("avalara.quote-tax").click();
        page.getByLabel("Messages").uncheck();
        store.sql("update orders set status = 'SHIPPED' where number = 'OH-100001'")
                .update();
        assertThat(page.locator("h1")).containsText("Shipped");
        assertThat(page.locator("#call-" + firstCall() + " pre").first()).isVisible();
        assertThat(page.getByLabel("Messages")).not().isChecked();
        assertThat(page.locator(".item.kind-message").first()).isHidden();
    }

    @Test
    void aLostMessageRaisesTheAlarm() {
        store.sql("delete from inbox where id = 7").update();
        logIn("viewer");
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("9 received, 8 accounted for, difference 1");
        look("orders-alarm");
    }

    @Test
    void anEmptyHubSaysSo() {
        seed.empty();
        logIn("viewer");
        assertThat(page.getByText("No orders yet")).isVisible();
        look("orders-empty");
        page.navigate("/console/dead-letters");
        assertThat(page.getByText("Nothing is parked.")).isVisible();
        look("dead-letters-empty");
    }

    @Test
    void aViewerSeesWhyTheButtonIsOff() {
        logIn("viewer");
        page.navigate("/console/orders/OH-100003");
        assertThat(page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Replay")))
                .isDisabled();
        assertThat(page.getByText("Your role reads only.")).isVisible();
    }

    @Test
    void theFilterAndThePagesWorkWithoutAScript() {
        seed.orders(60, "RELEASED");
        page = browser.open(
                port, new Browser.NewContextOptions().setLocale("en-GB").setJavaScriptEnabled(false));
        logIn("viewer");
        page.getByLabel("Status").selectOption("RELEASED");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Show"))
                .click();
        assertThat(page.locator("tbody tr")).hasCount(50);
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Older"))
                .click();
        assertThat(page.locator("tbody tr")).hasCount(10);
        assertThat(page.getByLabel("Status")).hasValue("RELEASED");
    }

    @Test
    void theKeyboardAloneReachesTheContent() {
        logIn("viewer");
        page.navigate("/console");
        page.keyboard().press("Tab");
        assertThat(page.getByText("Skip to the content")).isFocused();
        page.keyboard().press("Enter");
        page.keyboard().press("Tab");
        assertThat(page.getByLabel("Status")).isFocused();
    }

    @Test
    void aReaderChoosesTheLanguageByKeyboardWithoutAScriptAndKeepsItOnThePage() {
        page = browser.open(
                port, new Browser.NewContextOptions().setLocale("en-GB").setJavaScriptEnabled(false));
        logIn("viewer");
        page.navigate("/console/orders/OH-100002");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Deutsch"))
                .press("Enter");
        assertThat(page).hasURL(Pattern.compile(".*/console/orders/OH-100002$"));
        assertThat(page.locator("html")).hasAttribute("lang", "de");
        assertThat(page.locator(".headline .pill")).hasText("Gesperrt");
        page.navigate("/console");
        assertThat(page.locator("h1")).hasText("Bestellungen");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("English"))
                .press("Enter");
        assertThat(page.locator("h1")).hasText("Orders");
    }

    @Test
    void aPhoneInTheDarkInGerman() {
        page = browser.open(
                port,
                new Browser.NewContextOptions()
                        .setLocale("de-DE")
                        .setColorScheme(ColorScheme.DARK)
                        .setViewportSize(390, 844)
                        .setDeviceScaleFactor(2)
                        .setIsMobile(true));
        page.navigate("/console/orders/OH-100002");
        page.getByLabel("Benutzername").fill("lead");
        page.getByLabel("Passwort").fill(ConsoleSlice.PASSWORD);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Anmelden"))
                .click();
        assertThat(page).hasURL(Pattern.compile(".*/console/orders/OH-100002$"));
        assertThat(page.locator("html")).hasAttribute("lang", "de");
        assertThat(page.locator(".headline")).containsText("2.380,00");
        browser.noSidewaysScrolling();
        page.navigate("/console");
        assertThat(page.getByText("12.800")).isVisible();
        browser.noSidewaysScrolling();
        look("phone-orders");
        page.navigate("/console/orders/OH-100001");
        browser.noSidewaysScrolling();
        look("phone-order");
        page.navigate("/console/dead-letters");
        browser.noSidewaysScrolling();
        look("phone-dead-letters");
    }
}
