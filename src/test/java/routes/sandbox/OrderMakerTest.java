package routes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class OrderMakerTest {

    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    private static final long ID = 5_178_000_000_000_000_000L;

    @Provide
    Arbitrary<String> markets() {
        return Arbitraries.of("us", "de", "jp").injectNull(0.3);
    }

    @Provide
    Arbitrary<String> scenarios() {
        return Arbitraries.of(new TreeSet<>(OrderMaker.SCENARIOS));
    }

    @Property(tries = 2_000)
    void everyOrderAddsUpAsItsWebhookShowsIt(
            @ForAll long seed, @ForAll("markets") String market, @ForAll("scenarios") String scenario) {
        var order = OrderMaker.make(seed, ID, 1001, NOON, new OrderMaker.Wish(market, null, null, scenario));
        var json = OrderPayload.created(order);
        var subtotal = BigDecimal.ZERO;
        var tax = BigDecimal.ZERO;
        for (var line : json.path("line_items")) {
            var gross = money(line.path("price"))
                    .multiply(new BigDecimal(line.path("quantity").asInt()));
            subtotal = subtotal.add(gross.subtract(sum(line, "discount_allocations", "amount")));
            tax = tax.add(sum(line, "tax_lines", "price"));
        }
        var shippingLine = json.path("shipping_lines").get(0);
        var shipping = money(shippingLine.path("price")).subtract(sum(shippingLine, "discount_allocations", "amount"));
        tax = tax.add(sum(shippingLine, "tax_lines", "price"));
        var duties = BigDecimal.ZERO;
        for (var duty : json.findValues("duties")) {
            for (var one : duty) duties = duties.add(money(one.at("/shop_money/amount")));
        }
        var total = subtotal.add(shipping)
                .add(money(json.path("total_tip_received")))
                .add(duties)
                .add(order.taxIncluded() ? BigDecimal.ZERO : tax);

        assertThat(money(json.path("subtotal_price"))).isEqualByComparingTo(subtotal);
        assertThat(money(json.path("total_tax"))).isEqualByComparingTo(tax);
        assertThat(sum(json, "tax_lines", "price")).isEqualByComparingTo(tax);
        assertThat(Amounts.decimal(order.totalMinor(), order.currency())).isEqualByComparingTo(total);
        if (scenario.equals(OrderMaker.SUM_WRONG)) {
            assertThat(money(json.path("total_price"))).isNotEqualByComparingTo(total);
        } else {
            assertThat(money(json.path("total_price"))).isEqualByComparingTo(total);
        }
        for (var line : json.path("line_items")) {
            assertThat(sum(line, "discount_allocations", "amount"))
                    .isLessThanOrEqualTo(money(line.path("price"))
                            .multiply(new BigDecimal(line.path("quantity").asInt())));
        }
    }

    @Property(tries = 500)
    void theRoutingShipsEveryUnitOnce(@ForAll long seed, @ForAll("scenarios") String scenario) {
        for (var parcels : new Integer[] {null, 1, 2}) {
            var order = OrderMaker.make(seed, ID, 1001, NOON, new OrderMaker.Wish(null, null, parcels, scenario));
            var left = new ArrayList<Integer>();
            // Cards beside goods go with them; cards alone are all there is to hand over.
            var alone = scenario.equals(OrderMaker.GIFT_CARDS_ONLY);
            order.lines().forEach(line -> left.add(line.giftCard() && !alone ? 0 : line.quantity()));
            for (var routed : order.routing()) {
                assertThat(routed.pieces()).isNotEmpty();
                for (var piece : routed.pieces()) {
                    assertThat(piece.quantity()).isPositive();
                    left.set(piece.line(), left.get(piece.line()) - piece.quantity());
                }
            }
            assertThat(left).containsOnly(0);
        }
    }

    @Property(tries = 300)
    void amountsHaveTheDecimalsOfTheirCurrencyAndIdsAreBeyondADouble(
            @ForAll long seed, @ForAll("markets") String market) {
        var order = OrderMaker.make(seed, ID, 1001, NOON, new OrderMaker.Wish(market, null, null, "happy"));
        var json = OrderPayload.created(order);
        var money = order.currency().equals("JPY") ? "\\d+" : "\\d+\\.\\d\\d";
        assertThat(json.path("total_price").asText()).matches(money);
        assertThat(json.path("line_items").get(0).path("price").asText()).matches(money);
        assertThat(json.path("id").isIntegralNumber()).isTrue();
        assertThat(json.path("id").longValue()).isGreaterThan(1L << 53);
        assertThat(json.path("taxes_included").asBoolean())
                .isEqualTo(!order.currency().equals("USD"));
    }

    @Test
    void aThirdOfTheOrdersHasTwoParcels() {
        var two = 0;
        for (var seed = 0L; seed < 3_000; seed++) {
            var order = OrderMaker.make(seed, ID, 1001, NOON, new OrderMaker.Wish(null, null, null, "happy"));
            if (order.routing().size() == 2) two++;
        }
        assertThat(two).isBetween(850, 1_150);
    }

    @Test
    void theWebhookHasTheKeysOfTheOfficialSample() {
        var sample =
                Contracts.json("shopify/webhook-samples/orders__create.json").path("payload");
        for (var seed = 0L; seed < 50; seed++) {
            var wish = new OrderMaker.Wish(null, null, null, "happy");
            var ours = OrderPayload.created(OrderMaker.make(seed, ID, 1001, NOON, wish));
            assertThat(keys(ours)).isEqualTo(keys(sample));
            assertThat(keys(ours.path("line_items").get(0)))
                    .isEqualTo(keys(sample.path("line_items").get(0)));
            assertThat(keys(ours.path("shipping_lines").get(0)))
                    .isEqualTo(keys(sample.path("shipping_lines").get(0)));
            assertThat(keys(ours.path("shipping_address"))).isEqualTo(keys(sample.path("shipping_address")));
            assertThat(keys(ours.path("customer"))).isEqualTo(keys(sample.path("customer")));
            assertThat(keys(ours.path("customer").path("default_address")))
                    .isEqualTo(keys(sample.path("customer").path("default_address")));
        }
    }

    @Property(tries = 1_000)
    void sharesSumToTheirTotal(@ForAll int total, @ForAll @net.jqwik.api.constraints.Size(min = 1, max = 9) int[] raw) {
        var weights = java.util.Arrays.stream(raw).mapToLong(Math::abs).toArray();
        var parts = Amounts.split(total, weights);
        assertThat(java.util.Arrays.stream(parts).sum()).isEqualTo(total);
    }

    private static Set<String> keys(JsonNode object) {
        var keys = new TreeSet<String>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    private static BigDecimal money(JsonNode text) {
        assertThat(text.isTextual()).isTrue();
        return new BigDecimal(text.asText());
    }

    private static BigDecimal sum(JsonNode object, String list, String field) {
        var sum = BigDecimal.ZERO;
        for (var item : object.path(list)) sum = sum.add(money(item.path(field)));
        return sum;
    }
}
