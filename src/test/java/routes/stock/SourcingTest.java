package routes.stock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import routes.stock.Demand.Choice;
import routes.stock.Demand.Line;
import routes.stock.Levels.Place;
import routes.stock.Plan.Missing;
import routes.stock.Plan.Part;
import routes.stock.Plan.Units;
import routes.stock.SourcingRules.Backorder;
import routes.stock.SourcingRules.Preference;
import routes.stock.SourcingRules.When;

class SourcingTest {

    private static final List<String> NODES = List.of("11", "12", "13");
    private static final Line MUGS = new Line(1, "MUG-1", 2, 2000);
    private static final Line LAMP = new Line(2, "LAMP-7", 1, 9000);

    // Plain examples

    @Test
    void theShopsChoiceStandsWhenTheUnitsAreThere() {
        Plan plan = Sourcing.plan(
                demand(List.of(MUGS, LAMP), new Choice("12", 1, 2), new Choice("11", 2, 1)),
                stock("11 LAMP-7 1", "12 MUG-1 2"),
                rules());
        assertThat(plan.asTheShopChose()).isTrue();
        assertThat(plan.complete()).isTrue();
        assertThat(plan.parts())
                .containsExactly(
                        new Part("12", List.of(new Units(1, "MUG-1", 2))),
                        new Part("11", List.of(new Units(2, "LAMP-7", 1))));
        assertThat(plan.reason()).isEqualTo("Sent as the shop chose, from 12 and 11.");
    }

    @Test
    void whereNobodyWasEverAskedTheShopIsTrusted() {
        Plan plan = Sourcing.plan(demand(List.of(MUGS), new Choice("11", 1, 2)), Levels.unlimited(), rules());
        assertThat(plan.asTheShopChose()).isTrue();
        assertThat(plan.reason()).isEqualTo("Sent as the shop chose, from 11 (what is on stock at 11 is not known).");
    }

    @Test
    void onePlaceThatHasItAllIsBetterThanTwo() {
        Plan plan = Sourcing.plan(
                demand(List.of(MUGS, LAMP), new Choice("11", 1, 2), new Choice("12", 2, 1)),
                stock("11 MUG-1 1", "12 LAMP-7 5", "13 MUG-1 2", "13 LAMP-7 1"),
                rules());
        assertThat(plan.parts())
                .containsExactly(new Part("13", List.of(new Units(1, "MUG-1", 2), new Units(2, "LAMP-7", 1))));
        assertThat(plan.asTheShopChose()).isFalse();
        assertThat(plan.reason())
                .isEqualTo(
                        "One place sends it all: 13; the shop's choice does not stand because 11 has too few of MUG-1.");
    }

    @Test
    void twoPlacesSendTogetherWhatNoneHasAlone() {
        Plan plan = Sourcing.plan(
                demand(List.of(MUGS, LAMP), new Choice("11", 1, 2), new Choice("11", 2, 1)),
                stock("11 MUG-1 2", "13 LAMP-7 1"),
                rules());
        assertThat(plan.parts())
                .containsExactly(
                        new Part("11", List.of(new Units(1, "MUG-1", 2))),
                        new Part("13", List.of(new Units(2, "LAMP-7", 1))));
        assertThat(plan.complete()).isTrue();
    }

    @Test
    void aLineIsSplitOnlyWhereNoPlaceHasItWhole() {
        Plan plan = Sourcing.plan(
                demand(List.of(new Line(1, "MUG-1", 5, 5000)), new Choice("11", 1, 5)),
                stock("11 MUG-1 3", "12 MUG-1 4"),
                rules());
        assertThat(plan.parts())
                .containsExactly(
                        new Part("11", List.of(new Units(1, "MUG-1", 3))),
                        new Part("12", List.of(new Units(1, "MUG-1", 2))));
    }

    @Test
    void whatIsNowhereWaitsOrCannotBeSent() {
        Demand demand = demand(List.of(MUGS, LAMP), new Choice("11", 1, 2), new Choice("11", 2, 1));
        Levels levels = stock("11 MUG-1 1", "12 LAMP-7 0", "13 LAMP-7 0");
        Plan waits = Sourcing.plan(demand, levels, rules());
        assertThat(waits.parts()).containsExactly(new Part("11", List.of(new Units(1, "MUG-1", 1))));
        assertThat(waits.backordered()).containsExactly(new Missing(1, "MUG-1", 1), new Missing(2, "LAMP-7", 1));
        assertThat(waits.unfillable()).isEmpty();
        assertThat(waits.promiseDays()).isEqualTo(14);
        assertThat(waits.reason()).endsWith("; 2 units wait, for up to 14 days.");

        Plan cannot = Sourcing.plan(demand, levels, rules(2, 0, false, false));
        assertThat(cannot.unfillable()).isEqualTo(waits.backordered());
        assertThat(cannot.backordered()).isEmpty();
        assertThat(cannot.promiseDays()).isNull();
        assertThat(cannot.reason()).endsWith("; 2 units can be sent from nowhere.");
    }

    @Test
    void anArticleThatNoWarehouseKnowsIsNamed() {
        Plan plan = Sourcing.plan(
                demand(List.of(MUGS, LAMP), new Choice("11", 1, 2), new Choice("11", 2, 1)),
                stock("11 MUG-1 9"),
                rules());
        assertThat(plan.unknown()).containsExactly(new Missing(2, "LAMP-7", 1));
        assertThat(plan.parts()).containsExactly(new Part("11", List.of(new Units(1, "MUG-1", 2))));
        assertThat(plan.reason()).isEqualTo("Sent as the shop chose, from 11; no warehouse knows LAMP-7.");
    }

    @Test
    void anArticleIsNotUnknownWhileAPlaceWasNeverAsked() {
        Levels onlyOneWasAsked = new Levels(Map.of(new Place("11", "MUG-1"), 9), Set.of("11"));
        Plan plan = Sourcing.plan(demand(List.of(LAMP), new Choice("11", 2, 1)), onlyOneWasAsked, rules());
        assertThat(plan.unknown()).isEmpty();
        assertThat(plan.parts()).containsExactly(new Part("12", List.of(new Units(2, "LAMP-7", 1))));
    }

    @Test
    void anOrderThatMustLeaveWholeWaitsWhole() {
        Plan plan = Sourcing.plan(
                demand(List.of(MUGS, LAMP), new Choice("11", 1, 2), new Choice("11", 2, 1)),
                stock("11 MUG-1 2", "11 LAMP-7 0", "12 MUG-1 0", "13 MUG-1 0"),
                rules(2, 0, true, true));
        assertThat(plan.parts()).isEmpty();
        assertThat(plan.backordered()).containsExactly(new Missing(1, "MUG-1", 2), new Missing(2, "LAMP-7", 1));
        assertThat(plan.reason())
                .isEqualTo("Orders of this market leave only when everything is there, and 1 of 3 units are not;"
                        + " 3 units wait, for up to 14 days.");
    }

    @Test
    void moreParcelsThanAllowedAreForbiddenToTheShopToo() {
        Plan plan = Sourcing.plan(
                demand(List.of(MUGS, LAMP), new Choice("11", 1, 2), new Choice("12", 2, 1)),
                stock("11 MUG-1 2", "12 LAMP-7 1", "13 MUG-1 1"),
                rules(1, 0, true, false));
        assertThat(plan.parts()).containsExactly(new Part("11", List.of(new Units(1, "MUG-1", 2))));
        assertThat(plan.backordered()).containsExactly(new Missing(2, "LAMP-7", 1));
        assertThat(plan.reason()).contains("it needs 2 parcels and 1 are allowed");
    }

    @Test
    void aFurtherParcelMustBeWorthItsFreight() {
        Line mug = new Line(1, "MUG-1", 1, 2000);
        Demand demand = demand(List.of(mug, LAMP), new Choice("11", 1, 1), new Choice("12", 2, 1));
        Levels levels = stock("11 MUG-1 2", "12 LAMP-7 1", "13 MUG-1 0");
        Plan waits = Sourcing.plan(demand, levels, rules(2, 2001, true, false));
        assertThat(waits.parts()).containsExactly(new Part("12", List.of(new Units(2, "LAMP-7", 1))));
        assertThat(waits.backordered()).containsExactly(new Missing(1, "MUG-1", 1));
        assertThat(waits.reason()).contains("the parcel from 11 would be worth too little");
        assertThat(Sourcing.plan(demand, levels, rules(2, 2000, true, false)).complete())
                .isTrue();
        // Where nothing may wait, a dear parcel is better than none.
        assertThat(Sourcing.plan(demand, levels, rules(2, 2001, false, false)).complete())
                .isTrue();
    }

    @Test
    void theFirstPreferenceThatHoldsNamesThePlaces() {
        SourcingRules rules = new SourcingRules(
                "us",
                List.of(
                        new Preference(new When(Set.of(), Set.of("CA", "OR"), Set.of()), List.of("13", "12")),
                        new Preference(new When(Set.of("US"), Set.of(), Set.of("express")), List.of("12"))),
                NODES,
                false,
                2,
                0,
                new Backorder(true, 14));
        Levels plenty = stock("11 MUG-1 9", "12 MUG-1 9", "13 MUG-1 9");
        List<Choice> none = List.of();
        assertThat(from(new Demand("US", "OR", "standard", List.of(MUGS), none), plenty, rules))
                .containsExactly("13");
        assertThat(from(new Demand("US", "NY", "express", List.of(MUGS), none), plenty, rules))
                .containsExactly("12");
        assertThat(from(new Demand("US", null, "standard", List.of(MUGS), none), plenty, rules))
                .containsExactly("11");
        // A place that is not preferred for this order is forbidden, also to the shop.
        Plan moved = Sourcing.plan(
                new Demand("US", "NY", "express", List.of(MUGS), List.of(new Choice("11", 1, 2))), plenty, rules);
        assertThat(moved.parts()).extracting(Part::node).containsExactly("12");
        assertThat(moved.reason()).contains("11 is not among the places for this order (12)");
    }

    @Test
    void whatTheShopForgotIsSentAllTheSame() {
        Plan plan = Sourcing.plan(
                demand(List.of(MUGS, LAMP), new Choice("12", 1, 2)),
                stock("11 LAMP-7 1", "12 MUG-1 2", "12 LAMP-7 1", "11 MUG-1 2"),
                rules());
        assertThat(plan.complete()).isTrue();
        assertThat(plan.reason()).contains("it does not name a place for each unit");
    }

    // What holds for every order, stock and market

    /** An order, the stock and the rules, drawn together so that they have to do with each other. */
    record Case(Demand demand, Levels levels, SourcingRules rules) {}

    @Property
    void everyUnitIsSomewhereOnce(@ForAll("cases") Case drawn) {
        Plan plan = Sourcing.plan(drawn.demand(), drawn.levels(), drawn.rules());
        Map<Integer, Integer> found = new HashMap<>();
        plan.parts().forEach(part -> {
            assertThat(part.units()).isNotEmpty();
            part.units().forEach(units -> {
                assertThat(units.quantity()).isPositive();
                found.merge(units.line(), units.quantity(), Integer::sum);
            });
        });
        Stream.of(plan.backordered(), plan.unfillable(), plan.unknown())
                .flatMap(List::stream)
                .forEach(missing -> {
                    assertThat(missing.quantity()).isPositive();
                    found.merge(missing.line(), missing.quantity(), Integer::sum);
                });
        Map<Integer, Integer> wanted = new HashMap<>();
        drawn.demand().lines().forEach(line -> wanted.put(line.line(), line.quantity()));
        assertThat(found).isEqualTo(wanted);
        assertThat(plan.backordered().isEmpty() || plan.unfillable().isEmpty()).isTrue();
        assertThat(plan.reason()).endsWith(".").doesNotContain("..");
    }

    @Property
    void noPlaceSendsMoreThanItHas(@ForAll("cases") Case drawn) {
        Plan plan = Sourcing.plan(drawn.demand(), drawn.levels(), drawn.rules());
        Map<Place, Long> sent = new HashMap<>();
        plan.parts().forEach(part -> part.units()
                .forEach(units -> sent.merge(new Place(part.node(), units.sku()), (long) units.quantity(), Long::sum)));
        sent.forEach((place, quantity) ->
                assertThat(quantity).isLessThanOrEqualTo(drawn.levels().available(place.node(), place.sku())));
    }

    @Property
    void parcelsAndPlacesKeepToTheRules(@ForAll("cases") Case drawn) {
        SourcingRules rules = drawn.rules();
        Plan plan = Sourcing.plan(drawn.demand(), drawn.levels(), rules);
        List<String> nodes = plan.parts().stream().map(Part::node).toList();
        assertThat(nodes).doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(rules.maxParcels());
        assertThat(rules.nodesFor(drawn.demand())).containsAll(nodes);
        if (rules.shipComplete()) {
            assertThat(plan.complete() || plan.parts().isEmpty()).isTrue();
        }
        if (rules.backorder().allowed() && nodes.size() > 1) {
            Map<Integer, Line> lines = new HashMap<>();
            drawn.demand().lines().forEach(line -> lines.put(line.line(), line));
            for (Part part : plan.parts()) {
                long worth = part.units().stream()
                        .mapToLong(units -> lines.get(units.line()).valueMinor()
                                * units.quantity()
                                / lines.get(units.line()).quantity())
                        .sum();
                assertThat(worth).isGreaterThanOrEqualTo(rules.minParcelValueMinor());
            }
        }
    }

    @Property
    void onePlaceThatHasItAllIsNeverPassedOverForTwo(@ForAll("cases") Case drawn) {
        Plan plan = Sourcing.plan(drawn.demand(), drawn.levels(), drawn.rules());
        boolean oneHasAll = drawn.rules().nodesFor(drawn.demand()).stream().anyMatch(node -> {
            Map<String, Integer> bySku = new HashMap<>();
            drawn.demand().lines().forEach(line -> bySku.merge(line.sku(), line.quantity(), Integer::sum));
            return bySku.entrySet().stream()
                    .allMatch(one -> drawn.levels().available(node, one.getKey()) >= one.getValue());
        });
        if (oneHasAll) {
            assertThat(plan.complete()).isTrue();
            assertThat(plan.asTheShopChose() || plan.parts().size() == 1).isTrue();
        }
    }

    @Property
    void theSameQuestionHasTheSameAnswer(@ForAll("cases") Case drawn) {
        assertThat(Sourcing.plan(drawn.demand(), drawn.levels(), drawn.rules()))
                .isEqualTo(Sourcing.plan(drawn.demand(), drawn.levels(), drawn.rules()));
    }

    @Provide
    Arbitrary<Case> cases() {
        Arbitrary<String> sku = Arbitraries.of("A", "B", "C", "D");
        Arbitrary<String> node = Arbitraries.of("11", "12", "13", "14");
        Arbitrary<Integer> few = Arbitraries.integers().between(1, 4);
        Arbitrary<List<Line>> lines = Combinators.combine(
                        sku, few, Arbitraries.longs().between(0, 5000))
                .as((s, n, value) -> new Line(0, s, n, value))
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(drawn -> {
                    List<Line> numbered = new ArrayList<>();
                    drawn.forEach(line -> numbered.add(
                            new Line(numbered.size() + 1, line.sku(), line.quantity(), line.valueMinor())));
                    return numbered;
                });
        Arbitrary<Levels> levels = Combinators.combine(
                        Combinators.combine(node, sku)
                                .as(Place::new)
                                .flatMap(place ->
                                        Arbitraries.integers().between(-2, 8).map(n -> Map.entry(place, n)))
                                .list()
                                .ofMaxSize(12),
                        node.set().ofMaxSize(4))
                .as((free, polled) -> {
                    Map<Place, Integer> known = new HashMap<>();
                    free.forEach(one -> known.put(one.getKey(), one.getValue()));
                    Set<String> all = new HashSet<>(polled);
                    return new Levels(known, all);
                });
        Arbitrary<SourcingRules> rules = Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.longs().between(0, 3000),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        Arbitraries.of(List.of("11", "12", "13"), List.of("13", "11"), List.of("12")))
                .as((parcels, worth, backorder, complete, preferred) -> new SourcingRules(
                        "us",
                        List.of(new Preference(When.ALWAYS, preferred)),
                        NODES,
                        complete,
                        parcels,
                        worth,
                        new Backorder(backorder, 14)));
        return lines.flatMap(some -> {
            Arbitrary<List<Choice>> exact = node.list().ofSize(some.size()).map(nodes -> some.stream()
                    .map(line -> new Choice(nodes.get(line.line() - 1), line.line(), line.quantity()))
                    .toList());
            Arbitrary<List<Choice>> wild = Combinators.combine(
                            node, Arbitraries.integers().between(1, 5), few)
                    .as(Choice::new)
                    .list()
                    .ofMaxSize(5);
            return Combinators.combine(Arbitraries.oneOf(exact, wild), levels, rules)
                    .as((choice, stock, market) ->
                            new Case(new Demand("US", "NY", "standard", some, choice), stock, market));
        });
    }

    private static List<String> from(Demand demand, Levels levels, SourcingRules rules) {
        return Sourcing.plan(demand, levels, rules).parts().stream()
                .map(Part::node)
                .toList();
    }

    private static Demand demand(List<Line> lines, Choice... choice) {
        return new Demand("US", "NY", "standard", lines, List.of(choice));
    }

    private static SourcingRules rules() {
        return rules(2, 0, true, false);
    }

    private static SourcingRules rules(int parcels, long worth, boolean backorder, boolean complete) {
        return new SourcingRules("us", List.of(), NODES, complete, parcels, worth, new Backorder(backorder, 14));
    }

    /** All three places have been asked; each text is a place, an article and how many are free. */
    private static Levels stock(String... known) {
        Map<Place, Integer> free = new HashMap<>();
        for (String one : known) {
            String[] words = one.split(" ");
            free.put(new Place(words[0], words[1]), Integer.parseInt(words[2]));
        }
        return new Levels(free, Set.copyOf(NODES));
    }
}
