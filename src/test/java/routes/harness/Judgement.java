package routes.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import routes.harness.Expectations.Difference;
import routes.harness.Expectations.Kind;
import routes.harness.MixedWorld.Fate;
import routes.ledger.Money;

/**
 * Whether one order of a {@link MixedWorld} ended as its fate allows and as nobody can dispute: what its document says
 * happened, happened at the partners, each once; every unit was cancelled or left, here, in the shop and in the warehouse;
 * the customer paid for what left and for nothing else; nothing is left open in the books.
 */
final class Judgement {

    /**
     * What is known of one order when everything is at rest.
     *
     * @param shop the shop's order by GraphQL
     * @param document the hub's order, null where it never had one
     * @param balances by account, in minor units, debit positive
     * @param entries ids of its ledger entries
     * @param effects what partners carried out for it
     * @param sent units that left the warehouse, by our reference of the fulfilment order
     * @param parked what of it waits for a person: step and cause
     */
    record Evidence(
            Fate fate,
            JsonNode shop,
            JsonNode document,
            Map<String, Long> balances,
            List<String> entries,
            List<JsonNode> effects,
            Map<String, Long> sent,
            List<String> parked) {}

    /** @param end how the order ended, in a word */
    record Verdict(String end, List<Difference> differences) {}

    private static final Map<Fate, Set<String>> ENDS = Map.of(
            Fate.PLAIN, Set.of("COMPLETED"),
            Fate.LIES_ELSEWHERE, Set.of("COMPLETED"),
            Fate.RENEWED, Set.of("COMPLETED"),
            Fate.REJECTED, Set.of("REJECTED"),
            Fate.SHOP_CANCELS, Set.of("CANCELLED", "COMPLETED"),
            Fate.STAFF_CANCEL, Set.of("CANCELLED", "COMPLETED"),
            Fate.STAFF_CANCEL_UNITS, Set.of("CANCELLED", "COMPLETED"),
            Fate.SHOP_TAKES_UNITS_OUT, Set.of("CANCELLED", "COMPLETED"));

    /** Matters for people that a cancel may leave when it came too late. */
    private static final Map<Fate, Set<String>> CASES = Map.of(
            Fate.STAFF_CANCEL, Set.of("CANCEL_REFUSED"),
            Fate.STAFF_CANCEL_UNITS, Set.of("CANCEL_REFUSED"));

    private final Evidence is;
    private final JsonNode order;
    private final String name;
    private final String currency;
    private final List<Difference> differences = new ArrayList<>();

    private Judgement(Evidence evidence) {
        is = evidence;
        order = evidence.document();
        currency = evidence.shop().path("currencyCode").asText();
        name = (order == null ? "order " : order.path("number").asText() + " ")
                + evidence.shop().path("name").asText() + " (" + evidence.fate() + ")";
    }

    static Verdict of(Evidence evidence) {
        var judgement = new Judgement(evidence);
        return new Verdict(judgement.end(), judgement.differences);
    }

    private String end() {
        var shopCancelled = is.shop().path("cancelledAt").isTextual();
        if (order == null) {
            if (!shopCancelled || is.fate() != Fate.SHOP_CANCELS) missing("it never became an order");
            if (!is.effects().isEmpty()) unexpected("effects of an order nobody opened: " + is.effects());
            return "NEVER_OPENED";
        }
        effects();
        if (goneThoughCancelledInShop()) {
            var cases = openCases();
            if (!cases.contains("CANCELLED_IN_SHOP_ONLY")
                    && !cases.contains("COLLECTIONS")
                    && is.parked().isEmpty()) {
                wrong("goods left that the shop had cancelled, and nobody was told: " + cases);
            }
            return "WITH_PEOPLE";
        }
        var status = order.path("status").asText();
        if (!ENDS.get(is.fate()).contains(status)) missing("it is " + status + "; holds " + holds());
        for (var parked : is.parked()) missing("it waits for a person: " + parked);
        for (var kind : openCases()) {
            if (!CASES.getOrDefault(is.fate(), Set.of()).contains(kind)) wrong("an open case " + kind);
        }
        units();
        money();
        books();
        return status;
    }

    /** The shop has taken out or cancelled what the warehouse had sent: money and news are then a person's matter. */
    private boolean goneThoughCancelledInShop() {
        if (is.fate() != Fate.SHOP_CANCELS && is.fate() != Fate.SHOP_TAKES_UNITS_OUT) return false;
        // Of a line that two places send, the shop may have taken its units from the one, the warehouse's from the
        // other.
        var fromTheOther =
                is.parked().stream().anyMatch(parked -> parked.contains("Invalid fulfillment order line item"));
        return fromTheOther
                || list(order, "lines")
                        .anyMatch(line ->
                                removedInShop(line) > line.path("cancelled").asLong() && shipped(line) > 0);
    }

    private void units() {
        list(order, "lines").forEach(line -> {
            var what = "line " + line.path("number").asText() + ": ";
            var ordered = line.path("quantity").asLong();
            var cancelled = line.path("cancelled").asLong();
            if (ordered != cancelled + shipped(line)) {
                wrong(what + ordered + " ordered, " + cancelled + " cancelled, " + shipped(line) + " sent");
            }
            if (removedInShop(line) != cancelled) {
                wrong(what + cancelled + " cancelled here, " + removedInShop(line) + " in the shop");
            }
            var told = list(is.shop(), "fulfillments")
                    .flatMap(fulfilment -> list(fulfilment.path("fulfillmentLineItems"), "nodes"))
                    .filter(one -> isLine(one.path("lineItem"), line))
                    .mapToLong(one -> one.path("quantity").asLong())
                    .sum();
            if (line.path("requiresShipping").asBoolean() && told != shipped(line)) {
                wrong(what + shipped(line) + " sent, the shop knows of " + told);
            }
        });
        list(order, "fulfilmentOrders").forEach(one -> {
            var reference = order.path("number").asText() + "-" + one.path("id").asText();
            var parcels = list(order, "parcels")
                    .filter(parcel -> parcel.path("fulfilmentOrder").equals(one.path("id")))
                    .toList();
            var ours = parcels.stream()
                    .flatMap(parcel -> list(parcel, "lines"))
                    .filter(line -> needsShipping(line.path("line").asInt()))
                    .mapToLong(line -> line.path("quantity").asLong())
                    .sum();
            var theirs = is.sent().getOrDefault(reference, 0L);
            if (ours != theirs) wrong(reference + ": " + theirs + " units left the warehouse, we know of " + ours);
            for (var parcel : parcels) {
                list(is.shop(), "fulfillments")
                        .filter(f -> list(f, "trackingInfo")
                                .anyMatch(t -> t.path("number").equals(parcel.path("tracking"))))
                        .map(f -> f.path("location").path("legacyResourceId").asText())
                        .filter(place -> !place.equals(one.path("node").asText()))
                        .forEach(place -> wrong(
                                reference + " left " + one.path("node").asText() + ", the shop believes " + place));
            }
        });
    }

    private void money() {
        long parcels = sum(list(order, "parcels"), "amountMinor");
        long cancelled = sum(effective(), "amountMinor");
        long total = order.path("totalMinor").asLong();
        if (parcels + cancelled != total) {
            wrong("its total is " + total + ", parcels are worth " + parcels + " and cancellations " + cancelled);
        }
        long kept = moved("CAPTURE") + moved("SALE") - moved("REFUND");
        if (kept != parcels) {
            wrong("the customer has paid " + kept + " for parcels of " + parcels + " " + currency + " (captured "
                    + moved("CAPTURE") + ", at order " + moved("SALE") + ", back " + moved("REFUND") + ")");
        }
        if (sum(effective(), "refundMinor") != moved("REFUND")) {
            wrong("we say " + sum(effective(), "refundMinor") + " went back, the shop " + moved("REFUND"));
        }
        long taxed = sum(effects("commit-tax"), "amountMinor");
        if (taxed != sum(list(order, "parcels"), "taxMinor")) {
            wrong("tax committed " + taxed + ", charged " + sum(list(order, "parcels"), "taxMinor"));
        }
        if (-is.balances().getOrDefault("2100", 0L) != taxed) {
            wrong("tax in the books " + is.balances().get("2100") + ", committed " + taxed);
        }
    }

    private void books() {
        for (var account : List.of("1100", "2050", "2210")) {
            long left = is.balances().getOrDefault(account, 0L);
            if (left != 0) wrong("account " + account + " is left with " + left);
        }
        if (is.balances().values().stream().mapToLong(Long::longValue).sum() != 0) wrong("its entries do not balance");
        if (order.path("entriesMade").asInt() != is.entries().size()) {
            wrong(order.path("entriesMade") + " entries made, " + is.entries().size() + " there");
        }
    }

    /** What the document says was done, was done, each once, and nothing else. */
    private void effects() {
        var expected = new TreeMap<String, Integer>();
        var number = order.path("number").asText();
        list(order, "fulfilmentOrders")
                .filter(one -> one.path("warehouseId").isTextual())
                .forEach(one -> {
                    var reference = number + "-" + one.path("id").asText();
                    expect(expected, "place-order " + reference);
                    if (Set.of("RECALLED", "CANCELLED")
                            .contains(one.path("state").asText())) {
                        expect(expected, "cancel-order " + reference);
                    }
                });
        list(order, "parcels").forEach(parcel -> {
            if (parcel.path("taxDocument").isTextual()) {
                expect(
                        expected,
                        "commit-tax " + number + "-" + parcel.path("id").asText());
            }
            if (parcel.path("shopFulfilmentId").isTextual()) {
                expect(expected, "create-fulfilment " + parcel.path("tracking").asText());
            }
            list(parcel, "dues")
                    .filter(due -> due.path("captureId").isTextual())
                    .forEach(due -> expect(
                            expected,
                            "capture-payment " + due.path("amountMinor").asText()));
        });
        effective().filter(c -> !c.path("inShop").asBoolean()).forEach(c -> {
            var theirs = c.path("shopId").asText();
            if (theirs.contains("/Refund/"))
                expect(expected, "refund-units " + number + "-" + c.path("id").asText());
            else if (!theirs.isEmpty()) expect(expected, "cancel-order of the shop");
        });
        list(order, "flags")
                .map(JsonNode::asText)
                .filter(flag -> flag.startsWith("REAUTHORISED "))
                .forEach(
                        flag -> expect(expected, "reauthorise-payment " + number + flag.replace("REAUTHORISED ", "-")));
        is.entries().forEach(entry -> expect(expected, "post-journal " + entry));
        var ended =
                switch (order.path("status").asText()) {
                    case "COMPLETED", "DELIVERED", "SHIPPED" -> "shipped";
                    case "CANCELLED" -> order.path("fraud").isObject() ? "cancelled" : null;
                    case "REJECTED" -> "rejected";
                    default -> null;
                };
        var happened = new TreeMap<String, Integer>();
        var free = new TreeSet<String>();
        for (var effect : is.effects()) {
            var what = what(effect, number);
            // Of these the document does not say how many there must be, only that none is done twice.
            if (what.startsWith("move-fulfilment-order") || what.startsWith("report-outcome")) free.add(what);
            else if (Set.of("open-journal", "write-lines")
                    .contains(effect.path("operation").asText())) continue;
            expect(happened, what);
        }
        free.forEach(what -> expect(expected, what));
        if (ended != null && free.stream().noneMatch(what -> what.startsWith("report-outcome " + ended))) {
            missing("the fraud partner was not told that it is " + ended + ": " + free);
        }
        expected.forEach((what, times) -> {
            var real = happened.getOrDefault(what, 0);
            if (real < times) missing(what + " happened " + real + " times, not " + times);
            if (real > times) doubled(what + " happened " + real + " times, not " + times);
        });
        happened.forEach((what, times) -> {
            if (!expected.containsKey(what)) unexpected(what + " happened " + times + " times");
        });
    }

    private String what(JsonNode effect, String number) {
        var operation = effect.path("operation").asText();
        var subject = effect.path("subject").asText();
        return operation + " "
                + switch (operation) {
                    case "capture-payment" -> effect.path("amountMinor").asText();
                    case "create-fulfilment", "refund-units", "move-fulfilment-order", "reauthorise-payment" -> subject;
                    case "report-outcome" -> subject.replaceFirst(":.*", "");
                    case "cancel-order" -> effect.path("partner").asText().equals("shopify")
                            ? "of the shop"
                            : effect.path("key").asText();
                    default -> effect.path("key").asText();
                };
    }

    private Stream<JsonNode> effects(String operation) {
        return is.effects().stream()
                .filter(one -> one.path("operation").asText().equals(operation));
    }

    private Stream<JsonNode> effective() {
        return list(order, "cancellations").filter(c -> !Set.of("REQUESTED", "REFUSED")
                .contains(c.path("state").asText()));
    }

    /** What moved at the shop, for certain. */
    private long moved(String kind) {
        return list(is.shop(), "transactions")
                .filter(t -> t.path("kind").asText().equals(kind))
                .filter(t -> t.path("status").asText().equals("SUCCESS"))
                .mapToLong(t -> Money.minor(
                        new BigDecimal(t.path("amountSet")
                                .path("shopMoney")
                                .path("amount")
                                .asText()),
                        currency))
                .sum();
    }

    private long shipped(JsonNode line) {
        return list(order, "parcels")
                .flatMap(parcel -> list(parcel, "lines"))
                .filter(one -> one.path("line").asInt() == line.path("number").asInt())
                .mapToLong(one -> one.path("quantity").asLong())
                .sum();
    }

    private long removedInShop(JsonNode line) {
        return list(is.shop().path("lineItems"), "nodes")
                .filter(one -> isLine(one, line))
                .mapToLong(one -> one.path("quantity").asLong()
                        - one.path("currentQuantity").asLong())
                .sum();
    }

    private boolean needsShipping(int line) {
        return list(order, "lines")
                .anyMatch(one -> one.path("number").asInt() == line
                        && one.path("requiresShipping").asBoolean());
    }

    private static boolean isLine(JsonNode theirs, JsonNode ours) {
        return theirs.path("id").asText().endsWith("/" + ours.path("shopLineId").asText());
    }

    private List<String> openCases() {
        return list(order, "cases")
                .filter(one ->
                        one.path("closedAt").isNull() || one.path("closedAt").isMissingNode())
                .map(one -> one.path("kind").asText())
                .toList();
    }

    private List<String> holds() {
        return list(order, "holds")
                .filter(one -> one.path("releasedAt").isNull()
                        || one.path("releasedAt").isMissingNode())
                .map(one -> one.path("kind").asText())
                .toList();
    }

    private static long sum(Stream<JsonNode> list, String field) {
        return list.mapToLong(one -> one.path(field).asLong()).sum();
    }

    private static Stream<JsonNode> list(JsonNode holder, String field) {
        return StreamSupport.stream(holder.path(field).spliterator(), false);
    }

    private static void expect(Map<String, Integer> times, String what) {
        times.merge(what, 1, Integer::sum);
    }

    private void missing(String what) {
        differ(Kind.MISSING, what);
    }

    private void doubled(String what) {
        differ(Kind.DOUBLED, what);
    }

    private void unexpected(String what) {
        differ(Kind.UNEXPECTED, what);
    }

    private void wrong(String what) {
        differ(Kind.WRONG, what);
    }

    private void differ(Kind kind, String what) {
        differences.add(new Difference(kind, name + ": " + what));
    }

    /** Counts of ends by fate, for the report. */
    static Map<String, Map<String, Integer>> counted(Map<Evidence, Verdict> verdicts) {
        var ends = new TreeMap<String, Map<String, Integer>>();
        verdicts.forEach(
                (evidence, verdict) -> ends.computeIfAbsent(evidence.fate().name(), fate -> new HashMap<>())
                        .merge(verdict.end(), 1, Integer::sum));
        return ends;
    }
}
