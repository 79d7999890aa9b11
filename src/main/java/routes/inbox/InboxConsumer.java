package routes.inbox;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;

/** Receives a partner's messages of some topics as raw bytes; what they mean is the route's next line. */
final class InboxConsumer extends DefaultConsumer {

    private final InboxEndpoint endpoint;

    InboxConsumer(InboxEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
    }

    @Override
    public InboxEndpoint getEndpoint() {
        return endpoint;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        for (String topic : endpoint.getTopics().split(",")) {
            endpoint.inboxComponent().consumers.add(endpoint.partner(), topic, this);
        }
    }

    @Override
    protected void doStop() throws Exception {
        for (String topic : endpoint.getTopics().split(",")) {
            endpoint.inboxComponent().consumers.remove(endpoint.partner(), topic, this);
        }
        super.doStop();
    }

    Throwable receive(Turn turn) {
        Exchange exchange = createExchange(false);
        try {
            turn.message().headers().forEach(exchange.getMessage()::setHeader);
            exchange.setVariable("subject", turn.message().subject());
            exchange.getMessage().setBody(turn.message().body());
            getProcessor().process(exchange);
            return exchange.getException();
        } catch (Exception e) {
            return e;
        } finally {
            releaseExchange(exchange, false);
        }
    }
}
