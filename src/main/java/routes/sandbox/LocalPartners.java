package routes.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.http.HttpServlet;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The five partners in this process, with their memory, timers and webhooks. */
final class LocalPartners implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LocalPartners.class);

    private final SandboxSettings settings;
    private final Journal journal;
    private final Faults faults = new Faults();
    private final Webhooks webhooks;
    private final Shop shop;
    private final ShipBob warehouse;
    private final Map<String, Partner> partners;
    private final ScheduledThreadPoolExecutor timer;

    /** Builds the partners and brings back what they knew; nothing moves by itself before {@link #start}. */
    LocalPartners(Path folder, Clock clock, SandboxSettings settings) {
        this.settings = settings;
        timer = new ScheduledThreadPoolExecutor(2, task -> {
            var thread = new Thread(() -> logged(task), "sandbox-timer");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        journal = new Journal(folder);
        webhooks = new Webhooks(journal, faults, settings);
        shop = new Shop(webhooks, clock, timer, settings);
        warehouse = new ShipBob(webhooks, clock, timer, settings);
        partners = Map.of(
                ShopifyAdmin.NAME, new ShopifyAdmin(shop, settings),
                AvaTax.NAME, new AvaTax(webhooks, clock),
                Accertify.NAME, new Accertify(webhooks, clock, settings),
                ShipBob.NAME, warehouse,
                BusinessCentral.NAME, new BusinessCentral(webhooks, clock));
        journal.replay(this::remember);
    }

    /** Begins to send webhooks there, takes up what was under way, and places demo orders where that is wanted. */
    void start(String hubUrl) {
        webhooks.start(hubUrl);
        partners.values().forEach(Partner::resume);
        if (settings.ordersPerMinute() > 0) {
            var every = 60_000_000L / settings.ordersPerMinute();
            var wish = new OrderMaker.Wish(null, null, null, OrderMaker.HAPPY);
            timer.scheduleAtFixedRate(() -> shop.place(wish, 0), every, every, TimeUnit.MICROSECONDS);
        }
        LOG.info("the sandbox's partners send their webhooks to {}; {} are owed", hubUrl, webhooks.owed());
    }

    HttpServlet partnerDoor() {
        return new PartnerDoor(partners, faults, journal, timer, settings);
    }

    Shop shop() {
        return shop;
    }

    ShipBob warehouse() {
        return warehouse;
    }

    Faults faults() {
        return faults;
    }

    Journal journal() {
        return journal;
    }

    int owedWebhooks() {
        return webhooks.owed();
    }

    boolean knows(String partner) {
        return partners.containsKey(partner);
    }

    /** The reasons for a refusal that a partner has words for; {@link Faults#ANY} has those of nobody. */
    Set<String> reasons(String partner) {
        return partners.containsKey(partner) ? partners.get(partner).reasons() : Set.of();
    }

    @Override
    public void close() {
        webhooks.close();
        timer.shutdownNow();
        journal.close();
    }

    private void remember(ObjectNode event) {
        var partner = partners.get(event.path("partner").asText());
        if (partner != null) partner.apply(event);
        webhooks.remember(event);
    }

    private static void logged(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("a timer of the sandbox failed", e);
        }
    }
}
