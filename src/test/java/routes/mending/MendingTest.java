package routes.mending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.yaml.snakeyaml.Yaml;
import routes.harness.Doors;
import routes.harness.Proves;

/** What staff do about what failed, through the doors, with the whole hub behind them. */
class MendingTest extends WholeHub {

    @Autowired
    private JdbcClient store;

    /** Whatever a test left parked is thrown away, so that the next one sees its own. */
    @AfterEach
    void sweep() {
        doors().clearFaults();
        await().atMost(PATIENCE).until(() -> atRest(store));
        for (long id : store.sql("select id from failures where state = 'OPEN'")
                .query(Long.class)
                .list()) {
            post("admin", "/ops/failures/" + id + "/discard", Map.of("reason", "swept"));
        }
    }

    private long failureOf(String order) {
        await().atMost(PATIENCE)
                .until(() -> !store.sql("select id from failures where order_number = ? and state = 'OPEN'")
                        .param(order)
                        .query(Long.class)
                        .list()
                        .isEmpty());
        return store.sql("select max(id) from failures where order_number = ? and state = 'OPEN'")
                .param(order)
                .query(Long.class)
                .single();
    }

    private void completed(String order) {
        await().atMost(PATIENCE)
                .until(() -> doors().order(order).path("status").asText().equals("COMPLETED"));
    }

    @Test
    void anAddressIsMendedByAFormAndTheSecondEditorSeesWhatTheFirstDid() {
        String order = place(store, Map.of("scenario", "missing-city", "parcels", 1));
        long id = failureOf(order);
        JsonNode detail = doors().get("/ops/failures/" + id);
        assertThat(detail.path("failure").path("cause").asText()).isEqualTo("ADDRESS_UNKNOWN");
        assertThat(detail.path("title").asText()).isEqualTo("The delivery address is not known");
        assertThat(detail.path("together").path("cause").asText()).isEqualTo("ADDRESS_UNKNOWN");
        // Who the customer is, is nobody's business until somebody says why.
        assertThat(detail.toString()).doesNotContain("500 Elm St").contains("•••");
        var unmasked =
                post("staff", "/ops/failures/" + id + "/unmasked", Map.of("reason", "the customer is on the phone"));
        assertThat(unmasked.body()).contains("500 Elm St");

        var city = Map.of("/shipTo/city", "Portland");
        var check = json(post("staff", "/ops/failures/" + id + "/check", Map.of("values", city)));
        assertThat(check.path("operation").asText()).isEqualTo("warehouse.place-order");
        assertThat(check.path("refusalBefore").asText()).contains("place-order.request.jslt");
        assertThat(check.path("refusalAfter").isNull()).isTrue();
        assertThat(check.path("changes").toString()).contains("Portland");

        var locked = post(
                "staff",
                "/ops/failures/" + id + "/repair",
                Map.of("values", Map.of("/totalMinor", "1"), "version", 0, "reason", "cheaper"));
        assertThat(locked.statusCode()).isEqualTo(422);
        assertThat(json(locked).path("code").asText()).isEqualTo("FIELD_REFUSED");

        var first = post(
                "staff",
                "/ops/failures/" + id + "/repair",
                Map.of("values", city, "version", 0, "reason", "asked the customer"));
        assertThat(first.statusCode()).as(first.body()).isEqualTo(202);
        var second = post(
                "lead",
                "/ops/failures/" + id + "/repair",
                Map.of("values", Map.of("/shipTo/city", "Salem"), "version", 0, "reason", "guessed"));
        assertThat(second.statusCode()).as(second.body()).isEqualTo(409);
        assertThat(json(second).path("who").asText()).isEqualTo("staff");
        assertThat(json(second).path("version").asInt()).isEqualTo(1);
        assertThat(json(second).path("theirs").path(0).path("pointer").asText()).isEqualTo("/shipTo/city");
        assertThat(json(second).path("theirs").path(0).path("after").asText()).isEqualTo("Portland");

        completed(order);
        assertThat(store.sql("select document from orders where number = ?")
                        .param(order)
                        .query(String.class)
                        .single())
                .contains("\"city\":\"Portland\"");
        // Replaying what is over changes nothing.
        int calls = callsOf(order);
        for (int i = 0; i < 2; i++) {
            assertThat(json(post("staff", "/ops/failures/" + id + "/replay", Map.of()))
                            .path("status")
                            .asText())
                    .isEqualTo("NOT_PARKED");
        }
        assertThat(callsOf(order)).isEqualTo(calls);
        assertThat(store.sql("select act from audit where order_number = ? and allowed order by id")
                        .param(order)
                        .query(String.class)
                        .list())
                .containsSubsequence("unmask", "check-first", "repair", "repair", "replay");
        assertThat(texts(store, "select state from repairs where target = 'order:" + order + "'"))
                .containsExactly("APPLIED");
    }

    private int callsOf(String order) {
        return store.sql("select count(*) from partner_calls where order_number = ?")
                .param(order)
                .query(Integer.class)
                .single();
    }

    @Test
    void aViewersReplayIsRefusedAndStandsInTheOrdersAudit() {
        String order = place(store, Map.of("scenario", "missing-city", "parcels", 1));
        long id = failureOf(order);
        assertThat(post("viewer", "/ops/failures/" + id + "/replay", Map.of()).statusCode())
                .isEqualTo(403);
        assertThat(post(
                                "staff",
                                "/ops/failures/" + id + "/replay",
                                Map.of("from", "step", "step", "fulfilment.release"))
                        .statusCode())
                .isEqualTo(403);
        JsonNode audit = doors().get("/ops/orders/" + order + "/audit");
        assertThat(audit.findValuesAsText("allowed")).contains("false");
        assertThat(audit.findValuesAsText("who")).contains("viewer", "staff");
        assertThat(store.sql("select state from failures where id = ?")
                        .param(id)
                        .query(String.class)
                        .single())
                .isEqualTo("OPEN");
    }

    @Test
    void theWholeAuditIsReadByPersonActAndOrderAndOnlyByThoseWhoMay() {
        String order = place(store, Map.of("scenario", "missing-city", "parcels", 1));
        long id = failureOf(order);
        post("viewer", "/ops/failures/" + id + "/replay", Map.of());
        post("staff", "/ops/failures/" + id + "/unmasked", Map.of("reason", "the customer is on the phone"));
        var audit = "/ops/audit?order=" + order;
        assertThat(doors().get(audit).findValuesAsText("act")).containsExactly("unmask", "POST replay");
        assertThat(doors().get(audit + "&who=viewer").findValuesAsText("act")).containsExactly("POST replay");
        assertThat(doors().get(audit + "&act=unmask").findValuesAsText("who")).containsExactly("staff");
        assertThat(doors().get("/ops/audit?order=none").path("items")).isEmpty();
        assertThat(doors().send("GET", audit, new byte[0], Map.of("Authorization", basic("staff")))
                        .statusCode())
                .isEqualTo(403);
        // That it was read, or was not allowed to be, stands in it as well.
        assertThat(doors().get("/ops/audit?act=read-audit&who=staff").findValuesAsText("allowed"))
                .containsExactly("false");
    }

    @Test
    void aReplayOfManyThatHelpsNobodyStopsAtItsCanary() {
        int orders = many(40);
        doors().place(Map.of("count", orders, "scenario", "missing-city", "lines", 1, "parcels", 1));
        parked(store, orders);
        String fingerprint = firstFailure().path("fingerprint").asText();
        // Incidents are counted by a clock: this one may not be there yet.
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(IllegalStateException.class)
                .until(() -> doors().get("/ops/incidents/" + fingerprint)
                                .path("failures")
                                .asInt()
                        == orders);
        var plan = json(post("lead", "/ops/incidents/" + fingerprint + "/plan", Map.of()));
        assertThat(plan.path("messages").asInt()).isEqualTo(orders);
        assertThat(plan.path("bySteps").path("fulfilment.release").asInt()).isEqualTo(orders);
        assertThat(post("staff", "/ops/incidents/" + fingerprint + "/replay", Map.of("reason", "may I?"))
                        .statusCode())
                .isEqualTo(403);

        var run = json(
                post("lead", "/ops/incidents/" + fingerprint + "/replay", Map.of("reason", "it is mended, I think")));
        long id = run.path("id").asLong();
        assertThat(post("lead", "/ops/incidents/" + fingerprint + "/replay", Map.of("reason", "again"))
                        .statusCode())
                .isEqualTo(409);
        await().atMost(PATIENCE)
                .until(() ->
                        doors().get("/ops/runs/" + id).path("state").asText().equals("STOPPED"));
        assertThat(doors().get("/ops/runs/" + id).path("stoppedWhy").asText())
                .isEqualTo("The canary failed the same way; nothing more was tried");
        assertThat(texts(
                        store,
                        "select distinct message_id from failures where state = 'REPLAYED' and result ="
                                + " 'FAILED_AGAIN' and ended_by = 'run " + id + "'"))
                .hasSize(1);
        assertThat(openFailures(store)).isEqualTo(orders);
    }

    @Test
    void whatFailsTheSameWayAfterTwoReplaysIsLockedForStaffAndBecomesAStory() {
        String order = place(store, Map.of("scenario", "missing-city", "parcels", 1));
        for (int i = 0; i < 2; i++) {
            long id = failureOf(order);
            assertThat(post("staff", "/ops/failures/" + id + "/replay", Map.of())
                            .statusCode())
                    .isEqualTo(202);
            await().atMost(PATIENCE).until(() -> failureOf(order) != id);
        }
        long third = failureOf(order);
        var refused = post("staff", "/ops/failures/" + third + "/replay", Map.of());
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
        assertThat(json(refused).path("code").asText()).isEqualTo("POISON");
        assertThat(post("staff", "/ops/failures/" + third + "/story", Map.of()).statusCode())
                .isEqualTo(403);
        var story = post("engineer", "/ops/failures/" + third + "/story", Map.of());
        assertThat(story.statusCode()).isEqualTo(200);
        assertThat(story.body()).contains("parked: {cause: ADDRESS_UNKNOWN").doesNotContain("Elm St");
        // The form stays open: a repair is no unchanged replay.
        var repair = post(
                "staff",
                "/ops/failures/" + third + "/repair",
                Map.of("values", Map.of("/shipTo/city", "Portland"), "version", 0, "reason", "asked"));
        assertThat(repair.statusCode()).as(repair.body()).isEqualTo(202);
        completed(order);
    }

    @Test
    void moneyNeedsASecondPerson() {
        String event = UUID.randomUUID().toString();
        String id = "91" + System.nanoTime();
        byte[] body = payload(id)
                .replace("\"total_price\":\"108.00\"", "\"total_price\":\"108.001\"")
                .getBytes(StandardCharsets.UTF_8);
        assertThat(doors().webhook("orders/create", event, body).statusCode()).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> openFailures(store) == 1);
        JsonNode failure = firstFailure();
        assertThat(failure.path("cause").asText()).isEqualTo("MONEY_WRONG");
        long number = failure.path("id").asLong();
        var values = Map.of("values", Map.of("/total_price", "108.00"), "version", 0, "reason", "the shop says 108.00");
        var asked = json(post("lead", "/ops/failures/" + number + "/repair", values));
        assertThat(asked.path("state").asText()).isEqualTo("PROPOSED");
        assertThat(openFailures(store)).isEqualTo(1);
        String target = asked.path("target").asText();
        var decision = Map.of("target", target, "version", 1, "yes", true);
        assertThat(post("staff", "/ops/repairs/decide", decision).statusCode()).isEqualTo(403);
        var own = post("lead", "/ops/repairs/decide", decision);
        assertThat(json(own).path("code").asText()).isEqualTo("FOUR_EYES");
        assertThat(post("admin", "/ops/repairs/decide", decision).statusCode()).isEqualTo(200);
        // The order opens; the original bytes stay as they came.
        await().atMost(PATIENCE)
                .until(() -> !texts(store, "select number from orders where shop_number = '#P" + id + "'")
                        .isEmpty());
        assertThat(new String(
                        store.sql("select b.body from inbox_bodies b join inbox i on i.id = b.id where i.event_id = ?")
                                .param(event)
                                .query(byte[].class)
                                .single(),
                        StandardCharsets.UTF_8))
                .contains("108.001");
    }

    private static String payload(String id) {
        try {
            var file = Path.of("src/test/resources/stories/payloads/one-mug.yaml");
            var tree = Doors.mapper().valueToTree(new Yaml().<Object>load(Files.readString(file)));
            return tree.toString().replace("\"$id\"", id).replace("$id", id);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aStaleMessageIsFetchedFromTheShopAgainAndStartsOver() {
        String order = place(store, Map.of("scenario", "unknown-country"));
        long id = failureOf(order);
        assertThat(doors().get("/ops/failures/" + id)
                        .path("failure")
                        .path("cause")
                        .asText())
                .isEqualTo("MARKET_UNKNOWN");
        var asked = post("staff", "/ops/failures/" + id + "/replay", Map.of("from", "shop"));
        assertThat(asked.statusCode()).as(asked.body()).isEqualTo(202);
        await().atMost(PATIENCE).until(() -> failureOf(order) != id);
        assertThat(store.sql("select state from failures where id = ?")
                        .param(id)
                        .query(String.class)
                        .single())
                .isEqualTo("SUPERSEDED");
        // The shop still says the same, so it is parked again; as today's words, in yesterday's place.
        assertThat(store.sql("select topic from inbox where order_number = ? and state = 'PARKED'")
                        .param(order)
                        .query(String.class)
                        .list())
                .containsExactly("orders/polled");
    }

    @Test
    void anOpenedOrderStartsOverFromTheBeginningOfItsStoryAndNoPartnerIsAskedTwice() {
        String order = place(store, Map.of("scenario", "missing-city", "parcels", 1));
        long id = failureOf(order);
        store.sql("update orders set document = replace(document, '500 Elm St', '1 Old Rd') where number = ?")
                .param(order)
                .update();
        assertThat(post("staff", "/ops/failures/" + id + "/replay", Map.of("from", "shop"))
                        .statusCode())
                .isEqualTo(202);
        await().atMost(PATIENCE).until(() -> failureOf(order) != id);
        assertThat(store.sql("select document from orders where number = ?")
                        .param(order)
                        .query(String.class)
                        .single())
                .contains("500 Elm St")
                .doesNotContain("1 Old Rd");
    }

    @Test
    void aMessageGoesOnAtAStepItHasBeenThrough() {
        doors().fault("shopify", "describe-order", "refuse", 1);
        String order = place(store, Map.of("parcels", 1));
        long id = failureOf(order);
        JsonNode steps = doors().get("/ops/failures/" + id).path("steps");
        assertThat(steps.path(0).path("id").asText()).isEqualTo("fulfilment.source");
        assertThat(steps.path(0).path("here").asBoolean()).isTrue();
        assertThat(steps.findValuesAsText("id")).contains("screening.screen", "order-capture.quote-tax");
        assertThat(steps.findValuesAsText("id")).doesNotContain("order-capture.accept");
        var wrong = Map.of("from", "step", "step", "books.post-journal");
        assertThat(post("engineer", "/ops/failures/" + id + "/replay", wrong).statusCode())
                .isEqualTo(409);
        var again = Map.of("from", "step", "step", "screening.screen");
        assertThat(post("engineer", "/ops/failures/" + id + "/replay", again).statusCode())
                .isEqualTo(202);
        completed(order);
        assertThat(store.sql("select step from history where order_number = ? and walk = 1 order by id")
                        .param(order)
                        .query(String.class)
                        .list())
                .startsWith("screening.screen", "fulfilment.source");
    }

    @Test
    void itIsDoneByHandDiscardedAndRestored() {
        String order = place(store, Map.of("scenario", "missing-city", "parcels", 1));
        long id = failureOf(order);
        assertThat(post("staff", "/ops/failures/" + id + "/discard", Map.of("reason", " "))
                        .statusCode())
                .isEqualTo(400);
        assertThat(json(post("staff", "/ops/failures/" + id + "/discard", Map.of("reason", "a test order")))
                        .path("status")
                        .asText())
                .isEqualTo("ENDED");
        assertThat(doors().conservation().path("balanced").asBoolean()).isTrue();
        assertThat(json(post("staff", "/ops/failures/" + id + "/restore", Map.of("reason", "it was none")))
                        .path("status")
                        .asText())
                .isEqualTo("ENDED");
        await().atMost(PATIENCE).until(() -> failureOf(order) != id);
        long again = failureOf(order);
        assertThat(post("staff", "/ops/failures/" + again + "/done", Map.of("reason", "typed it in"))
                        .statusCode())
                .isEqualTo(409);
        assertThat(json(post(
                                "staff",
                                "/ops/failures/" + again + "/done",
                                Map.of("reason", "typed it in", "reference", "SB-4711")))
                        .path("status")
                        .asText())
                .isEqualTo("ENDED");
        assertThat(store.sql("select state || ' ' || reference from failures where id = ?")
                        .param(again)
                        .query(String.class)
                        .single())
                .isEqualTo("DONE_BY_HAND SB-4711");
        await().atMost(PATIENCE)
                .until(() -> doors().conservation().path("balanced").asBoolean());
    }

    @Test
    @Proves("PARTNER_AWAY")
    void aPartnerThatIsAwayCostsNoAttemptAndNoClick() {
        doors().fault("avalara", "*", "refuse-connection", 100_000);
        int orders = 30;
        doors().place(Map.of("count", orders, "parcels", 1, "lines", 1, "market", "us"));
        await().atMost(PATIENCE)
                .until(() -> store.sql("select count(*) from partner_waits")
                                .query(Integer.class)
                                .single()
                        >= orders - 1);
        await().during(Duration.ofSeconds(4)).atMost(PATIENCE).until(() -> openFailures(store) == 0);
        assertThat(texts(
                        store,
                        "select distinct reason from inbox where state = 'WAITING' and lane in"
                                + " (select lane from partner_waits)"))
                .contains("PARTNER_AWAY");
        assertThat(doors().get("/ops/breakers")
                        .path(0)
                        .path("breaker")
                        .path("partner")
                        .asText())
                .isEqualTo("avalara");
        int callsWhileAway = store.sql("select count(*) from partner_calls where operation like 'avalara.%'"
                        + " and order_number in (select order_number from inbox where state = 'WAITING')")
                .query(Integer.class)
                .single();
        // What opened it, and a probe now and then; not thirty orders trying seven times each.
        assertThat(callsWhileAway).isLessThan(3 * orders);
        doors().clearFaults();
        await().atMost(PATIENCE).until(() -> texts(store, "select state from breakers where state <> 'CLOSED'")
                .isEmpty());
        await().atMost(PATIENCE).until(() -> atRest(store));
        assertThat(openFailures(store)).isZero();
        assertThat(store.sql("select max(attempts) from inbox")
                        .query(Integer.class)
                        .single())
                .isLessThanOrEqualTo(6);
        var sight = world().settle(Duration.ofSeconds(20));
        assertThat(sight.differences().stream()
                        .filter(one -> one.toString().contains("doubled"))
                        .toList())
                .isEmpty();
        assertThat(List.of(sight.placed().size())).isNotEmpty();
    }
}
