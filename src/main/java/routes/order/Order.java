package routes.order;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * An order as the hub knows it. Units are the truth: what was planned, sent, shipped and delivered stands in fulfilment
 * orders and parcels, and {@link #status()} is worked out from them, never set. All money is in whole minor units of
 * {@code currency}.
 *
 * @param number our number, in every lane, reference and document
 * @param version raised by every verb; a verb that read an older one tries again
 * @param shopVersion when the shop last changed it, as far as we were told
 * @param taxIncluded whether prices, discounts and shipping already include tax
 * @param gateways how it is paid, by the shop's names; known before the shop is asked for its tenders
 * @param company whose books its entries go to
 * @param capturedAtOrder whether the shop took the money when the order was placed; null until the shop was asked
 * @param prepaidMinor what the shop took when the order was placed; parcels use it up before anything is captured
 * @param mandate the shop's leave to authorise the payment once more, or null
 * @param flags what is known to be less certain than usual: TAX_UNVERIFIED, FRAUD_UNSCREENED, ADDRESS_CORRECTED
 * @param cases matters for people that stop nothing: COLLECTIONS, OVER_SHIPPED, CHARGEBACK_WATCH ...
 * @param entriesMade ledger entries written for it
 * @param entriesBooked those of them that the ERP has posted
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Order(
        String number,
        int version,
        String channel,
        String shop,
        String shopId,
        String shopNumber,
        Instant shopVersion,
        Instant placedAt,
        String market,
        String currency,
        boolean taxIncluded,
        String serviceLevel,
        Customer customer,
        Address shipTo,
        Address billTo,
        List<Line> lines,
        Shipping shipping,
        long subtotalMinor,
        long discountMinor,
        long shippingMinor,
        long tipMinor,
        long dutyMinor,
        long taxMinor,
        long totalMinor,
        List<String> gateways,
        Map<String, String> partners,
        String company,
        Tax tax,
        Fraud fraud,
        Boolean capturedAtOrder,
        List<Tender> tenders,
        List<Hold> holds,
        List<FulfilmentOrder> fulfilmentOrders,
        List<Parcel> parcels,
        long prepaidMinor,
        String mandate,
        List<Cancellation> cancellations,
        List<String> flags,
        List<Case> cases,
        int entriesMade,
        int entriesBooked) {

    public Order {
        lines = lines == null ? List.of() : List.copyOf(lines);
        gateways = gateways == null ? List.of() : List.copyOf(gateways);
        partners = partners == null ? Map.of() : Map.copyOf(partners);
        tenders = tenders == null ? List.of() : List.copyOf(tenders);
        holds = holds == null ? List.of() : List.copyOf(holds);
        fulfilmentOrders = fulfilmentOrders == null ? List.of() : List.copyOf(fulfilmentOrders);
        parcels = parcels == null ? List.of() : List.copyOf(parcels);
        cancellations = cancellations == null ? List.of() : List.copyOf(cancellations);
        flags = flags == null ? List.of() : List.copyOf(flags);
        cases = cases == null ? List.of() : List.copyOf(cases);
    }

    /** Who ordered; any part may be missing. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Customer(String id, String name, String email, String phone) {}

    /** @param country ISO 3166 alpha-2 */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Address(
            String name,
            String company,
            String line1,
            String line2,
            String city,
            String region,
            String postalCode,
            String country,
            String phone) {}

    /**
     * @param unitCostMinor what one unit cost us, null when the shop does not say
     * @param dutyMinor import duty the customer paid with all units of the line
     * @param cancelled units that were cancelled before they left
     * @param removed units that the shop says were taken out of the order, by whomever
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Line(
            int number,
            String shopLineId,
            String sku,
            String title,
            int quantity,
            long unitPriceMinor,
            long discountMinor,
            long taxMinor,
            boolean taxable,
            boolean requiresShipping,
            boolean giftCard,
            Long unitCostMinor,
            long dutyMinor,
            int cancelled,
            int removed) {

        long grossMinor() {
            return Math.multiplyExact(unitPriceMinor, (long) quantity);
        }

        /** Units that are still to reach the customer. */
        int wanted() {
            return quantity - cancelled;
        }

        Line costing(Long cost) {
            return with(number, cost, cancelled, removed);
        }

        Line cancelling(int units) {
            return with(number, unitCostMinor, cancelled + units, removed);
        }

        Line removing(int units) {
            return with(number, unitCostMinor, cancelled, units);
        }

        /** This line under the number of the same line as we knew it, with what was cancelled of it and what it cost. */
        Line as(Line known) {
            return with(known.number(), known.unitCostMinor(), known.cancelled(), removed);
        }

        Line numbered(int next) {
            return with(next, unitCostMinor, cancelled, removed);
        }

        private Line with(int as, Long cost, int gone, int takenOut) {
            return new Line(
                    as,
                    shopLineId,
                    sku,
                    title,
                    quantity,
                    unitPriceMinor,
                    discountMinor,
                    taxMinor,
                    taxable,
                    requiresShipping,
                    giftCard,
                    cost,
                    dutyMinor,
                    gone,
                    takenOut);
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Shipping(String title, String code, long priceMinor, long discountMinor, long taxMinor) {}

    /** What the tax partner quoted; the customer was charged the shop's tax. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Tax(long quotedMinor, List<TaxLine> lines, long shippingTaxMinor) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    public record TaxLine(int line, long taxMinor) {}

    /** @param decision ACCEPT, REVIEW or REJECT; whatever else a partner says is a REVIEW */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Fraud(String decision, String code, String score, String reference) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Tender(String id, String kind, String gateway, long amountMinor, Instant expiresAt) {}

    /** @param releasedAt null while it holds */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Hold(
            String kind, String reason, Integer line, Instant placedAt, Instant releasedAt, String releasedBy) {

        /** Whether it still holds. */
        public boolean holding() {
            return releasedAt == null;
        }

        boolean is(String otherKind, Integer otherLine) {
            return kind.equals(otherKind) && Objects.equals(line, otherLine);
        }

        Hold released(Instant at, String who) {
            return new Hold(kind, reason, line, placedAt, at, who);
        }
    }

    /**
     * Our request to one warehouse; {@code id} is F1, F2 ...
     *
     * @param deliveredEarly shipments whose delivery was reported before they were: facts come in any order
     * @param promisedFor when goods that are not in stock are promised, null for goods that are
     * @param recallRefusedFor the cancellation for which the warehouse would not give it back, or null
     * @param shortOf units that will not come, by shipment and article ({@code 7001/MUG-1}), so that the same word twice
     *     counts once
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record FulfilmentOrder(
            String id,
            String shopId,
            String node,
            State state,
            String warehouseId,
            List<PlannedLine> lines,
            Map<String, Instant> deliveredEarly,
            Instant promisedFor,
            String recallRefusedFor,
            Map<String, Integer> shortOf) {

        public FulfilmentOrder {
            lines = lines == null ? List.of() : List.copyOf(lines);
            deliveredEarly = deliveredEarly == null ? Map.of() : Map.copyOf(deliveredEarly);
            shortOf = shortOf == null ? Map.of() : Map.copyOf(shortOf);
        }

        /** One whose units are there, to be sent from {@code node}. */
        static FulfilmentOrder planned(String id, String shopId, String node, List<PlannedLine> lines) {
            return new FulfilmentOrder(id, shopId, node, State.PLANNED, null, lines, Map.of(), null, null, Map.of());
        }

        /** One whose units are not there. */
        static FulfilmentOrder waiting(
                String id, String shopId, String node, List<PlannedLine> lines, Instant promisedFor) {
            return new FulfilmentOrder(
                    id, shopId, node, State.BACKORDERED, null, lines, Map.of(), promisedFor, null, Map.of());
        }

        FulfilmentOrder from(String otherNode) {
            return new FulfilmentOrder(
                    id,
                    shopId,
                    otherNode,
                    state,
                    warehouseId,
                    lines,
                    deliveredEarly,
                    promisedFor,
                    recallRefusedFor,
                    shortOf);
        }

        /** Where a fulfilment order is. */
        public enum State {
            BACKORDERED,
            PLANNED,
            SENT,
            SHIPPED,
            DELIVERED,
            /** The warehouse gave it back. */
            RECALLED,
            /** Nothing of it will be sent. */
            CANCELLED
        }

        FulfilmentOrder in(State next) {
            return with(next, warehouseId, lines, deliveredEarly, recallRefusedFor);
        }

        /** The warehouse has it; where it has told of its parcels first, it stays as far as that. */
        FulfilmentOrder sent(String theirs) {
            return with(unsent() ? State.SENT : state, theirs, lines, deliveredEarly, recallRefusedFor);
        }

        FulfilmentOrder holding(List<PlannedLine> fewer) {
            return with(state, warehouseId, fewer, deliveredEarly, recallRefusedFor);
        }

        /** @param told units of which shipment and article will not come, all together */
        FulfilmentOrder lacking(Map<String, Integer> told) {
            return new FulfilmentOrder(
                    id, shopId, node, state, warehouseId, lines, deliveredEarly, promisedFor, recallRefusedFor, told);
        }

        FulfilmentOrder notGivenBackFor(String cancellation) {
            return with(state, warehouseId, lines, deliveredEarly, cancellation);
        }

        FulfilmentOrder deliveredEarly(String shipment, Instant at) {
            Map<String, Instant> early = new HashMap<>(deliveredEarly);
            early.put(shipment, at);
            return with(state, warehouseId, lines, early, recallRefusedFor);
        }

        private FulfilmentOrder with(
                State next, String theirs, List<PlannedLine> holding, Map<String, Instant> early, String refusedFor) {
            return new FulfilmentOrder(
                    id, shopId, node, next, theirs, holding, early, promisedFor, refusedFor, shortOf);
        }

        /** Whether its units may still be sent or were: not given back, not cancelled. */
        boolean live() {
            return state != State.RECALLED && state != State.CANCELLED;
        }

        /** Whether the warehouse has not been asked for it. */
        boolean unsent() {
            return state == State.PLANNED || state == State.BACKORDERED;
        }

        int units() {
            return lines.stream().mapToInt(PlannedLine::quantity).sum();
        }

        int units(int line) {
            return lines.stream()
                    .filter(l -> l.line() == line)
                    .mapToInt(PlannedLine::quantity)
                    .sum();
        }
    }

    /** @param shopLineId the shop's id of this line within its own fulfilment order */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record PlannedLine(int line, String shopLineId, int quantity) {}

    /**
     * What left a warehouse under one tracking number; {@code id} is P1, P2 ...
     *
     * @param amountMinor what the customer pays for it in all
     * @param prepaidMinor the part of it that was paid when the order was placed
     * @param dues what is to be captured for the rest, one for each tender it is taken from
     * @param reportedBy the message that told of it
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Parcel(
            String id,
            String fulfilmentOrder,
            String warehouseId,
            String tracking,
            String trackingUrl,
            String carrier,
            Instant shippedAt,
            Instant deliveredAt,
            List<ParcelLine> lines,
            long shippingMinor,
            long shippingTaxMinor,
            long amountMinor,
            long taxMinor,
            long costMinor,
            long prepaidMinor,
            List<Due> dues,
            String taxDocument,
            String shopFulfilmentId,
            long reportedBy) {

        public Parcel {
            lines = lines == null ? List.of() : List.copyOf(lines);
            dues = dues == null ? List.of() : List.copyOf(dues);
        }

        int units(int line) {
            return lines.stream()
                    .filter(l -> l.line() == line)
                    .mapToInt(ParcelLine::quantity)
                    .sum();
        }

        Parcel delivered(Instant at) {
            return with(at, dues, taxDocument, shopFulfilmentId);
        }

        Parcel owing(List<Due> next) {
            return with(deliveredAt, next, taxDocument, shopFulfilmentId);
        }

        Parcel taxed(String document) {
            return with(deliveredAt, dues, document, shopFulfilmentId);
        }

        Parcel told(String fulfilment) {
            return with(deliveredAt, dues, taxDocument, fulfilment);
        }

        private Parcel with(Instant delivered, List<Due> owed, String document, String fulfilment) {
            return new Parcel(
                    id,
                    fulfilmentOrder,
                    warehouseId,
                    tracking,
                    trackingUrl,
                    carrier,
                    shippedAt,
                    delivered,
                    lines,
                    shippingMinor,
                    shippingTaxMinor,
                    amountMinor,
                    taxMinor,
                    costMinor,
                    prepaidMinor,
                    owed,
                    document,
                    fulfilment,
                    reportedBy);
        }

        boolean settled() {
            return deliveredAt != null
                    && taxDocument != null
                    && shopFulfilmentId != null
                    && dues.stream().allMatch(due -> due.captureId() != null);
        }
    }

    /**
     * What is to be captured for a parcel from one tender; {@code id} is the parcel's ("P1"), a second one "P1-2".
     *
     * @param tender the shop's id of the authorisation
     * @param captureId the shop's id of the capture, null until it is made
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Due(String id, String tender, long amountMinor, String captureId) {

        Due captured(String capture) {
            return new Due(id, tender, amountMinor, capture);
        }

        Due from(String otherTender) {
            return new Due(id, otherTender, amountMinor, captureId);
        }
    }

    /** One line's part of a parcel. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record ParcelLine(
            int line, int quantity, long grossMinor, long discountMinor, long taxMinor, long dutyMinor) {}

    /**
     * A wish to cancel the order or a part of it, and what became of it; {@code id} is C1, C2 ... Amounts are what the
     * cancelled units were sold for, and with {@code refundMinor} what of that the customer gets back.
     *
     * @param reason CUSTOMER, FRAUD, INVENTORY, STAFF, DECLINED or OTHER
     * @param whole whether all that has not left was to be cancelled
     * @param inShop whether the shop did it and told us: nothing is asked of the shop then
     * @param lines the units; until it is decided those that were wished, none for all
     * @param shopId the shop's name for what it did
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Cancellation(
            String id,
            Instant at,
            String who,
            String reason,
            boolean whole,
            boolean inShop,
            State state,
            List<CancelledLine> lines,
            long shippingMinor,
            long shippingTaxMinor,
            long amountMinor,
            long taxMinor,
            long refundMinor,
            String shopId) {

        public Cancellation {
            lines = lines == null ? List.of() : List.copyOf(lines);
        }

        /** How far it has got. */
        public enum State {
            REQUESTED,
            /** Too late: the goods have left, or the warehouse does not give them back. */
            REFUSED,
            /** The units are cancelled here; the shop does not know yet. */
            DECIDED,
            /** The shop knows; money is still on its way back. */
            TOLD,
            DONE
        }

        /** Whether units are cancelled by it. */
        boolean effective() {
            return state != State.REQUESTED && state != State.REFUSED;
        }

        Cancellation in(State next, String theirs) {
            return new Cancellation(
                    id,
                    at,
                    who,
                    reason,
                    whole,
                    inShop,
                    next,
                    lines,
                    shippingMinor,
                    shippingTaxMinor,
                    amountMinor,
                    taxMinor,
                    refundMinor,
                    theirs);
        }
    }

    /** Units of one line that are cancelled, with their money. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record CancelledLine(int line, String shopLineId, int quantity, long amountMinor, long taxMinor) {}

    /**
     * A matter for people that stops nothing.
     *
     * @param subject the parcel or fulfilment order it is about, empty for the order
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Case(
            String kind, String subject, String reason, Instant openedAt, Instant closedAt, String closedBy) {

        /** Whether somebody still has to look at it. */
        public boolean open() {
            return closedAt == null;
        }

        Case closed(Instant at, String who) {
            return new Case(kind, subject, reason, openedAt, at, who);
        }
    }

    /** Where the order is in its story, worked out from holds and units (domain words, for people). */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public OrderStatus status() {
        return OrderStatus.of(this);
    }

    FulfilmentOrder fulfilmentOrder(String id) {
        return fulfilmentOrders.stream()
                .filter(f -> f.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    Parcel parcel(String id) {
        return parcels.stream().filter(p -> p.id().equals(id)).findFirst().orElse(null);
    }

    Line line(int lineNumber) {
        return lines.stream().filter(l -> l.number() == lineNumber).findFirst().orElse(null);
    }

    /** The cancellation of that id, null when there is none. */
    Cancellation cancellation(String id) {
        return cancellations.stream().filter(c -> c.id().equals(id)).findFirst().orElse(null);
    }

    /** The parcel that holds this due, null when there is none. */
    Parcel owing(String due) {
        return parcels.stream()
                .filter(p -> p.dues().stream().anyMatch(d -> d.id().equals(due)))
                .findFirst()
                .orElse(null);
    }

    int shipped(int line) {
        return parcels.stream().mapToInt(p -> p.units(line)).sum();
    }

    /** Whether a hold on the whole order stands; one on a line holds only what that line is sent with. */
    boolean held() {
        return holds.stream().anyMatch(h -> h.holding() && h.line() == null);
    }

    boolean held(String kind) {
        return holds.stream().anyMatch(h -> h.holding() && h.kind().equals(kind));
    }

    boolean heldLine(int line) {
        return holds.stream().anyMatch(h -> h.holding() && h.line() != null && h.line() == line);
    }
}
