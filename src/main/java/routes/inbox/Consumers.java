package routes.inbox;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a claimed message to its place in the routes: its consumer when nothing was decided for it yet, else straight
 * to the step where it stands. When the walk is over it writes the ending itself, whatever the exchange says: a handled
 * dead letter looks like success to Camel.
 */
final class Consumers {

    private static final Logger LOG = LoggerFactory.getLogger(Consumers.class);

    private CamelContext camel;
    private ProducerTemplate send;
    private final Committer committer;
    private final Preparation preparation;
    private final Judge judge;
    private final MeterRegistry meters;
    private final MovedSteps moved = new MovedSteps();
    private final Map<String, InboxConsumer> byTopic = new ConcurrentHashMap<>();

    MeterRegistry meters() {
        return meters;
    }

    Consumers(Committer committer, Preparation preparation, Judge judge, MeterRegistry meters) {
        this.committer = committer;
        this.preparation = preparation;
        this.judge = judge;
        this.meters = meters;
    }

    /** The routes to send messages into. */
    void routes(CamelContext camel) {
        this.camel = camel;
        this.send = camel.createProducerTemplate();
    }

    void add(String partner, String topic, InboxConsumer consumer) {
        InboxConsumer before = byTopic.put(partner + " " + topic, consumer);
        if (before != null && before != consumer) {
            throw new IllegalArgumentException("Topic " + topic + " of " + partner + " has two consumers: "
                    + before.getEndpoint().getEndpointUri() + " and "
                    + consumer.getEndpoint().getEndpointUri());
        }
    }

    void remove(String partner, String topic, InboxConsumer consumer) {
        byTopic.remove(partner + " " + topic, consumer);
    }

    InboxConsumer of(String partner, String topic) {
        return byTopic.get(partner + " " + topic);
    }

    /**
     * Steps that unfinished messages stand at but no route runs: they would park as STEP_GONE when their turn comes, so
     * the log says it at start, when a rename can still be written into steps-moved.yaml.
     */
    void warnOfMissing(Collection<String> steps) {
        for (String step : steps) {
            if (camel.getRoute(moved.now(step)) == null) {
                LOG.error(
                        "Unfinished messages stand at {}, which no route runs; name its successor in steps-moved.yaml",
                        step);
            }
        }
    }

    /** Walks one message; answers how many more wait in its lane while the lane is still ours. */
    int run(Turn turn) {
        int left = end(turn);
        meters.counter("oms.messages", "topic", turn.message().topic(), "outcome", turn.outcome())
                .increment();
        return left;
    }

    private int end(Turn turn) {
        Throwable failure = null;
        try {
            failure = walk(turn);
        } catch (LeaseLost | StoreUnavailable e) {
            throw e;
        } catch (RuntimeException e) {
            failure = e;
        }
        if (turn.ended()) {
            return turn.left();
        }
        if (turn.givenUp() != null) {
            throw turn.givenUp();
        }
        if (failure instanceof LeaseLost || failure instanceof StoreUnavailable) {
            throw (RuntimeException) failure;
        }
        Ending ending = failure == null ? Ending.done(turn) : judge.judge(turn, failure);
        if (failure != null) {
            LOG.warn("Message {} stops at {}: {}", turn.message().id(), turn.step(), failure.toString());
        }
        return committer.write(ending);
    }

    private Throwable walk(Turn turn) {
        Message message = turn.message();
        if (message.begun() || message.own()) {
            String step = moved.now(message.begun() && message.step() != null ? message.step() : message.topic());
            String address = "direct:" + step;
            if (camel.hasEndpoint(address) == null || camel.getRoute(step) == null) {
                return new Refused("STEP_GONE", "There is no step " + step + " any more");
            }
            turn.step(step);
            Exchange exchange = camel.getEndpoint(address).createExchange();
            preparation.prepare(turn, exchange);
            return send.send(address, exchange).getException();
        }
        InboxConsumer consumer = of(message.partner(), message.topic());
        if (consumer == null) {
            return new Refused("TOPIC_UNHANDLED", "Nobody handles " + message.topic() + " of " + message.partner());
        }
        return consumer.receive(turn);
    }
}
