package routes.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which webhooks the shop sends, and where to. What the hub needs is subscribed when the app is installed; a subscription
 * whose deliveries fail for too long is deleted without a word, and can be made again.
 */
final class Subscriptions {

    /** What an app that takes orders subscribes to when it is installed. */
    static final List<String> AT_INSTALLATION =
            List.of("orders/create", "orders/updated", "orders/edited", "orders/cancelled", "refunds/create");

    /**
     * One subscription.
     *
     * @param topic as a webhook's header writes it
     * @param uri null for the hub's own door, wherever it is
     */
    record Subscription(long id, String topic, String uri) {}

    private static final long FIRST_ID = 1_400_000_000_000L;
    private static final int MOST_FAILURES = 8;

    /** The shop's own eight tries take about this long, by the business clock: a hub that starts anew is found again. */
    private static final Duration LEAST_TROUBLE = Duration.ofHours(4);

    private static final class Trouble {
        final Instant since;
        int failures;

        Trouble(Instant since) {
            this.since = since;
        }
    }

    private final Map<Long, Subscription> all = new LinkedHashMap<>();
    private final Map<Long, Trouble> troubles = new LinkedHashMap<>();
    private long lastId = FIRST_ID;

    Subscriptions() {
        AT_INSTALLATION.forEach(topic -> add(new Subscription(lastId + 1, topic, null)));
    }

    /** {@code ORDERS_CREATE} of {@code orders/create}. */
    static String word(String topic) {
        return topic.replace('/', '_').toUpperCase(Locale.ROOT);
    }

    /** {@code orders/create} of {@code ORDERS_CREATE}, for the topics this shop sends. */
    static String topic(String word) {
        for (var known : AT_INSTALLATION) if (word(known).equals(word)) return known;
        return word;
    }

    synchronized long nextId() {
        return lastId + 1;
    }

    synchronized void add(Subscription subscription) {
        all.put(subscription.id(), subscription);
        lastId = Math.max(lastId, subscription.id());
    }

    synchronized boolean remove(long id) {
        troubles.remove(id);
        return all.remove(id) != null;
    }

    /** All of them, or those of some topics, oldest first. */
    synchronized List<Subscription> of(Set<String> topics) {
        var found = new ArrayList<Subscription>();
        for (var one : all.values()) if (topics.isEmpty() || topics.contains(one.topic())) found.add(one);
        return found;
    }

    synchronized void delivered(long id) {
        troubles.remove(id);
    }

    /** A delivery failed; whether the shop gives the subscription up. */
    synchronized boolean failed(long id, Instant now) {
        if (!all.containsKey(id)) return false;
        var trouble = troubles.computeIfAbsent(id, any -> new Trouble(now));
        trouble.failures++;
        return trouble.failures >= MOST_FAILURES && !now.isBefore(trouble.since.plus(LEAST_TROUBLE));
    }
}
