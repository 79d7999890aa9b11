package routes.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import routes.order.WebhookWatch.WatchSettings;

/** What a shop sends us is looked for at our own door; where that is, somebody must have said. */
class WebhookWatchTest {

    private static final String DOOR = "https://hub.example.com/partners/shopify/webhooks";

    @Test
    void whatIsSentToOurDoorIsNotMissing() {
        var watch = watch("https://hub.example.com/", false);
        assertThat(watch.misses("shopify", listed("orders/create", DOOR))).isFalse();
        assertThat(watch.misses("avalara", listed("orders/create", DOOR)))
                .as("of whom nothing is wanted")
                .isFalse();
    }

    @Test
    void anAddressIsNeededWhereWebhooksAreWanted() {
        assertThatThrownBy(() -> watch("", true)).hasMessageContaining("oms.public-url");
        assertThatThrownBy(() -> watch("http://127.0.0.1:8080", false)).hasMessageContaining("https");
        assertThatCode(() -> watch("http://127.0.0.1:8080", true)).doesNotThrowAnyException();
        assertThatCode(() -> new WebhookWatch(new WatchSettings(null, null), new SimpleMeterRegistry(), false))
                .doesNotThrowAnyException();
    }

    private static WebhookWatch watch(String url, boolean sandbox) {
        var wanted = Map.of("shopify", new WatchSettings.Wanted(List.of("orders/create")));
        return new WebhookWatch(new WatchSettings(url, wanted), new SimpleMeterRegistry(), sandbox);
    }

    private static JsonNode listed(String topic, String uri) {
        var all = JsonNodeFactory.instance.objectNode();
        all.putArray("webhooks").addObject().put("topic", topic).put("uri", uri);
        return all;
    }
}
