package routes.inbox;

import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;

/** Tells a turn which step it has entered: every route that has a policy to judge it is one; partners' routes are not. */
final class Steps implements RoutePolicyFactory {

    @Override
    public RoutePolicy createRoutePolicy(CamelContext camel, String routeId, NamedNode route) {
        if (!(route instanceof RouteDefinition definition) || definition.getRouteConfigurationId() == null) {
            return null;
        }
        return new RoutePolicySupport() {
            @Override
            public void onExchangeBegin(Route entered, Exchange exchange) {
                Turn turn = Turn.orNull();
                if (turn != null && !turn.ended() && turn.givenUp() == null) {
                    turn.step(entered.getRouteId());
                }
            }
        };
    }
}
