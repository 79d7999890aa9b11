package routes.story;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import routes.stock.AllRules;
import routes.stock.SourcingRules;

/** The markets' rules of who sends what, of which a story may set some for itself. */
class SetRules extends AllRules {

    private final Map<String, SourcingRules> set = new ConcurrentHashMap<>();

    /** @param words {@code market} and those of {@code sourcing:} in a market's file that are to differ */
    void set(JsonNode words) {
        var market = words.path("market").asText();
        var usual = super.of(market);
        set.put(
                market,
                new SourcingRules(
                        market,
                        usual.preferences(),
                        usual.everywhere(),
                        words.path("ship-complete").asBoolean(usual.shipComplete()),
                        words.path("max-parcels").asInt(usual.maxParcels()),
                        words.path("min-parcel-value-minor").asLong(usual.minParcelValueMinor()),
                        usual.backorder()));
    }

    void forget() {
        set.clear();
    }

    @Override
    public SourcingRules of(String market) {
        return set.containsKey(market) ? set.get(market) : super.of(market);
    }
}
