package routes.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import routes.harness.Doors;
import routes.harness.World;
import routes.order.Polls;
import routes.stock.StockPoll;

/**
 * Tells every story under {@code src/test/resources/stories} to the whole hub: real doors, real store, sandbox
 * partners in the same process. A story ends when nothing moves any more; then what it says must hold, and always
 * the books and the equation must balance.
 */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.DEFINED_PORT,
        properties = {
            "oms.sandbox.orders-per-minute=0",
            "oms.sandbox.ship-after-ms=50",
            "oms.sandbox.deliver-after-ms=50",
            "oms.sandbox.review-after-ms=300",
            "oms.sandbox.slow-ms=300",
            "oms.sandbox.late-commit-ms=300",
            // Goods of scenario slow-pick lie until a story has them picked.
            "oms.sandbox.pick-after-ms=3600000",
            "oms.cancels.shop-look-again-ms=300",
            "oms.cancels.refund-look-again-ms=300",
            "oms.settlement.bank-patience-ms=4000",
            "oms.retries.scale=0.005",
            // Whose order nobody knows waits as long as an order may take to be opened by a machine under load.
            "oms.engine.unsorted-park-after-seconds=5",
            // An article that a story sells, and nobody has given a tax code.
            "oms.value-maps.needs-row.tax-code=WINE-9",
            // Clocks strike when a story says so.
            "oms.polls.orders.every-seconds=0",
            "oms.polls.orders.grace-seconds=0",
            "oms.polls.shipments.every-seconds=0",
            "oms.polls.shipments.after-seconds=0",
            "oms.polls.stock.every-seconds=0",
            "oms.partners.warehouse.variables.stockPageSize=5",
            "oms.polls.webhooks.every-seconds=0",
            "oms.partners.shopify.timeout-ms=2000",
            "oms.partners.shopify.settle-ms=300",
            "oms.partners.avalara.timeout-ms=2000",
            "oms.partners.avalara.settle-ms=300",
            "oms.partners.accertify.timeout-ms=2000",
            "oms.partners.accertify.settle-ms=300",
            "oms.partners.warehouse.timeout-ms=2000",
            "oms.partners.warehouse.settle-ms=300",
            "oms.partners.erp.timeout-ms=2000",
            "oms.partners.erp.settle-ms=300",
            "oms.sandbox.password=" + Stories.PASSWORD
        })
@Import(Stories.Followed.class)
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class Stories {

    private static final Logger LOG = LoggerFactory.getLogger(Stories.class);
    static final String PASSWORD = "stories-password";
    private static final Path FOLDER = Path.of("src/test/resources/stories");
    private static final Duration LIMIT = Duration.ofSeconds(Integer.getInteger("oms.story.seconds", 30));

    @TestConfiguration
    static class Followed {
        @Bean
        Walk walk() {
            return new Walk();
        }

        @Bean
        @Primary
        SetRules setRules() {
            return new SetRules();
        }
    }

    private final Set<String> abandoned = new HashSet<>();

    @Autowired
    private Walk walk;

    @Autowired
    private SetRules rules;

    @Autowired
    JdbcClient store;

    @Autowired
    private CamelContext camel;

    @Autowired
    private Polls polls;

    @Autowired
    private StockPoll stockPoll;

    @Autowired
    private MeterRegistry meters;

    private Doors doors;

    /** Where this hub listens. */
    abstract int port();

    @TestFactory
    @Order(1)
    Stream<DynamicTest> stories() {
        doors = new Doors("http://127.0.0.1:" + port(), PASSWORD);
        var only = System.getProperty("oms.story", "");
        return files().filter(file -> Stream.of(only.split(",", -1)).anyMatch(file.toString()::contains))
                .map(Story::read)
                .map(story -> DynamicTest.dynamicTest(
                        story.sentence(), story.file().toUri(), () -> told(story, !only.isEmpty())));
    }

    /** Tells one; told alone it says at once how it ended. What a failed one leaves moving is not the next one's matter. */
    private void told(Story story, boolean aloud) {
        try {
            new Telling(story).tell();
            if (aloud) System.out.println("TOLD " + story.sentence());
        } catch (Throwable failure) {
            if (aloud) {
                System.out.println("FAILED " + story.sentence() + ": " + failure.getMessage());
                store.sql("select id, lane, topic, step, state, reason, attempts from inbox"
                                + " where state not in ('DONE', 'DISCARDED') order by id")
                        .query()
                        .listOfRows()
                        .forEach(System.out::println);
            }
            abandoned.addAll(moving());
            throw failure;
        }
    }

    /** Lanes in which something runs, is due or waits for its next try. */
    private List<String> moving() {
        return store.sql("select lane from lanes where state in ('READY', 'LEASED', 'WAITING')")
                .query(String.class)
                .list();
    }

    /** Not one route may be there that no story enters. */
    @Test
    @Order(2)
    void everyRouteIsEnteredByAStory() {
        if (!System.getProperty("oms.story", "").isEmpty()) return;
        // Kafka's rest here; KafkaIT enters them.
        var never = camel.getRoutes().stream()
                .filter(route -> route.isAutoStartup())
                .map(route -> route.getRouteId())
                .sorted()
                .toList();
        assertThat(never.stream().filter(id -> !walk.entered().contains(id)).toList())
                .isEmpty();
    }

    private static Stream<Path> files() {
        try (var all = Files.walk(FOLDER)) {
            return all
                    .filter(file -> file.toString().endsWith(".yaml")
                            && !file.getParent().getFileName().toString().equals("payloads"))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One telling of one story: what it is about, and what was there before it began. */
    private final class Telling {

        private final Story story;
        private final String id = Payload.freshId();
        private final JsonNode before = doors.conservation();
        private final long messagesBefore = highestMessage();
        private final Map<String, Long> gapsBefore = new TreeMap<>();
        private final List<String> placedSince = new ArrayList<>();
        private String shopName;
        private String number;
        private HttpResponse<String> answer;

        Telling(Story story) {
            this.story = story;
            for (var topic : List.of("orders/polled", "order.shipped", "order.shipment.delivered")) {
                gapsBefore.put(topic, gaps(topic));
            }
        }

        void tell() {
            try {
                for (var act : story.acts()) {
                    given(act.given());
                    when(act.when());
                    then(act);
                }
            } catch (AssertionError | RuntimeException failed) {
                LOG.error("{}: {}", story.sentence(), account());
                throw failed;
            } finally {
                doors.clearFaults();
                rules.forget();
            }
        }

        /** What became of the order, for whoever looks into a story that failed. */
        private String account() {
            try {
                var order = order();
                var lines = new ArrayList<String>();
                lines.add(number + " is " + order.path("status").asText() + ", flags " + order.path("flags"));
                order.path("history")
                        .forEach(one -> lines.add(one.path("step").asText() + " "
                                + one.path("verb").asText() + " "
                                + one.path("subject").asText() + ": "
                                + one.path("note").asText()));
                order.path("entries").forEach(one -> lines.add(one.path("id").asText() + " " + one.path("postings")));
                ourDeadLetters().forEach(one -> lines.add("parked: " + one));
                ourMessages().stream()
                        .filter(one -> !one.path("state").asText().equals("DONE"))
                        .forEach(one -> lines.add("message: " + one));
                return String.join("\n", lines);
            } catch (AssertionError | RuntimeException nothing) {
                return "nothing is known of its order: " + nothing.getMessage();
            }
        }

        private void given(JsonNode given) {
            if (given.path("no-faults").asBoolean()) doors.clearFaults();
            if (given.has("sourcing")) rules.set(given.path("sourcing"));
            for (var fault : given.path("faults")) {
                doors.fault(fault);
            }
        }

        private void when(JsonNode when) {
            if (when.has("place")) place(when.path("place"));
            if (when.has("post")) post(when.path("post"));
            if (when.has("meet")) {
                await().atMost(LIMIT)
                        .pollInterval(Duration.ofMillis(20))
                        .untilAsserted(() -> assertOne(when.path("meet"), ourMessages(), "a message"));
            }
            if (when.has("get")) get(when.path("get"));
            if (when.has("replay")) replay(when.path("replay").asInt(1));
            if (when.has("release")) release(when.path("release"));
            if (when.has("resolve")) resolve(when.path("resolve"));
            if (when.has("poll")) poll(when.path("poll").asText());
            if (when.has("row")) row(when.path("row"));
            if (when.has("ask")) ask(when.path("ask"));
            if (when.has("mend")) mend(when.path("mend"));
            if (when.has("sandbox")) sandbox(when.path("sandbox"));
            if (when.has("advance")) doors.advance(when.path("advance").asText());
        }

        private void place(JsonNode wish) {
            var known = doors.shopOrders().size();
            var all = new LinkedHashMap<String, Object>();
            all.put("count", 1);
            wish.properties().forEach(field -> all.put(field.getKey(), field.getValue()));
            doors.place(all);
            await().atMost(LIMIT)
                    .until(() -> doors.shopOrders().size()
                            >= known + wish.path("count").asInt(1));
            var placed = doors.shopOrders();
            shopName = placed.get(known).path("name").asText();
            placed.subList(known, placed.size())
                    .forEach(one -> placedSince.add(one.path("name").asText()));
        }

        private void post(JsonNode post) {
            var about = shopName == null ? id : idOfPlaced();
            var body = Payload.bytes(post, this::numbered, about);
            var times = post.path("times").asInt(1);
            var event = post.path("event").asText("event-" + id);
            for (int time = 0; time < times; time++) {
                var headers =
                        switch (post.path("partner").asText("shopify")) {
                            case "shopify" -> Doors.shopifyHeaders(
                                    post.path("topic").asText("orders/create"), event, body);
                            case "warehouse" -> Doors.warehouseHeaders(
                                    post.path("topic").asText("order.shipped"), event, body);
                            default -> new LinkedHashMap<String, String>();
                        };
                switch (post.path("signature").asText("good")) {
                    case "forged" -> headers.put("X-Shopify-Hmac-Sha256", Doors.hmac("not-the-secret", body));
                    case "none" -> headers.remove("X-Shopify-Hmac-Sha256");
                    default -> {}
                }
                post.path("headers")
                        .properties()
                        .forEach(header ->
                                headers.put(header.getKey(), header.getValue().asText()));
                var path = post.path("path").asText(usualDoor(post)).replace("$id", about);
                answer = doors.send("POST", path, body, headers);
            }
        }

        private static String usualDoor(JsonNode post) {
            return "/partners/" + post.path("partner").asText("shopify") + "/webhooks";
        }

        /** Looks at a door; {@code $location} is where the last answer pointed to. */
        private void get(JsonNode get) {
            var pointed = answer == null
                    ? ""
                    : answer.headers().firstValue("Location").orElse("");
            var path = get.path("path").asText().replace("$id", id).replace("$location", pointed);
            var headers = new LinkedHashMap<String, String>();
            get.path("headers")
                    .properties()
                    .forEach(header ->
                            headers.put(header.getKey(), header.getValue().asText()));
            answer = doors.send("GET", path, null, headers);
        }

        /** The analyst's word on this story's order, as the fraud partner sends it. */
        private void resolve(JsonNode resolve) {
            var about = resolve.has("about") ? resolve.path("about").asText() : number();
            var body = "<transaction-results><transaction-id>" + about + "</transaction-id><cross-reference>"
                    + resolve.path("reference").asText("R-" + id) + "</cross-reference><action-type>"
                    + resolve.path("decision").asText() + "</action-type><recommendation-code>"
                    + resolve.path("decision").asText() + "</recommendation-code></transaction-results>";
            answer = doors.send(
                    "POST",
                    "/partners/accertify/resolutions",
                    body.getBytes(StandardCharsets.UTF_8),
                    Map.of("Content-Type", "application/xml", "Authorization", ANALYST));
        }

        /** Staff press replay on each of this story's open dead letters, as often as the story says. */
        private void replay(int times) {
            var ours = ourDeadLetters();
            assertThat(ours).as("dead letters to replay").isNotEmpty();
            for (var letter : ours) {
                for (int time = 0; time < times; time++)
                    answer = doors.replay(letter.path("id").asText());
            }
        }

        /** A member of staff releases one of this order's holds. */
        private void release(JsonNode release) {
            answer = doors.release(
                    number(),
                    release.path("hold").asText(),
                    release.path("reason").asText(""),
                    release.path("as").asText("lead"));
        }

        /** A member of staff says what a value stands for. */
        private void row(JsonNode row) {
            answer = doors.row(
                    row.path("map").asText(),
                    row.path("from").asText(),
                    row.path("to").asText(),
                    row.path("reason").asText("as the partner calls it"),
                    row.path("as").asText("staff"));
        }

        /** A member of staff asks something of this order: {@code at} is the door below the order's. */
        private void ask(JsonNode ask) {
            answer = doors.ask(
                    number(),
                    ask.path("at").asText(),
                    ask.path("body").toString(),
                    ask.path("as").asText("staff"));
        }

        /** Staff do something about this story's newest dead letter. */
        private void mend(JsonNode mend) {
            var ours = ourDeadLetters();
            assertThat(ours).as("dead letters to mend").isNotEmpty();
            answer = doors.mend(
                    ours.get(0).path("id").asText(),
                    mend.path("at").asText(),
                    mend.path("body").toString(),
                    mend.path("as").asText("staff"));
        }

        /** A knob of the sandbox; {@code $id} is the shop's id of this order, {@code $number} ours. */
        private void sandbox(JsonNode knob) {
            var at = knob.path("at").asText();
            var body = new ObjectMapper().createObjectNode();
            knob.path("body")
                    .properties()
                    .forEach(field -> body.set(
                            field.getKey(),
                            field.getValue().isTextual()
                                    ? TextNode.valueOf(numbered(field.getValue().asText()))
                                    : field.getValue()));
            doors.sandbox(shopName == null ? at : at.replace("$id", idOfPlaced()), body);
        }

        private String numbered(String text) {
            return text.contains("$number") ? text.replace("$number", number()) : text;
        }

        /** The clock of one poll strikes, after the goods of an order that is on its way have arrived. */
        private void poll(String name) {
            if (name.equals("stock")) {
                stockPoll.ask("warehouse", java.util.UUID.randomUUID().toString());
                return;
            }
            if (name.equals("shipments")) {
                await().atMost(LIMIT)
                        .untilAsserted(() -> assertThat(doors.arrived(number())).isTrue());
            }
            polls.all().stream()
                    .filter(poll -> poll.name().equals(name))
                    .forEach(poll -> polls.ask(
                            name, poll.partner(), java.util.UUID.randomUUID().toString()));
        }

        private void then(Story.Act act) {
            var then = act.then();
            if (then.has("answer"))
                assertThat(answer.statusCode())
                        .as("%s", answer.body())
                        .isEqualTo(then.path("answer").asInt());
            await().atMost(LIMIT).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
                assertAtRest();
                holds(then);
                if (!act.walk().isMissingNode()) assertWalk(act.walk());
            });
        }

        /** Lanes at rest: nothing runs, nothing is due, no partner has anything left to tell. What waits behind a parked message stays where it is. */
        private void assertAtRest() {
            assertThat(moving().stream().filter(lane -> !abandoned.contains(lane)))
                    .as("lanes still moving")
                    .isEmpty();
            assertThat(doors.webhooksOwed()).as("webhooks under way").isZero();
            if (shopName != null && !dropsWebhooks())
                assertThat(placed().path("acknowledged").asBoolean())
                        .as("acknowledged")
                        .isTrue();
        }

        private boolean dropsWebhooks() {
            return story.acts().stream()
                    .flatMap(act -> stream(act.given().path("faults")))
                    .anyMatch(fault -> List.of("drop-webhook", "delete-subscription")
                            .contains(fault.path("fault").asText()));
        }

        private void holds(JsonNode then) {
            var equation = doors.conservation();
            assertThat(equation.path("balanced").asBoolean())
                    .as("the equation %s", equation)
                    .isTrue();
            doors.trialBalance().path("currencies").properties().forEach(currency -> assertThat(
                            currency.getValue().path("sumMinor").asLong())
                    .as("the books in %s", currency.getKey())
                    .isZero());
            for (var term : List.of("received", "duplicates")) {
                if (!then.has(term)) continue;
                assertThat(equation.path(term).asLong() - before.path(term).asLong())
                        .as(term)
                        .isEqualTo(then.path(term).asLong());
            }
            if (then.path("no-order").asBoolean()) {
                assertThat(ourMessages().stream()
                                .map(message -> message.path("orderNumber").asText(null)))
                        .as("orders of this story that exist")
                        .noneMatch(this::isOrder);
            }
            if (then.has("orders")) {
                assertCounts(
                        then.path("orders")
                                .<com.fasterxml.jackson.databind.node.ObjectNode>deepCopy()
                                .put("others", "none"),
                        doors.orders().stream()
                                .filter(one -> placedSince.contains(
                                        one.path("shopNumber").asText()))
                                .map(one -> one.path("status")),
                        "orders");
            }
            if (then.has("order")) assertHas(then.path("order"), order(), "the order");
            if (then.has("holds")) {
                assertThat(stream(order().path("holds"))
                                .filter(hold -> hold.path("releasedAt").isNull())
                                .map(hold -> hold.path("kind").asText()))
                        .as("holds")
                        .containsExactlyInAnyOrderElementsOf(Story.texts(then.path("holds")));
            }
            if (then.has("cases")) {
                assertThat(stream(order().path("cases"))
                                .filter(one -> one.path("closedAt").isNull())
                                .map(one -> one.path("kind").asText()))
                        .as("open cases")
                        .containsExactlyInAnyOrderElementsOf(Story.texts(then.path("cases")));
            }
            if (then.has("flags")) {
                assertThat(Story.texts(order().path("flags"))).as("flags").containsAll(Story.texts(then.path("flags")));
            }
            if (then.has("notes")) {
                var notes = stream(order().path("history"))
                        .map(one -> one.path("note").asText())
                        .toList();
                for (var words : Story.texts(then.path("notes"))) {
                    assertThat(notes).as("notes").anyMatch(note -> note.contains(words));
                }
            }
            if (then.has("balances")) assertBalances(then.path("balances"));
            if (then.has("message")) assertOne(then.path("message"), ourMessages(), "a message");
            if (then.has("parked")) {
                if (then.path("parked").isBoolean())
                    assertThat(ourDeadLetters()).as("dead letters").isEmpty();
                else assertOne(then.path("parked"), ourDeadLetters(), "a dead letter");
            }
            if (then.has("effects")) assertEffects(then.path("effects"));
            if (then.has("calls")) {
                assertCounts(
                        then.path("calls"),
                        stream(order().path("partnerCalls")).map(call -> call.path("operation")),
                        "calls");
            }
            if (then.has("entries")) {
                assertCounts(
                        then.path("entries"),
                        stream(order().path("entries")).map(entry -> entry.path("kind")),
                        "entries");
            }
            if (then.has("gaps")) {
                then.path("gaps").properties().forEach(gap -> assertThat(
                                gaps(gap.getKey()) - gapsBefore.getOrDefault(gap.getKey(), 0L))
                        .as("gaps of %s", gap.getKey())
                        .isEqualTo(gap.getValue().asLong()));
            }
            if (then.has("history")) {
                assertThat(stream(order().path("history"))
                                .map(one -> one.path("verb").asText()))
                        .as("history")
                        .containsSubsequence(Story.texts(then.path("history")));
            }
        }

        private void assertEffects(JsonNode expected) {
            var world = new World(doors, doors);
            if (expected.isTextual()) {
                assertThat(expected.asText()).as("effects: a word or counts").isEqualTo("exact");
                assertThat(world.look(number()).differences()).as("differences").isEmpty();
            } else {
                assertCounts(
                        expected, world.effects(number()).stream().map(effect -> effect.path("operation")), "effects");
            }
        }

        /** Each named one happened exactly so often; {@code others: none} says that nothing else did. */
        private void assertCounts(JsonNode expected, Stream<JsonNode> happened, String what) {
            var counts = new TreeMap<String, Integer>();
            happened.forEach(one -> counts.merge(one.asText(), 1, Integer::sum));
            var wanted = new TreeMap<String, Integer>();
            expected.properties().forEach(one -> {
                if (!one.getKey().equals("others"))
                    wanted.put(one.getKey(), one.getValue().asInt());
            });
            if (!expected.has("others")) counts.keySet().retainAll(wanted.keySet());
            wanted.keySet().forEach(name -> counts.putIfAbsent(name, 0));
            assertThat(counts).as(what).isEqualTo(wanted);
        }

        /** What this order's entries come to, account by account, in minor units, debit positive. */
        private void assertBalances(JsonNode expected) {
            expected.properties().forEach(account -> assertThat(store.sql("select coalesce(sum(p.amount_minor), 0)"
                                    + " from postings p join entries e on e.id = p.entry_id"
                                    + " where e.order_number = ? and p.account = ?")
                            .param(number())
                            .param(account.getKey())
                            .query(Long.class)
                            .single())
                    .as("the balance of account %s", account.getKey())
                    .isEqualTo(account.getValue().asLong()));
        }

        private void assertWalk(JsonNode expected) {
            var wanted = StreamSupport.stream(expected.spliterator(), false)
                    .map(Story::texts)
                    .toList();
            assertThat(walk.of(number())).as("walk").containsExactlyInAnyOrderElementsOf(wanted);
        }

        private void assertOne(JsonNode wanted, List<JsonNode> among, String what) {
            assertThat(among).as(what).anySatisfy(one -> assertHas(wanted, one, what));
        }

        /** Every field named must be there with this value; lists of objects by their number of items. */
        private void assertHas(JsonNode wanted, JsonNode real, String what) {
            wanted.properties().forEach(field -> {
                var found = real.path(field.getKey());
                assertThat(found.isArray() ? String.valueOf(found.size()) : found.asText())
                        .as("%s: %s", what, field.getKey())
                        .isEqualTo(field.getValue().asText());
            });
        }

        private JsonNode placed() {
            return doors.shopOrders().stream()
                    .filter(order -> order.path("name").asText().equals(shopName))
                    .findFirst()
                    .orElseThrow();
        }

        private String idOfPlaced() {
            return placed().path("id").asText().replaceAll(".*/", "");
        }

        /** What is not an order yet may become one: whoever waits looks again. */
        private JsonNode order() {
            try {
                return doors.order(number());
            } catch (Doors.Refused notThere) {
                throw new AssertionError(notThere.getMessage(), notThere);
            }
        }

        /** Our number of the order this story is about. */
        private String number() {
            if (number != null) return number;
            if (shopName != null) {
                // Deadlines of other stories' orders may wake them meanwhile; what the shop calls it tells it from
                // them.
                number = store
                        .sql("select number from orders where shop_number = ? order by number")
                        .param(shopName)
                        .query(String.class)
                        .list()
                        .stream()
                        .findFirst()
                        .orElse(null);
                if (number != null) return number;
            }
            if (shopName != null)
                await().atMost(LIMIT).until(() -> ourMessages().stream()
                        .anyMatch(message -> message.path("orderNumber").isTextual()));
            number = ourMessages().stream()
                    .map(message -> message.path("orderNumber").asText(""))
                    .filter(text -> !text.isEmpty() && !text.equals("null"))
                    .findFirst()
                    .orElse(null);
            assertThat(number).as("the order of this story").isNotNull();
            return number;
        }

        private boolean isOrder(String orderNumber) {
            return orderNumber != null
                    && store.sql("select count(*) from orders where number = ?")
                                    .param(orderNumber)
                                    .query(Long.class)
                                    .single()
                            > 0;
        }

        private List<JsonNode> ourMessages() {
            return doors.messages(Map.of("limit", "500")).stream()
                    .filter(message -> message.path("id").asLong() > messagesBefore)
                    .sorted(java.util.Comparator.comparingLong(
                            message -> message.path("id").asLong()))
                    .toList();
        }

        private List<JsonNode> ourDeadLetters() {
            return doors.deadLetters().stream()
                    .filter(letter -> letter.path("messageId").asLong() > messagesBefore)
                    .toList();
        }

        /** What only polls found, of one topic, since the hub started. */
        private long gaps(String topic) {
            return meters.find("oms.gap.found").tag("topic", topic).counters().stream()
                    .mapToLong(counter -> (long) counter.count())
                    .sum();
        }

        private long highestMessage() {
            return store.sql("select coalesce(max(id), 0) from inbox")
                    .query(Long.class)
                    .single();
        }
    }

    private static final String ANALYST = "Basic "
            + Base64.getEncoder().encodeToString("accertify:accertify-sandbox-secret".getBytes(StandardCharsets.UTF_8));

    private static Stream<JsonNode> stream(JsonNode list) {
        var all = new ArrayList<JsonNode>();
        list.forEach(all::add);
        return all.stream();
    }
}
