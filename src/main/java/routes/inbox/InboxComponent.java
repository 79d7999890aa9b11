package routes.inbox;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/**
 * {@code inbox:} the hub's message channel. {@code from: inbox:shopify.order-placed} consumes a partner's topics;
 * {@code to: inbox:shopify} stores a partner's message at a door; {@code to: inbox:hub.fulfilment.release} stores a
 * follow-up of our own that runs a step.
 */
final class InboxComponent extends DefaultComponent {

    final Inbox inbox;
    final Consumers consumers;
    final KafkaFront front;

    InboxComponent(Inbox inbox, Consumers consumers, KafkaFront front) {
        this.inbox = inbox;
        this.consumers = consumers;
        this.front = front;
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        consumers.routes(getCamelContext());
    }

    /** Counts a message that holds what looks like the number of a payment card. */
    void cardNumber(String partner) {
        consumers.meters().counter("oms.card.numbers", "partner", partner).increment();
    }

    @Override
    protected Endpoint createEndpoint(String uri, String name, Map<String, Object> parameters) throws Exception {
        InboxEndpoint endpoint = new InboxEndpoint(uri, this, name);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
