package routes.harness;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/**
 * Debian's chromium (OMS_CHROMIUM names another), as a person at the console uses it. Every page looked at is judged by axe,
 * and whatever the browser complains of, the content policy included, is a fault. Pictures: target/screenshots.
 */
public final class RealBrowser implements AutoCloseable {

    private static final Path CHROMIUM = Path.of(System.getenv().getOrDefault("OMS_CHROMIUM", "/usr/bin/chromium"));

    private final Playwright playwright;
    private final Browser browser;
    private final List<String> complaints = new ArrayList<>();
    private BrowserContext context;
    private Page page;

    private RealBrowser(Playwright playwright, Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    /** Starts it; without a browser on this machine the test is skipped, and says so. */
    public static RealBrowser start() {
        Assumptions.assumeTrue(
                Files.isExecutable(CHROMIUM),
                "No browser at " + CHROMIUM
                        + ": install Debian's chromium or set OMS_CHROMIUM; the console is not tested");
        Playwright playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        return new RealBrowser(
                playwright,
                playwright
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
                                        "--disable-sync"))));
    }

    /** A window of somebody new, on the hub at this port of this machine. */
    public Page open(int port, Browser.NewContextOptions options) {
        leave();
        context = browser.newContext(options.setBaseURL("http://localhost:" + port));
        page = context.newPage();
        page.onConsoleMessage(message -> {
            if (List.of("error", "warning").contains(message.type())) {
                complaints.add(message.type() + ": " + message.text());
            }
        });
        page.onPageError(complaints::add);
        return page;
    }

    /** An ordinary window, in English. */
    public Page open(int port) {
        return open(port, new Browser.NewContextOptions().setLocale("en-GB").setViewportSize(1280, 900));
    }

    /** Logs in by the form, in English, and stands on the list of orders. */
    public void logIn(String user, String password) {
        page.navigate("/console");
        page.getByLabel("Login", new Page.GetByLabelOptions().setExact(true)).fill(user);
        page.getByLabel("Password").fill(password);
        page.keyboard().press("Enter");
        assertThat(page).hasURL(Pattern.compile(".*/console$"));
    }

    /** A picture of the page, and axe's opinion of it. */
    public void look(String name) {
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
        try (InputStream script = RealBrowser.class.getResourceAsStream("/axe.min.js")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new IllegalStateException("axe.min.js cannot be read", broken);
        }
    }

    /** Nothing reaches beyond a phone's edge, but what scrolls by itself. */
    public void noSidewaysScrolling() {
        assertThat(page.evaluate("() => [...document.querySelectorAll('body *')]"
                        + ".filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, pre, .hidden'))"
                        + ".map(e => e.outerHTML.slice(0, 120))"))
                .as("what reaches beyond the phone's edge")
                .isEqualTo(List.of());
    }

    private void leave() {
        if (context != null) {
            context.close();
            context = null;
        }
    }

    /** Closes the window; the browser must not have complained of anything. */
    public void closeWindow() {
        leave();
        List<String> said = List.copyOf(complaints);
        complaints.clear();
        assertThat(said).as("what the browser complained of").isEmpty();
    }

    @Override
    public void close() {
        playwright.close();
    }
}
