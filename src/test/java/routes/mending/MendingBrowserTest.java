package routes.mending;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import routes.harness.Expectations;
import routes.harness.RealBrowser;

/**
 * A clerk, a lead and a viewer mend in a {@link RealBrowser}, with the whole hub behind it. {@code -Doms.mending.orders=500}
 * lets as many orders wait for the clerk's one row.
 */
class MendingBrowserTest extends WholeHub {

    private static final int ORDERS = many(40);

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

    private void logIn(String user) {
        page = browser.open(port());
        browser.logIn(user, PASSWORD);
    }

    @AfterEach
    void close() {
        browser.closeWindow();
    }

    private static void look(String name) {
        browser.look("mending-" + name);
    }

    private void click(String id) {
        page.locator("#" + id).click();
    }

    @Test
    void aClerkTypesOneRowAndEveryOrderThatWaitsForItGoesOn() {
        long before = store.sql("select coalesce(max(id), 0) from inbox")
                .query(Long.class)
                .single();
        long acts = store.sql("select coalesce(max(id), 0) from audit")
                .query(Long.class)
                .single();
        doors().place(Map.of("count", ORDERS, "scenario", "unmapped-sku", "market", "us", "lines", 1, "parcels", 1));
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> atRest(store)
                        && store.sql("select count(*) from failures where state = 'OPEN' and value_text = 'NEW-77'")
                                        .query(Integer.class)
                                        .single()
                                == ORDERS);
        List<String> waiting = texts(
                store, "select order_number from failures where state = 'OPEN' and value_text = 'NEW-77' order by id");
        await().atMost(PATIENCE)
                .until(() ->
                        doors().get("/ops/incidents").path(0).path("failures").asInt() == ORDERS);
        logIn("staff");
        page.navigate("/console/inbox");
        assertThat(page.locator("tbody tr")).hasCount(Math.min(ORDERS, 50));
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
                .containsText(
                        ORDERS + " went through",
                        new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE.toMillis()));
        assertThat(page.locator("h1"))
                .containsText("Completed", new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE.toMillis()));
        look("run");
        page.navigate("/console/inbox");
        assertThat(page.getByText("Nothing is parked.")).isVisible();
        look("inbox-empty");
        assertThat(openFailures(store)).isZero();

        // One click healed them; each went its whole way, in the order they had come, and nobody was called twice.
        assertThat(texts(store, "select act from audit where id > " + acts)).containsExactly("value-map");
        assertThat(store.sql("select message_id from bulk_items where run_id = (select max(id) from bulk_runs)"
                                + " order by seq")
                        .query(Long.class)
                        .list())
                .hasSize(ORDERS)
                .isSorted();
        assertThat(store.sql(
                                "select order_number, count(*) from partner_calls where operation = 'warehouse.place-order'"
                                        + " and message_id > ? group by order_number having count(*) > 1")
                        .param(before)
                        .query(String.class)
                        .list())
                .isEmpty();
        var sight = world().settle(PATIENCE);
        assertThat(sight.known().stream()
                        .filter(order -> order.status().equals("COMPLETED"))
                        .map(Expectations.Known::number))
                .containsAll(waiting);
        assertThat(sight.differences()).isEmpty();
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
        page.navigate("/console/inbox");
        click("to-audit");
        page.getByLabel("Act").fill("replay-many");
        page.keyboard().press("Enter");
        assertThat(page.locator("tbody tr")).hasCount(1);
        assertThat(page.locator("tbody")).containsText("nothing, I am curious");
        look("audit");
    }

    @Test
    void onAPhoneInGermanWithoutAScript() {
        String order = place(store, Map.of("scenario", "missing-city", "parcels", 1));
        parkedOrder(order);
        page = browser.open(
                port(),
                new Browser.NewContextOptions()
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
        browser.noSidewaysScrolling();
        look("phone-failure");
        for (String path : List.of("inbox", "incidents", "value-maps/sku")) {
            page.navigate("/console/" + path);
            browser.noSidewaysScrolling();
            look("phone-" + path.replace('/', '-'));
        }
        assertThat(page.content()).doesNotContain("??");
    }
}
