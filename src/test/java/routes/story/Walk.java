package routes.story;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;
import routes.inbox.Turn;

/**
 * Follows messages on their way: which routes each entered, turn by turn. A step that is tried again and goes the same
 * way leaves no second trace, so that a story says where a message went and not how often it had to knock.
 */
final class Walk implements RoutePolicyFactory {

    private record Way(String order, List<List<String>> turns) {}

    private final Map<Long, Way> ways = new LinkedHashMap<>();
    private final Map<Long, Turn> current = new LinkedHashMap<>();
    private final Set<String> entered = new TreeSet<>();

    @Override
    public RoutePolicy createRoutePolicy(CamelContext camel, String id, NamedNode route) {
        return new RoutePolicySupport() {
            @Override
            public void onExchangeBegin(Route room, Exchange exchange) {
                enter(room.getRouteId());
            }
        };
    }

    /** Every route entered so far, whoever entered it. */
    synchronized Set<String> entered() {
        return new TreeSet<>(entered);
    }

    /** The ways of this order's messages, in the order the messages came; each a list of route ids. */
    synchronized List<List<String>> of(String order) {
        return ways.values().stream()
                .filter(way -> way.order().equals(order))
                .map(way -> {
                    var rooms = new ArrayList<String>();
                    List<String> before = null;
                    for (var turn : way.turns()) {
                        if (!turn.equals(before)) rooms.addAll(turn);
                        before = turn;
                    }
                    return List.copyOf(rooms);
                })
                .toList();
    }

    /** What the shop tells of a change may be of one we asked for: how often it does, and what is news then, is chance. */
    private static boolean told(Turn turn) {
        return turn.message().topic().equals("orders/updated");
    }

    private synchronized void enter(String room) {
        entered.add(room);
        Turn turn;
        try {
            turn = Turn.current();
        } catch (IllegalStateException atADoor) {
            return;
        }
        if (told(turn)) return;
        var message = turn.message();
        var way = ways.computeIfAbsent(
                message.id(), id -> new Way(String.valueOf(message.orderNumber()), new ArrayList<>()));
        if (current.put(message.id(), turn) != turn) way.turns().add(new ArrayList<>());
        way.turns().get(way.turns().size() - 1).add(room);
    }
}
