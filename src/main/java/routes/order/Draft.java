package routes.order;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import routes.ledger.Entry;
import routes.order.Order.Cancellation;
import routes.order.Order.Case;
import routes.order.Order.FulfilmentOrder;
import routes.order.Order.Hold;
import routes.order.Order.Line;
import routes.order.Order.Parcel;
import routes.order.Order.Tender;

/**
 * What a verb changes, gathered before it is handed over as one: the parts of the order that can change, what is told
 * of it in the history, entries for the books, references that lead back to the order and deadlines that wake it.
 */
final class Draft {

    /** The name of {@code partner} for a matter of ours. */
    record Ref(String partner, String kind, String externalId, String subject) {}

    /** When a step is to run for this order; {@code dueAt} is null where it is not wanted any more. */
    record Deadline(String step, String subject, Instant dueAt) {}

    /** What becomes of the wish to cancel the order. */
    enum Wish {
        UNTOUCHED,
        STANDS,
        LIFTED
    }

    private final Order before;
    /** What the shop says of customer, goods and sums; another than {@code before} when the order was edited there. */
    Order said;

    Instant shopVersion;
    String market;
    String company;
    String serviceLevel;
    Map<String, String> partners;
    Order.Address shipTo;
    List<Line> lines;
    Order.Tax tax;
    Order.Fraud fraud;
    Boolean capturedAtOrder;
    List<Tender> tenders;
    List<Hold> holds;
    List<FulfilmentOrder> fulfilmentOrders;
    List<Parcel> parcels;
    long prepaidMinor;
    String mandate;
    List<Cancellation> cancellations;
    List<String> flags;
    List<Case> cases;
    int entriesBooked;
    Wish wish = Wish.UNTOUCHED;
    private boolean nothingNew;
    private String note = "";
    private final List<Entry> entries = new ArrayList<>();
    private final List<Ref> refs = new ArrayList<>();
    private final Map<String, Deadline> deadlines = new LinkedHashMap<>();

    Draft(Order before) {
        this.before = before;
        said = before;
        shopVersion = before.shopVersion();
        market = before.market();
        company = before.company();
        serviceLevel = before.serviceLevel();
        partners = before.partners();
        shipTo = before.shipTo();
        lines = before.lines();
        tax = before.tax();
        fraud = before.fraud();
        capturedAtOrder = before.capturedAtOrder();
        tenders = before.tenders();
        holds = before.holds();
        fulfilmentOrders = before.fulfilmentOrders();
        parcels = before.parcels();
        prepaidMinor = before.prepaidMinor();
        mandate = before.mandate();
        cancellations = before.cancellations();
        flags = before.flags();
        cases = before.cases();
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

    List<Deadline> deadlines() {
        return List.copyOf(deadlines.values());
    }

    /** What came was known already: nothing is written. */
    void nothingNew() {
        nothingNew = true;
    }

    boolean isNothingNew() {
        return nothingNew;
    }

    /** One more sentence for the history, on a line of its own: so a page can say each in its reader's language. */
    Draft note(String text) {
        note = note.isEmpty() ? text : note + "\n" + text;
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

    /** Has a step run for this order at a time of the business clock; a later word on the same step replaces it. */
    Draft deadline(String step, String subject, Instant dueAt) {
        deadlines.put(step + " " + subject, new Deadline(step, subject, dueAt));
        return this;
    }

    Draft noDeadline(String step, String subject) {
        return deadline(step, subject, null);
    }

    /** Places a hold; the order stays where it is until somebody releases it. */
    Draft hold(String kind, String reason, Instant at) {
        return hold(kind, reason, null, at);
    }

    /** @param line the order line to hold, null for the whole order */
    Draft hold(String kind, String reason, Integer line, Instant at) {
        if (holds.stream().noneMatch(h -> h.holding() && h.is(kind, line))) {
            holds = with(holds, new Hold(kind, reason, line, at, null, null));
            note("On hold, " + kind + (line == null ? "" : " on line " + line) + ": " + reason);
        }
        return this;
    }

    Draft release(String kind, Instant at, String who) {
        return release(kind, null, at, who);
    }

    Draft release(String kind, Integer line, Instant at, String who) {
        holds = holds.stream()
                .map(h -> h.holding() && h.is(kind, line) ? h.released(at, who) : h)
                .toList();
        return this;
    }

    Draft flag(String flag) {
        if (!flags.contains(flag)) {
            flags = with(flags, flag);
        }
        return this;
    }

    Draft unflag(String flag) {
        flags = flags.stream().filter(f -> !f.equals(flag)).toList();
        return this;
    }

    /** Opens a matter for people; a second word on the same one changes nothing. */
    Draft open(String kind, String subject, String reason, Instant at) {
        if (cases.stream()
                .noneMatch(c -> c.open() && c.kind().equals(kind) && c.subject().equals(subject))) {
            cases = with(cases, new Case(kind, subject, reason, at, null, null));
            note("For a person, " + kind + ": " + reason);
        }
        return this;
    }

    Draft close(String kind, String subject, Instant at, String who) {
        cases = cases.stream()
                .map(c -> c.open() && c.kind().equals(kind) && c.subject().equals(subject) ? c.closed(at, who) : c)
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

    Draft line(int number, UnaryOperator<Line> change) {
        lines = lines.stream()
                .map(l -> l.number() == number ? change.apply(l) : l)
                .toList();
        return this;
    }

    Draft cancellation(Cancellation next) {
        boolean known = cancellations.stream().anyMatch(c -> c.id().equals(next.id()));
        // In their own order: what a later one pays back depends on the earlier ones.
        cancellations = known
                ? cancellations.stream()
                        .map(c -> c.id().equals(next.id()) ? next : c)
                        .toList()
                : with(cancellations, next);
        return this;
    }

    Line line(int number) {
        return lines.stream().filter(l -> l.number() == number).findFirst().orElse(null);
    }

    static <T> List<T> with(List<T> list, T one) {
        return Stream.concat(list.stream(), Stream.of(one)).toList();
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
                said.customer(),
                shipTo,
                said.billTo(),
                lines,
                said.shipping(),
                said.subtotalMinor(),
                said.discountMinor(),
                said.shippingMinor(),
                said.tipMinor(),
                said.dutyMinor(),
                said.taxMinor(),
                said.totalMinor(),
                said.gateways(),
                partners,
                company,
                tax,
                fraud,
                capturedAtOrder,
                tenders,
                holds,
                fulfilmentOrders,
                parcels,
                prepaidMinor,
                mandate,
                cancellations,
                flags,
                cases,
                before.entriesMade() + entries.size(),
                entriesBooked);
    }
}
