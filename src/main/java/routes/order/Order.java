package routes.order;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An order as the hub knows it. Units are the truth: what was planned, sent, shipped and delivered stands in fulfilment
 * orders and parcels, and {@link #status()} is worked out from them, never set. All money is in whole minor units of
 * {@code currency}.
 *
 * @param number our number, in every lane, reference and document
 * @param version raised by every verb; a verb that read an older one tries again
 * @param shopVersion when the shop last changed it, as far as we were told
 * @param taxIncluded whether prices, discounts and shipping already include tax
 * @param company whose books its entries go to
 * @param capturedAtOrder whether the shop took the money when the order was placed; null until the shop was asked
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
        Map<String, String> partners,
        String company,
        Tax tax,
        Fraud fraud,
        Boolean capturedAtOrder,
        List<Tender> tenders,
        List<Hold> holds,
        List<FulfilmentOrder> fulfilmentOrders,
        List<Parcel> parcels,
        int entriesMade,
        int entriesBooked) {

    public Order {
        lines = lines == null ? List.of() : List.copyOf(lines);
        partners = partners == null ? Map.of() : Map.copyOf(partners);
        tenders = tenders == null ? List.of() : List.copyOf(tenders);
        holds = holds == null ? List.of() : List.copyOf(holds);
        fulfilmentOrders = fulfilmentOrders == null ? List.of() : List.copyOf(fulfilmentOrders);
        parcels = parcels == null ? List.of() : List.copyOf(parcels);
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

    /** @param unitCostMinor what one unit cost us, null when the shop does not say */
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
            Long unitCostMinor) {

        long grossMinor() {
            return Math.multiplyExact(unitPriceMinor, (long) quantity);
        }

        Line costing(Long unitCostMinor) {
            return new Line(
                    number,
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
                    unitCostMinor);
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

        Hold released(Instant at, String who) {
            return new Hold(kind, reason, line, placedAt, at, who);
        }
    }

    /**
     * Our request to one warehouse; {@code id} is F1, F2 ...
     *
     * @param deliveredEarly shipments whose delivery was reported before they were: facts come in any order
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record FulfilmentOrder(
            String id,
            String shopId,
            String node,
            State state,
            String warehouseId,
            List<PlannedLine> lines,
            Map<String, Instant> deliveredEarly) {

        public FulfilmentOrder {
            deliveredEarly = deliveredEarly == null ? Map.of() : Map.copyOf(deliveredEarly);
        }

        /** Where a fulfilment order is. */
        public enum State {
            PLANNED,
            SENT,
            SHIPPED,
            DELIVERED
        }

        FulfilmentOrder in(State next, String warehouseId) {
            return new FulfilmentOrder(id, shopId, node, next, warehouseId, lines, deliveredEarly);
        }

        FulfilmentOrder deliveredEarly(String shipment, Instant at) {
            Map<String, Instant> early = new HashMap<>(deliveredEarly);
            early.put(shipment, at);
            return new FulfilmentOrder(id, shopId, node, state, warehouseId, lines, early);
        }

        int units() {
            return lines.stream().mapToInt(PlannedLine::quantity).sum();
        }
    }

    /** @param shopLineId the shop's id of this line within its own fulfilment order */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record PlannedLine(int line, String shopLineId, int quantity) {}

    /**
     * What left a warehouse under one tracking number; {@code id} is P1, P2 ...
     *
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
            String captureId,
            long capturedMinor,
            String taxDocument,
            String shopFulfilmentId,
            long reportedBy) {

        int units(int line) {
            return lines.stream()
                    .filter(l -> l.line() == line)
                    .mapToInt(ParcelLine::quantity)
                    .sum();
        }

        Parcel delivered(Instant at) {
            return new Parcel(
                    id,
                    fulfilmentOrder,
                    warehouseId,
                    tracking,
                    trackingUrl,
                    carrier,
                    shippedAt,
                    at,
                    lines,
                    shippingMinor,
                    shippingTaxMinor,
                    amountMinor,
                    taxMinor,
                    costMinor,
                    captureId,
                    capturedMinor,
                    taxDocument,
                    shopFulfilmentId,
                    reportedBy);
        }

        Parcel captured(String capture, long minor) {
            return new Parcel(
                    id,
                    fulfilmentOrder,
                    warehouseId,
                    tracking,
                    trackingUrl,
                    carrier,
                    shippedAt,
                    deliveredAt,
                    lines,
                    shippingMinor,
                    shippingTaxMinor,
                    amountMinor,
                    taxMinor,
                    costMinor,
                    capture,
                    minor,
                    taxDocument,
                    shopFulfilmentId,
                    reportedBy);
        }

        Parcel taxed(String document) {
            return new Parcel(
                    id,
                    fulfilmentOrder,
                    warehouseId,
                    tracking,
                    trackingUrl,
                    carrier,
                    shippedAt,
                    deliveredAt,
                    lines,
                    shippingMinor,
                    shippingTaxMinor,
                    amountMinor,
                    taxMinor,
                    costMinor,
                    captureId,
                    capturedMinor,
                    document,
                    shopFulfilmentId,
                    reportedBy);
        }

        Parcel told(String fulfilment) {
            return new Parcel(
                    id,
                    fulfilmentOrder,
                    warehouseId,
                    tracking,
                    trackingUrl,
                    carrier,
                    shippedAt,
                    deliveredAt,
                    lines,
                    shippingMinor,
                    shippingTaxMinor,
                    amountMinor,
                    taxMinor,
                    costMinor,
                    captureId,
                    capturedMinor,
                    taxDocument,
                    fulfilment,
                    reportedBy);
        }

        boolean settled(boolean capturedAtOrder) {
            return deliveredAt != null
                    && taxDocument != null
                    && shopFulfilmentId != null
                    && (capturedAtOrder || amountMinor == 0 || captureId != null);
        }
    }

    /** One line's part of a parcel. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record ParcelLine(int line, int quantity, long grossMinor, long discountMinor, long taxMinor) {}

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

    boolean held() {
        return holds.stream().anyMatch(Hold::holding);
    }

    boolean held(String kind) {
        return holds.stream().anyMatch(h -> h.holding() && h.kind().equals(kind));
    }
}
