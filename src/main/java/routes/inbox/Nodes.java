package routes.inbox;

import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.NamedRoute;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Remembers which line of which route a failure came from. Camel itself names only the last endpoint, and its message history
 * costs a record per node; this costs a comparison, and writes only when something failed.
 */
final class Nodes implements InterceptStrategy {

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext camel, NamedNode node, Processor target, Processor nextTarget) {
        return new DelegateAsyncProcessor(target) {
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                return super.process(exchange, doneSync -> {
                    if (exchange.getException() != null) {
                        Turn turn = Turn.orNull();
                        if (turn != null) {
                            turn.failedAt(exchange.getException(), place(node));
                        }
                    }
                    callback.done(doneSync);
                });
            }
        };
    }

    private static String place(NamedNode node) {
        NamedNode route = node;
        while (route.getParent() != null && !(route instanceof NamedRoute)) {
            route = route.getParent();
        }
        String file = node.getLocation() == null ? route.getLocation() : node.getLocation();
        String name = file == null ? "" : file.substring(Math.max(file.lastIndexOf(':'), file.lastIndexOf('/')) + 1);
        return route.getId() + ", " + node.getLabel()
                + (name.isEmpty() ? "" : ", " + name + ":" + node.getLineNumber());
    }
}
