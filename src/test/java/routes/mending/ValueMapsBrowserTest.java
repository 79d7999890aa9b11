package routes.mending;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import routes.harness.RealBrowser;

/** A clerk keeps value maps in a {@link RealBrowser}: many rows at once, one taken away and back, a map made strict. */
class ValueMapsBrowserTest extends WholeHub {

    private static RealBrowser browser;

    @Autowired
    private JdbcClient store;

    private Page page;

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

    @AfterEach
    void close() {
        browser.closeWindow();
    }

    private void logIn(String user) {
        page = browser.open(port());
        browser.logIn(user, PASSWORD);
    }

    private void go(String map) {
        page.navigate("/console/value-maps/" + map);
    }

    private static void look(String name) {
        browser.look("values-" + name);
    }

    private List<String> acts(long after) {
        return texts(store, "select act from audit where id > " + after + " order by id");
    }

    private long lastAct() {
        return store.sql("select coalesce(max(id), 0) from audit")
                .query(Long.class)
                .single();
    }

    @Test
    void aMapIsMadeStrictAndManyPastedRowsLetEverythingGoOnThatWaitedForThem() {
        logIn("staff");
        go("sku");
        assertThat(page.locator("#strict-why")).containsText("stands for itself here");
        page.locator("#strict-reason").fill("the warehouse renames everything");
        page.locator("#strict").click();
        assertThat(page.getByText("From now on every value needs a row.")).isVisible();
        List<String> orders = List.of("MUG-1", "TEA-12").stream()
                .map(sku -> place(store, Map.of("market", "us", "skus", List.of(sku), "quantity", 1, "parcels", 1)))
                .toList();
        parked(store, 2);
        await().atMost(PATIENCE)
                .until(() -> doors().get("/ops/value-maps/sku").path("missing").size() == 2);

        // The menu leads to the map that something waits for, though it is not the first.
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Value maps"))
                .first()
                .click();
        assertThat(page).hasURL(Pattern.compile(".*/value-maps/sku$"));
        look("missing");

        page.locator("#many summary").click();
        page.locator("#text").fill("MUG-1\tMUG-1\nTEA-12\n\nMUG-1\tM");
        page.locator("#many-reason").fill("their list of this week");
        page.locator("#save-all").click();
        assertThat(page.locator("#findings")).containsText("Nothing is saved. To be mended first: 2");
        assertThat(page.locator("#findings")).containsText("Line 2: Two columns are needed");
        assertThat(page.locator("#findings")).containsText("Line 4: \"MUG-1\" stands in line 1 already");
        assertThat(page.locator("#many-reason")).hasValue("their list of this week");
        look("findings");
        assertThat(doors().get("/ops/value-maps/sku").path("rows")).isEmpty();

        page.locator("#text").fill("MUG-1\tMUG-1\nTEA-12\tTEA-12");
        page.locator("#check").click();
        assertThat(page.locator("#outlook")).containsText("Nothing is saved yet. 2 rows would be new, 0 changed");
        look("outlook");
        assertThat(doors().get("/ops/value-maps/sku").path("rows")).isEmpty();
        page.locator("#save-all").click();
        assertThat(page.locator("#kept")).containsText("Saved: 2 new, 0 changed, 0 there already.");
        assertThat(page.locator("#kept")).containsText("What waited for 2 of them goes on now");
        look("kept");
        await().atMost(PATIENCE).until(() -> orders.stream()
                .allMatch(order -> doors().order(order).path("status").asText().equals("COMPLETED")));

        // What only waits because every value needs a row goes on when that is taken back.
        String third = place(store, Map.of("market", "us", "skus", List.of("PEN-2"), "quantity", 1, "parcels", 1));
        parked(store, 1);
        page.reload();
        page.locator("#strict-reason").fill("they have kept their old names");
        page.locator("#strict").click();
        assertThat(page.getByText("From now on a value without a row stands for itself."))
                .isVisible();
        await().atMost(PATIENCE)
                .until(() -> doors().order(third).path("status").asText().equals("COMPLETED"));
        assertThat(openFailures(store)).isZero();
    }

    @Test
    void aRowIsFoundTakenAwayAndBroughtBackAndAllAreDownloaded() throws IOException {
        long before = lastAct();
        doors().row("payment-method", "=bank/transfer & co", "Prepaid", "as they call it", "staff");
        doors().row("payment-method", "on account", "Invoice", "as they call it", "staff");
        logIn("staff");
        go("payment-method");
        Path file =
                page.waitForDownload(() -> page.locator("#download").click()).path();
        assertThat(Files.readString(file))
                .isEqualTo("\uFEFF\"Gateway in the shop\",\"Name at the fraud screening\"\r\n"
                        + "\"'=bank/transfer & co\",\"Prepaid\"\r\n\"on account\",\"Invoice\"\r\n");
        page.locator("#q").fill("prePAID");
        page.keyboard().press("Enter");
        assertThat(page.locator("tbody tr")).hasCount(1);
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Remove the row of =bank/transfer & co"))
                .click();
        assertThat(page.locator("#remove-reason")).isFocused();
        look("remove");
        page.keyboard().type("nobody pays like this");
        page.keyboard().press("Enter");
        assertThat(page.getByText("Removed.")).isVisible();
        assertThat(page.locator("tbody tr")).hasCount(1);
        look("removed");
        page.locator("#undo").click();
        assertThat(page.getByText("Saved. Nothing was waiting for it.")).isVisible();
        assertThat(page.locator("tbody tr")).hasCount(2);
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Change the row of on account"))
                .click();
        assertThat(page.locator("#from")).hasValue("on account");
        assertThat(page.locator("#to")).hasValue("Invoice");
        look("rows");
        assertThat(acts(before)).containsExactly("value-map", "value-map", "value-map-remove", "value-map");
        assertThat(texts(store, "select detail from audit where act = 'value-map-remove'"))
                .containsExactly("=bank/transfer & co = Prepaid: nobody pays like this");
    }

    @Test
    void aCountryIsChosenFromAListAndWhatNeedsNoRowIsRefusedWithItsReason() {
        logIn("staff");
        go("country");
        assertThat(page.locator("#strict-why")).containsText("That cannot be changed.");
        page.locator("#from").fill("de");
        page.locator("#to").selectOption("FR");
        page.locator("#reason").fill("a trial");
        page.keyboard().press("Enter");
        page.locator("#save").click();
        assertThat(page.getByRole(AriaRole.STATUS)).containsText("\"de\" needs no row");
        assertThat(page.locator("#from")).hasValue("de");
        assertThat(page.locator("#to")).hasValue("FR");
        look("refused");
        page.locator("#from").fill("Frankreich");
        page.locator("#save").click();
        assertThat(page.getByText("Saved. Nothing was waiting for it.")).isVisible();
        assertThat(page.locator("tbody")).containsText("France (FR)");
        look("country");
    }

    @Test
    void aViewerSeesWhyEveryButtonIsOffAndIsRefusedAndWrittenDownByTheDoors() {
        long before = lastAct();
        logIn("viewer");
        go("shipping-method");
        page.locator("#many summary").click();
        for (String button : List.of("save", "check", "save-all", "strict")) {
            assertThat(page.locator("#" + button)).isDisabled();
        }
        assertThat(page.locator("#add-why")).hasText("Your role reads only.");
        assertThat(page.locator("#many-why")).hasText("Your role reads only.");
        assertThat(page.locator("#strict-no")).hasText("Your role reads only.");
        look("viewer");
        for (String door : List.of("/rows", "/remove", "/strict")) {
            assertThat(post("viewer", "/ops/value-maps/shipping-method" + door, Map.of("reason", "I want to"))
                            .statusCode())
                    .isEqualTo(403);
        }
        assertThat(store.sql("select count(*) from audit where id > ? and who = 'viewer' and not allowed")
                        .param(before)
                        .query(Integer.class)
                        .single())
                .isEqualTo(3);
    }

    @Test
    void onAPhoneInGerman() {
        doors().row("tax-code", "A-VERY-LONG-ARTICLE-NUMBER-OF-THE-SHOP-0001", "P0000000", "wie vereinbart", "staff");
        page = browser.open(
                port(),
                new Browser.NewContextOptions()
                        .setLocale("de-DE")
                        .setColorScheme(ColorScheme.DARK)
                        .setViewportSize(390, 844)
                        .setIsMobile(true)
                        .setDeviceScaleFactor(2));
        page.navigate("/console/value-maps/tax-code");
        page.getByLabel("Benutzername").fill("staff");
        page.getByLabel("Passwort").fill(PASSWORD);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Anmelden"))
                .click();
        page.locator("#many summary").click();
        page.locator("#text").fill("nur eine Spalte");
        page.locator("#check").click();
        assertThat(page.locator("#findings")).containsText("Zeile 1: Nötig sind zwei Spalten");
        browser.noSidewaysScrolling();
        look("phone-findings");
        for (String map : List.of("tax-code", "country")) {
            go(map);
            browser.noSidewaysScrolling();
            look("phone-" + map);
            assertThat(page.content()).doesNotContain("??");
        }
    }
}
