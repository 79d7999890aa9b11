package routes.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.StringReader;
import java.io.Writer;
import java.net.CookieManager;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.attoparser.config.ParseConfiguration;
import org.attoparser.dom.DOMMarkupParser;
import org.attoparser.dom.Element;
import org.attoparser.dom.INestableNode;
import org.attoparser.dom.INode;
import org.attoparser.dom.Text;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.thymeleaf.cache.TemplateCacheKey;
import org.thymeleaf.spring6.SpringTemplateEngine;
import org.unbescape.html.HtmlEscape;
import routes.OrderHub;
import routes.harness.Doors;
import routes.harness.Ports;
import routes.harness.SharedHub;

/**
 * A hub with one file more, for a language nobody speaks, in which every text stands in brackets. Whatever a page of the console
 * shows to its reader is in brackets, or marked as data: so one file is all a language needs, and no page has words of its own.
 */
class MadeUpLanguageTest {

    private static final String LANGUAGE = "xx";
    private static final String PASSWORD = "made-up-password";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int PORT = Ports.free();

    /** What is no text: codes, moments, what was said to partners, and whatever a page marks as not to be translated. */
    private static final Set<String> DATA = Set.of("code", "pre", "time", "script", "style");

    private static final Set<String> SPOKEN = Set.of("aria-label", "title", "placeholder", "alt");
    private static final Pattern BRACKETS = Pattern.compile("⟦[^⟦⟧]*⟧");
    private static final Pattern LINK = Pattern.compile("href=\"(/console(?:[/?][^\"#]*)?)\"");
    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

    private static ConfigurableApplicationContext hub;
    private static Doors doors;

    private final Set<String> findings = new TreeSet<>();

    @BeforeAll
    static void start() throws IOException {
        SharedHub.leave();
        Path folder = Path.of("target", "made-up-language").toAbsolutePath();
        Files.createDirectories(folder.resolve("messages"));
        Properties texts = new Properties();
        EveryText.read().forEach((key, text) -> texts.put(key, "⟦" + text.english() + "⟧"));
        try (Writer file = Files.newBufferedWriter(folder.resolve("messages/messages_" + LANGUAGE + ".properties"))) {
            texts.store(file, null);
        }
        URLClassLoader classes =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, MadeUpLanguageTest.class.getClassLoader());
        hub = new SpringApplicationBuilder(OrderHub.class)
                .resourceLoader(new DefaultResourceLoader(classes))
                .run(
                        "--server.port=" + PORT,
                        "--management.server.port=0",
                        "--oms.data-dir="
                                + folder.resolve("h2-" + ProcessHandle.current().pid()),
                        "--oms.sandbox.password=" + PASSWORD,
                        "--oms.sandbox.orders-per-minute=0",
                        "--oms.sandbox.ship-after-ms=50",
                        "--oms.sandbox.deliver-after-ms=50",
                        "--oms.retries.scale=0.005",
                        "--oms.polls.orders.every-seconds=0",
                        "--oms.polls.shipments.every-seconds=0",
                        "--oms.breaker.failures-to-open=2",
                        "--oms.breaker.pause-ms=600000");
        doors = new Doors("http://127.0.0.1:" + PORT, PASSWORD);
    }

    @AfterAll
    static void stop() {
        if (hub != null) {
            hub.close();
        }
    }

    @Test
    void whateverAReaderSeesIsTheLanguagesOrMarkedAsData() throws Exception {
        muchHappens();
        Reader admin = new Reader("admin");
        admin.readEverythingFrom("/console", "/console/inbox", "/console/audit", "/console/value-maps/sku");
        admin.act();
        Reader viewer = new Reader("viewer");
        admin.seen.stream()
                .filter(page -> page.matches("/console/(orders|failures|incidents|dead-letters).*"))
                .forEach(viewer::read);
        viewer.read("/console/nothing");
        viewer.read("/console?after=x");
        viewer.post("/console/dead-letters/1/replay", "");
        for (String said : List.of("", "?error", "?wait=3", "?bye", "?again")) {
            new Reader(null).read("/login" + said);
        }
        assertThat(hub.getBean(SpringTemplateEngine.class)
                        .getCacheManager()
                        .getTemplateCache()
                        .keySet())
                .as("pages that were read")
                .extracting(TemplateCacheKey::getTemplate)
                .containsAll(pages());
        assertThat(findings).isEmpty();
    }

    /** The templates that are whole pages. */
    private static Set<String> pages() throws IOException {
        try (var files = Files.list(EveryText.RESOURCES.resolve("templates"))) {
            return files.filter(file -> contains(file, "<main"))
                    .map(file -> file.getFileName().toString().replace(".html", ""))
                    .filter(name -> !name.equals("layout"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.readString(file).contains(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Orders of many kinds: done, held, cancelled in part, with a matter for people, stopped for several causes. */
    private static void muchHappens() {
        JdbcClient store = hub.getBean(JdbcClient.class);
        for (Map<String, ?> wish : List.of(
                Map.of("count", 1, "market", "us", "scenario", "happy", "parcels", 2),
                Map.of("count", 1, "market", "jp", "scenario", "paid"),
                Map.of("count", 1, "market", "us", "scenario", "over-ship"),
                Map.of("count", 1, "market", "us", "scenario", "sum-wrong"),
                Map.of("count", 1, "market", "us", "scenario", "fraud-review-silent"),
                Map.of("count", 1, "market", "us", "scenario", "unknown-address"),
                Map.of("count", 1, "market", "us", "scenario", "short-pick"),
                Map.of("count", 1, "market", "us", "scenario", "capture-declined"),
                Map.of("count", 1, "market", "us", "scenario", "missing-city"),
                Map.of("count", 2, "market", "us", "scenario", "unmapped-sku", "lines", 1, "parcels", 1),
                Map.of("count", 1, "market", "de", "scenario", "warehouse-refuses"),
                Map.of("count", 1, "market", "us", "scenario", "unknown-country"))) {
            doors.place(wish);
        }
        rest(store);
        String held = store.sql(
                        "select number from orders where status in ('ON_HOLD', 'IN_REVIEW') order by number fetch first 1 rows only")
                .query(String.class)
                .single();
        doors.ask(
                held,
                "cancellations",
                "{\"reason\": \"CUSTOMER\", \"why\": \"4711\", \"lines\": [{\"line\": 1, \"quantity\": 1}]}",
                "staff");
        String incident = store.sql(
                        "select fingerprint from incidents where failures > 1 order by failures desc fetch first 1 rows only")
                .query(String.class)
                .single();
        doors.post("/ops/incidents/" + incident + "/replay", Map.of("reason", "4711"));
        for (JsonNode failure : doors.get("/ops/failures?audience=all").path("items")) {
            if (failure.path("cause").asText().equals("FIELD_MISSING")) {
                doors.replay(failure.path("id").asText());
            }
        }
        rest(store);
    }

    private static void rest(JdbcClient store) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> doors.webhooksOwed() == 0
                        && store.sql("select count(*) from lanes where state in ('READY', 'LEASED', 'WAITING')")
                                        .query(Long.class)
                                        .single()
                                == 0);
    }

    /** Somebody with a browser that asks for the language. */
    private final class Reader {

        private final HttpClient browser = HttpClient.newBuilder()
                .cookieHandler(new CookieManager())
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        private final Set<String> seen = new LinkedHashSet<>();
        private String token;

        Reader(String user) {
            if (user != null) {
                read("/login");
                post("/login", "username=" + user + "&password=" + PASSWORD);
            }
        }

        /** Follows each link of the console, but one page of a list is as good as another. */
        void readEverythingFrom(String... starts) {
            Deque<String> waiting = new ArrayDeque<>(List.of(starts));
            while (!waiting.isEmpty()) {
                String page = waiting.poll();
                if (!page.contains("after=") && seen.add(page)) {
                    LINK.matcher(read(page))
                            .results()
                            .forEach(link -> waiting.add(HtmlEscape.unescapeHtml(link.group(1))));
                }
            }
        }

        String read(String page) {
            return judged(page, send(HttpRequest.newBuilder(), page));
        }

        String post(String page, String form) {
            return judged(
                    page,
                    send(
                            HttpRequest.newBuilder()
                                    .header("Content-Type", "application/x-www-form-urlencoded")
                                    .POST(HttpRequest.BodyPublishers.ofString(form + "&_csrf="
                                            + URLEncoder.encode(String.valueOf(token), StandardCharsets.UTF_8))),
                            page));
        }

        /** What a page says after somebody did something: each kind of form once, with and without success. */
        void act() {
            for (String page : List.copyOf(seen)) {
                if (page.matches("/console/orders/[^/]+")) {
                    post(page + "/hold", "kind=OTHER&reason=4711");
                    post(page + "/hold", "kind=OTHER&reason=");
                    post(page + "/hold", "kind=OTHER&reason=4711&line=99");
                    post(page + "/cancel", "because=CUSTOMER&reason=4711&line=99&quantity=1");
                    post(page + "/holds/ADDUP/release", "reason=4711");
                } else if (page.matches("/console/failures/[^/]+")) {
                    post(page + "/unmask", "reason=4711");
                    post(page + "/repair", "do=check");
                    post(page + "/repair", "do=repair&reason=");
                    post(page + "/repair", "do=repair&reason=4711&field:/shipTo/city=");
                    post(page + "/done", "reference=");
                    post(page + "/discard", "reason=");
                } else if (page.matches("/console/incidents/[^/?]+")) {
                    post(page + "/state", "state=snoozed&hours=4&note=4711");
                    read(page + "?plan=1");
                    post(page + "/replay", "reason=");
                }
            }
            post("/console/value-maps/sku", "from=4711&to=&reason=4711");
            post("/console/value-maps/sku", "from=4711&to=4712&reason=4711");
        }

        private String send(HttpRequest.Builder request, String page) {
            try {
                return browser.send(
                                request.uri(URI.create("http://127.0.0.1:" + PORT + page))
                                        .header("Accept", "text/html")
                                        .header("Accept-Language", LANGUAGE)
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body();
            } catch (IOException e) {
                throw new IllegalStateException(page, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(page, e);
            }
        }

        private String judged(String page, String html) {
            Matcher found = TOKEN.matcher(html);
            if (found.find()) {
                token = found.group(1);
            }
            try {
                Judge judge = new Judge(page);
                judge.look(
                        new DOMMarkupParser(ParseConfiguration.htmlConfiguration()).parse(new StringReader(html)),
                        false);
            } catch (Exception e) {
                throw new IllegalStateException(page + "\n" + html, e);
            }
            return html;
        }
    }

    private final class Judge {

        private final String page;

        Judge(String page) {
            this.page = page;
        }

        void look(INestableNode parent, boolean marked) {
            for (INode node : parent.getChildren() == null ? List.<INode>of() : parent.getChildren()) {
                if (node instanceof Text text) {
                    judge(text.getContent(), marked, parent);
                } else if (node instanceof Element element && !DATA.contains(element.getElementName())) {
                    boolean data = marked || "no".equals(element.getAttributeValue("translate"));
                    element.getAttributeMap().forEach((name, value) -> {
                        if (SPOKEN.contains(name)) {
                            judge(value, data, element);
                        }
                    });
                    look(element, data);
                }
            }
        }

        private void judge(String shown, boolean marked, INestableNode where) {
            String text = HtmlEscape.unescapeHtml(shown).strip();
            String left = text;
            for (String before = ""; !left.equals(before); ) {
                before = left;
                left = BRACKETS.matcher(left).replaceAll("");
            }
            String element = where instanceof Element one ? one.getElementName() + " " + one.getAttributeMap() : "";
            if (marked && text.contains("⟦")) {
                findings.add(page + ": \"" + text + "\" is a text, but <" + element
                        + "> is marked as data; take translate=\"no\" away");
            } else if (!marked && left.codePoints().anyMatch(Character::isLetter)) {
                findings.add(
                        page + ": \"" + text + "\" in <" + element
                                + "> is no text of the language; move it into messages.properties, or mark data with translate=\"no\"");
            }
        }
    }
}
