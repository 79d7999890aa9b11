package routes.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A real Kafka broker as a process of its own, broker and controller in one, on its own folder. One broker has no replicas
 * to wait for, so every message is forced to disk before it is acknowledged.
 */
final class KafkaBroker implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(120);

    private final Path home;
    private final int port = Ports.free();
    private final int controllerPort = Ports.free();
    private Process process;

    KafkaBroker(Path home) {
        this.home = home.toAbsolutePath();
    }

    /** Its address for clients. */
    String brokers() {
        return "127.0.0.1:" + port;
    }

    /** What a hub has to know. */
    Map<String, String> settings() {
        return Map.of("oms.kafka.enabled", "true", "camel.component.kafka.brokers", brokers());
    }

    /** Starts it on what its folder holds, or on a fresh one; answers when clients are served. */
    KafkaBroker start() {
        try {
            var config = home.resolve("server.properties");
            if (!Files.exists(config)) {
                Files.createDirectories(home);
                Files.writeString(config, configuration());
                java("kafka.tools.StorageTool", "format", "--cluster-id", clusterId(), "--config", config.toString())
                        .waitFor();
            }
            process = java("kafka.Kafka", config.toString());
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            if (!Pause.until(START_LIMIT, 100, () -> serves() || !process.isAlive()) || !process.isAlive()) {
                throw new IllegalStateException("Kafka does not start, see " + log());
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String clusterId() {
        var id = UUID.randomUUID();
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits()).toString();
    }

    private String configuration() {
        return String.join(
                "\n",
                "process.roles=broker,controller",
                "node.id=1",
                "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
                "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
                "controller.listener.names=CONTROLLER",
                "log.dirs=" + home.resolve("log"),
                "num.partitions=3",
                "offsets.topic.num.partitions=3",
                "offsets.topic.replication.factor=1",
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1",
                "group.initial.rebalance.delay.ms=0",
                "log.flush.interval.messages=1");
    }

    private Path log() {
        return home.resolve("broker.log");
    }

    private Process java(String main, String... arguments) throws IOException {
        var command = new ArrayList<>(
                List.of(Jdks.current().resolve("bin/java").toString(), "-Xmx384m", "-cp", ClassPath.ofThisJvm(), main));
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    private boolean serves() {
        var how = new Properties();
        how.put("bootstrap.servers", brokers());
        how.put("request.timeout.ms", "1000");
        how.put("default.api.timeout.ms", "2000");
        try (var admin = Admin.create(how)) {
            return !admin.describeCluster().nodes().get().isEmpty();
        } catch (ExecutionException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** All records of a topic by key, each key's in their order: value and headers. */
    Map<String, List<Told>> told(String topic) {
        var how = new Properties();
        how.put("bootstrap.servers", brokers());
        Map<String, List<Told>> told = new LinkedHashMap<>();
        try (var consumer = new KafkaConsumer<>(how, new StringDeserializer(), new StringDeserializer())) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    var headers = new LinkedHashMap<String, String>();
                    for (Header header : record.headers()) {
                        headers.put(header.key(), new String(header.value(), java.nio.charset.StandardCharsets.UTF_8));
                    }
                    told.computeIfAbsent(record.key(), key -> new ArrayList<>()).add(new Told(headers, record.value()));
                });
            }
        }
        return told;
    }

    /** Writes what no door of the hub has written. */
    void tell(String topic, String value) {
        var how = new Properties();
        how.put("bootstrap.servers", brokers());
        try (var producer = new KafkaProducer<>(how, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, value));
        }
    }

    /** One record. */
    record Told(Map<String, String> headers, String value) {}

    /** {@code kill -9}. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (process != null) kill();
    }
}
