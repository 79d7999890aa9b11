package routes.order;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import routes.ledger.Entry;
import routes.order.Order.FulfilmentOrder;
import routes.order.Order.Hold;
import routes.order.Order.Line;
import routes.order.Order.Parcel;
import routes.order.Order.Tender;

/**
 * What a verb changes, gathered before it is handed over as one: the parts of the order that can change, what is told
 * of it in the history, entries for the books and references that lead back to the order.
 */
final class Draft {

    /** The name of {@code partner} for a matter of ours. */
    record Ref(String partner, String kind, String externalId, String subject) {}

    private final Order before;
    Instant shopVersion;
    String market;
    String company;
    String serviceLevel;
    Map<String, String> partners;
    List<Line> lines;
    Order.Tax tax;
    Order.Fraud fraud;
    Boolean capturedAtOrder;
    List<Tender> tenders;
    List<Hold> holds;
    List<FulfilmentOrder> fulfilmentOrders;
    List<Parcel> parcels;
    int entriesBooked;
    private boolean nothingNew;
    private String note = "";
    private final List<Entry> entries = new ArrayList<>();
    private final List<Ref> refs = new ArrayList<>();

    Draft(Order before) {
        this.before = before;
        shopVersion = before.shopVersion();
        market = before.market();
        company = before.company();
        serviceLevel = before.serviceLevel();
        partners = before.partners();
        lines = before.lines();
        tax = before.tax();
        fraud = before.fraud();
        capturedAtOrder = before.capturedAtOrder();
        tenders = before.tenders();
        holds = before.holds();
        fulfilmentOrders = before.fulfilmentOrders();
        parcels = before.parcels();
        entriesBooked = before.entriesBooked();
    }

    Order before() {
        return before;
    }

    String note() {
        return note;
    }

    List<Entry> entries() {
        return entries;
    }

    List<Ref> refs() {
        return refs;
    }

    /** What came was known already: nothing is written. */
    void nothingNew() {
        nothingNew = true;
    }

    boolean isNothingNew() {
        return nothingNew;
    }

    Draft note(String text) {
        note = note.isEmpty() ? text : note + " " + text;
        return this;
    }

    Draft ref(String partner, String kind, String externalId, String subject) {
        refs.add(new Ref(partner, kind, externalId, subject));
        return this;
    }

    Draft entry(Optional<Entry> entry) {
        entry.ifPresent(entries::add);
        return this;
    }

    /** Places a hold; the order stays where it is until somebody releases it. */
    Draft hold(String kind, String reason, Instant at) {
        if (holds.stream().noneMatch(h -> h.holding() && h.kind().equals(kind))) {
            holds = new ArrayList<>(holds);
            holds.add(new Hold(kind, reason, null, at, null, null));
            note("On hold, " + kind + ": " + reason);
        }
        return this;
    }

    Draft release(String kind, Instant at, String who) {
        holds = holds.stream()
                .map(h -> h.holding() && h.kind().equals(kind) ? h.released(at, who) : h)
                .toList();
        return this;
    }

    Draft fulfilmentOrder(String id, UnaryOperator<FulfilmentOrder> change) {
        fulfilmentOrders = fulfilmentOrders.stream()
                .map(f -> f.id().equals(id) ? change.apply(f) : f)
                .toList();
        return this;
    }

    Draft parcel(String id, UnaryOperator<Parcel> change) {
        parcels = parcels.stream()
                .map(p -> p.id().equals(id) ? change.apply(p) : p)
                .toList();
        return this;
    }

    /** The order as it is to be written: one version on, its new entries counted. */
    Order after() {
        return new Order(
                before.number(),
                before.version() + 1,
                before.channel(),
                before.shop(),
                before.shopId(),
                before.shopNumber(),
                shopVersion,
                before.placedAt(),
                market,
                before.currency(),
                before.taxIncluded(),
                serviceLevel,
                before.customer(),
                before.shipTo(),
                before.billTo(),
                lines,
                before.shipping(),
                before.subtotalMinor(),
                before.discountMinor(),
                before.shippingMinor(),
                before.tipMinor(),
                before.dutyMinor(),
                before.taxMinor(),
                before.totalMinor(),
                partners,
                company,
                tax,
                fraud,
                capturedAtOrder,
                tenders,
                holds,
                fulfilmentOrders,
                parcels,
                before.entriesMade() + entries.size(),
                entriesBooked);
    }
}
