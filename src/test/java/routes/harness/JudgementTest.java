package routes.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import routes.harness.Judgement.Evidence;
import routes.harness.MixedWorld.Fate;

/** The judge lets an order pass of which all is right, and names whatever is not. */
class JudgementTest {

    // Of two mugs one was cancelled before it left and paid back; the other was prepaid, too: 10.00 each, 1.00 tax.
    private final ObjectNode order = read("{'number':'OH-1','shopId':'1','status':'COMPLETED','totalMinor':2200,"
            + "'fraud':{'decision':'ACCEPT'},'entriesMade':2,'lines':[{'number':1,'shopLineId':'11','quantity':2,"
            + "'cancelled':1,'requiresShipping':true}],'fulfilmentOrders':[{'id':'F1','node':'11','state':'DELIVERED',"
            + "'warehouseId':'9'}],'parcels':[{'id':'P1','fulfilmentOrder':'F1','tracking':'T1','amountMinor':1100,"
            + "'taxMinor':100,'taxDocument':'OH-1-P1','shopFulfilmentId':'f','dues':[],'lines':[{'line':1,'quantity':1}]}],"
            + "'cancellations':[{'id':'C1','state':'DONE','inShop':false,'shopId':'gid://shopify/Refund/1',"
            + "'amountMinor':1100,'refundMinor':1100}]}");
    private final ObjectNode shop = read("{'name':'#1','currencyCode':'USD','cancelledAt':null,'transactions':["
            + "{'kind':'SALE','status':'SUCCESS','amountSet':{'shopMoney':{'amount':'22.00'}}},"
            + "{'kind':'REFUND','status':'SUCCESS','amountSet':{'shopMoney':{'amount':'11.00'}}}],"
            + "'fulfillments':[{'location':{'legacyResourceId':'11'},'trackingInfo':[{'number':'T1'}],"
            + "'fulfillmentLineItems':{'nodes':[{'quantity':1,'lineItem':{'id':'gid://shopify/LineItem/11'}}]}}],"
            + "'lineItems':{'nodes':[{'id':'gid://shopify/LineItem/11','quantity':2,'currentQuantity':1}]}}");
    private final List<JsonNode> effects = new ArrayList<>(List.of(
            effect("warehouse", "place-order", "OH-1-F1", "", null),
            effect("avalara", "commit-tax", "OH-1-P1", "", 100L),
            effect("shopify", "create-fulfilment", "1", "T1", null),
            effect("shopify", "refund-units", "1", "OH-1-C1", 1100L),
            effect("accertify", "report-outcome", "OH-1", "shipped: SHIPPED", null),
            effect("erp", "post-journal", "OH-1-SAL-P1", "", null),
            effect("erp", "post-journal", "OH-1-REF-C1", "", null)));
    private final Map<String, Long> balances = new HashMap<>(Map.of("2100", -100L, "1050", 100L));
    private final Map<String, Long> sent = new HashMap<>(Map.of("OH-1-F1", 1L));

    @Test
    void anOrderOfWhichAllIsRightPasses() {
        assertThat(differences(Fate.STAFF_CANCEL_UNITS)).isEmpty();
    }

    @Test
    void itMustEndAsItsFateAllows() {
        order.put("status", "PART_SHIPPED");
        assertThat(differences(Fate.STAFF_CANCEL_UNITS)).anyMatch(one -> one.contains("it is PART_SHIPPED"));
    }

    @Test
    void whatHappenedTwiceIsDoubled() {
        effects.add(effect("warehouse", "place-order", "OH-1-F1", "", null));
        effects.add(effect("accertify", "report-outcome", "OH-1", "shipped: SHIPPED", null));
        assertThat(differences(Fate.STAFF_CANCEL_UNITS))
                .anyMatch(one -> one.startsWith("doubled") && one.contains("place-order OH-1-F1"))
                .anyMatch(one -> one.startsWith("doubled") && one.contains("report-outcome"));
    }

    @Test
    void whatNeverHappenedIsMissing() {
        effects.remove(3);
        assertThat(differences(Fate.STAFF_CANCEL_UNITS))
                .anyMatch(one -> one.startsWith("missing") && one.contains("refund-units OH-1-C1"));
    }

    @Test
    void whatNobodyAskedForIsUnexpected() {
        effects.add(effect("shopify", "capture-payment", "1", "", 1100L));
        assertThat(differences(Fate.STAFF_CANCEL_UNITS)).anyMatch(one -> one.startsWith("unexpected"));
    }

    @Test
    void everyUnitIsCancelledOrSentAndEverybodyKnows() {
        sent.put("OH-1-F1", 2L);
        assertThat(differences(Fate.STAFF_CANCEL_UNITS)).anyMatch(one -> one.contains("2 units left the warehouse"));
        ((ObjectNode) order.path("lines").get(0)).put("quantity", 3);
        assertThat(differences(Fate.STAFF_CANCEL_UNITS))
                .anyMatch(one -> one.contains("3 ordered, 1 cancelled, 1 sent"));
        ((ObjectNode) shop.path("fulfillments").get(0).path("location")).put("legacyResourceId", "12");
        assertThat(differences(Fate.STAFF_CANCEL_UNITS)).anyMatch(one -> one.contains("the shop believes 12"));
    }

    @Test
    void theCustomerPaysForWhatLeftAndNothingElse() {
        ((ArrayNode) shop.path("transactions")).remove(1);
        assertThat(differences(Fate.STAFF_CANCEL_UNITS))
                .anyMatch(one -> one.contains("has paid 2200 for parcels of 1100"));
    }

    @Test
    void nothingIsLeftOpenInTheBooks() {
        balances.put("2210", -1100L);
        assertThat(differences(Fate.STAFF_CANCEL_UNITS))
                .anyMatch(one -> one.contains("account 2210 is left with -1100"));
    }

    private List<String> differences(Fate fate) {
        return Judgement.of(new Evidence(
                        fate, shop, order, balances, List.of("OH-1-SAL-P1", "OH-1-REF-C1"), effects, sent, List.of()))
                .differences()
                .stream()
                .map(Object::toString)
                .toList();
    }

    private static JsonNode effect(String partner, String operation, String key, String subject, Long minor) {
        return Doors.JSON
                .createObjectNode()
                .put("partner", partner)
                .put("operation", operation)
                .put("key", key)
                .put("subject", subject)
                .put("amountMinor", minor);
    }

    private static ObjectNode read(String text) {
        try {
            return (ObjectNode) Doors.JSON.readTree(text.replace('\'', '"'));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
