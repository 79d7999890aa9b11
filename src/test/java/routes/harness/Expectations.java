package routes.harness;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What must have happened, reckoned from the orders, against what the partners say did happen.
 *
 * <p>For each order the shop placed: one order in the hub, complete, of the same total; for each parcel one capture, one
 * committed tax document and one fulfilment; for each fulfilment order one warehouse order; for each ledger entry
 * one posting in the ERP, and the entries that a parcel must have. The captured sum is the order's total; books and
 * equation balance. Something missing is a difference just as something doubled is.
 */
public final class Expectations {

    /** An order as the shop knows it. {@code name} is unique ("#1001"); amounts in the currency's minor units. */
    public record Placed(String name, boolean acknowledged, String currency, long totalMinor) {}

    /**
     * An order as the hub knows it.
     *
     * @param shopName the shop's name for it, what {@link Placed#name} is there
     * @param paidAtOrder the money was taken when the order was placed: parcels are not captured
     * @param entries ids of the ledger entries
     */
    public record Known(
            String number,
            String shopName,
            String status,
            long totalMinor,
            boolean paidAtOrder,
            List<FulfilmentOrder> fulfilmentOrders,
            List<Parcel> parcels,
            List<String> entries) {}

    /** What one warehouse was asked to send. */
    public record FulfilmentOrder(String id, long units) {}

    /** What one parcel carried and is worth. */
    public record Parcel(String id, long units, long amountMinor, long taxMinor, String tracking) {}

    /**
     * One change a partner really carried out.
     *
     * @param key the shop's name of the order for a capture, the tracking number for a fulfilment, otherwise our reference
     * @param amountMinor null where the operation moves no money
     */
    public record Effect(String operation, String key, Long amountMinor) {}

    /** The kinds of difference; each fails alike. */
    public enum Kind {
        MISSING,
        DOUBLED,
        UNEXPECTED,
        WRONG
    }

    /** One difference: what, where, in a sentence. */
    public record Difference(Kind kind, String what) {
        @Override
        public String toString() {
            return kind.name().toLowerCase(java.util.Locale.ROOT) + ": " + what;
        }
    }

    /** Operations that happen at partners as one effect each; others (an ERP's journal header) are not counted. */
    private static final Set<String> COUNTED =
            Set.of("capture-payment", "commit-tax", "create-fulfilment", "place-order", "post-journal");

    private Expectations() {}

    /**
     * All differences between what these orders call for and what happened; empty when everything is as it must be.
     *
     * @param sumsMinor the trial balance: sum of all debits and credits per currency
     * @param equation the equation's terms by name, and {@code balanced}
     */
    public static List<Difference> compare(
            List<Placed> placed,
            List<Known> known,
            List<Effect> effects,
            Map<String, Long> sumsMinor,
            Map<String, Object> equation) {
        var differences = new ArrayList<Difference>();
        compareOrders(placed, known, differences);
        compareEffects(known, effects, differences);
        compareMoney(known, effects, differences);
        sumsMinor.forEach((currency, sum) -> {
            if (sum != 0) differences.add(wrong("the trial balance in " + currency + " is " + sum + ", not 0"));
        });
        compareEquation(equation, differences);
        return differences;
    }

    private static void compareOrders(List<Placed> placed, List<Known> known, List<Difference> differences) {
        var byName = new HashMap<String, List<Known>>();
        known.forEach(order -> byName.computeIfAbsent(order.shopName(), name -> new ArrayList<>())
                .add(order));
        for (var order : placed) {
            var ours = byName.getOrDefault(order.name(), List.of());
            if (ours.isEmpty()) {
                if (order.acknowledged())
                    differences.add(missing("order " + order.name() + " was acknowledged and is not here"));
                continue;
            }
            if (ours.size() > 1)
                differences.add(doubled("order " + order.name() + " is here " + ours.size() + " times"));
            var one = ours.get(0);
            if (!one.status().equals("COMPLETED")) {
                differences.add(missing(
                        "order " + one.number() + " (" + order.name() + ") is " + one.status() + ", not COMPLETED"));
            }
            if (one.totalMinor() != order.totalMinor()) {
                differences.add(wrong("order " + one.number() + " totals " + one.totalMinor() + " here and "
                        + order.totalMinor() + " at the shop"));
            }
            if (one.parcels().isEmpty()) differences.add(missing("order " + one.number() + " has no parcel"));
            var asked = one.fulfilmentOrders().stream()
                    .mapToLong(FulfilmentOrder::units)
                    .sum();
            var sent = one.parcels().stream().mapToLong(Parcel::units).sum();
            if (asked != sent) {
                differences.add(wrong("order " + one.number() + ": " + asked + " units asked for, " + sent + " sent"));
            }
        }
        var names = new LinkedHashSet<String>();
        placed.forEach(order -> names.add(order.name()));
        for (var order : known) {
            if (!names.contains(order.shopName())) {
                differences.add(
                        new Difference(Kind.UNEXPECTED, "order " + order.number() + " was never placed at the shop"));
            }
        }
    }

    private static void compareEffects(List<Known> known, List<Effect> effects, List<Difference> differences) {
        var expected = new TreeMap<String, Integer>();
        for (var order : known) {
            for (var each : order.fulfilmentOrders()) expect(expected, "place-order", order.number() + "-" + each.id());
            for (var parcel : order.parcels()) {
                var name = order.number() + "-" + parcel.id();
                expect(expected, "commit-tax", name);
                expect(expected, "create-fulfilment", parcel.tracking());
                if (!order.paidAtOrder()) expect(expected, "capture-payment", order.shopName());
            }
            var entries = new LinkedHashSet<>(order.entries());
            entries.addAll(entriesOf(order));
            for (var entry : entries) expect(expected, "post-journal", entry);
            for (var entry : entriesOf(order)) {
                if (!order.entries().contains(entry)) differences.add(missing("ledger entry " + entry));
            }
            if (new LinkedHashSet<>(order.entries()).size() != order.entries().size()) {
                differences.add(doubled("a ledger entry of " + order.number() + ": " + order.entries()));
            }
        }
        var happened = new TreeMap<String, Integer>();
        effects.stream()
                .filter(effect -> COUNTED.contains(effect.operation()))
                .forEach(effect -> expect(happened, effect.operation(), effect.key()));
        expected.forEach((what, times) -> {
            var real = happened.getOrDefault(what, 0);
            if (real < times) differences.add(missing(what + " happened " + real + " times, not " + times));
            if (real > times) differences.add(doubled(what + " happened " + real + " times, not " + times));
        });
        happened.forEach((what, times) -> {
            if (!expected.containsKey(what)) {
                differences.add(new Difference(Kind.UNEXPECTED, what + " happened " + times + " times, nobody asked"));
            }
        });
    }

    /** The entries a finished order cannot be without. */
    private static List<String> entriesOf(Known order) {
        var entries = new ArrayList<String>();
        if (order.paidAtOrder()) entries.add(order.number() + "-CAO");
        for (var parcel : order.parcels()) {
            if (!order.paidAtOrder()) entries.add(order.number() + "-CAP-" + parcel.id());
            entries.add(order.number() + "-SAL-" + parcel.id());
            entries.add(order.number() + "-COG-" + parcel.id());
        }
        return entries;
    }

    private static void compareMoney(List<Known> known, List<Effect> effects, List<Difference> differences) {
        var captured = new HashMap<String, List<Long>>();
        var taxed = new HashMap<String, List<Long>>();
        for (var effect : effects) {
            var amounts =
                    switch (effect.operation()) {
                        case "capture-payment" -> captured;
                        case "commit-tax" -> taxed;
                        default -> null;
                    };
            if (amounts == null || effect.amountMinor() == null) continue;
            amounts.computeIfAbsent(effect.key(), key -> new ArrayList<>()).add(effect.amountMinor());
        }
        for (var order : known) {
            if (!order.paidAtOrder()) {
                var amounts = captured.getOrDefault(order.shopName(), List.of());
                var parcels = order.parcels().stream()
                        .map(Parcel::amountMinor)
                        .sorted()
                        .toList();
                if (!amounts.stream().sorted().toList().equals(parcels)) {
                    differences.add(wrong(
                            "order " + order.number() + " captured " + amounts + ", its parcels are worth " + parcels));
                }
                var sum = amounts.stream().mapToLong(Long::longValue).sum();
                if (sum != order.totalMinor()) {
                    differences.add(wrong(
                            "order " + order.number() + " captured " + sum + " of its total " + order.totalMinor()));
                }
            }
            for (var parcel : order.parcels()) {
                var name = order.number() + "-" + parcel.id();
                for (var tax : taxed.getOrDefault(name, List.of())) {
                    if (tax != parcel.taxMinor()) {
                        differences.add(wrong(
                                "commit-tax " + name + " recorded " + tax + ", the shop charged " + parcel.taxMinor()));
                    }
                }
            }
        }
    }

    private static void compareEquation(Map<String, Object> equation, List<Difference> differences) {
        if (!Boolean.TRUE.equals(equation.get("balanced"))) {
            differences.add(wrong("the equation is not balanced: " + equation));
        }
        long sum = 0;
        for (var term : List.of("waiting", "running", "done", "parked", "discarded")) {
            sum += ((Number) equation.getOrDefault(term, 0)).longValue();
        }
        var received = ((Number) equation.getOrDefault("received", 0)).longValue();
        if (received != sum) {
            differences.add(wrong("received " + received + " but counted " + sum + ": " + equation));
        }
    }

    private static void expect(Map<String, Integer> times, String operation, String key) {
        times.merge(operation + " " + key, 1, Integer::sum);
    }

    private static Difference missing(String what) {
        return new Difference(Kind.MISSING, what);
    }

    private static Difference doubled(String what) {
        return new Difference(Kind.DOUBLED, what);
    }

    private static Difference wrong(String what) {
        return new Difference(Kind.WRONG, what);
    }

    /** How many differences there are of each kind, all kinds named. */
    public static Map<Kind, Long> counted(List<Difference> differences) {
        var counts = new LinkedHashMap<Kind, Long>();
        for (var kind : Kind.values()) {
            counts.put(
                    kind,
                    differences.stream().filter(each -> each.kind() == kind).count());
        }
        return counts;
    }
}
