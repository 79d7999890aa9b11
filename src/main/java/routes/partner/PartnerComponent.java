package routes.partner;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;
import org.springframework.stereotype.Component;
import routes.inbox.Turn;

/**
 * {@code partner:avalara.commit-tax} sends the request in the body to that partner and puts its answer into the body.
 * With {@code effect=true} it is journalled and carried out once; {@code lookUp} names the route that asks afterwards.
 */
@Component("partner-component")
class PartnerComponent extends DefaultComponent {

    private final Calls calls;

    PartnerComponent(Calls calls) {
        this.calls = calls;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String operation, Map<String, Object> parameters) throws Exception {
        PartnerEndpoint endpoint = new PartnerEndpoint(uri, this, operation);
        setProperties(endpoint, parameters);
        return endpoint;
    }

    /** One operation of one partner. */
    public static final class PartnerEndpoint extends DefaultEndpoint {

        private final String operation;
        private boolean effect;
        private String lookUp;
        private boolean unlessCancelled;
        private boolean unlessChanged;

        PartnerEndpoint(String uri, PartnerComponent component, String operation) {
            super(uri, component);
            this.operation = operation;
        }

        /** Whether the call changes something at the partner. */
        public void setEffect(boolean effect) {
            this.effect = effect;
        }

        public boolean isEffect() {
            return effect;
        }

        /** The route id that finds out what became of an earlier try. */
        public void setLookUp(String lookUp) {
            this.lookUp = lookUp;
        }

        public String getLookUp() {
            return lookUp;
        }

        /** Whether the effect must wait while somebody wants the order cancelled. */
        public void setUnlessCancelled(boolean unlessCancelled) {
            this.unlessCancelled = unlessCancelled;
        }

        public boolean isUnlessCancelled() {
            return unlessCancelled;
        }

        /**
         * Whether the effect is sent only while the order is as the request tells of it: the request's {@code
         * context.version}. Otherwise the message begins its step anew.
         */
        public void setUnlessChanged(boolean unlessChanged) {
            this.unlessChanged = unlessChanged;
        }

        public boolean isUnlessChanged() {
            return unlessChanged;
        }

        @Override
        public Producer createProducer() {
            Calls calls = ((PartnerComponent) getComponent()).calls;
            String partner = operation.substring(0, operation.indexOf('.'));
            return new DefaultProducer(this) {
                @Override
                public void process(Exchange exchange) {
                    JsonNode request = exchange.getMessage().getBody(JsonNode.class);
                    String subject = exchange.getVariable("subject", "", String.class);
                    Turn turn = Turn.current();
                    Integer version = unlessChanged
                            ? (Integer) request.path("context").path("version").intValue()
                            : null;
                    Sending sending = new Sending(unlessCancelled, version);
                    JsonNode answer = effect
                            ? calls.effect(turn, partner, operation, subject, request, lookUp, sending, exchange)
                            : calls.read(turn, partner, operation, request);
                    exchange.getMessage().setBody(answer);
                }
            };
        }

        @Override
        public Consumer createConsumer(Processor processor) {
            throw new UnsupportedOperationException("Partners speak to us through doors, see inbox:");
        }
    }
}
