package routes.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import routes.harness.Expectations.Difference;
import routes.harness.Expectations.Effect;
import routes.harness.Expectations.FulfilmentOrder;
import routes.harness.Expectations.Known;
import routes.harness.Expectations.Parcel;
import routes.harness.Expectations.Placed;

/** Reads, through the doors, what the shop, the partners and the hub each believe, and has it compared. */
public final class World {

    private final Doors hub;
    private final Doors partners;

    /** @param partners the doors where the sandbox partners live; the hub's own when they live inside it */
    public World(Doors hub, Doors partners) {
        this.hub = hub;
        this.partners = partners;
    }

    /** What there is to see at one moment. */
    public record Sight(List<Placed> placed, List<Known> known, List<Difference> differences) {

        /** Orders whose webhook was acknowledged. */
        public long acknowledged() {
            return placed.stream().filter(Placed::acknowledged).count();
        }

        public long completed() {
            return known.stream()
                    .filter(order -> order.status().equals("COMPLETED"))
                    .count();
        }

        public boolean asItMustBe() {
            return differences.isEmpty();
        }
    }

    /** Looks once. Reads every order: use it when the hub is at rest. */
    public Sight look() {
        var names = new HashMap<String, String>();
        var placed = placed(names);
        var known = new ArrayList<Known>();
        for (var order : hub.orders())
            known.add(known(hub.order(order.path("number").asText())));
        var effects =
                partners.effects().stream().map(effect -> effect(effect, names)).toList();
        var differences = Expectations.compare(placed, known, effects, sums(), equation());
        return new Sight(placed, known, differences);
    }

    /** Looks at one order of the hub only; the books and the equation are still those of all. */
    public Sight look(String number) {
        var order = known(hub.order(number));
        var placed = placed(new HashMap<>()).stream()
                .filter(one -> one.name().equals(order.shopName()))
                .toList();
        var names = new HashMap<String, String>();
        placed(names);
        var effects =
                effects(number).stream().map(effect -> effect(effect, names)).toList();
        var differences = Expectations.compare(placed, List.of(order), effects, sums(), equation());
        return new Sight(placed, List.of(order), differences);
    }

    /** What partners carried out for this order of the hub, as they tell it; also where it never became an order. */
    public List<JsonNode> effects(String number) {
        var names = new HashMap<String, String>();
        placed(names);
        var order = hub.orders().stream()
                .filter(one -> one.path("number").asText().equals(number))
                .findFirst();
        var shopName = order.map(one -> one.path("shopNumber").asText()).orElse("");
        return partners.effects().stream()
                .filter(effect -> {
                    var key = effect.path("key").asText();
                    return key.equals(number) || key.startsWith(number + "-") || shopName.equals(names.get(key));
                })
                .toList();
    }

    private List<Placed> placed(Map<String, String> names) {
        var placed = new ArrayList<Placed>();
        for (var order : partners.shopOrders()) {
            var id = order.path("id").asText();
            var name = order.path("name").asText();
            names.put(id, name);
            names.put(name, name);
            names.put("gid://shopify/Order/" + id, name);
            placed.add(new Placed(
                    name,
                    order.path("acknowledged").asBoolean(),
                    order.path("currency").asText(),
                    order.path("totalMinor").asLong()));
        }
        return placed;
    }

    private Map<String, Long> sums() {
        var sums = new LinkedHashMap<String, Long>();
        hub.trialBalance()
                .path("currencies")
                .properties()
                .forEach(currency -> sums.put(
                        currency.getKey(), currency.getValue().path("sumMinor").asLong()));
        return sums;
    }

    /** The equation's terms, as numbers, and {@code balanced}. */
    public Map<String, Object> equation() {
        var terms = new LinkedHashMap<String, Object>();
        hub.conservation()
                .properties()
                .forEach(term -> terms.put(
                        term.getKey(),
                        term.getValue().isBoolean()
                                ? term.getValue().asBoolean()
                                : (Object) term.getValue().asLong()));
        return terms;
    }

    /** Messages that wait or run now. */
    public long underWay() {
        var equation = hub.conservation();
        return equation.path("waiting").asLong() + equation.path("running").asLong();
    }

    /**
     * Waits until every placed order is complete and everything is as it must be, or until nothing has changed for the
     * patience given; the last sight.
     */
    public Sight settle(Duration patience) {
        var seen = "";
        var last = System.nanoTime();
        while (true) {
            var now = equation() + " "
                    + partners.shopOrders().stream()
                            .filter(order -> order.path("acknowledged").asBoolean())
                            .count();
            if (!now.equals(seen)) {
                seen = now;
                last = System.nanoTime();
            } else if (underWay() == 0) {
                var sight = look();
                if (sight.asItMustBe() && sight.acknowledged() == sight.placed().size()) return sight;
            }
            if (System.nanoTime() - last > patience.toNanos()) return look();
            Pause.millis(500);
        }
    }

    private static Known known(JsonNode order) {
        var fulfilmentOrders = new ArrayList<FulfilmentOrder>();
        var parcels = new ArrayList<Parcel>();
        for (var each : order.path("fulfilments")) {
            fulfilmentOrders.add(new FulfilmentOrder(each.path("id").asText(), units(each)));
            for (var parcel : each.path("parcels")) {
                parcels.add(new Parcel(
                        parcel.path("id").asText(),
                        units(parcel),
                        parcel.path("amountMinor").asLong(),
                        parcel.path("taxMinor").asLong(),
                        parcel.path("tracking").asText()));
            }
        }
        var paid = stream(order.path("payments"))
                .anyMatch(payment -> payment.path("kind").asText().equals("SALE"));
        return new Known(
                order.path("number").asText(),
                order.path("shopNumber").asText(),
                order.path("status").asText(),
                order.path("totalMinor").asLong(),
                paid,
                fulfilmentOrders,
                parcels,
                stream(order.path("entries"))
                        .map(entry -> entry.path("id").asText())
                        .toList());
    }

    private static long units(JsonNode holder) {
        return stream(holder.path("lines"))
                .mapToLong(line -> line.path("quantity").asLong())
                .sum();
    }

    /** A shop's effects are told by the order's name; fulfilments by what they told the customer. */
    private static Effect effect(JsonNode effect, Map<String, String> names) {
        var key = effect.path("key").asText();
        var operation = effect.path("operation").asText();
        var ofOrder = names.get(key);
        if (ofOrder != null)
            key = operation.equals("create-fulfilment") ? effect.path("subject").asText() : ofOrder;
        var amount = effect.path("amountMinor");
        return new Effect(operation, key, amount.isNumber() ? amount.longValue() : null);
    }

    private static java.util.stream.Stream<JsonNode> stream(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }
}
