package routes.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.withSettings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.lang.reflect.Field;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.mockito.MockMakers;
import org.mockito.invocation.InvocationOnMock;
import routes.inbox.Committer;
import routes.inbox.KafkaSettings;
import routes.inbox.NotYet;
import routes.inbox.TurnAtHand;
import routes.ledger.Entry;
import routes.order.Order.FulfilmentOrder;
import routes.region.Regions;
import routes.stock.AllRules;
import routes.stock.Levels;
import routes.stock.Stock;

/**
 * Messages come twice, late and in any order. Whatever way the words about one order arrive, it ends as if each had been
 * told once and in turn: same status, same units, same money in the same accounts, same matters for people.
 *
 * <p>What is permuted is the telling, not the world: a warehouse tells of a parcel that left, and gives a fulfilment order
 * back or not, whenever it is heard. Follow-ups (captures, tax, tracking, what a warehouse answered) come in any order,
 * too. {@code -Doms.permutations=n} tells how many; a failure names the seed, {@code -Doms.permutation=seed} tells it alone.
 */
class PermutationsTest {

    private static final ObjectMapper JSON =
            JsonMapper.builder().addModule(new JavaTimeModule()).build();
    private static final String NUMBER = "OH-100001";
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-01T12:00:00Z"), ZoneOffset.UTC);
    private static final CamelContext CAMEL = new DefaultCamelContext();
    private static final int LONGEST_STORY = 2_000;

    /** What the world is like, whoever hears of it when. */
    private enum World {
        /** Two places send three parcels. */
        PLAIN,
        /** The first place cannot find one unit; it follows later. */
        SHORT,
        /** The customer cancels; everything has left. */
        CANCEL_TOO_LATE,
        /** The customer cancels; one place has sent its goods, the other gives them back. */
        CANCEL_HALF,
        /** The same, and the goods that were given back leave all the same. */
        CANCEL_HALF_SENT_ALL_THE_SAME,
        /** The customer cancels, with us and in the shop; nothing has left. */
        CANCEL_ALL,
        /** The fraud partner changes its mind; everything has left. */
        FRAUD_TOO_LATE,
        /** One parcel holds a unit too many and was held for a while. */
        OVER_SHIPPED_AND_HELD;

        boolean left(String fulfilmentOrder) {
            return switch (this) {
                case CANCEL_ALL -> false;
                case CANCEL_HALF, CANCEL_HALF_SENT_ALL_THE_SAME -> fulfilmentOrder.equals("F1");
                default -> true;
            };
        }
    }

    @Test
    void anyOrderOfTheSameMessagesEndsTheSame() {
        int many = Integer.getInteger("oms.permutations", 10_000);
        long only = Long.getLong("oms.permutation", -1);
        Map<String, String> wanted = new HashMap<>();
        for (long seed = only < 0 ? 0 : only; seed < (only < 0 ? many : only + 1); seed++) {
            World world = World.values()[(int) (seed % World.values().length)];
            long prepaid = List.of(0L, 5000L, 24800L).get((int) (seed / World.values().length % 3));
            String sorted = wanted.computeIfAbsent(world + " " + prepaid, key -> new Story(world, prepaid, null).end());
            Story told = new Story(world, prepaid, new Random(seed));
            String end;
            try {
                end = told.end();
            } catch (RuntimeException | AssertionError failed) {
                throw new AssertionError("permutation " + seed + ", " + world + ": " + told.log, failed);
            }
            assertThat(end)
                    .as("permutation %s, %s, %s prepaid: %s", seed, world, prepaid, told.log)
                    .isEqualTo(sorted);
        }
        assertThat(wanted.values()).as("different worlds end differently").doesNotHaveDuplicates();
    }

    /** One order, told once. */
    private static final class Story {

        private record Task(String what, TurnAtHand turn, Runnable work) {}

        private final World world;
        private final long prepaid;
        /** Null tells everything once and in turn. */
        private final Random chance;

        private final List<String> log = new ArrayList<>();
        private final List<Task> waiting = new ArrayList<>();
        private final Set<Runnable> onlyOnce = new LinkedHashSet<>();
        private final Map<String, Long> balances = new TreeMap<>();
        private final Set<String> standing = new LinkedHashSet<>();
        private final Set<String> told = new LinkedHashSet<>();
        private final Exchange exchange = new DefaultExchange(CAMEL);
        private Order order;
        private long lastMessage;
        private boolean cancelledInShop;

        private final Orders orders;
        private final Screening screening;
        private final Fulfilments fulfilments;
        private final Settlements settlements;
        private final Cancellations cancellations;

        Story(World world, long prepaid, Random chance) {
            this.world = world;
            this.prepaid = prepaid;
            this.chance = chance;
            Verbs verbs = new Verbs(DOCUMENTS.in(() -> order), committer(), REGIONS, STOCK, NOBODY_IS_TOLD, JSON, NOON);
            orders = new Orders(verbs, DOCUMENTS.in(() -> order), REGIONS);
            screening = new Screening(verbs);
            fulfilments = new Fulfilments(verbs, STOCK, RULES);
            settlements = new Settlements(verbs, 1);
            cancellations = new Cancellations(verbs, 1, 1);
        }

        private Committer committer() {
            return mock(
                    Committer.class,
                    withSettings().mockMaker(MockMakers.INLINE).stubOnly().defaultAnswer(this::committed));
        }

        private Object committed(InvocationOnMock asked) {
            if (asked.getMethod().getName().equals("writeAll")) {
                Map<Object, Object> outcomes = new HashMap<>();
                asked.<Collection<Change>>getArgument(0).forEach(change -> {
                    write(change);
                    outcomes.put(change, null);
                });
                return outcomes;
            }
            return asked.getArguments().length == 1 ? write(asked.getArgument(0)) : null;
        }

        private Order write(Change change) {
            Order next = TurnAtHand.written(change);
            for (Entry entry : entries(change)) {
                entry.postings().forEach(p -> balances.merge(p.account().number(), p.amountMinor(), Long::sum));
            }
            order = next;
            return next;
        }

        /** How it ends: what must not depend on the order of messages. */
        String end() {
            begin();
            List<Runnable> words = words();
            if (chance != null) {
                List<Runnable> twice = new ArrayList<>(words);
                words.stream()
                        .filter(word -> !onlyOnce.contains(word) && chance.nextInt(3) == 0)
                        .forEach(twice::add);
                Collections.shuffle(twice, chance);
                words = twice;
            }
            int steps = 0;
            while (!words.isEmpty() || !waiting.isEmpty()) {
                assertThat(++steps).as("steps").isLessThan(LONGEST_STORY);
                boolean word = !words.isEmpty()
                        && (chance == null ? waiting.isEmpty() : waiting.isEmpty() || chance.nextBoolean());
                if (word) {
                    words.remove(0).run();
                } else {
                    Task task = waiting.remove(chance == null ? 0 : chance.nextInt(waiting.size()));
                    try {
                        log.add(task.what());
                        task.turn().at(task.what(), () -> {
                            task.work().run();
                            return null;
                        });
                    } catch (NotYet notYet) {
                        waiting.add(task);
                    }
                }
                if (words.isEmpty() && waiting.isEmpty()) {
                    lookForStock();
                }
            }
            lastly();
            return ending();
        }

        private void later(String what, String subject, String body, String partner, Runnable work) {
            waiting.add(new Task(what, new TurnAtHand(++lastMessage, partner, NUMBER, subject, body), work));
        }

        private void follow(String what, String subject, Runnable work) {
            later(what + " " + subject, subject, "{}", "hub", work);
        }

        private void now(String what, String subject, String partner, Runnable work) {
            log.add(what);
            new TurnAtHand(++lastMessage, partner, NUMBER, subject, "{}").at(what, () -> {
                work.run();
                return null;
            });
        }

        /** The order is in, sourced, and the warehouses have it; whether we have heard their answer is another matter. */
        private void begin() {
            now("placed", "", "shopify", () -> {
                orders.accept(placed("2026-11-01T10:00:00Z", 0, false), exchange);
                orders.taxed(order, json("{'taxMinor':1800,'lines':[],'shippingTaxMinor':80}"));
                screening.screened(order, json("{'decision':'ACCEPT','code':'ACCEPT','score':'1','reference':'X'}"));
                fulfilments.sourced(order, shop(), List.of());
            });
            fulfilments.toRelease(order).forEach(this::release);
        }

        private void release(String id) {
            standing.add(id);
            follow("released", id, () -> {
                fulfilments.released(order, id, json("{'warehouseId':'W-" + id + "'}"));
            });
        }

        private void releasePlanned() {
            for (String id : fulfilments.toRelease(order)) {
                if (standing.add(id)) {
                    release(id);
                }
            }
        }

        /** What is told from outside, in turn. */
        private List<Runnable> words() {
            List<Runnable> words = new ArrayList<>();
            Runnable cancel = this::customerCancels;
            onlyOnce.add(cancel); // the door knows a client's wish by its key; another one is another wish
            words.add(() -> shopSays("2026-11-01T11:00:00Z", 0, false));
            words.add(() -> shopSays("2026-11-01T09:00:00Z", 0, false));
            switch (world) {
                case CANCEL_TOO_LATE, CANCEL_HALF, CANCEL_HALF_SENT_ALL_THE_SAME -> words.add(cancel);
                case CANCEL_ALL -> {
                    words.add(cancel);
                    words.add(() -> shopCancels("2026-11-01T11:30:00Z"));
                }
                default -> {}
            }
            boolean isShort = world == World.SHORT;
            if (isShort) {
                words.add(() -> troubled("F1", "A", "SHORT", 1));
                words.add(() -> troubled("F1", "A", "SHORT", 1)); // the poll tells it, too
            }
            if (world == World.OVER_SHIPPED_AND_HELD) {
                words.add(() -> troubled("F2", "C", "HELD", 0));
            }
            if (world.left("F1")) {
                words.add(() -> shipped("F1", "A", "MUG-1", isShort ? 1 : 2));
                words.add(() -> shipped("F1", "B", "MUG-1", 1));
                words.add(() -> delivered("F1", "A"));
                words.add(() -> delivered("F1", "B"));
            }
            if (world.left("F2")) {
                words.add(() -> shipped("F2", "C", "LAMP-7", world == World.OVER_SHIPPED_AND_HELD ? 2 : 1));
                words.add(() -> delivered("F2", "C"));
            }
            if (world == World.FRAUD_TOO_LATE) {
                words.add(this::fraudRejects);
            }
            return words;
        }

        private void shopSays(String version, int removed, boolean cancelled) {
            now("shop " + version + (cancelled ? " cancelled" : ""), "", "shopify", () -> {
                ObjectNode placed = placed(version, removed, cancelled);
                switch (orders.recognise(placed)) {
                    case "newer" -> {
                        orders.edited(placed, exchange);
                        cancellations.takenOutInShop(exchange);
                        follow("recall", "", this::recall);
                    }
                    case "cancelled" -> {
                        cancellations.cancelledInShop(placed, exchange);
                        follow("recall", "", this::recall);
                    }
                    default -> {}
                }
            });
        }

        private void shopCancels(String version) {
            cancelledInShop = true;
            shopSays(version, 0, true);
        }

        private void customerCancels() {
            now("customer cancels", "", "partner-api", () -> {
                cancellations.requested(json("{'reason':'CUSTOMER','requestedBy':'client','lines':[]}"), exchange);
                follow("recall", "", this::recall);
            });
        }

        private void fraudRejects() {
            now("fraud rejects", "", "accertify", () -> {
                screening.fraudDecided(json("{'decision':'REJECT','code':'R','reference':'X'}"), exchange);
                goOn();
            });
        }

        private void goOn() {
            if (screening.rejected(order)) {
                cancellations.rejected(exchange);
                follow("recall", "", this::recall);
            } else if (!orders.mayBeSourced(order)) {
                releasePlanned();
            }
        }

        private void recall() {
            for (String next = cancellations.nextToRecall(order, List.copyOf(standing), List.of());
                    !next.isEmpty();
                    next = cancellations.nextToRecall(order, List.copyOf(standing), List.of())) {
                boolean given = !world.left(next) && !next.equals("F3");
                cancellations.recalled(order, next, json("{'recalled':" + given + ",'why':'it has left'}"));
                if (given && told.add("recalled " + next)) {
                    String id = next;
                    later("warehouse has cancelled " + id, id, "{}", "warehouse", () -> {
                        fulfilments.shortPicked(trouble("C", "CANCELLED", sku(id), id.equals("F1") ? 3 : 1), id);
                    });
                    if (world == World.CANCEL_HALF_SENT_ALL_THE_SAME) {
                        later("sent all the same " + id, id, "{}", "warehouse", () -> ship(id, "C", sku(id), 1));
                    }
                }
            }
            cancellations.decided(order, List.copyOf(standing));
            String tell = cancellations.toTell(order);
            if (!tell.isEmpty()) {
                String way = cancellations.wayToTell(order, tell);
                cancelledInShop |= way.equals("whole");
                cancellations.told(order, tell, json("{'refundId':'R-" + tell + "'}"));
                follow("settle", tell, () -> settle(tell));
                if (way.equals("part")) {
                    later("the shop's update", "", "{}", "shopify", () -> shopSays("2026-11-01T11:45:00Z", 1, false));
                } else if (way.equals("whole")) {
                    later("the shop's cancel", "", "{}", "shopify", () -> shopSays("2026-11-01T11:45:00Z", 3, true));
                }
            }
            goOn();
        }

        private void settle(String id) {
            if (cancellations.unsettled(order, id)) {
                ObjectNode shop = JSON.createObjectNode();
                if (cancelledInShop) {
                    shop.put("cancelledAt", "2026-11-01T11:30:00Z");
                }
                shop.putArray("refunds")
                        .addObject()
                        .put("reference", NUMBER + "-" + id)
                        .put("amountMinor", order.cancellation(id).refundMinor())
                        .put("status", "SETTLED");
                cancellations.settled(order, id, shop);
            }
        }

        private void shipped(String id, String shipment, String sku, int units) {
            now("shipped " + shipment, id, "warehouse", () -> ship(id, shipment, sku, units));
        }

        private void ship(String id, String shipment, String sku, int units) {
            fulfilments.shipped(
                    json("{'shipments':[{'id':'" + shipment + "','tracking':'T-" + shipment
                            + "','carrier':'UPS','shippedAt':'2026-11-01T11:00:00Z','lines':[{'sku':'" + sku
                            + "','quantity':" + units + "}]}]}"),
                    id);
            fulfilments
                    .newDues(order)
                    .forEach(due -> follow("capture", due, () -> {
                        if (settlements.toCapture(order, due)) {
                            settlements.captured(
                                    order,
                                    due,
                                    json("{'captureId':'K-" + due + "','amountMinor':"
                                            + settlements.dueMinor(order, due) + "}"));
                        }
                    }));
            fulfilments
                    .newParcels(order)
                    .forEach(parcel -> follow("tax", parcel, () -> {
                        settlements.taxCommitted(
                                order,
                                parcel,
                                json("{'document':'D','taxMinor':"
                                        + order.parcel(parcel).taxMinor() + "}"));
                        settlements.told(order, parcel, json("{'shopFulfilmentId':'S-" + parcel + "'}"));
                    }));
        }

        private void delivered(String id, String shipment) {
            now("delivered " + shipment, id, "warehouse", () -> {
                fulfilments.delivered(json("{'shipment':'" + shipment + "','deliveredAt':'2026-11-01T11:30:00Z'}"), id);
            });
        }

        private void troubled(String id, String shipment, String kind, int units) {
            now(kind + " " + shipment, id, "warehouse", () -> {
                fulfilments.shortPicked(trouble(shipment, kind, sku(id), units), id);
            });
        }

        private static JsonNode trouble(String shipment, String kind, String sku, int units) {
            String lines = units == 0 ? "" : "{'sku':'" + sku + "','quantity':" + units + "}";
            return json(
                    "{'shipment':'" + shipment + "','kind':'" + kind + "','why':'so it is','lines':[" + lines + "]}");
        }

        private static String sku(String id) {
            return id.equals("F2") ? "LAMP-7" : "MUG-1";
        }

        /** Hours later: what waited for stock is looked for, leaves and arrives. */
        private void lookForStock() {
            for (FulfilmentOrder one : order.fulfilmentOrders()) {
                if (one.state() == FulfilmentOrder.State.BACKORDERED && told.add("stocked " + one.id())) {
                    now("stocked " + one.id(), one.id(), "hub", () -> fulfilments.stocked(one.id()));
                    releasePlanned();
                    follow("shipped later", one.id(), () -> ship(one.id(), "D", sku(one.id()), one.units()));
                    follow("delivered later", one.id(), () -> delivered(one.id(), "D"));
                }
            }
        }

        private void lastly() {
            now(
                    "booked",
                    "",
                    "hub",
                    () -> settlements.booked(Map.of(NUMBER, order.entriesMade() - order.entriesBooked()), "B1"));
        }

        private String ending() {
            for (Order.Line line : order.lines()) {
                assertThat(line.cancelled() + order.shipped(line.number()))
                        .as("units of line %s that are not open", line.number())
                        .isEqualTo(line.quantity());
            }
            assertThat(balances.values().stream().mapToLong(Long::longValue).sum())
                    .as("trial balance")
                    .isZero();
            for (String account : List.of("1100", "2050", "2210")) {
                assertThat(balances.getOrDefault(account, 0L))
                        .as("account %s of an order that is over", account)
                        .isZero();
            }
            Map<String, Object> end = new LinkedHashMap<>();
            end.put("status", order.status());
            end.put(
                    "cancelled",
                    order.lines().stream().map(Order.Line::cancelled).toList());
            end.put(
                    "parcels",
                    order.parcels().stream()
                            .map(p -> p.warehouseId() + p.units(1) + p.units(2) + (p.deliveredAt() != null))
                            .sorted()
                            .toList());
            end.put(
                    "fulfilment orders",
                    order.fulfilmentOrders().stream()
                            .map(f -> f.id() + f.state() + f.units(1) + f.units(2))
                            .sorted()
                            .toList());
            end.put(
                    "cases",
                    order.cases().stream()
                            .filter(Order.Case::open)
                            .map(Order.Case::kind)
                            .sorted()
                            .toList());
            end.put(
                    "holds",
                    order.holds().stream()
                            .filter(Order.Hold::holding)
                            .map(Order.Hold::kind)
                            .sorted()
                            .toList());
            end.put(
                    "captured",
                    order.parcels().stream()
                            .flatMap(p -> p.dues().stream())
                            .filter(d -> d.captureId() != null)
                            .mapToLong(Order.Due::amountMinor)
                            .sum());
            end.put(
                    "refunded",
                    order.cancellations().stream()
                            .mapToLong(Order.Cancellation::refundMinor)
                            .sum());
            end.put(
                    "balances",
                    balances.entrySet().stream()
                            .filter(one -> one.getValue() != 0)
                            .collect(
                                    Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, Long::sum, TreeMap::new)));
            return world + " " + prepaid + " " + end;
        }

        /** Three mugs from 11 and a lamp from 12: 230.00 of goods less 10.00, 10.00 shipping, 18.00 tax. */
        private ObjectNode placed(String version, int removed, boolean cancelled) {
            ObjectNode placed = (ObjectNode) json("{'shopId':'1','shopNumber':'#1','placedAt':'2026-11-01T08:00:00Z',"
                    + "'currency':'USD','taxIncluded':false,'serviceLevel':'standard','country':'US',"
                    + "'customer':{'id':'1','name':'Ada'},'shipTo':{'line1':'12 Pine Street','city':'Seattle',"
                    + "'region':'WA','postalCode':'98101','country':'US'},'lines':["
                    + "{'number':1,'shopLineId':'L1','sku':'MUG-1','title':'Mug','quantity':3,'unitPriceMinor':5000,"
                    + "'discountMinor':1000,'taxMinor':1120,'taxable':true,'requiresShipping':true},"
                    + "{'number':2,'shopLineId':'L2','sku':'LAMP-7','title':'Lamp','quantity':1,'unitPriceMinor':8000,"
                    + "'discountMinor':0,'taxMinor':600,'taxable':true,'requiresShipping':true}],"
                    + "'shipping':{'title':'Standard','code':'standard','priceMinor':1000,'discountMinor':0,"
                    + "'taxMinor':80},'subtotalMinor':22000,'discountMinor':1000,'shippingMinor':1000,"
                    + "'taxMinor':1800,'totalMinor':24800}");
            placed.put("shopVersion", version);
            ((ObjectNode) placed.path("lines").get(1)).put("removed", Math.min(1, removed));
            ((ObjectNode) placed.path("lines").get(0)).put("removed", removed == 3 ? 3 : 0);
            if (cancelled) {
                placed.put("cancelledAt", version).put("cancelReason", "customer");
            }
            return placed;
        }

        private JsonNode shop() {
            String sale =
                    "{'id':'T1','kind':'SALE','status':'SUCCESS','gateway':'bogus','amountMinor':" + prepaid + "}";
            String rest = "{'id':'T2','kind':'AUTHORIZATION','status':'SUCCESS','gateway':'bogus','amountMinor':"
                    + (24800 - prepaid) + "}";
            String tenders = prepaid == 0 ? rest : prepaid == 24800 ? sale : sale + "," + rest;
            return json("{'tenders':[" + tenders + "],'fulfilmentOrders':["
                    + "{'shopId':'FO1','node':'11','lines':[{'shopLineId':'X1','orderLineId':'L1','quantity':3}]},"
                    + "{'shopId':'FO2','node':'12','lines':[{'shopLineId':'X2','orderLineId':'L2','quantity':1}]}],"
                    + "'costs':[{'orderLineId':'L1','unitCostMinor':2000},{'orderLineId':'L2','unitCostMinor':3000}]}");
        }
    }

    private static final Map<String, JsonNode> READ = new HashMap<>();

    private static JsonNode json(String text) {
        return READ.computeIfAbsent(text, one -> {
                    try {
                        return JSON.readTree(one.replace('\'', '"'));
                    } catch (java.io.IOException broken) {
                        throw new IllegalStateException(broken);
                    }
                })
                .deepCopy();
    }

    /** An order's document that is never written: it is handed on as it is. */
    private interface Documents {
        OrderDocuments in(Supplier<Order> order);
    }

    private static final Documents DOCUMENTS = order -> new OrderDocuments(null, null) {
        @Override
        Optional<Order> find(String number) {
            return Optional.ofNullable(order.get());
        }

        @Override
        String document(Order written) {
            return "";
        }
    };

    private static final Regions REGIONS = new Regions();
    private static final AllRules RULES = new AllRules();
    private static final Outbox NOBODY_IS_TOLD =
            new Outbox(null, null, null, new KafkaSettings(false, "", "", ""), null);
    private static final Stock STOCK = mock(
            Stock.class,
            withSettings()
                    .stubOnly()
                    .defaultAnswer(
                            asked -> asked.getMethod().getReturnType() == Levels.class ? Levels.unlimited() : null));

    private static List<Entry> entries(Change change) {
        try {
            return ((Draft) DRAFT.get(change)).entries();
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static final Field DRAFT = draft();

    private static Field draft() {
        try {
            Field draft = Change.class.getDeclaredField("draft");
            draft.setAccessible(true);
            return draft;
        } catch (NoSuchFieldException moved) {
            throw new IllegalStateException(moved);
        }
    }
}
