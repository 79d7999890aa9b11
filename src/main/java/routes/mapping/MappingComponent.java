package routes.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.ProcessorEndpoint;
import org.springframework.stereotype.Component;

/**
 * The one door to the mappings: {@code mapping:avalara/quote-tax.request} turns the body by that file. The bean's name
 * is how Camel finds the component. A mapping that does not exist stops the start of its route.
 */
@Component("mapping-component")
class MappingComponent extends DefaultComponent {

    private final Mappings mappings;

    MappingComponent(Mappings mappings) {
        this.mappings = mappings;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String name, Map<String, Object> parameters) {
        if (!mappings.exists(name)) {
            throw new IllegalArgumentException("No mapping mappings/" + name + ".jslt");
        }
        return new ProcessorEndpoint(uri, this, exchange -> exchange.getMessage()
                .setBody(mappings.apply(name, exchange.getMessage().getBody(), variables(name, exchange))));
    }

    /** Of the exchange's variables only those the mapping names, and of those only plain values and JSON. */
    private Map<String, JsonNode> variables(String name, Exchange exchange) {
        Map<String, JsonNode> known = new HashMap<>();
        for (String variable : mappings.variables(name)) {
            Object value = exchange.getVariable(variable);
            if (value instanceof JsonNode node) {
                known.put(variable, node);
            } else if (value instanceof String || value instanceof Number || value instanceof Boolean) {
                known.put(variable, plain(value));
            }
        }
        return known;
    }

    private static JsonNode plain(Object value) {
        if (value instanceof Boolean truth) {
            return BooleanNode.valueOf(truth);
        }
        if (value instanceof Long || value instanceof Integer) {
            // Minor units are whole: a decimal would not do for an amount, though it be worth the same.
            return LongNode.valueOf(((Number) value).longValue());
        }
        return value instanceof Number number
                ? JsonNodeFactory.withExactBigDecimals(true).numberNode(new BigDecimal(number.toString()))
                : TextNode.valueOf(value.toString());
    }
}
