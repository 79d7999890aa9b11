package routes.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.springframework.stereotype.Component;
import routes.deadletter.FailureRows;
import routes.inbox.DeadlineRows;
import routes.inbox.MessageRows;
import routes.ledger.EntryRows;
import routes.order.HistoryRows;
import routes.order.Holds;
import routes.order.OrderRows;
import routes.order.OrderRows.OrderRow;
import routes.partner.CallRows;

/** Gathers everything the hub knows about one order: what JSON doors answer and pages show. */
@Component
class OrderStory {

    private final OrderRows orders;
    private final HistoryRows history;
    private final CallRows calls;
    private final EntryRows entries;
    private final MessageRows messages;
    private final DeadlineRows deadlines;
    private final FailureRows failures;
    private final DeadLetters deadLetters;
    private final ObjectMapper json;

    OrderStory(
            OrderRows orders,
            HistoryRows history,
            CallRows calls,
            EntryRows entries,
            MessageRows messages,
            DeadlineRows deadlines,
            FailureRows failures,
            DeadLetters deadLetters,
            ObjectMapper json) {
        this.orders = orders;
        this.history = history;
        this.calls = calls;
        this.entries = entries;
        this.messages = messages;
        this.deadlines = deadlines;
        this.failures = failures;
        this.deadLetters = deadLetters;
        this.json = json;
    }

    /** An order in a list. */
    public record Summary(
            String number,
            String shopNumber,
            String status,
            String market,
            String currency,
            long totalMinor,
            Instant placedAt) {

        static Summary of(OrderRow row) {
            return new Summary(
                    row.number(),
                    row.shopNumber(),
                    row.status(),
                    row.market(),
                    row.currency(),
                    row.totalMinor(),
                    row.placedAt());
        }
    }

    /**
     * One order, whole. Amounts are minor units of {@code currency}; lists are oldest first.
     *
     * @param deadlines what it waits for, and until when
     * @param deadLetters what of it is parked now; {@code failures} has those that ended, too
     */
    public record Detail(
            String number,
            String shopNumber,
            String status,
            String market,
            String currency,
            long totalMinor,
            Instant placedAt,
            Instant changedAt,
            int version,
            String channel,
            String shop,
            String serviceLevel,
            String country,
            List<Units> units,
            List<Hold> holds,
            List<String> flags,
            List<Case> cases,
            List<Cancellation> cancellations,
            List<Fulfilment> fulfilments,
            List<Payment> payments,
            List<Happening> history,
            List<Entry> entries,
            List<Call> partnerCalls,
            List<Message> messages,
            List<DeadlineRows.DeadlineRow> deadlines,
            List<DeadLetters.DeadLetter> deadLetters,
            List<DeadLetters.DeadLetter> failures) {}

    /** @param line the order line it holds; null when it holds the whole order */
    public record Hold(
            String kind, String reason, Integer line, Instant placedAt, Instant releasedAt, String releasedBy) {

        /** Whether staff may ever lift such a hold; for the page, not part of the JSON. */
        public boolean releasable() {
            return Holds.releasable(kind);
        }
    }

    /** A matter for people that stops nothing; {@code closedAt} is null while somebody still has to look. */
    public record Case(
            String kind, String subject, String reason, Instant openedAt, Instant closedAt, String closedBy) {}

    /**
     * A wish to cancel, and what became of it.
     *
     * @param lines the units it is about; none while a whole cancel is undecided
     * @param refundMinor what the customer gets back
     */
    public record Cancellation(
            String id,
            String state,
            String reason,
            String who,
            Instant at,
            boolean whole,
            List<Quantity> lines,
            long amountMinor,
            long refundMinor) {}

    /** What one node was asked to send, and the parcels it sent. */
    public record Fulfilment(
            String id,
            String shopId,
            String node,
            String state,
            String warehouseId,
            List<Quantity> lines,
            List<Parcel> parcels) {}

    public record Quantity(int line, long quantity) {}

    public record Parcel(
            String id,
            String fulfilmentOrder,
            String carrier,
            String tracking,
            String trackingUrl,
            Instant shippedAt,
            Instant deliveredAt,
            List<Quantity> lines,
            long amountMinor,
            long taxMinor,
            String captureId,
            String taxDocument,
            String shopFulfilmentId) {}

    /**
     * An authorisation or a sale the shop told us of, or a capture we made.
     *
     * @param kind AUTHORIZATION, SALE or CAPTURE
     * @param parcel what a capture of ours was for; null otherwise
     * @param expiresAt when an authorisation lapses; null when it does not or nobody said
     */
    public record Payment(
            String id,
            String kind,
            String gateway,
            long amountMinor,
            String currency,
            String parcel,
            Instant expiresAt) {}

    public record Happening(
            String id,
            String messageId,
            int walk,
            String step,
            String verb,
            String subject,
            String note,
            String who,
            Instant at) {}

    public record Entry(
            String id,
            String kind,
            String subject,
            String company,
            String currency,
            Instant postedAt,
            Instant bookedAt,
            List<EntryRows.PostingRow> postings) {}

    /** @param request what was sent, secrets blanked; @param answer what came, JSON or text */
    public record Call(
            String id,
            String messageId,
            String step,
            String operation,
            String effectKey,
            Integer status,
            String outcome,
            String detail,
            int tookMs,
            Instant at,
            String mappingRevision,
            JsonNode request,
            JsonNode answer) {}

    /** A message in a list. */
    public record Message(
            String id,
            String partner,
            String topic,
            String eventId,
            String lane,
            String state,
            String step,
            int attempts,
            Instant receivedAt,
            String orderNumber,
            String reason) {

        static Message of(MessageRows.MessageRow row) {
            return new Message(
                    Long.toString(row.id()),
                    row.partner(),
                    row.topic(),
                    row.eventId(),
                    row.lane(),
                    row.state().name(),
                    row.step(),
                    row.attempts(),
                    row.receivedAt(),
                    row.orderNumber(),
                    row.reason());
        }
    }

    /** The order's whole story, if there is an order of that number. */
    Optional<Detail> of(String number) {
        return orders.find(number).map(found -> {
            JsonNode document = read(found.document());
            OrderRow row = found.row();
            List<Parcel> parcels = all(document.path("parcels"), OrderStory::parcel);
            List<Message> told = messages.ofOrder(number).stream()
                    .map(Message::of)
                    .sorted(Comparator.comparingLong(message -> Long.parseLong(message.id())))
                    .toList();
            List<DeadLetters.DeadLetter> failed =
                    failures.ofOrder(number).stream().map(deadLetters::shown).toList();
            return new Detail(
                    row.number(),
                    row.shopNumber(),
                    row.status(),
                    row.market(),
                    row.currency(),
                    row.totalMinor(),
                    row.placedAt(),
                    row.changedAt(),
                    row.version(),
                    row.channel(),
                    row.shop(),
                    text(document, "serviceLevel"),
                    text(document.path("shipTo"), "country"),
                    Units.of(document),
                    all(document.path("holds"), OrderStory::hold),
                    all(document.path("flags"), JsonNode::asText),
                    all(document.path("cases"), OrderStory::matter),
                    all(document.path("cancellations"), OrderStory::cancellation),
                    all(document.path("fulfilmentOrders"), fulfilment -> fulfilment(fulfilment, parcels)),
                    payments(document, row.currency()),
                    history.ofOrder(number).stream().map(OrderStory::happening).toList(),
                    entries.ofOrder(number).stream().map(OrderStory::entry).toList(),
                    calls.ofOrder(number).stream().map(OrderStory::call).toList(),
                    told,
                    deadlines.ofOrder(number),
                    failed.stream()
                            .filter(failure -> failure.state().equals("OPEN"))
                            .toList(),
                    failed);
        });
    }

    private JsonNode read(String document) {
        try {
            return json.readTree(document);
        } catch (JsonProcessingException broken) {
            // What the rows say is still worth showing.
            return MissingNode.getInstance();
        }
    }

    private static Case matter(JsonNode one) {
        return new Case(
                text(one, "kind"),
                text(one, "subject"),
                text(one, "reason"),
                instant(one, "openedAt"),
                instant(one, "closedAt"),
                text(one, "closedBy"));
    }

    private static Cancellation cancellation(JsonNode one) {
        return new Cancellation(
                text(one, "id"),
                text(one, "state"),
                text(one, "reason"),
                text(one, "who"),
                instant(one, "at"),
                one.path("whole").asBoolean(),
                quantities(one),
                one.path("amountMinor").asLong(),
                one.path("refundMinor").asLong());
    }

    private static Hold hold(JsonNode hold) {
        return new Hold(
                text(hold, "kind"),
                text(hold, "reason"),
                hold.hasNonNull("line") ? hold.path("line").asInt() : null,
                instant(hold, "placedAt"),
                instant(hold, "releasedAt"),
                text(hold, "releasedBy"));
    }

    private static Fulfilment fulfilment(JsonNode fulfilment, List<Parcel> parcels) {
        String id = text(fulfilment, "id");
        return new Fulfilment(
                id,
                text(fulfilment, "shopId"),
                text(fulfilment, "node"),
                text(fulfilment, "state"),
                text(fulfilment, "warehouseId"),
                quantities(fulfilment),
                parcels.stream()
                        .filter(parcel -> parcel.fulfilmentOrder() != null
                                && parcel.fulfilmentOrder().equals(id))
                        .toList());
    }

    private static Parcel parcel(JsonNode parcel) {
        return new Parcel(
                text(parcel, "id"),
                text(parcel, "fulfilmentOrder"),
                text(parcel, "carrier"),
                text(parcel, "tracking"),
                text(parcel, "trackingUrl"),
                instant(parcel, "shippedAt"),
                instant(parcel, "deliveredAt"),
                quantities(parcel),
                parcel.path("amountMinor").asLong(),
                parcel.path("taxMinor").asLong(),
                text(parcel.path("dues").path(0), "captureId"),
                text(parcel, "taxDocument"),
                text(parcel, "shopFulfilmentId"));
    }

    private static List<Quantity> quantities(JsonNode holder) {
        return all(
                holder.path("lines"),
                line -> new Quantity(
                        line.path("line").asInt(), line.path("quantity").asLong()));
    }

    private static List<Payment> payments(JsonNode document, String currency) {
        List<Payment> payments = new ArrayList<>();
        String gateway = null;
        for (JsonNode tender : document.path("tenders")) {
            gateway = text(tender, "gateway");
            payments.add(new Payment(
                    text(tender, "id"),
                    text(tender, "kind"),
                    gateway,
                    tender.path("amountMinor").asLong(),
                    currency,
                    null,
                    instant(tender, "expiresAt")));
        }
        for (JsonNode parcel : document.path("parcels")) {
            for (JsonNode due : parcel.path("dues")) {
                if (due.hasNonNull("captureId")) {
                    payments.add(new Payment(
                            text(due, "captureId"),
                            "CAPTURE",
                            gateway,
                            due.path("amountMinor").asLong(),
                            currency,
                            text(parcel, "id"),
                            null));
                }
            }
        }
        return List.copyOf(payments);
    }

    private static Happening happening(HistoryRows.HistoryRow row) {
        return new Happening(
                Long.toString(row.id()),
                Long.toString(row.messageId()),
                row.walk(),
                row.step(),
                row.verb(),
                row.subject(),
                row.note(),
                row.who(),
                row.at());
    }

    private static Entry entry(EntryRows.EntryRow row) {
        return new Entry(
                row.id(),
                row.kind(),
                row.subject(),
                row.company(),
                row.currency(),
                row.postedAt(),
                row.bookedAt(),
                row.postings());
    }

    private static Call call(CallRows.CallRow row) {
        return new Call(
                Long.toString(row.id()),
                Long.toString(row.messageId()),
                row.step(),
                row.operation(),
                row.effectKey(),
                row.status(),
                row.outcome(),
                Personal.masked(row.detail()),
                row.tookMs(),
                row.at(),
                row.mappingRevision(),
                Personal.masked(Secrets.shown(row.request())),
                Personal.masked(Secrets.shown(row.answer())));
    }

    private static <T> List<T> all(JsonNode list, java.util.function.Function<JsonNode, T> read) {
        return StreamSupport.stream(list.spliterator(), false).map(read).toList();
    }

    private static String text(JsonNode holder, String field) {
        return holder.hasNonNull(field) ? holder.path(field).asText() : null;
    }

    private static Instant instant(JsonNode holder, String field) {
        String text = text(holder, field);
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeException unreadable) {
            return null;
        }
    }
}
