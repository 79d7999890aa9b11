package routes.inbox;

import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/** Stores a follow-up of the order at hand: another lane goes on with it, side by side with this one. */
final class FollowUpProducer extends DefaultProducer {

    private final InboxEndpoint endpoint;
    private final String step;

    FollowUpProducer(InboxEndpoint endpoint, String step) {
        super(endpoint);
        this.endpoint = endpoint;
        this.step = step;
    }

    @Override
    public void process(Exchange exchange) {
        String order = Turn.current().message().orderNumber();
        endpoint.inboxComponent()
                .inbox
                .follow(
                        step,
                        order,
                        endpoint.getSubject(),
                        endpoint.getLane() == null ? null : Inbox.lane(order, endpoint.getLane()));
    }
}
