package routes.inbox;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Kafka in front of the inbox and behind the orders ({@code oms.kafka.*}); how to reach it is Camel's
 * {@code camel.component.kafka.*}.
 *
 * @param enabled whether there is one
 * @param inboxTopic where doors keep what the inbox has not taken yet
 * @param eventsTopic where others hear what happens to orders
 * @param group the hubs that share the work of copying
 */
@ConfigurationProperties("oms.kafka")
public record KafkaSettings(
        @DefaultValue("false") boolean enabled,
        @DefaultValue("oms.inbox") String inboxTopic,
        @DefaultValue("oms.events") String eventsTopic,
        @DefaultValue("order-hub") String group) {}
