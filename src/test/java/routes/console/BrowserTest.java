package routes.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import routes.deadletter.Replay;

/**
 * Walks through the console as a person would, in Debian's chromium (OMS_CHROMIUM names another). Every page is looked at by
 * axe, and whatever the browser complains of, the content policy included, fails the test. Pictures: target/screenshots.
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

    private static final Path CHROMIUM = Path.of(System.getenv().getOrDefault("OMS_CHROMIUM", "/usr/bin/chromium"));

    private static Playwright playwright;
    private static Browser browser;

    @Autowired
    private Seed seed;

    @Autowired
    private JdbcClient store;

    @MockitoBean
    private Replay replay;

    @LocalServerPort
    private int port;

    private BrowserContext context;
    private Page page;
    private long letter;
    private final List<String> complaints = new ArrayList<>();

    @BeforeAll
    static void openBrowser() {
        Assumptions.assumeTrue(
                Files.isExecutable(CHROMIUM),
                "No browser at " + CHROMIUM
                        + ": install Debian's chromium or set OMS_CHROMIUM; the console is not tested");
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(CHROMIUM)
                        // The old headless mode this Playwright asks for is gone from newer browsers.
                        .setHeadless(false)
                        .setArgs(List.of(
                                "--headless=new",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync")));
    }

    @AfterAll
    static void closeBrowser() {
        if (playwright != null) {
            playwright.close();
        }
    }

    @BeforeEach
    void open() {
        seed.empty();
        letter = seed.morning();
        when(replay.replay(anyLong(), anyString())).thenReturn(new Replay.Answer(3, "RECEIVED"));
        open(new Browser.NewContextOptions().setLocale("en-GB").setViewportSize(1280, 900));
    }

    private void open(Browser.NewContextOptions options) {
        if (context != null) {
            context.close();
        }
        context = browser.newContext(options.setBaseURL("http://localhost:" + port));
        page = context.newPage();
        page.onConsoleMessage(message -> {
            if (List.of("error", "warning").contains(message.type())) {
                complaints.add(message.type() + ": " + message.text());
            }
        });
        page.onPageError(complaints::add);
    }

    @AfterEach
    void close() {
        context.close();
        assertThat(complaints).as("what the browser complained of").isEmpty();
    }

    private void logIn(String user) {
        page.navigate("/console");
        page.getByLabel("Login", new Page.GetByLabelOptions().setExact(true)).fill(user);
        page.getByLabel("Password").fill(ConsoleSlice.PASSWORD);
        page.keyboard().press("Enter");
        assertThat(page).hasURL(Pattern.compile(".*/console$"));
    }

    /** A picture of the page, and axe's opinion of it. */
    private void look(String name) {
        page.evaluate("() => window.scrollTo(0, 0)");
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(Path.of("target", "screenshots", name + ".png"))
                .setFullPage(true));
        page.evaluate(axe());
        Object found = page.evaluate("async () => (await axe.run({resultTypes: ['violations']})).violations"
                + ".map(v => v.id + ': ' + v.help + ' at ' + v.nodes.map(n => n.html.slice(0, 160)).join(' | '))");
        assertThat((List<?>) found).as("accessibility of " + name).isEmpty();
    }

    private static String axe() {
        try (InputStream script = BrowserTest.class.getResourceAsStream("/axe.min.js")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new IllegalStateException("axe.min.js cannot be read", broken);
        }
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
        open(new Browser.NewContextOptions().setLocale("en-GB").setJavaScriptEnabled(false));
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
    void aPhoneInTheDarkInGerman() {
        open(new Browser.NewContextOptions()
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
        noSidewaysScrolling();
        page.navigate("/console");
        assertThat(page.getByText("12.800")).isVisible();
        noSidewaysScrolling();
        look("phone-orders");
        page.navigate("/console/orders/OH-100001");
        noSidewaysScrolling();
        look("phone-order");
        page.navigate("/console/dead-letters");
        noSidewaysScrolling();
        look("phone-dead-letters");
    }

    private void noSidewaysScrolling() {
        assertThat(page.evaluate("() => [...document.querySelectorAll('body *')]"
                        + ".filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, pre, .hidden'))"
                        + ".map(e => e.outerHTML.slice(0, 120))"))
                .as("what reaches beyond the phone's edge")
                .isEqualTo(List.of());
    }
}
