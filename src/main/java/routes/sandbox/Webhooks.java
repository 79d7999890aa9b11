package routes.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What partners owe the hub: kept until a 2xx, signed anew and tried again until then. The real ones give up after
 * hours or days; here only the shop does, by the business clock, so that a hub killed for a while is found again.
 */
final class Webhooks implements AutoCloseable {

    static final String NAME = "webhooks";

    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);

    private static final long[] RETRY_AFTER_MS = {200, 500, 1_000, 2_000, 5_000};
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(1);

    /** The shop's five seconds in all and the warehouse's fifteen. */
    private static final Map<String, Duration> ANSWER_LIMIT =
            Map.of(ShopifyAdmin.NAME, Duration.ofSeconds(5), ShipBob.NAME, Duration.ofSeconds(15));

    private static final Map<String, String> DOORS = Map.of(
            ShopifyAdmin.NAME, "/partners/shopify/webhooks",
            ShipBob.NAME, "/partners/warehouse/webhooks",
            Accertify.NAME, "/partners/accertify/resolutions");

    private final Journal journal;
    private final Faults faults;
    private final SandboxSettings settings;
    private final Map<String, Webhook> owed = new ConcurrentHashMap<>();
    private final DelayQueue<Attempt> attempts = new DelayQueue<>();
    private final Semaphore inFlight;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT)
            .build();
    private Consumer<Webhook> acknowledged = webhook -> {};
    private Consumer<Webhook> failed = webhook -> {};
    private Consumer<Webhook> unsubscribed = webhook -> {};
    private Thread sender;
    private volatile String hubUrl = "";

    private record Attempt(Webhook webhook, int number, long dueAt) implements Delayed {
        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(dueAt - System.currentTimeMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(dueAt, ((Attempt) other).dueAt);
        }
    }

    Webhooks(Journal journal, Faults faults, SandboxSettings settings) {
        this.journal = journal;
        this.faults = faults;
        this.settings = settings;
        inFlight = new Semaphore(settings.webhooksAtOnce());
    }

    /** Tells of each webhook that got its 2xx, also when it is remembered after a start. */
    void onAcknowledged(Consumer<Webhook> listener) {
        acknowledged = listener;
    }

    /** Tells of each attempt that was not acknowledged. */
    void onFailed(Consumer<Webhook> listener) {
        failed = listener;
    }

    /** Tells of each webhook whose subscription a fault deletes. */
    void onUnsubscribed(Consumer<Webhook> listener) {
        unsubscribed = listener;
    }

    /** A partner's door at the hub. */
    String door(String partner) {
        return hubUrl + DOORS.get(partner);
    }

    /** Gives up what is owed for a subscription that is no more. */
    void giveUp(long subscription) {
        for (var webhook : List.copyOf(owed.values())) {
            if (webhook.subscription() == subscription && owed.remove(webhook.id()) != null) settled(webhook, true);
        }
    }

    /**
     * Writes down an event together with the effects and webhooks it causes: one line, all or nothing. The webhooks
     * leave once it is on disk. Call it under the lock of what the event changes.
     */
    void append(ObjectNode event, List<Effect> effects, List<Webhook> caused) {
        var kept = new ArrayList<Webhook>();
        for (var webhook : caused) keepAsOrdered(webhook, kept);
        if (!kept.isEmpty()) {
            var list = event.putArray("webhooks");
            kept.forEach(webhook -> list.add(webhook.json()));
        }
        kept.forEach(webhook -> owed.put(webhook.id(), webhook));
        journal.append(event, effects, kept.isEmpty() ? null : () -> kept.forEach(this::schedule));
    }

    /** Takes the webhooks out of a remembered event, or marks one as delivered. */
    void remember(ObjectNode event) {
        event.path("webhooks").forEach(json -> {
            var webhook = Webhook.of(json);
            owed.put(webhook.id(), webhook);
        });
        if (NAME.equals(event.path("partner").asText())) {
            var webhook = owed.remove(event.path("id").asText());
            if (webhook != null && !event.path("givenUp").asBoolean()) acknowledged.accept(webhook);
        }
    }

    /** Begins to send, the left-over of an earlier process first. */
    void start(String hub) {
        hubUrl = hub;
        owed.values().forEach(this::schedule);
        sender = new Thread(this::sendForEver, "sandbox-webhooks");
        sender.setDaemon(true);
        sender.start();
    }

    int owed() {
        return owed.size();
    }

    @Override
    public void close() {
        if (sender != null) sender.interrupt();
    }

    private void keepAsOrdered(Webhook webhook, List<Webhook> kept) {
        var fault = faults.ofWebhook(webhook.partner(), webhook.operation()).orElse(null);
        if (fault == Fault.DROP_WEBHOOK || fault == Fault.DROP_WEBHOOKS) return;
        if (fault == Fault.DELETE_SUBSCRIPTION) {
            unsubscribed.accept(webhook);
            return;
        }
        kept.add(fault == Fault.OUT_OF_ORDER_WEBHOOK ? webhook.after(settings.outOfOrderMs()) : webhook);
        if (fault == Fault.DUPLICATE_WEBHOOK) kept.add(webhook.again());
    }

    private void schedule(Webhook webhook) {
        attempts.add(new Attempt(webhook, 0, webhook.notBefore()));
    }

    private void sendForEver() {
        try {
            while (true) {
                var attempt = attempts.take();
                if (!owed.containsKey(attempt.webhook().id())) continue;
                inFlight.acquire();
                send(attempt);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(Attempt attempt) {
        var webhook = attempt.webhook();
        HttpRequest request;
        try {
            request = request(webhook);
        } catch (IllegalArgumentException e) {
            inFlight.release();
            LOG.error("a webhook cannot be sent to {}", address(webhook), e);
            tryAgain(attempt, e.toString());
            return;
        }
        http.sendAsync(request, HttpResponse.BodyHandlers.discarding()).whenComplete((response, failure) -> {
            inFlight.release();
            if (failure == null && response.statusCode() / 100 == 2) {
                delivered(webhook);
            } else {
                tryAgain(attempt, failure == null ? "status " + response.statusCode() : failure.toString());
            }
        });
    }

    private String address(Webhook webhook) {
        return webhook.uri() == null ? door(webhook.partner()) : webhook.uri();
    }

    private HttpRequest request(Webhook webhook) {
        var request = HttpRequest.newBuilder(URI.create(address(webhook)))
                .timeout(ANSWER_LIMIT.getOrDefault(webhook.partner(), Duration.ofSeconds(10)))
                .POST(HttpRequest.BodyPublishers.ofString(webhook.body()));
        Signing.headers(webhook, settings.shopDomain(), System.currentTimeMillis() / 1000)
                .forEach(request::header);
        return request.build();
    }

    private void delivered(Webhook webhook) {
        if (owed.remove(webhook.id()) == null) return;
        acknowledged.accept(webhook);
        settled(webhook, false);
    }

    private void settled(Webhook webhook, boolean givenUp) {
        var line = Json.object().put("partner", NAME).put("id", webhook.id());
        if (givenUp) line.put("givenUp", true);
        try {
            journal.append(line, List.of(), null);
        } catch (IllegalStateException e) {
            LOG.debug("{} was settled while the sandbox closed; it will come again", webhook.id());
        }
    }

    private void tryAgain(Attempt attempt, String why) {
        var webhook = attempt.webhook();
        var wait = RETRY_AFTER_MS[Math.min(attempt.number(), RETRY_AFTER_MS.length - 1)];
        failed.accept(webhook);
        if (!owed.containsKey(webhook.id())) return;
        LOG.debug("{} {} is not acknowledged ({}), again in {} ms", webhook.partner(), webhook.topic(), why, wait);
        attempts.add(new Attempt(webhook, attempt.number() + 1, System.currentTimeMillis() + wait));
    }
}
