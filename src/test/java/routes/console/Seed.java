package routes.console;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Writes rows as the engine leaves them behind. */
class Seed {

    /** A secret that slipped into a request: it must never be shown. */
    static final String SLIPPED = "sk-live-0f9e8d7c";

    /** When the first thing happened. */
    static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    private final JdbcClient store;

    Seed(JdbcClient store) {
        this.store = store;
    }

    void empty() {
        for (String table : new String[] {
            "intakes",
            "seen",
            "duplicates",
            "inbox",
            "inbox_bodies",
            "lanes",
            "order_refs",
            "effects",
            "partner_calls",
            "orders",
            "history",
            "entries",
            "postings",
            "failures",
            "incident_deltas",
            "incidents",
            "replays",
            "audit",
            "deadlines",
            "outbox"
        }) {
            store.sql("delete from " + table).update();
        }
        store.sql("update kept_counts set n = 0 where name = 'open-failures'").update();
    }

    /**
     * A morning's work: a two-parcel order whose second parcel is on its way (OH-100001), one in euros held by its sum, one
     * in yen whose address nobody knows (OH-100003, dead letter), one done. Nine messages received, one duplicate.
     *
     * @return the dead letter's id
     */
    long morning() {
        order("OH-100001", "PART_SHIPPED", "us", "USD", 10800, PART_SHIPPED);
        order("OH-100002", "ON_HOLD", "de", "EUR", 238000, HELD);
        order("OH-100003", "VALIDATED", "jp", "JPY", 12800, BARE.formatted("OH-100003", "JPY", "VALIDATED"));
        order("OH-100004", "COMPLETED", "us", "USD", 2599, BARE.formatted("OH-100004", "USD", "COMPLETED"));

        store.sql("insert into intakes values (1, 6, ?), (7, 3, ?)")
                .params(at(0), at(5))
                .update();
        store.sql("insert into duplicates values (?, 1)").param(at(1)).update();
        message(1, "orders/create", "OH-100001", "OH-100001", "DONE", "fulfilment.release", 1, null);
        message(2, "orders/create", "OH-100002", "OH-100002", "DONE", "order-capture.accept", 1, null);
        message(
                3,
                "orders/create",
                "OH-100003",
                "OH-100003",
                "PARKED",
                "order-capture.quote-tax",
                3,
                "ADDRESS_UNKNOWN");
        message(4, "orders/updated", "OH-100003", "OH-100003", "RECEIVED", null, 0, null);
        message(5, "order.shipped", "OH-100001/P1", "OH-100001", "DONE", "settlement.capture", 1, null);
        message(6, "order.shipped", "OH-100001/P2", "OH-100001", "WAITING", "settlement.commit-tax", 2, "PARTNER_DOWN");
        message(7, "orders/create", "OH-100004", "OH-100004", "DONE", "fulfilment.release", 1, null);
        message(8, "order.shipment.delivered", null, null, "UNSORTED", null, 0, null);
        message(9, "orders/updated", "OH-100004", "OH-100004", "DISCARDED", null, 1, "STALE_VERSION");
        lane("OH-100001/P2", "LEASED", 1);
        lane("OH-100003", "PARKED", 2);
        lane("OH-100004", "IDLE", 0);

        happening(1, "order-capture.accept", "accepted", "", "Accepted from the shop, total 108.00 USD.", 1);
        call(
                1,
                "OH-100001",
                "order-capture.quote-tax",
                "avalara.quote-tax",
                "{\"method\":\"POST\",\"path\":\"/api/v2/transactions/create\",\"headers\":{\"Authorization\":\"Basic "
                        + SLIPPED + "\"},\"body\":{\"type\":\"SalesOrder\",\"code\":\"OH-100001\"}}",
                "{\"code\":\"OH-100001\",\"totalTax\":8.00,\"accessToken\":\"" + SLIPPED + "\"}",
                200,
                "ANSWERED",
                2);
        happening(1, "order-capture.quote-tax", "taxed", "", "Tax 8.00 USD quoted.", 2);
        call(
                1,
                "OH-100001",
                "order-capture.screen-fraud",
                "accertify.screen-order",
                "{\"method\":\"POST\",\"path\":\"/\",\"root\":\"transactions\"}",
                "<transaction><decision>ACCEPT</decision></transaction>",
                200,
                "ANSWERED",
                3);
        happening(1, "order-capture.screen-fraud", "screened", "", "Accepted with score 12.", 3);
        happening(1, "fulfilment.release", "released", "F1", "Sent to node 11.", 4);
        call(
                5,
                "OH-100001",
                "settlement.capture",
                "shopify.capture-payment",
                "{\"graphql\":\"shopify/capture-payment\",\"variables\":{\"amount\":\"59.40\"}}",
                null,
                null,
                "UNKNOWN",
                61);
        call(
                5,
                "OH-100001",
                "settlement.capture",
                "shopify.capture-payment",
                "{\"graphql\":\"shopify/capture-payment\",\"variables\":{\"amount\":\"59.40\"}}",
                "{\"data\":{\"orderCapture\":{\"transaction\":{\"id\":\"gid://shopify/OrderTransaction/9007199254740993\"}}}}",
                200,
                "ANSWERED",
                62);
        happening(5, "settlement.capture", "captured", "P1", "59.40 USD captured.", 62);
        entry(
                "OH-100001-SAL-P1",
                "OH-100001",
                "SHIPMENT",
                "P1",
                "USD",
                60,
                "1100",
                5940,
                "4010",
                500,
                "4000",
                -5000,
                "4100",
                -1000,
                "2100",
                -440);
        entry("OH-100001-CAP-P1", "OH-100001", "CAPTURE", "P1", "USD", 62, "1050", 5940, "1100", -5940);
        entry("OH-100004-COG-P1", "OH-100004", "COST", "P1", "JPY", 62, "5000", 700, "1200", -700);
        store.sql(
                        "insert into deadlines (order_number, kind, subject, due_at) values ('OH-100001', 'screening.give-up-review', '', ?)")
                .param(at(3000))
                .update();
        return deadLetter(3, "OH-100003", "order-capture.quote-tax", "ADDRESS_UNKNOWN");
    }

    /** Orders in one status, numbered on from OH-200001. */
    void orders(int count, String status) {
        for (int i = 1; i <= count; i++) {
            String number = "OH-" + (200000 + i);
            order(number, status, "us", "USD", 1000 + i, BARE.formatted(number, "USD", status));
        }
    }

    long deadLetter(long message, String order, String step, String cause) {
        store.sql(
                        "insert into failures (message_id, order_number, lane, step, walk, cause, detail, exception, state, since)"
                                + " values (?, ?, ?, ?, 1, ?, 'Avalara does not know 150-0043 in Tokyo', 'trace', 'OPEN', ?)")
                .params(message, order, order, step, cause, at(30))
                .update();
        store.sql("update kept_counts set n = n + 1 where name = 'open-failures'")
                .update();
        return store.sql("select max(id) from failures").query(Long.class).single();
    }

    void order(String number, String status, String market, String currency, long totalMinor, String document) {
        store.sql("insert into orders values (?, 3, ?, ?, ?, ?, 'shopify', 'demo.myshopify.com', ?, ?, ?, ?)")
                .params(number, status, market, currency, totalMinor, "#" + number.substring(5), at(0), at(9), document)
                .update();
    }

    void message(
            long id, String topic, String lane, String order, String state, String step, int attempts, String reason) {
        store.sql(
                        "insert into inbox (id, partner, shop, topic, event_id, ref_kind, correlation, lane, order_number, subject,"
                                + " priority, received_at, state, step, walk, attempts, reason)"
                                + " values (?, ?, 'demo.myshopify.com', ?, ?, 'order', '82098', ?, ?, '', 5, ?, ?, ?, 1, ?, ?)")
                .params(
                        id,
                        topic.startsWith("orders/") ? "shopify" : "warehouse",
                        topic,
                        "event-" + id,
                        lane,
                        order,
                        at((int) id),
                        state,
                        step,
                        attempts,
                        reason)
                .update();
    }

    void lane(String lane, String state, int pending) {
        store.sql("insert into lanes (lane, state, pending, priority, next_at, fence) values (?, ?, ?, 5, ?, 1)")
                .params(lane, state, pending, at(0))
                .update();
    }

    private void happening(long message, String step, String verb, String subject, String note, int minute) {
        store.sql("insert into history (order_number, message_id, walk, step, verb, subject, note, who, at)"
                        + " values ('OH-100001', ?, 1, ?, ?, ?, ?, 'hub', ?)")
                .params(message, step, verb, subject, note, at(minute))
                .update();
    }

    private void call(
            long message,
            String order,
            String step,
            String operation,
            String request,
            String answer,
            Integer status,
            String outcome,
            int minute) {
        store.sql(
                        "insert into partner_calls (effect_key, message_id, order_number, step, operation, request, answer, status,"
                                + " outcome, detail, took_ms, at, mapping_revision)"
                                + " values (null, ?, ?, ?, ?, ?, ?, ?, ?, ?, 123, ?, '0a1b2c3d4e5f')")
                .params(
                        message,
                        order,
                        step,
                        operation,
                        request,
                        answer,
                        status,
                        outcome,
                        status == null ? "No answer within 5000 ms" : null,
                        at(minute))
                .update();
    }

    /** @param postings account and minor units, in turn */
    private void entry(
            String id, String order, String kind, String subject, String currency, int minute, Object... postings) {
        store.sql("insert into entries values (?, ?, 5, ?, ?, 'us-books', ?, ?, null, null)")
                .params(id, order, kind, subject, currency, at(minute))
                .update();
        for (int i = 0; i < postings.length; i += 2) {
            store.sql("insert into postings values (?, ?, ?, ?, ?, '')")
                    .params(id, i / 2 + 1, postings[i], postings[i + 1], currency)
                    .update();
        }
    }

    private static OffsetDateTime at(int minutes) {
        return START.plus(Duration.ofMinutes(minutes)).atOffset(ZoneOffset.UTC);
    }

    private static final String BARE =
            """
            {"number":"%s","currency":"%s","status":"%s","serviceLevel":"standard","shipTo":{"country":"JP"},
             "lines":[{"number":1,"sku":"TEA-1","title":"Tea","quantity":3}],"holds":[],"fulfilmentOrders":[],"parcels":[]}
            """;

    private static final String HELD =
            """
            {"number":"OH-100002","currency":"EUR","status":"ON_HOLD","serviceLevel":"express","shipTo":{"country":"DE"},
             "lines":[{"number":1,"sku":"DESK-1","title":"Desk","quantity":1}],
             "holds":[{"kind":"ADDUP","reason":"The lines add up to 2,379.00, the shop says 2,380.00","line":null,
                       "placedAt":"2026-11-01T10:01:00Z","releasedAt":null,"releasedBy":null}],
             "fulfilmentOrders":[],"parcels":[]}
            """;

    private static final String PART_SHIPPED =
            """
            {"number":"OH-100001","currency":"USD","status":"PART_SHIPPED","serviceLevel":"standard",
             "shipTo":{"country":"US","name":"A Customer"},
             "lines":[{"number":1,"sku":"MUG-1","title":"Mug <b>blue</b>","quantity":2},
                      {"number":2,"sku":"SOCK-9","title":"Wool socks, grey","quantity":3}],
             "tenders":[{"id":"gid://shopify/OrderTransaction/1","kind":"AUTHORIZATION","gateway":"shopify_payments",
                         "amountMinor":10800,"expiresAt":"2026-11-08T10:00:00Z"}],
             "holds":[{"kind":"FRAUD_REVIEW","reason":"Score 61 is above 60","line":null,"placedAt":"2026-11-01T10:03:00Z",
                       "releasedAt":"2026-11-01T10:20:00Z","releasedBy":"lead"}],
             "fulfilmentOrders":[
               {"id":"F1","shopId":"gid://shopify/FulfillmentOrder/1","node":"11","state":"SENT","warehouseId":"9001",
                "lines":[{"line":1,"quantity":1},{"line":2,"quantity":2}]},
               {"id":"F2","shopId":"gid://shopify/FulfillmentOrder/2","node":"12","state":"PLANNED","warehouseId":null,
                "lines":[{"line":1,"quantity":1}]}],
             "parcels":[
               {"id":"P1","fulfilmentOrder":"F1","tracking":"1Z999AA10123456784","trackingUrl":"https://tracking.example/1Z999AA10123456784",
                "carrier":"UPS","shippedAt":"2026-11-01T11:00:00Z","deliveredAt":"2026-11-01T11:30:00Z",
                "lines":[{"line":1,"quantity":1}],"amountMinor":5940,"taxMinor":440,"dues":[{"id":"P1","tender":"gid://shopify/OrderTransaction/1","amountMinor":5940,"captureId":"gid://shopify/OrderTransaction/2"}],
                "taxDocument":"OH-100001-P1","shopFulfilmentId":null},
               {"id":"P2","fulfilmentOrder":"F1","tracking":"1Z999AA10123456785","trackingUrl":"javascript:alert(1)",
                "carrier":"UPS","shippedAt":"2026-11-01T11:05:00Z","deliveredAt":null,
                "lines":[{"line":2,"quantity":2}],"amountMinor":2430,"taxMinor":180,"dues":[{"id":"P2","tender":"gid://shopify/OrderTransaction/1","amountMinor":2430,"captureId":null}],
                "taxDocument":null,"shopFulfilmentId":null}]}
            """;
}
