package routes.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import routes.ledger.Entry.Posting;
import routes.ledger.ParcelShares.OrderLine;

/** 2 x 50.00, discount 10.00, shipping 10.00, tax 8 % = 8.00, total 108.00; one unit in each of two parcels. */
class EntriesTest {

    private static final ParcelShares FIRST =
            ParcelShares.of(List.of(new OrderLine(1, 2, 10000, 1000, 720, 0, 0, 1)), 1000, 80, 0, false);
    private static final ParcelShares SECOND =
            ParcelShares.of(List.of(new OrderLine(1, 2, 10000, 1000, 720, 0, 1, 1)), 0, 0, 0, false);

    @Test
    void theExampleOrderSplitsToTheCent() {
        assertThat(FIRST)
                .isEqualTo(new ParcelShares(
                        List.of(new ParcelShares.LineShare(1, 1, 5000, 500, 360, 0)), 1000, 80, 0, 5940, 440));
        assertThat(SECOND)
                .isEqualTo(new ParcelShares(
                        List.of(new ParcelShares.LineShare(1, 1, 5000, 500, 360, 0)), 0, 0, 0, 4860, 360));
    }

    @Test
    void moneyTakenAtTheOrderIsADepositThatShipmentsUseUp() {
        var captured = Entries.capturedAtOrder("OH-100001", "us-books", "USD", 10800, 0, "shop")
                .orElseThrow();
        assertThat(captured.id()).isEqualTo("OH-100001-CAO");
        assertThat(captured.kind()).isEqualTo(Entry.Kind.CAPTURE_AT_ORDER);
        assertThat(captured.subject()).isEmpty();
        assertThat(amounts(captured)).isEqualTo(Map.of("1050", 10800L, "2050", -10800L));

        var first = shipped("P1", FIRST, false, true);
        assertThat(first.id()).isEqualTo("OH-100001-SAL-P1");
        assertThat(amounts(first))
                .isEqualTo(Map.of("2050", 5940L, "4010", 500L, "4000", -5000L, "4100", -1000L, "2100", -440L));
        var second = shipped("P2", SECOND, false, true);
        assertThat(amounts(second)).isEqualTo(Map.of("2050", 4860L, "4010", 500L, "4000", -5000L, "2100", -360L));

        assertThat(amounts(captured, first, second).get("2050")).isZero();
    }

    @Test
    void moneyTakenAfterShipmentSettlesAReceivable() {
        var first = shipped("P1", FIRST, false, false);
        assertThat(amounts(first))
                .isEqualTo(Map.of("1100", 5940L, "4010", 500L, "4000", -5000L, "4100", -1000L, "2100", -440L));
        var captured = Entries.captured("OH-100001", "P1", "us-books", "USD", 5940, "shop")
                .orElseThrow();
        assertThat(captured.id()).isEqualTo("OH-100001-CAP-P1");
        assertThat(amounts(captured)).isEqualTo(Map.of("1050", 5940L, "1100", -5940L));
        assertThat(amounts(first, captured).get("1100")).isZero();
    }

    @Test
    void taxSaysToWhomItIsOwedAndMoneySaysWhoHoldsIt() {
        assertThat(shipped("P1", FIRST, false, false).postings())
                .contains(new Posting(Account.TAX_PAYABLE, -440, "US-CA"));
        assertThat(Entries.captured("OH-1", "P1", "us-books", "USD", 1, "shopify_payments")
                        .orElseThrow()
                        .postings())
                .contains(new Posting(Account.PROCESSOR_CLEARING, 1, "shopify_payments"));
    }

    @Test
    void goodsLeaveTheStockAtWhatTheyCost() {
        var cost = Entries.cost("OH-100001", "P1", "us-books", "USD", 2000).orElseThrow();
        assertThat(cost.id()).isEqualTo("OH-100001-COG-P1");
        assertThat(amounts(cost)).isEqualTo(Map.of("5000", 2000L, "1200", -2000L));
    }

    @Test
    void includedTaxIsTakenOutOfRevenueAndOutOfDiscounts() {
        // 2 x 119.00 with 19 % in it, discount 23.80, shipping 11.90: net of tax 200.00 - 20.00 + 10.00.
        var parcel = ParcelShares.of(List.of(new OrderLine(1, 2, 23800, 2380, 3420, 0, 0, 2)), 1190, 190, 0, true);
        assertThat(parcel.amountMinor()).isEqualTo(22610);
        assertThat(parcel.taxMinor()).isEqualTo(3610);
        assertThat(amounts(shipped("P1", parcel, true, true)))
                .isEqualTo(Map.of("2050", 22610L, "4010", 2000L, "4000", -20000L, "4100", -1000L, "2100", -3610L));
        assertThat(amounts(shipped("P1", parcel, true, false)).get("1100")).isEqualTo(22610);
    }

    @Test
    void yenHaveNoCents() {
        // 3 x 1,100 yen with 10 % in it and 100 yen off, in three parcels of one.
        long amount = 0;
        long tax = 0;
        for (int earlier = 0; earlier < 3; earlier++) {
            var parcel = ParcelShares.of(
                    List.of(new OrderLine(1, 3, 3300, 100, 291, 0, earlier, 1)),
                    earlier == 0 ? 550 : 0,
                    earlier == 0 ? 50 : 0,
                    0,
                    true);
            assertThat(parcel.lines().get(0).grossMinor()).isEqualTo(1100);
            assertThat(amounts(Entries.shipped("OH-1", "P1", "jp-books", "JPY", parcel, true, 0, Set.of(), "JP")
                            .orElseThrow()))
                    .containsEntry("1100", parcel.amountMinor())
                    .containsEntry("2100", -parcel.taxMinor());
            amount += parcel.amountMinor();
            tax += parcel.taxMinor();
        }
        assertThat(amount).isEqualTo(3300 - 100 + 550);
        assertThat(tax).isEqualTo(291 + 50);
    }

    @Test
    void aGiftIsRevenueAndDiscountOfTheSameAmount() {
        var parcel = ParcelShares.of(List.of(new OrderLine(1, 1, 1190, 1190, 0, 0, 0, 1)), 0, 0, 0, true);
        assertThat(amounts(shipped("P1", parcel, true, true))).isEqualTo(Map.of("4010", 1190L, "4000", -1190L));
    }

    @Test
    void whatMovesNoMoneyMakesNoEntry() {
        var free = ParcelShares.of(List.of(new OrderLine(1, 1, 0, 0, 0, 0, 0, 1)), 0, 0, 0, false);
        assertThat(Entries.shipped("OH-1", "P1", "us-books", "USD", free, false, 0, Set.of(), "US-CA"))
                .isEmpty();
        assertThat(Entries.cost("OH-1", "P1", "us-books", "USD", 0)).isEmpty();
        assertThat(Entries.capturedAtOrder("OH-1", "us-books", "USD", 0, 0, "shop"))
                .isEmpty();
    }

    @Test
    void anAmountThatIsNotTheSumOfItsPartsIsNeverBooked() {
        var wrong = new ParcelShares(FIRST.lines(), 1000, 80, 0, 5941, 440);
        assertThatThrownBy(() -> shipped("P1", wrong, false, true))
                .isInstanceOf(UnbalancedEntry.class)
                .hasMessageContaining("OH-100001-SAL-P1 is 1 minor units of USD heavier on the debit side");
    }

    @Test
    void anEntryWithoutItsPartsIsRefused() {
        var postings = List.of(new Posting(Account.BANK, 1, ""), new Posting(Account.PROCESSOR_CLEARING, -1, ""));
        assertThat(new Entry("X", "OH-1", Entry.Kind.COST, null, "us-books", "USD", postings).subject())
                .isEmpty();
        refused("OH-10000000001-SAL-P1", "USD", postings, "longer than 20");
        refused(" ", "USD", postings, "no id");
        refused("X", "XXX", postings, "XXX");
        refused("X", "USD", List.of(), "moves nothing");
        refused(
                "X",
                "USD",
                List.of(new Posting(Account.BANK, 0, ""), new Posting(Account.BANK, 0, "")),
                "moves nothing");
    }

    @Test
    void aLineCannotShipMoreThanWasOrdered() {
        assertThatThrownBy(() -> ParcelShares.of(List.of(new OrderLine(1, 2, 10000, 0, 0, 0, 1, 2)), 0, 0, 0, false))
                .isInstanceOf(OverShipped.class)
                .hasMessageContaining("2 ordered, 1 in earlier parcels, 2 more in this one");
        assertThatThrownBy(() -> ParcelShares.of(List.of(new OrderLine(1, 2, 10000, 0, 0, 0, 1, 0)), 0, 0, 0, false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyAccountHasOneNumberAndIsFoundByIt() {
        assertThat(Account.values()).allSatisfy(account -> assertThat(Account.numbered(account.number()))
                .isSameAs(account));
        assertThatThrownBy(() -> Account.numbered("9999")).isInstanceOf(IllegalArgumentException.class);
    }

    private static void refused(String id, String currency, List<Posting> postings, String why) {
        assertThatThrownBy(() -> new Entry(id, "OH-1", Entry.Kind.COST, "", "us-books", currency, postings))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    private static Entry shipped(String id, ParcelShares parcel, boolean taxIncluded, boolean capturedAtOrder) {
        return Entries.shipped(
                        "OH-100001",
                        id,
                        "us-books",
                        "USD",
                        parcel,
                        taxIncluded,
                        capturedAtOrder ? parcel.amountMinor() : 0,
                        Set.of(),
                        "US-CA")
                .orElseThrow();
    }

    private static Map<String, Long> amounts(Entry... entries) {
        Map<String, Long> amounts = new TreeMap<>();
        for (Entry entry : entries) {
            entry.postings()
                    .forEach(posting -> amounts.merge(posting.account().number(), posting.amountMinor(), Long::sum));
        }
        return amounts;
    }
}
