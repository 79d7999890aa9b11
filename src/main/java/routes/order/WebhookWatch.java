package routes.order;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;
import routes.inbox.Turn;
import routes.order.WebhookWatch.WatchSettings;

/**
 * Which webhooks we need a partner to send, and which of them it does not send any more: a shop deletes a subscription
 * without a word when too many deliveries have failed. What was made again is counted ({@code oms.webhooks.made}).
 */
@Component("webhookWatch")
@EnableConfigurationProperties(WatchSettings.class)
public class WebhookWatch {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookWatch.class);

    /**
     * Where partners reach us, and what each is to tell us.
     *
     * @param publicUrl the hub's address as partners see it, without a slash at its end
     * @param partners {@code webhooks} of each: topics as their headers write them
     */
    @ConfigurationProperties("oms")
    record WatchSettings(String publicUrl, Map<String, Wanted> partners) {

        record Wanted(List<String> webhooks) {}

        WatchSettings {
            publicUrl = publicUrl == null ? "" : publicUrl.replaceFirst("/$", "");
            partners = partners == null ? Map.of() : Map.copyOf(partners);
        }

        List<String> wanted(String partner) {
            Wanted wanted = partners.get(partner);
            return wanted == null || wanted.webhooks() == null ? List.of() : wanted.webhooks();
        }
    }

    /**
     * A subscription to make.
     *
     * @param topic as the webhook's header will write it
     * @param uri our door
     * @param subject tells this making from one that a later poll may find necessary
     */
    public record Missing(String topic, String uri, String subject) {}

    private final WatchSettings settings;
    private final MeterRegistry meters;

    /** @throws IllegalArgumentException when webhooks are wanted and nobody knows where to send them */
    WebhookWatch(WatchSettings settings, MeterRegistry meters, @Value("${oms.sandbox.enabled:false}") boolean sandbox) {
        boolean wanting = settings.partners().keySet().stream()
                .anyMatch(partner -> !settings.wanted(partner).isEmpty());
        // Only partners on this machine would post to an address without TLS.
        if (wanting && !settings.publicUrl().startsWith(sandbox ? "http" : "https://")) {
            throw new IllegalArgumentException("oms.public-url must be the " + (sandbox ? "" : "https ")
                    + "address at which partners reach the hub: their webhooks are to be sent there");
        }
        this.settings = settings;
        this.meters = meters;
    }

    /** Whether a partner does not send all it should. */
    public boolean misses(String partner, JsonNode listed) {
        return !missing(partner, listed).isEmpty();
    }

    /**
     * The topics a partner should send to our door and does not; what it sends elsewhere is not our matter.
     *
     * @param listed {@code {"webhooks": [{"id", "topic", "uri"}]}}
     */
    public List<Missing> missing(String partner, JsonNode listed) {
        String door = settings.publicUrl() + "/partners/" + partner + "/webhooks";
        List<Missing> missing = new ArrayList<>();
        for (String topic : settings.wanted(partner)) {
            boolean there = false;
            for (JsonNode one : listed.path("webhooks")) {
                there |= one.path("topic").asText().equals(topic)
                        && one.path("uri").asText().equals(door);
            }
            if (!there) {
                String making = topic + "@" + Turn.current().message().id();
                missing.add(new Missing(topic, door, making));
            }
        }
        return missing;
    }

    /** Counts a subscription that was made: until then nothing of its topic came. */
    public void made(String partner, Missing missing, JsonNode answer) {
        meters.counter("oms.webhooks.made", "partner", partner, "topic", missing.topic())
                .increment();
        LOG.warn(
                "{} did not send us {} any more; it does again, by {}",
                partner,
                missing.topic(),
                answer.path("id").asText());
    }
}
