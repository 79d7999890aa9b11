package routes.stock;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import routes.stock.Demand.Choice;
import routes.stock.Demand.Line;
import routes.stock.Levels.Place;
import routes.stock.Plan.Missing;
import routes.stock.Plan.Part;
import routes.stock.Plan.Units;

/**
 * Decides which place sends what. It changes nothing: the same order, stock and rules always give the same plan.
 *
 * <ol>
 *   <li>The shop's own choice stands, when the units are there and the rules allow it.
 *   <li>Else one place that has everything, the market's best first.
 *   <li>Else the fewest places that have everything together, or else most of it: in units, then in worth.
 *   <li>What is nowhere waits, or cannot be sent, as the market says.
 * </ol>
 */
public final class Sourcing {

    private final Demand demand;
    private final Levels levels;
    private final SourcingRules rules;
    private final List<String> nodes;
    private final List<Line> known;
    private final List<Missing> unknown;
    private final Map<Integer, Line> byNumber;

    private Sourcing(Demand demand, Levels levels, SourcingRules rules) {
        this.demand = demand;
        this.levels = levels;
        this.rules = rules;
        this.nodes = rules.nodesFor(demand);
        this.known = demand.lines().stream()
                .filter(line -> !levels.unknown(rules.everywhere(), line.sku()))
                .toList();
        this.unknown = demand.lines().stream()
                .filter(line -> !known.contains(line))
                .map(line -> new Missing(line.line(), line.sku(), line.quantity()))
                .toList();
        this.byNumber = demand.lines().stream().collect(Collectors.toMap(Line::line, line -> line));
    }

    /** What goes to whom: quantities by line, by node. */
    private record Split(Map<String, Map<Integer, Integer>> byNode) {

        int units() {
            return byNode.values().stream()
                    .flatMap(lines -> lines.values().stream())
                    .mapToInt(Integer::intValue)
                    .sum();
        }

        int of(int line) {
            return byNode.values().stream()
                    .mapToInt(lines -> lines.getOrDefault(line, 0))
                    .sum();
        }
    }

    /** The plan for an order under a market's rules, with what was free at one moment. */
    public static Plan plan(Demand demand, Levels levels, SourcingRules rules) {
        return new Sourcing(demand, levels, rules).plan();
    }

    private Plan plan() {
        Split shops = shopsChoice();
        String forbidden = whyNot(shops);
        if (forbidden == null) {
            return plan(shops, true, "Sent as the shop chose, from " + places(shops) + trust(shops) + ".");
        }
        Split best = best();
        if (rules.shipComplete() && best.units() < wanted()) {
            return plan(
                    new Split(Map.of()),
                    false,
                    "Orders of this market leave only when everything is there, and " + (wanted() - best.units())
                            + " of " + units(wanted()) + " are not.");
        }
        String chosen = best.byNode().isEmpty()
                ? "Nothing can be sent now"
                : best.byNode().size() == 1
                        ? "One place sends " + (best.units() == wanted() ? "it all: " : "what there is: ")
                                + places(best)
                        : best.byNode().size() + " places send "
                                + (best.units() == wanted() ? "it together: " : "what there is: ") + places(best);
        return plan(
                best, false, chosen + trust(best) + "; the shop's choice does not stand because " + forbidden + ".");
    }

    /** All units as the shop would send them; lines of which no warehouse knows are left out. */
    private Split shopsChoice() {
        Map<String, Map<Integer, Integer>> byNode = new LinkedHashMap<>();
        for (Choice choice : demand.shopsChoice()) {
            Line line = byNumber.get(choice.line());
            if (choice.quantity() > 0 && (line == null || known.contains(line))) {
                byNode.computeIfAbsent(choice.node(), node -> new LinkedHashMap<>())
                        .merge(choice.line(), choice.quantity(), Integer::sum);
            }
        }
        return new Split(byNode);
    }

    /** Why the shop's choice cannot stand, as the end of a sentence; null when it can. */
    private String whyNot(Split shops) {
        if (shops.byNode().isEmpty()) {
            return "it names no place";
        }
        boolean allLines = shops.byNode().values().stream()
                .flatMap(lines -> lines.keySet().stream())
                .allMatch(byNumber::containsKey);
        if (!allLines || known.stream().anyMatch(line -> shops.of(line.line()) != line.quantity())) {
            return "it does not name a place for each unit";
        }
        if (rules.shipComplete() && !unknown.isEmpty()) {
            return "orders of this market leave only when everything is there";
        }
        for (String node : shops.byNode().keySet()) {
            if (!nodes.contains(node)) {
                return node + " is not among the places for this order (" + String.join(", ", nodes) + ")";
            }
        }
        if (shops.byNode().size() > rules.maxParcels()) {
            return "it needs " + shops.byNode().size() + " parcels and " + rules.maxParcels() + " are allowed";
        }
        Free free = new Free();
        for (Map.Entry<String, Map<Integer, Integer>> part : shops.byNode().entrySet()) {
            for (Map.Entry<Integer, Integer> units : part.getValue().entrySet()) {
                String sku = byNumber.get(units.getKey()).sku();
                if (free.take(part.getKey(), sku, units.getValue()) < units.getValue()) {
                    return part.getKey() + " has too few of " + sku;
                }
            }
        }
        if (rules.backorder().allowed()) {
            for (String node : shops.byNode().keySet()) {
                if (tooPoor(shops, node)) {
                    return "the parcel from " + node + " would be worth too little";
                }
            }
        }
        return null;
    }

    /** The fewest places that send the most: every combination is tried, best places first. */
    private Split best() {
        Split best = new Split(Map.of());
        for (int places = 1; places <= Math.min(rules.maxParcels(), nodes.size()); places++) {
            for (List<String> some : combinations(nodes, places)) {
                Split tried = from(some);
                if (tried.units() > best.units() || tried.units() == best.units() && worth(tried) > worth(best)) {
                    best = tried;
                }
            }
            if (best.units() == units(known)) {
                return best;
            }
        }
        return best;
    }

    /** As much as these places have, a line from one place where it can be; without parcels that are worth too little. */
    private Split from(List<String> some) {
        Free free = new Free();
        Map<String, Map<Integer, Integer>> byNode = new LinkedHashMap<>();
        some.forEach(node -> byNode.put(node, new LinkedHashMap<>()));
        for (Line line : known) {
            List<String> order = shopsFirst(line, some);
            int left = line.quantity();
            String whole = order.stream()
                    .filter(node -> free.left(node, line.sku()) >= line.quantity())
                    .findFirst()
                    .orElse(null);
            for (String node : whole == null ? order : List.of(whole)) {
                int taken = free.take(node, line.sku(), left);
                if (taken > 0) {
                    byNode.get(node).merge(line.line(), taken, Integer::sum);
                    left -= taken;
                }
            }
        }
        byNode.values().removeIf(Map::isEmpty);
        Split split = new Split(byNode);
        if (rules.backorder().allowed() && byNode.size() > 1) {
            // The least of them first; what is left may then be one parcel, which needs no worth.
            Comparator<String> worth = Comparator.comparingLong(node -> worth(split, node));
            for (String node : byNode.keySet().stream().sorted(worth).toList()) {
                if (tooPoor(split, node)) {
                    byNode.remove(node);
                }
            }
        }
        return split;
    }

    private List<String> shopsFirst(Line line, List<String> some) {
        Stream<String> shops = demand.shopsChoice().stream()
                .filter(choice -> choice.line() == line.line())
                .map(Choice::node)
                .filter(some::contains);
        return Stream.concat(shops, some.stream()).distinct().toList();
    }

    private boolean tooPoor(Split split, String node) {
        return split.byNode().size() > 1 && worth(split, node) < rules.minParcelValueMinor();
    }

    private long worth(Split split) {
        return split.byNode().keySet().stream()
                .mapToLong(node -> worth(split, node))
                .sum();
    }

    /** What the units from a place are worth, in minor units, rounded down by line. */
    private long worth(Split split, String node) {
        return split.byNode().get(node).entrySet().stream()
                .mapToLong(units -> {
                    Line line = byNumber.get(units.getKey());
                    return Math.multiplyExact(line.valueMinor(), (long) units.getValue()) / line.quantity();
                })
                .sum();
    }

    private Plan plan(Split split, boolean asTheShopChose, String reason) {
        List<Part> parts = new ArrayList<>();
        split.byNode()
                .forEach((node, lines) -> parts.add(new Part(
                        node,
                        lines.entrySet().stream()
                                .map(units -> new Units(
                                        units.getKey(),
                                        byNumber.get(units.getKey()).sku(),
                                        units.getValue()))
                                .toList())));
        List<Missing> missing = known.stream()
                .map(line -> new Missing(line.line(), line.sku(), line.quantity() - split.of(line.line())))
                .filter(line -> line.quantity() > 0)
                .toList();
        boolean wait = rules.backorder().allowed();
        String said = reason;
        if (!missing.isEmpty()) {
            int n = missing.stream().mapToInt(Missing::quantity).sum();
            said = said.substring(0, said.length() - 1) + "; " + units(n)
                    + (wait
                            ? " wait, for up to " + rules.backorder().promiseDays() + " days."
                            : " can be sent from nowhere.");
        }
        if (!unknown.isEmpty()) {
            said = said.substring(0, said.length() - 1) + "; no warehouse knows "
                    + unknown.stream().map(Missing::sku).distinct().collect(Collectors.joining(", ")) + ".";
        }
        return new Plan(
                parts,
                wait ? missing : List.of(),
                wait ? List.of() : missing,
                unknown,
                asTheShopChose,
                wait && !missing.isEmpty() ? rules.backorder().promiseDays() : null,
                said);
    }

    private int wanted() {
        return units(demand.lines());
    }

    private static int units(List<Line> lines) {
        return lines.stream().mapToInt(Line::quantity).sum();
    }

    private static String units(int n) {
        return n == 1 ? "1 unit" : n + " units";
    }

    private static String places(Split split) {
        return String.join(" and ", split.byNode().keySet());
    }

    private String trust(Split split) {
        List<String> asked = split.byNode().keySet().stream()
                .filter(node -> !levels.polled().contains(node))
                .toList();
        return asked.isEmpty() ? "" : " (what is on stock at " + String.join(" and ", asked) + " is not known)";
    }

    private static List<List<String>> combinations(List<String> of, int size) {
        List<List<String>> found = new ArrayList<>();
        combine(of, size, 0, List.of(), found);
        return found;
    }

    private static void combine(List<String> of, int size, int from, List<String> begun, List<List<String>> found) {
        if (begun.size() == size) {
            found.add(begun);
            return;
        }
        for (int i = from; i <= of.size() - (size - begun.size()); i++) {
            combine(
                    of,
                    size,
                    i + 1,
                    Stream.concat(begun.stream(), Stream.of(of.get(i))).toList(),
                    found);
        }
    }

    /** What is left while a plan is worked out. */
    private final class Free {

        private final Map<Place, Integer> left = new HashMap<>();

        int left(String node, String sku) {
            return left.computeIfAbsent(new Place(node, sku), place -> levels.available(node, sku));
        }

        /** Takes up to {@code wanted} units; answers how many. */
        int take(String node, String sku, int wanted) {
            int there = left(node, sku);
            int taken = Math.min(there, wanted);
            if (there != Levels.UNLIMITED) {
                left.put(new Place(node, sku), there - taken);
            }
            return taken;
        }
    }
}
