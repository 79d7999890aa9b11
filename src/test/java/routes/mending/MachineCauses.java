package routes.mending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import org.yaml.snakeyaml.Yaml;
import routes.harness.Doors;
import routes.harness.Proves;
import routes.partner.NamesInTest;

/**
 * Failures of the machine and of what is around it, which no partner can be asked to make: each is really made, parks its
 * message by its own name, and is mended; then the order goes the whole way and nothing has happened twice.
 */
@Import(NamesInTest.class)
@TestPropertySource(
        properties = {
            "spring.main.allow-bean-definition-overriding=true",
            "oms.polls.stock.every-seconds=0",
            "oms.partners.warehouse.url=http://warehouse.example.com:${server.port}/sandbox/partners/warehouse"
        })
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class MachineCauses extends WholeHub {

    private static final Map<String, Object> ONE_PARCEL = Map.of("market", "us", "lines", 1, "parcels", 1);
    private static final Map<String, String> CLIENT = Map.of(
            "Content-Type", "application/json",
            "Authorization", "Bearer ohk_demo_sandbox-key-0001",
            "Idempotency-Key", "of-two-instances");

    @Autowired
    private JdbcClient store;

    @Autowired
    private ProducerTemplate send;

    @AfterEach
    void mend() {
        NamesInTest.leadHere();
        doors().clearFaults();
    }

    /** Before any other, since a connection that is open needs no name. */
    @Test
    @Order(1)
    @Proves("ADDRESS_REFUSED")
    void aPartnersNameThatLeadsIntoOurNetworkIsNotCalled() {
        NamesInTest.leadTo("169.254.169.254");
        String order = place(store, ONE_PARCEL);
        long failure = parked(order, "ADDRESS_REFUSED", "engineer");
        NamesInTest.leadHere();
        replay(failure);
        completed(order);
    }

    @Test
    @Proves("STORE_FAILED")
    void aChangeThatTheStoreRefusesIsParkedAndNotTriedForEver() {
        store.sql("alter table orders add constraint nothing_is_allocated check (status <> 'ALLOCATED')")
                .update();
        String order;
        long failure;
        try {
            order = place(store, ONE_PARCEL);
            failure = parked(order, "STORE_FAILED", "engineer");
        } finally {
            store.sql("alter table orders drop constraint nothing_is_allocated").update();
        }
        replay(failure);
        completed(order);
    }

    @Test
    @Proves("STEP_GONE")
    void aMessageThatStandsAtAStepNobodyRunsGoesOnAtAnother() {
        doors().fault("shopify", "describe-order", "key-revoked", 1);
        String order = place(store, ONE_PARCEL);
        long failure = parked(order, "CREDENTIALS_REFUSED", "engineer");
        store.sql("update inbox set step = 'fulfilment.find-places' where state = 'PARKED' and order_number = ?")
                .param(order)
                .update();
        replay(failure);
        long gone = parked(order, "STEP_GONE", "engineer");
        var answer = post(
                "engineer",
                "/ops/failures/" + gone + "/replay",
                Map.of("from", "step", "step", "order-capture.quote-tax"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        completed(order);
    }

    @Test
    @Proves("UNKNOWN")
    void whatNobodyHasANameForIsAnEngineers() {
        String order =
                place(store, Map.of("scenario", "fraud-review-silent", "market", "us", "lines", 1, "parcels", 1));
        await().atMost(PATIENCE).until(() -> atRest(store) && status(order).equals("IN_REVIEW"));
        market(order, "us", "moon");
        assertThat(post("lead", "/ops/orders/" + order + "/holds/FRAUD_REVIEW/release", Map.of("reason", "it is fine"))
                        .statusCode())
                .isEqualTo(202);
        long failure = parked(order, "UNKNOWN", "engineer");
        market(order, "moon", "us");
        replay(failure);
        completed(order);
    }

    /** As when the market's file was taken away while its orders are under way. */
    private void market(String order, String from, String to) {
        assertThat(store.sql("update orders set document = replace(document, ?, ?) where number = ?")
                        .params("\"market\":\"" + from + "\"", "\"market\":\"" + to + "\"", order)
                        .update())
                .isEqualTo(1);
        assertThat(texts(store, "select number from orders where document like '%\"market\":\"" + to + "\"%'"))
                .contains(order);
    }

    @Test
    @Proves("KEY_REUSED")
    void ofTwoInstancesThatTakeOneKeyForTwoOrdersOneStandsAndOneEndsByItself() throws Exception {
        var first = doors().send("POST", "/api/v1/orders", submission("PO-first"), CLIENT);
        assertThat(first.statusCode()).as(first.body()).isEqualTo(202);
        var taken = store.sql("select event_id, shop from inbox where topic = 'order-submitted' order by id desc"
                        + " fetch first 1 rows only")
                .query()
                .singleRow();
        // The other instance looked before this one had written: its door let the request in, the inbox sees both.
        Map<String, Object> headers = new LinkedHashMap<>();
        headers.put("oms-event-id", taken.get("event_id"));
        headers.put("oms-shop", taken.get("shop"));
        send.sendBodyAndHeaders(
                "inbox:partner-api?topic=RAW(=order-submitted)&eventId=oms-event-id&shop=oms-shop&keep=oms-shop",
                submission("PO-second"),
                headers);
        await().atMost(PATIENCE).until(() -> texts(
                        store, "select reason from inbox where topic = 'order-submitted' and state = 'DISCARDED'")
                .equals(List.of("KEY_REUSED")));
        await().atMost(PATIENCE).until(() -> texts(store, "select status from orders where channel = 'partner-api'")
                .equals(List.of("COMPLETED")));
    }

    private static byte[] submission(String reference) throws Exception {
        JsonNode body = Doors.mapper()
                .valueToTree(new Yaml()
                        .<Object>load(
                                Files.readString(Path.of("src/test/resources/stories/payloads/partner-order.yaml"))));
        return body.toString().replace("PO-$id", reference).getBytes(StandardCharsets.UTF_8);
    }

    /** Waits until this order's message is parked for that cause and nothing else; the failure. */
    private long parked(String order, String cause, String audience) {
        await().atMost(PATIENCE).until(() -> texts(
                        store,
                        "select cause || ' ' || audience from failures where state = 'OPEN' and order_number = '"
                                + order + "'")
                .equals(List.of(cause + " " + audience)));
        return store.sql("select id from failures where state = 'OPEN' and order_number = ?")
                .param(order)
                .query(Long.class)
                .single();
    }

    private void replay(long failure) {
        var answer = post("engineer", "/ops/failures/" + failure + "/replay", Map.of());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    }

    private String status(String order) {
        return doors().order(order).path("status").asText();
    }

    /** Waits until the order has gone the whole way, each partner having done its part once. */
    private void completed(String order) {
        await().atMost(PATIENCE).until(() -> status(order).equals("COMPLETED") && atRest(store));
        assertThat(openFailures(store)).isZero();
        assertThat(world().look(order).differences()).isEmpty();
    }
}
