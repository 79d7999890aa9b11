package routes.inbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.KafkaManualCommit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka in front of the inbox: a door's message is safe there first, and is copied into the store in batches. So a burst
 * that outruns the store, or an outage of it, costs no partner an answer (guaranteed delivery). Offsets are committed only
 * after the store has committed; what is copied twice the inbox knows already (idempotent receiver).
 */
public class KafkaFront implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaFront.class);

    private static final String KEEP = "direct:kafka.keep-delivery";
    private static final int PAUSE_SECONDS = 1;
    private static final int LONGEST_LOOK_SECONDS = 3;

    /** The delivery without its body, as JSON: what a door learns to tell some day needs no further header. */
    private static final String DELIVERY = "oms-delivery";

    private final Inbox inbox;
    private final KafkaSettings settings;
    private final ObjectMapper json;
    private final CamelContext camel;
    private ProducerTemplate producer;
    private Admin admin;

    KafkaFront(Inbox inbox, KafkaSettings settings, ObjectMapper json, CamelContext camel) {
        this.inbox = inbox;
        this.settings = settings;
        this.json = json;
        this.camel = camel;
    }

    /** Whether there is a Kafka in front at all. */
    boolean on() {
        return settings.enabled();
    }

    /**
     * Keeps a delivery until it is copied; answers when every replica in sync has it.
     *
     * @throws StoreUnavailable when Kafka cannot take it now
     */
    void keep(Delivery delivery) {
        String key = delivery.correlation() == null ? delivery.eventId() : delivery.correlation();
        Exchange kept = producer().request(KEEP, exchange -> {
            exchange.getMessage().setBody(delivery.body());
            exchange.getMessage().setHeader(KafkaConstants.KEY, key);
            exchange.getMessage().setHeader(DELIVERY, text(delivery.carrying(null)));
        });
        if (kept.getException() != null) {
            throw new StoreUnavailable(kept.getException());
        }
    }

    private synchronized ProducerTemplate producer() {
        if (producer == null) {
            producer = camel.createProducerTemplate();
        }
        return producer;
    }

    /**
     * Copies a batch of records into the inbox and commits their offsets. While the store is away it tries again and again:
     * going on would leave the batch behind for good with the next commit.
     *
     * @param records the consumer's exchanges, one per record, in the order of their offsets
     */
    public void copy(List<Exchange> records) {
        List<Delivery> deliveries =
                records.stream().map(record -> delivery(record.getMessage())).toList();
        while (!taken(deliveries)) {
            try {
                TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreUnavailable(e);
            }
        }
        Map<String, Exchange> last = new LinkedHashMap<>();
        records.forEach(
                record -> last.put(record.getMessage().getHeader(KafkaConstants.PARTITION, String.class), record));
        last.values().forEach(record -> record.getMessage()
                .getHeader(KafkaConstants.MANUAL_COMMIT, KafkaManualCommit.class)
                .commit());
    }

    private boolean taken(List<Delivery> deliveries) {
        try {
            inbox.takeAll(deliveries);
            return true;
        } catch (StoreUnavailable e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            LOG.warn("{} messages wait in Kafka: {}", deliveries.size(), e.getMessage());
            return false;
        }
    }

    /**
     * What a door said of it. A record of which none said anything readable is kept as what it is: nobody handles it, so an
     * engineer sees it, and the records beside it go on.
     */
    private Delivery delivery(Message record) {
        byte[] body = record.getBody(byte[].class);
        byte[] bytes = body == null ? new byte[0] : body;
        String said = record.getHeader(DELIVERY, String.class);
        try {
            if (said != null) {
                return json.readValue(said, Delivery.class).carrying(bytes);
            }
        } catch (JsonProcessingException notOurs) {
            LOG.warn("A record in Kafka says of itself what no door says: {}", notOurs.getOriginalMessage());
        }
        String place = record.getHeader(KafkaConstants.PARTITION) + "-" + record.getHeader(KafkaConstants.OFFSET);
        return new Delivery(
                "kafka",
                "",
                "not-from-a-door",
                place,
                Map.of(),
                bytes,
                "kafka",
                "",
                null,
                false,
                false,
                LeaseClock.now());
    }

    /** How many messages are kept there and not yet copied; -1 when Kafka does not say. */
    public long waiting() {
        if (!on()) {
            return 0;
        }
        try {
            Map<TopicPartition, OffsetAndMetadata> copied = admin().listConsumerGroupOffsets(settings.group())
                    .partitionsToOffsetAndMetadata()
                    .get(LONGEST_LOOK_SECONDS, TimeUnit.SECONDS);
            Set<TopicPartition> partitions = admin()
                    .describeTopics(List.of(settings.inboxTopic()))
                    .allTopicNames()
                    .get(LONGEST_LOOK_SECONDS, TimeUnit.SECONDS)
                    .get(settings.inboxTopic())
                    .partitions()
                    .stream()
                    .map(partition -> new TopicPartition(settings.inboxTopic(), partition.partition()))
                    .collect(Collectors.toSet());
            Map<TopicPartition, ListOffsetsResultInfo> ends = ends(partitions, OffsetSpec.latest());
            Map<TopicPartition, ListOffsetsResultInfo> begins = ends(partitions, OffsetSpec.earliest());
            long waiting = 0;
            for (TopicPartition partition : partitions) {
                OffsetAndMetadata upTo = copied.get(partition);
                long from = upTo == null ? begins.get(partition).offset() : upTo.offset();
                waiting += Math.max(0, ends.get(partition).offset() - from);
            }
            return waiting;
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("Kafka does not say how much waits there: {}", e.toString());
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    private Map<TopicPartition, ListOffsetsResultInfo> ends(Set<TopicPartition> partitions, OffsetSpec which)
            throws ExecutionException, InterruptedException, TimeoutException {
        return admin().listOffsets(partitions.stream().collect(Collectors.toMap(one -> one, one -> which)))
                .all()
                .get(LONGEST_LOOK_SECONDS, TimeUnit.SECONDS);
    }

    private synchronized Admin admin() {
        if (admin == null) {
            Properties how = new Properties();
            KafkaComponent kafka = camel.getComponent("kafka", KafkaComponent.class);
            // Brokers and whatever they want to see before they answer; the rest means nothing to an admin.
            kafka.getConfiguration().createConsumerProperties().forEach((name, value) -> {
                if (value != null && name.toString().matches("bootstrap\\.servers|(security|sasl|ssl)\\..*")) {
                    how.put(name, value);
                }
            });
            how.putIfAbsent("bootstrap.servers", kafka.getConfiguration().getBrokers());
            admin = Admin.create(how);
        }
        return admin;
    }

    private String text(Delivery delivery) {
        try {
            return json.writeValueAsString(delivery);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(java.time.Duration.ofSeconds(1));
        }
    }
}
