package routes.mending;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
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
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import routes.harness.Ports;

/**
 * A clerk, a lead and a viewer mend in a real browser, with the whole hub behind it. Every page is looked at by axe, and
 * whatever the browser complains of fails the test. Pictures: target/screenshots.
 */
class MendingBrowserTest extends WholeHub {

    private static final Path CHROMIUM = Path.of(System.getenv().getOrDefault("OMS_CHROMIUM", "/usr/bin/chromium"));
    private static final int PORT = Ports.free();
    private static final int ORDERS = 12;

    private static Playwright playwright;
    private static Browser browser;

    @Autowired
    private JdbcClient store;

    private BrowserContext context;
    private Page page;
    private final List<String> complaints = new ArrayList<>();

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("server.port", () -> PORT);
        registry.add("management.server.port", () -> 0);
        registry.add("oms.data-dir", () -> Path.of(
                        "target",
                        "mending",
                        "browser-" + ProcessHandle.current().pid())
                .toAbsolutePath()
                .toString());
    }

    @Override
    int port() {
        return PORT;
    }

    @BeforeAll
    static void openBrowser() {
        Assumptions.assumeTrue(
                Files.isExecutable(CHROMIUM),
                "No browser at " + CHROMIUM + ": install Debian's chromium or set OMS_CHROMIUM");
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(CHROMIUM)
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

    private void open(Browser.NewContextOptions options) {
        if (context != null) {
            context.close();
        }
        context = browser.newContext(options.setBaseURL("http://localhost:" + PORT));
        page = context.newPage();
        page.onConsoleMessage(message -> {
            if (List.of("error", "warning").contains(message.type())) {
                complaints.add(message.type() + ": " + message.text());
            }
        });
        page.onPageError(complaints::add);
    }

    private void logIn(String user) {
        open(new Browser.NewContextOptions().setLocale("en-GB").setViewportSize(1280, 900));
        page.navigate("/console");
        page.getByLabel("Login", new Page.GetByLabelOptions().setExact(true)).fill(user);
        page.getByLabel("Password").fill(PASSWORD);
        page.keyboard().press("Enter");
        assertThat(page).hasURL(Pattern.compile(".*/console$"));
    }

    @AfterEach
    void close() {
        if (context != null) {
            context.close();
            context = null;
        }
        assertThat(complaints).as("what the browser complained of").isEmpty();
    }

    private void look(String name) {
        page.evaluate("() => window.scrollTo(0, 0)");
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(Path.of("target", "screenshots", "mending-" + name + ".png"))
                .setFullPage(true));
        try (InputStream script = MendingBrowserTest.class.getResourceAsStream("/axe.min.js")) {
            page.evaluate(new String(script.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
        Object found = page.evaluate("async () => (await axe.run({resultTypes: ['violations']})).violations"
                + ".map(v => v.id + ': ' + v.help + ' at ' + v.nodes.map(n => n.html.slice(0, 160)).join(' | '))");
        assertThat((List<?>) found).as("accessibility of " + name).isEmpty();
    }

    private void click(String id) {
        page.locator("#" + id).click();
    }

    @Test
    void aClerkTypesOneRowAndEveryOrderThatWaitsForItGoesOn() {
        doors().place(Map.of("count", ORDERS, "scenario", "unmapped-sku", "market", "us", "lines", 1, "parcels", 1));
        parked(store, ORDERS);
        await().atMost(PATIENCE)
                .until(() ->
                        doors().get("/ops/incidents").path(0).path("failures").asInt() == ORDERS);
        logIn("staff");
        page.navigate("/console/inbox");
        assertThat(page.locator("tbody tr")).hasCount(ORDERS);
        look("inbox");
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Incidents"))
                .click();
        look("incidents");
        page.locator("th a").first().click();
        assertThat(page.locator("h1")).containsText("An article has no name at the warehouse");
        page.locator("#together summary").click();
        assertThat(page.locator("#together")).containsText("NEW-77");
        look("incident");
        click("to-values");
        assertThat(page.locator("#from")).hasValue("NEW-77");
        page.locator("#to").fill("WH-77");
        page.locator("#reason").fill("their number for the oil lamp");
        look("value-map");
        page.keyboard().press("Enter");
        assertThat(page.getByText("Everything that waited for it goes on now.")).isVisible();
        assertThat(page.locator("#counts"))
                .containsText(ORDERS + " went through", new LocatorAssertions.ContainsTextOptions().setTimeout(60_000));
        assertThat(page.locator("h1"))
                .containsText("Completed", new LocatorAssertions.ContainsTextOptions().setTimeout(20_000));
        look("run");
        page.navigate("/console/inbox");
        assertThat(page.getByText("Nothing is parked.")).isVisible();
        look("inbox-empty");
        assertThat(openFailures(store)).isZero();
    }

    @Test
    void aClerkChecksFirstMendsAnAddressAndIsToldWhyAButtonIsOff() {
        String order = place(store, Map.of("scenario", "missing-city", "parcels", 1));
        parkedOrder(order);
        logIn("viewer");
        page.navigate("/console/inbox?q=" + order);
        page.locator("th a").first().click();
        assertThat(page.locator("#replay-step")).isDisabled();
        assertThat(page.locator("#replay-step-why")).containsText("Your role reads only");
        assertThat(page.content()).doesNotContain("500 Elm St");
        look("failure-viewer");

        logIn("staff");
        page.navigate("/console/inbox?q=" + order);
        page.locator("th a").first().click();
        look("failure");
        page.locator("#unmask-reason").fill("the customer is on the phone");
        click("unmask");
        assertThat(page.getByLabel("Street and number *")).hasValue("500 Elm St");
        page.getByLabel("City *").fill("Portland");
        click("check");
        assertThat(page.locator("#checked")).containsText("warehouse.place-order");
        assertThat(page.locator("#checked")).containsText("Portland");
        assertThat(page.getByLabel("City *")).hasValue("Portland");
        look("failure-checked");
        page.locator("#why").fill("asked the customer");
        click("repair");
        assertThat(page.getByText("Saved. The message goes on")).isVisible();
        await().atMost(PATIENCE)
                .until(() -> doors().order(order).path("status").asText().equals("COMPLETED"));
        page.reload();
        assertThat(page.locator("h1")).containsText("Tried again");
        assertThat(page.getByText("Who did what to this order")).isVisible();
        look("failure-mended");
    }

    private void parkedOrder(String order) {
        await().atMost(PATIENCE)
                .until(() ->
                        doors().get("/ops/failures?q=" + order).path("items").size() == 1);
    }

    @Test
    void aLeadReplaysManyAndSeesThatTheCanaryStopsIt() {
        doors().place(Map.of("count", 8, "scenario", "missing-city", "lines", 1, "parcels", 1));
        await().atMost(PATIENCE).until(() -> atRest(store) && openFailures(store) >= 8);
        String fingerprint = store.sql(
                        "select fingerprint from failures where state = 'OPEN' and cause = 'ADDRESS_UNKNOWN'"
                                + " fetch first 1 rows only")
                .query(String.class)
                .single();
        await().atMost(PATIENCE).until(() -> doors().get("/ops/incidents")
                .findValuesAsText("fingerprint")
                .contains(fingerprint));
        logIn("lead");
        page.navigate("/console/incidents/" + fingerprint);
        click("to-plan");
        look("incident-plan");
        page.getByLabel("What was mended?").fill("nothing, I am curious");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Start with one"))
                .click();
        assertThat(page.getByRole(AriaRole.ALERT))
                .containsText("It stopped itself", new LocatorAssertions.ContainsTextOptions().setTimeout(60_000));
        look("run-stopped");
        click("cancel");
        assertThat(page.locator("h1")).containsText("Cancelled");
    }

    @Test
    void onAPhoneInGermanWithoutAScript() {
        String order = place(store, Map.of("scenario", "missing-city", "parcels", 1));
        parkedOrder(order);
        open(new Browser.NewContextOptions()
                .setLocale("de-DE")
                .setColorScheme(ColorScheme.DARK)
                .setViewportSize(390, 844)
                .setIsMobile(true)
                .setDeviceScaleFactor(2));
        page.navigate("/console/inbox?q=" + order);
        page.getByLabel("Benutzername").fill("lead");
        page.getByLabel("Passwort").fill(PASSWORD);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Anmelden"))
                .click();
        page.locator("th a").first().click();
        assertThat(page.locator("h1")).containsText("Die Lieferadresse ist nicht bekannt");
        noSidewaysScrolling();
        look("phone-failure");
        for (String path : List.of("inbox", "incidents", "value-maps/sku")) {
            page.navigate("/console/" + path);
            noSidewaysScrolling();
            look("phone-" + path.replace('/', '-'));
        }
        assertThat(page.content()).doesNotContain("??");
    }

    private void noSidewaysScrolling() {
        assertThat(page.evaluate("() => [...document.querySelectorAll('body *')]"
                        + ".filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, pre, .hidden'))"
                        + ".map(e => e.outerHTML.slice(0, 120))"))
                .as("what reaches beyond the phone's edge")
                .isEqualTo(List.of());
    }
}
