package routes.inbox;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import routes.guard.CardNumbers;

/**
 * Stores what came through a door, in the inbox or in the Kafka in front of it; goes on only when it is on stable storage.
 * Nothing but the correlation is read.
 */
final class DoorProducer extends DefaultProducer {

    private static final Logger LOG = LoggerFactory.getLogger(DoorProducer.class);
    private static final String IN_HEADER = "header:";

    private final InboxEndpoint endpoint;

    DoorProducer(InboxEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    public void process(Exchange exchange) {
        InboxComponent component = endpoint.inboxComponent();
        String partner = endpoint.partner();
        String topic = named(exchange, endpoint.getTopic());
        String eventId = named(exchange, endpoint.getEventId());
        String shop = named(exchange, endpoint.getShop());
        byte[] body = exchange.getMessage().getBody(byte[].class);
        Map<String, String> headers = new LinkedHashMap<>();
        for (String header : endpoint.getKeep().split(",")) {
            String value = exchange.getMessage().getHeader(header, String.class);
            if (value != null && value.length() <= 500) {
                headers.put(header, value);
            }
        }
        if (CardNumbers.in(body)) {
            // The bytes are kept as they came; that they hold this is told, never what.
            headers.put(Inbox.CARD_NUMBER, "seen");
            component.cardNumber(partner);
            LOG.warn("A message of {} about {} holds what looks like the number of a payment card", partner, topic);
        }
        InboxConsumer consumer = component.consumers.of(partner, cut(topic, 120));
        InboxEndpoint reader = consumer == null ? null : consumer.getEndpoint();
        boolean sorts = reader != null && reader.getCorrelation() != null;
        Delivery delivery = new Delivery(
                partner,
                cut(shop, 200),
                cut(topic, 120),
                cut(eventId, 200),
                headers,
                body == null ? new byte[0] : body,
                sorts ? reader.referencePartner() : null,
                sorts ? reader.referenceKind() : null,
                sorts ? reader.correlation(shop, leading(exchange, body, reader.getCorrelation())) : null,
                sorts && reader.isOpensOrder(),
                reader != null
                        && reader.cancels(topic)
                        && named(exchange, endpoint.getPart()).isEmpty(),
                Instant.now());
        if (component.front.on() && !endpoint.isTold()) {
            component.front.keep(delivery);
        } else {
            exchange.setVariable("receipt", component.inbox.take(delivery));
        }
    }

    private static String leading(Exchange exchange, byte[] body, String correlation) {
        return correlation.startsWith(IN_HEADER)
                ? exchange.getMessage().getHeader(correlation.substring(IN_HEADER.length()), String.class)
                : Correlations.scan(body, correlation);
    }

    private static String named(Exchange exchange, String header) {
        if (header == null) {
            return "";
        }
        if (header.startsWith("=")) {
            return header.substring(1);
        }
        String value = exchange.getMessage().getHeader(header, String.class);
        return value == null ? "" : value;
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length);
    }
}
