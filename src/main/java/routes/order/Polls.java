package routes.order;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import routes.inbox.Inbox;
import routes.inbox.LeaseClock;
import routes.inbox.Take;
import routes.inbox.Turn;
import routes.order.Order.FulfilmentOrder;
import routes.order.Order.Parcel;
import routes.order.Watermarks.Watermark;
import routes.region.Market;
import routes.region.Regions;

/**
 * What the hub asks of its partners because a webhook may never come: when to ask, from where, and which of the answers are
 * news. What is news goes through the inbox like anything told, and is counted as a gap ({@code oms.gap.found}).
 */
@Component("polls")
public class Polls {

    private static final Logger LOG = LoggerFactory.getLogger(Polls.class);

    /** Orders whose fulfilment orders are asked about in one question; some have several, the partner's page is 250. */
    private static final int ORDERS_AT_ONCE = 50;

    /** @param name {@code orders}, {@code shipments} or {@code webhooks} */
    public record Poll(String name, String partner) {}

    /** @param after null for the first page */
    public record Changes(Instant since, String after) {}

    /** @param reachedOrder the last order number looked at when more orders follow, else null */
    public record Asked(List<String> references, String reachedOrder) {}

    /** @param shopId the shop's id of an order */
    public record Changed(String shopId) {}

    /** What a partner said when it was asked and never told: as a door would have taken it in. */
    public record Found(String topic, String event, String shop, byte[] bytes) {}

    private final OrderDocuments documents;
    private final Watermarks watermarks;
    private final Inbox inbox;
    private final Regions regions;
    private final ObjectMapper json;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Map<String, Long> every;
    private final Duration overlap;
    private final Duration grace;
    private final Duration shipmentsAfter;
    private final Map<Poll, Long> started = new ConcurrentHashMap<>();

    Polls(
            OrderDocuments documents,
            Watermarks watermarks,
            Inbox inbox,
            Regions regions,
            ObjectMapper json,
            Clock clock,
            MeterRegistry meters,
            @Value("${oms.polls.orders.every-seconds:300}") long ordersEvery,
            @Value("${oms.polls.shipments.every-seconds:300}") long shipmentsEvery,
            @Value("${oms.polls.webhooks.every-seconds:3600}") long webhooksEvery,
            @Value("${oms.polls.orders.overlap-seconds:3600}") long overlap,
            @Value("${oms.polls.orders.grace-seconds:60}") long grace,
            @Value("${oms.polls.shipments.after-seconds:600}") long shipmentsAfter) {
        this.documents = documents;
        this.watermarks = watermarks;
        this.inbox = inbox;
        this.regions = regions;
        this.json = json;
        this.clock = clock;
        this.meters = meters;
        this.every = Map.of("orders", ordersEvery, "shipments", shipmentsEvery, "webhooks", webhooksEvery);
        this.overlap = Duration.ofSeconds(overlap);
        this.grace = Duration.ofSeconds(grace);
        this.shipmentsAfter = Duration.ofSeconds(shipmentsAfter);
    }

    /** Every question there is: each market's shop and warehouse, once each. */
    public List<Poll> all() {
        Set<String> shops = new TreeSet<>();
        Set<String> warehouses = new TreeSet<>();
        for (Market market : regions.all()) {
            shops.add(market.partner("shop"));
            warehouses.add(market.partner("warehouse"));
        }
        List<Poll> polls = new ArrayList<>();
        shops.forEach(shop -> polls.add(new Poll("orders", shop)));
        shops.forEach(shop -> polls.add(new Poll("webhooks", shop)));
        warehouses.forEach(warehouse -> polls.add(new Poll("shipments", warehouse)));
        return polls;
    }

    /** The questions whose time has come and that are not being asked already. */
    public List<Poll> due() {
        return all().stream()
                .filter(poll ->
                        every.get(poll.name()) > 0 && !Long.valueOf(slot(poll)).equals(started.get(poll)))
                .filter(poll -> watermarks.laneIsIdle(lane(poll.name(), poll.partner())))
                .toList();
    }

    /** Asks now, by the clock; of several instances one asks, for all know the slot of time by the same name. */
    public void start(Poll poll) {
        long slot = slot(poll);
        started.put(poll, slot);
        ask(poll.name(), poll.partner(), "slot:" + every.get(poll.name()) + ":" + slot);
    }

    /** Asks outside the clock's turn; {@code event} tells one such wish from the next. */
    public void ask(String name, String partner, String event) {
        String step =
                switch (name) {
                    case "orders" -> "polls.find-changed-orders";
                    case "shipments" -> "polls.find-shipments";
                    default -> "polls.watch-webhooks";
                };
        inbox.tick(step, lane(name, partner), partner, name + ":" + partner + ":" + event);
    }

    private long slot(Poll poll) {
        return LeaseClock.now().getEpochSecond() / every.get(poll.name());
    }

    private static String lane(String name, String partner) {
        return "polls/" + name + "/" + partner;
    }

    /** From when, and behind which page, a shop is asked for changed orders. */
    public Changes changesToRead(String shop) {
        Watermark mark = watermarks.find(lane("orders", shop));
        if (mark.pageAfter() != null) {
            return new Changes(mark.since(), mark.pageAfter());
        }
        Instant reached = mark.reached() == null ? clock.instant() : mark.reached();
        return new Changes(reached.minus(overlap), null);
    }

    /** Those of a page's orders that the hub does not know, or knows in an older version. */
    public List<Changed> littleKnown(String shop, JsonNode page) {
        Instant settled = clock.instant().minus(grace);
        List<Changed> little = new ArrayList<>();
        for (JsonNode order : page.path("orders")) {
            Instant updated = Instant.parse(order.path("updatedAt").asText());
            String id = order.path("shopId").asText();
            if (!updated.isAfter(settled) && !known(shop, id, updated)) {
                little.add(new Changed(id));
            }
        }
        return little;
    }

    /** An order that was told of but is not accepted yet has a message that waits or is parked: nothing is missing. */
    private boolean known(String shop, String shopId, Instant updated) {
        String number = watermarks.orderNumber(shop, shopId);
        if (number == null) {
            return false;
        }
        return documents
                .find(number)
                .map(order ->
                        order.shopVersion() != null && !order.shopVersion().isBefore(updated))
                .orElse(true);
    }

    /** A page is read: the watermark moves, and the next page follows at once where there is one. */
    public void changesRead(String shop, JsonNode page) {
        String lane = lane("orders", shop);
        Watermark mark = watermarks.find(lane);
        Changes asked = changesToRead(shop);
        Instant reached = mark.reached() == null ? asked.since() : mark.reached();
        for (JsonNode order : page.path("orders")) {
            Instant updated = Instant.parse(order.path("updatedAt").asText());
            reached = updated.isAfter(reached) ? updated : reached;
        }
        goOn(
                "orders",
                shop,
                new Watermark(lane, reached, asked.since(), page.path("next").asText(null)));
    }

    /** The fulfilment orders a warehouse has had for long without a word, as it knows them by our references. */
    public Asked shipmentsToRead(String warehouse) {
        Watermark mark = watermarks.find(lane("shipments", warehouse));
        List<String> documentsOnTheWay =
                watermarks.onTheWay(mark.pageAfter(), clock.instant().minus(shipmentsAfter), ORDERS_AT_ONCE);
        List<String> references = new ArrayList<>();
        String last = null;
        for (String document : documentsOnTheWay) {
            Order order = documents.order(document);
            last = order.number();
            if (warehouse.equals(order.partners().get("warehouse"))) {
                order.fulfilmentOrders().stream()
                        .filter(one -> one.state() == FulfilmentOrder.State.SENT
                                || one.state() == FulfilmentOrder.State.SHIPPED)
                        .forEach(one -> references.add(order.number() + "-" + one.id()));
            }
        }
        return new Asked(references, documentsOnTheWay.size() < ORDERS_AT_ONCE ? null : last);
    }

    /** Whether there is anything to ask about. */
    public boolean asksSomething(Asked asked) {
        return !asked.references().isEmpty();
    }

    /** A page of orders is asked about; the next page follows at once where there is one. */
    public void shipmentsRead(String warehouse, Asked asked) {
        goOn("shipments", warehouse, new Watermark(lane("shipments", warehouse), null, null, asked.reachedOrder()));
    }

    private void goOn(String name, String partner, Watermark next) {
        watermarks.write(Turn.current(), next);
        if (next.pageAfter() != null) {
            ask(name, partner, "after:" + Turn.current().message().id());
        }
    }

    /** What of an answer the hub has not been told: as it is to be taken in. */
    public List<Found> untold(JsonNode answer) {
        List<Found> untold = new ArrayList<>();
        for (JsonNode found : answer.path("found")) {
            if (!found.has("fact") || isNews(found)) {
                untold.add(new Found(
                        found.path("topic").asText(),
                        found.path("event").asText(),
                        found.path("shop").asText(""),
                        bytes(found.path("body"))));
            }
        }
        return untold;
    }

    private boolean isNews(JsonNode found) {
        String reference = found.path("reference").asText();
        int dash = reference.lastIndexOf('-');
        Order order =
                dash < 0 ? null : documents.find(reference.substring(0, dash)).orElse(null);
        FulfilmentOrder asked = order == null ? null : order.fulfilmentOrder(reference.substring(dash + 1));
        if (asked == null) {
            return false;
        }
        String shipment = found.path("shipment").asText();
        Parcel parcel = order.parcels().stream()
                .filter(one -> one.warehouseId().equals(shipment))
                .findFirst()
                .orElse(null);
        return found.path("fact").asText().equals("shipped")
                ? parcel == null
                : (parcel == null || parcel.deliveredAt() == null)
                        && !asked.deliveredEarly().containsKey(shipment);
    }

    private byte[] bytes(JsonNode body) {
        try {
            return json.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Counts what only a question found; what an earlier poll had found is a duplicate and no new gap. */
    public void count(String partner, Found found, Take.Receipt receipt) {
        if (receipt.duplicate()) {
            return;
        }
        meters.counter("oms.gap.found", "partner", partner, "topic", found.topic())
                .increment();
        LOG.warn(
                "{} never told us of {} ({}); asking found it, message {} of order {}",
                partner,
                found.event(),
                found.topic(),
                receipt.id(),
                receipt.orderNumber());
    }
}
