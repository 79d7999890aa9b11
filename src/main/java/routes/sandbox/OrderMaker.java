package routes.sandbox;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import routes.sandbox.ShopOrder.Address;
import routes.sandbox.ShopOrder.Discount;
import routes.sandbox.ShopOrder.Line;
import routes.sandbox.ShopOrder.Person;
import routes.sandbox.ShopOrder.Piece;
import routes.sandbox.ShopOrder.Routed;
import routes.sandbox.ShopOrder.Share;
import routes.sandbox.ShopOrder.Shipping;
import routes.sandbox.ShopOrder.Tax;

/** Makes up orders that add up to the last minor unit. The same seed and wish give the same order. */
final class OrderMaker {

    static final String HAPPY = "happy";
    static final String PAID = "paid";
    static final String SUM_WRONG = "sum-wrong";
    static final String UNKNOWN_COUNTRY = "unknown-country";
    static final String UNKNOWN_ADDRESS = "unknown-address";

    /** Where the tax partner knows a better spelling. */
    static final String ADDRESS_CORRECTED = "address-corrected";

    /** Whoever ordered left the city out. */
    static final String MISSING_CITY = "missing-city";

    /** Its first line is an article that has no name at the warehouse yet. */
    static final String UNMAPPED_SKU = "unmapped-sku";

    /** Is to be sent in a way that the warehouse has no name for yet. */
    static final String UNMAPPED_SHIPPING = "unmapped-shipping";

    /** Is paid in a way that the fraud partner has no name for yet. */
    static final String UNMAPPED_PAYMENT = "unmapped-payment";

    /** Its addresses say the country's name and not its code. */
    static final String UNMAPPED_COUNTRY = "unmapped-country";

    /** The shop sends it from a location that none of ours is. */
    static final String UNKNOWN_LOCATION = "unknown-location";

    /** One fulfilment order that the warehouse ships in two boxes. */
    static final String TWO_BOXES = "two-boxes";

    /** A third of it is paid by gift card at once, the rest is authorised. */
    static final String GIFT_CARD_TENDER = "gift-card-tender";
    /** Two authorisations, neither of which is enough. */
    static final String TWO_TENDERS = "two-tenders";
    /** One line is a gift card, which nobody ships. */
    static final String GIFT_CARD_LINE = "gift-card-line";

    /** Gift cards and nothing else. */
    static final String GIFT_CARDS_ONLY = "gift-cards-only";

    static final String TIP = "tip";
    static final String DUTY = "duty";
    /** The customer gave a mandate to authorise payments anew. */
    static final String VAULTED = "vaulted";
    /** The payment can no longer be captured when the order is placed. */
    static final String EXPIRED = "expired-authorisation";
    /** The same, with a mandate to authorise it anew. */
    static final String EXPIRED_VAULTED = "expired-vaulted";
    /** The same, and the bank never says whether it does. */
    static final String EXPIRED_SILENT = "expired-vaulted-silent";
    /** The bank declines every capture. */
    static final String CAPTURE_DECLINED = "capture-declined";
    /** Paid at once; the bank declines every refund. */
    static final String REFUND_FAILED = "refund-failed";
    /** A unit is taken off it {@code oms.sandbox.change-after-ms} after it was placed. */
    static final String EDITED = "edited";
    /** Its customer cancels it {@code oms.sandbox.change-after-ms} after it was placed. */
    static final String CANCELLED = "cancelled";

    /** What an order may be asked to be; the fraud ones are decided by the customer's email. */
    static final Set<String> SCENARIOS = withTheWarehouses(
            GIFT_CARD_TENDER,
            TWO_TENDERS,
            GIFT_CARD_LINE,
            GIFT_CARDS_ONLY,
            TIP,
            DUTY,
            VAULTED,
            EXPIRED,
            EXPIRED_VAULTED,
            EXPIRED_SILENT,
            CAPTURE_DECLINED,
            REFUND_FAILED,
            EDITED,
            CANCELLED,
            HAPPY,
            PAID,
            SUM_WRONG,
            UNKNOWN_COUNTRY,
            UNKNOWN_ADDRESS,
            ADDRESS_CORRECTED,
            MISSING_CITY,
            UNMAPPED_SKU,
            UNMAPPED_SHIPPING,
            UNMAPPED_PAYMENT,
            UNMAPPED_COUNTRY,
            UNKNOWN_LOCATION,
            TWO_BOXES,
            Accertify.REVIEW,
            Accertify.REVIEW_THEN_REJECT,
            Accertify.REVIEW_WITHOUT_END,
            Accertify.REJECT,
            Accertify.UNKNOWN_CODE);

    static final List<String> LOCATIONS = List.of("11", "12");
    static final int MAX_LINES = 5;

    /** What a customer may be asked to type. */
    static final Set<String> TYPED = Set.of("firstName", "lastName", "phone", "address1", "city", "zip");

    /**
     * What is wanted; null leaves it to chance.
     *
     * @param market us, de or jp
     * @param lines 1 to 5
     * @param parcels 1 or 2; by chance a third of the orders has two
     * @param skus the articles, one for each line; one that is not on the shelves is made to order
     * @param quantity units of each line, 1 to 99
     * @param typed what the customer typed in place of a good name, phone and address, by field; see {@link #TYPED}
     */
    record Wish(
            String market,
            Integer lines,
            Integer parcels,
            String scenario,
            List<String> skus,
            Integer quantity,
            Map<String, String> typed) {

        Wish(String market, Integer lines, Integer parcels, String scenario) {
            this(market, lines, parcels, scenario, null, null, Map.of());
        }
    }

    private record Product(String sku, String title, int grams, long usd, long eur, long jpy) {
        long price(String currency) {
            return switch (currency) {
                case "JPY" -> jpy;
                case "EUR" -> eur;
                case "GBP" -> eur * 9 / 10;
                default -> usd;
            };
        }
    }

    private record Market(
            String name, String currency, boolean taxIncluded, long shippingMinor, List<Address> addresses) {}

    private static final List<Product> PRODUCTS = List.of(
            new Product("MUG-1", "Stoneware mug", 420, 1450, 1390, 1980),
            new Product("LAMP-7", "Reading lamp", 1800, 8999, 7995, 11800),
            new Product("RUG-3", "Wool rug", 5200, 21950, 19900, 27500),
            new Product("TEA-12", "Sencha, 100 g", 120, 1299, 1149, 1320),
            new Product("PEN-2", "Fountain pen", 40, 3333, 2999, 4180),
            new Product("NOTE-5", "Notebook, dotted", 260, 995, 890, 1100),
            new Product("SCARF-4", "Merino scarf", 180, 4725, 4350, 6600),
            new Product("KNIFE-9", "Kitchen knife", 310, 10917, 9849, 15400),
            new Product("BAG-6", "Canvas bag", 640, 5999, 5495, 7700),
            new Product("CLOCK-8", "Wall clock", 950, 6401, 5837, 8910));

    private static final Product NEW_PRODUCT = new Product("NEW-77", "Oil lamp", 700, 2450, 2290, 3300);

    private static final List<Person> PEOPLE = List.of(
            new Person("Avery", "Stone", "+15550100"),
            new Person("Zoë", "Müller", "+4930555010"),
            new Person("Haruto", "Sato", "+81355550100"),
            new Person("Noor", "O'Brien", "+15550102"),
            new Person("Mia", "Schäfer", "+4989555020"),
            new Person("Yui", "Tanaka", "+81655550101"));

    private static final List<Market> MARKETS = List.of(
            new Market(
                    "us",
                    "USD",
                    false,
                    799,
                    List.of(
                            us("47 W 13th St", "New York", "10011", "New York", "NY"),
                            us("1200 Congress Ave", "Austin", "78701", "Texas", "TX"),
                            us("600 Pine St", "Seattle", "98101", "Washington", "WA"),
                            us("88 Mission St", "San Francisco", "94105", "California", "CA"),
                            us("915 S Jackson St", "Montgomery", "36104", "Alabama", "AL"),
                            us("12 Oak St", "Portland", "97205", "Oregon", "OR"))),
            new Market(
                    "de",
                    "EUR",
                    true,
                    495,
                    List.of(
                            abroad("Lindenstraße 5", "Berlin", "10969", "Germany", "DE"),
                            abroad("Marienplatz 8", "München", "80331", "Germany", "DE"),
                            abroad("Deichstraße 21", "Hamburg", "20459", "Germany", "DE"))),
            new Market(
                    "jp",
                    "JPY",
                    true,
                    550,
                    List.of(
                            new Address("2-1-1 Nihonbashi", "Chuo-ku", "103-0027", "Tōkyō", "JP-13", "Japan", "JP"),
                            new Address("1-3-1 Umeda", "Kita-ku", "530-0001", "Ōsaka", "JP-27", "Japan", "JP"))),
            new Market(
                    "gb",
                    "GBP",
                    true,
                    450,
                    List.of(
                            abroad("221 Baker St", "London", "NW1 6XE", "United Kingdom", "GB"),
                            abroad("14 Castle St", "Edinburgh", "EH2 3AT", "United Kingdom", "GB"))));

    /** Only whoever asks for these is sold to there: an order waits for its customer to think better of it. */
    private static final Set<String> ON_REQUEST = Set.of("gb");

    private static final String NOT_OURS = "99";

    private static final Address NOWHERE =
            new Address("1 Station Rd", "McMurdo", "0000", null, null, "Antarctica", "AQ");
    /** The postal code is that of a neighbouring district, the street is not spelt as it is. */
    private static final Address MISSPELT = us("47 West 13 Street", "New York", "10012", "New York", "NY");

    private static final Address UNDELIVERABLE = us("1 Nonexistent St", "Philadelphia", "19103", "Pennsylvania", "PA");

    private OrderMaker() {}

    private static Set<String> withTheWarehouses(String... ours) {
        var all = new TreeSet<>(ShipBob.SCENARIOS);
        all.addAll(List.of(ours));
        return Set.copyOf(all);
    }

    /** Whether the shop sells in this market. */
    static boolean sellsIn(String market) {
        return MARKETS.stream().anyMatch(known -> known.name().equals(market));
    }

    /** What the shop has on its shelves. */
    static List<String> skus() {
        return PRODUCTS.stream().map(Product::sku).toList();
    }

    /** What lies on the warehouse's shelves: also what the shop sells and has told nobody about. */
    static List<String> shelved() {
        return Stream.concat(skus().stream(), Stream.of(NEW_PRODUCT.sku())).toList();
    }

    /**
     * Makes an order.
     *
     * @param id of the order; its parts take the next 1,000
     */
    static ShopOrder make(long seed, long id, long number, Instant placedAt, Wish wish) {
        var chance = new SplittableRandom(seed);
        var market = market(chance, wish);
        var currency = market.currency();
        var parcels = wish.parcels() != null ? wish.parcels() : chance.nextInt(3) == 0 ? 2 : 1;
        if (TWO_BOXES.equals(wish.scenario())) parcels = 1;
        var pickedLines = lines(chance, wish, market, id, parcels);
        var discounts = new ArrayList<Discount>();
        var code = new String[1];
        var allocations = discounts(chance, pickedLines, currency, discounts, code);
        var address = typed(address(chance, wish, market), wish.typed());
        var rates = TaxTable.at(address.countryCode(), address.provinceCode());
        var lines = new ArrayList<Line>();
        for (var i = 0; i < pickedLines.size(); i++) {
            var line = pickedLines.get(i);
            var taken = allocations.get(i);
            var net = line.grossMinor()
                    - taken.stream().mapToLong(Share::amountMinor).sum();
            lines.add(new Line(
                    line.id(),
                    line.sku(),
                    line.title(),
                    line.grams(),
                    line.quantity(),
                    line.unitMinor(),
                    line.unitCostMinor(),
                    taken,
                    line.giftCard() ? List.of() : taxes(net, rates, market.taxIncluded()),
                    line.giftCard(),
                    DUTY.equals(wish.scenario()) ? Amounts.rounded(BigDecimal.valueOf(net * 5, 2)) : 0));
        }
        var shipping = GIFT_CARDS_ONLY.equals(wish.scenario())
                ? new Shipping(id + 150, "By mail", "standard", 0, List.of(), List.of())
                : shipping(chance, wish, market, id, rates, discounts);
        var total = lines.stream()
                        .mapToLong(line -> line.grossMinor() - line.discountMinor())
                        .sum()
                + shipping.netMinor();
        if (!market.taxIncluded()) {
            total += lines.stream().mapToLong(Line::taxMinor).sum() + shipping.taxMinor();
        }
        var tip = TIP.equals(wish.scenario()) ? Math.max(1, total / 10) : 0;
        total += tip + lines.stream().mapToLong(Line::dutyMinor).sum();
        var person = typed(PEOPLE.get(chance.nextInt(PEOPLE.size())), wish.typed());
        return new ShopOrder(
                id,
                number,
                placedAt,
                UNKNOWN_COUNTRY.equals(wish.scenario()) ? "nowhere" : market.name(),
                wish.scenario(),
                currency,
                market.taxIncluded(),
                wish.scenario() + "." + number + "@example.com",
                person,
                address,
                lines,
                shipping,
                discounts,
                code[0],
                tip,
                total,
                SUM_WRONG.equals(wish.scenario()) ? total + 1 : total,
                UNKNOWN_LOCATION.equals(wish.scenario())
                        ? List.of(new Routed(NOT_OURS, routing(lines, 1).get(0).pieces()))
                        : routing(lines, parcels));
    }

    private static Person typed(Person person, Map<String, String> typed) {
        return new Person(
                typed.getOrDefault("firstName", person.firstName()),
                typed.getOrDefault("lastName", person.lastName()),
                typed.getOrDefault("phone", person.phone()));
    }

    private static Address typed(Address address, Map<String, String> typed) {
        return new Address(
                typed.getOrDefault("address1", address.address1()),
                typed.getOrDefault("city", address.city()),
                typed.getOrDefault("zip", address.zip()),
                address.province(),
                address.provinceCode(),
                address.country(),
                address.countryCode());
    }

    private static Market market(SplittableRandom chance, Wish wish) {
        var usual = MARKETS.stream()
                .filter(market -> !ON_REQUEST.contains(market.name()))
                .toList();
        var drawn = usual.get(chance.nextInt(usual.size()));
        var name = wish.market() != null ? wish.market() : drawn.name();
        if (Set.of(UNKNOWN_COUNTRY, UNKNOWN_ADDRESS, ADDRESS_CORRECTED, MISSING_CITY)
                .contains(wish.scenario())) name = "us";
        for (var market : MARKETS) if (market.name().equals(name)) return market;
        throw new IllegalArgumentException("the shop does not sell in " + name);
    }

    private static Address address(SplittableRandom chance, Wish wish, Market market) {
        var drawn = market.addresses().get(chance.nextInt(market.addresses().size()));
        return switch (wish.scenario()) {
            case UNKNOWN_COUNTRY -> NOWHERE;
            case UNKNOWN_ADDRESS -> UNDELIVERABLE;
            case ADDRESS_CORRECTED -> MISSPELT;
            case MISSING_CITY -> us("500 Elm St", "", "97205", "Oregon", "OR");
            default -> drawn;
        };
    }

    private static List<Line> lines(SplittableRandom chance, Wish wish, Market market, long id, int parcels) {
        if (GIFT_CARDS_ONLY.equals(wish.scenario())) {
            var cards = wish.quantity() != null ? wish.quantity() : 1;
            var none = List.<Tax>of();
            return List.of(new Line(id + 100, "GIFT-50", "Gift card", 0, cards, 5000, 0, List.of(), none, true, 0));
        }
        var wished = wish.skus();
        var count =
                wished != null ? wished.size() : wish.lines() != null ? wish.lines() : 1 + chance.nextInt(MAX_LINES);
        var shelf = new ArrayList<>(PRODUCTS);
        var lines = new ArrayList<Line>();
        for (var i = 0; i < count; i++) {
            var product = wished == null ? shelf.remove(chance.nextInt(shelf.size())) : product(wished.get(i));
            if (i == 0 && UNMAPPED_SKU.equals(wish.scenario())) product = NEW_PRODUCT;
            var quantity = wish.quantity() != null ? wish.quantity() : 1 + chance.nextInt(3);
            var needsTwo = parcels > 1 || TWO_BOXES.equals(wish.scenario());
            if (count == 1 && needsTwo && quantity == 1 && wish.quantity() == null) quantity = 2;
            if (i == 0 && EDITED.equals(wish.scenario())) quantity++;
            var price = product.price(market.currency());
            var cost = price * 2 / 5;
            lines.add(new Line(
                    id + 100 + i,
                    product.sku(),
                    product.title(),
                    product.grams(),
                    quantity,
                    price,
                    cost,
                    List.of(),
                    List.of(),
                    false,
                    0));
        }
        if (GIFT_CARD_LINE.equals(wish.scenario())) {
            var nothing = List.<Tax>of();
            lines.add(new Line(id + 100 + count, "GIFT-50", "Gift card", 0, 1, 5000, 0, List.of(), nothing, true, 0));
        }
        return lines;
    }

    private static Product product(String sku) {
        return PRODUCTS.stream()
                .filter(known -> known.sku().equals(sku))
                .findFirst()
                .orElseGet(() -> new Product(sku, "Made to order: " + sku, 300, 2000, 1900, 2600));
    }

    private static List<List<Share>> discounts(
            SplittableRandom chance, List<Line> lines, String currency, List<Discount> discounts, String[] code) {
        var shares = new ArrayList<List<Share>>();
        for (var ignored : lines) shares.add(new ArrayList<>());
        // Money is not sold for less.
        var gross = lines.stream()
                .mapToLong(line -> line.giftCard() ? 0 : line.grossMinor())
                .toArray();
        var goods = (int) lines.stream().filter(line -> !line.giftCard()).count();
        if (goods == 0) return shares;
        var subtotal = java.util.Arrays.stream(gross).sum();
        var drawn = chance.nextInt(8);
        if (drawn == 0 || drawn == 1) {
            var percent = drawn == 0 ? 10 : 15;
            code[0] = "WELCOME" + percent;
            discounts.add(new Discount("discount_code", code[0], "percentage", percent + ".0", "line_item", "all"));
            var off = Amounts.rounded(BigDecimal.valueOf(subtotal * percent, 2));
            spread(off, gross, discounts.size() - 1, shares);
        } else if (drawn == 2) {
            var off = Math.min(subtotal / 2, currency.equals("JPY") ? 500 : 500 + chance.nextInt(300));
            var value = Amounts.text(off, currency);
            discounts.add(new Discount("manual", "Loyalty", "fixed_amount", value, "line_item", "all"));
            spread(off, gross, discounts.size() - 1, shares);
        }
        if (goods > 1 && chance.nextInt(6) == 0) {
            var line = chance.nextInt(goods);
            var rest = gross[line]
                    - shares.get(line).stream().mapToLong(Share::amountMinor).sum();
            var off = Amounts.rounded(BigDecimal.valueOf(rest * 20, 2));
            discounts.add(new Discount("automatic", "Item of the week", "percentage", "20.0", "line_item", "entitled"));
            shares.get(line).add(new Share(discounts.size() - 1, off));
        }
        return shares;
    }

    private static void spread(long off, long[] weights, int discount, List<List<Share>> shares) {
        var parts = Amounts.split(off, weights);
        for (var i = 0; i < parts.length; i++) if (parts[i] > 0) shares.get(i).add(new Share(discount, parts[i]));
    }

    private static Shipping shipping(
            SplittableRandom chance,
            Wish wish,
            Market market,
            long id,
            List<TaxTable.Rate> rates,
            List<Discount> discounts) {
        var express = chance.nextInt(5) == 0;
        var price = express ? market.shippingMinor() * 2 + 1 : market.shippingMinor();
        var allocations = new ArrayList<Share>();
        if (chance.nextInt(8) == 0) {
            discounts.add(new Discount("automatic", "Free shipping", "percentage", "100.0", "shipping_line", "all"));
            allocations.add(new Share(discounts.size() - 1, price));
        }
        var net = price - allocations.stream().mapToLong(Share::amountMinor).sum();
        var taxes = taxes(net, rates, market.taxIncluded());
        if (UNMAPPED_SHIPPING.equals(wish.scenario())) {
            return new Shipping(id + 150, "Pickup point", "bogus-pickup", price, allocations, taxes);
        }
        return new Shipping(
                id + 150,
                express ? "Express" : "Standard",
                express ? "express" : "standard",
                price,
                allocations,
                taxes);
    }

    private static List<Tax> taxes(long netMinor, List<TaxTable.Rate> rates, boolean included) {
        var amounts = TaxTable.taxes(netMinor, rates, included);
        var taxes = new ArrayList<Tax>();
        for (var i = 0; i < amounts.length; i++) {
            taxes.add(new Tax(rates.get(i).name() + " TAX", rates.get(i).rate(), amounts[i]));
        }
        return taxes;
    }

    /** One location, or two: by lines where there are several, else by quantity. */
    private static List<Routed> routing(List<Line> lines, int parcels) {
        var first = new ArrayList<Piece>();
        var second = new ArrayList<Piece>();
        var goods = (int) lines.stream().filter(line -> !line.giftCard()).count();
        for (var i = 0; i < lines.size(); i++) {
            if (lines.get(i).giftCard() && goods > 0) continue;
            var quantity = lines.get(i).quantity();
            if (parcels == 1 || goods == 0 || goods > 1 && i % 2 == 0) {
                first.add(new Piece(i, quantity));
            } else if (goods > 1) {
                second.add(new Piece(i, quantity));
            } else {
                first.add(new Piece(i, quantity - quantity / 2));
                second.add(new Piece(i, quantity / 2));
            }
        }
        if (parcels == 1 || goods == 0) return List.of(new Routed(LOCATIONS.get(0), first));
        return List.of(new Routed(LOCATIONS.get(0), first), new Routed(LOCATIONS.get(1), second));
    }

    /**
     * A line that an edit adds to an order.
     *
     * @throws IllegalArgumentException when the shop does not sell it
     */
    static Line added(ShopOrder order, int position, String sku, int quantity) {
        var product = PRODUCTS.stream()
                .filter(known -> known.sku().equals(sku))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the shop does not sell " + sku));
        var price = product.price(order.currency());
        var rates = TaxTable.at(order.address().countryCode(), order.address().provinceCode());
        return new Line(
                order.id() + 100 + position,
                sku,
                product.title(),
                product.grams(),
                quantity,
                price,
                price * 2 / 5,
                List.of(),
                taxes(price * quantity, rates, order.taxIncluded()),
                false,
                0);
    }

    private static Address us(String address1, String city, String zip, String province, String code) {
        return new Address(address1, city, zip, province, code, "United States", "US");
    }

    private static Address abroad(String address1, String city, String zip, String country, String code) {
        return new Address(address1, city, zip, null, null, country, code);
    }
}
