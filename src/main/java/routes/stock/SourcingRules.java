package routes.stock;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import routes.file.DataFile;

/**
 * How one market decides from where an order is sent, as {@code sourcing:} in its file says.
 *
 * @param market the file's name
 * @param preferences the first whose {@code when} holds names the places that may send, best first
 * @param everywhere all places of the market: who may send where no preference holds
 * @param shipComplete nothing leaves before everything can
 * @param maxParcels an order leaves from at most so many places
 * @param minParcelValueMinor what each of several parcels must be worth, in the market's currency; units of a lesser one wait,
 *     where backorders are allowed. Where they are not it is sent all the same: better a dear parcel than none
 * @param backorder whether units that are nowhere may wait, and how long the customer is told they will
 */
public record SourcingRules(
        String market,
        List<Preference> preferences,
        List<String> everywhere,
        boolean shipComplete,
        int maxParcels,
        long minParcelValueMinor,
        Backorder backorder) {

    /** Every combination of so many places is looked at, so there is an end to it. */
    static final int MOST_NODES = 20;

    static final int MOST_PARCELS = 5;

    public SourcingRules {
        preferences = List.copyOf(preferences);
        everywhere = List.copyOf(everywhere);
    }

    /** Places that may send an order of which {@code when} holds, best first. */
    public record Preference(When when, List<String> nodes) {

        public Preference {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * What must be true of an order; an empty set asks nothing.
     *
     * @param countries ISO 3166 codes of where it goes
     * @param regions codes of states or provinces of where it goes
     * @param serviceLevels names as the market has them
     */
    public record When(Set<String> countries, Set<String> regions, Set<String> serviceLevels) {

        /** Holds for every order. */
        static final When ALWAYS = new When(Set.of(), Set.of(), Set.of());

        boolean holds(Demand demand) {
            return holds(countries, demand.country())
                    && holds(regions, demand.region())
                    && holds(serviceLevels, demand.serviceLevel());
        }

        private static boolean holds(Set<String> wanted, String value) {
            return wanted.isEmpty() || value != null && wanted.contains(value);
        }
    }

    /** @param promiseDays how many days from now the customer is told to wait */
    public record Backorder(boolean allowed, int promiseDays) {}

    /** The places that may send this order, best first. */
    public List<String> nodesFor(Demand demand) {
        return preferences.stream()
                .filter(one -> one.when().holds(demand))
                .findFirst()
                .map(Preference::nodes)
                .orElse(everywhere);
    }

    /**
     * Reads a market's file.
     *
     * @throws routes.file.BrokenDataFile naming file and key when the rules cannot be believed
     */
    static SourcingRules of(DataFile market) {
        List<String> nodes =
                market.part("nodes").allTexts().values().stream().distinct().toList();
        if (nodes.size() > MOST_NODES) {
            throw market.broken("nodes", "there are " + nodes.size() + "; sourcing looks at up to " + MOST_NODES);
        }
        Set<String> levels = market.part("service-levels").keys();
        Set<String> countries = Set.copyOf(market.texts("countries"));
        DataFile rules = market.part("sourcing");
        List<Preference> preferences = rules.has("nodes")
                ? rules.parts("nodes").stream()
                        .map(one -> preference(one, nodes, countries, levels))
                        .toList()
                : List.of();
        int parcels = rules.number("max-parcels", 1);
        if (parcels > MOST_PARCELS) {
            throw rules.broken("max-parcels", "it is " + parcels + "; write a whole number up to " + MOST_PARCELS);
        }
        DataFile backorder = rules.part("backorder");
        SourcingRules read = new SourcingRules(
                market.name(),
                preferences,
                nodes,
                rules.flag("ship-complete"),
                parcels,
                rules.number("min-parcel-value-minor", 0),
                new Backorder(backorder.flag("allowed"), backorder.number("promise-days", 1)));
        rules.nothingElse();
        return read;
    }

    private static Preference preference(DataFile file, List<String> nodes, Set<String> countries, Set<String> levels) {
        When when = When.ALWAYS;
        if (file.has("when")) {
            DataFile words = file.part("when");
            when = new When(
                    some(words, "countries", countries),
                    some(words, "regions", null),
                    some(words, "service-levels", levels));
        }
        return new Preference(when, List.copyOf(some(file, "prefer", Set.copyOf(nodes), true)));
    }

    private static Set<String> some(DataFile file, String key, Set<String> known) {
        return some(file, key, known, false);
    }

    /** Texts that must be among {@code known}, each once; null knows everything. */
    private static Set<String> some(DataFile file, String key, Set<String> known, boolean needed) {
        if (!needed && !file.has(key)) {
            return Set.of();
        }
        Set<String> read = new LinkedHashSet<>();
        for (String word : file.texts(key)) {
            if (known != null && !known.contains(word)) {
                throw file.broken(
                        key,
                        "\"" + word + "\" is none of this market's "
                                + known.stream().sorted().toList());
            }
            if (!read.add(word)) {
                throw file.broken(key, "\"" + word + "\" stands there twice");
            }
        }
        return read;
    }
}
