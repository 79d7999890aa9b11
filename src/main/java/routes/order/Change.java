package routes.order;

import java.time.Instant;
import routes.inbox.Batch;
import routes.inbox.CancelRequests;
import routes.inbox.Operation;
import routes.inbox.Turn;
import routes.ledger.Entry;
import routes.stock.Stock;

/** A verb's change, written as one: the order under its version, then history, entries, references and the event. */
final class Change extends Operation<Order> {

    /** Somebody else wrote this order first; the verb works out its change anew. */
    static final class VersionConflict extends RuntimeException {

        private static final long serialVersionUID = 1L;

        VersionConflict(String number) {
            super("Order " + number + " was changed meanwhile", null, false, false);
        }
    }

    private final Draft draft;
    private final Stock stock;
    private final Outbox outbox;
    private final Order order;
    private final String document;
    private final String verb;
    private final String subject;
    private final Instant now;

    Change(
            Turn turn,
            Draft draft,
            Stock stock,
            Outbox outbox,
            String document,
            Order after,
            String verb,
            String subject,
            Instant now) {
        super(turn);
        this.draft = draft;
        this.stock = stock;
        this.outbox = outbox;
        this.order = after;
        this.document = document;
        this.verb = verb;
        this.subject = subject;
        this.now = now;
    }

    String number() {
        return order.number();
    }

    @Override
    protected String kind() {
        return "verb";
    }

    @Override
    protected void write(Batch batch) {
        result(order);
        writeOrder(batch);
        HistoryRows.add(batch, this, turn(), order.number(), verb, subject, draft.note(), now);
        for (Draft.Ref ref : draft.refs()) {
            batch.add(
                    Batch.FACT,
                    this,
                    "insert into order_refs (external_id, kind, partner, order_number, subject) values (?, ?, ?, ?, ?)"
                            + " on conflict do nothing",
                    ref.externalId(),
                    ref.kind(),
                    ref.partner(),
                    order.number(),
                    ref.subject());
        }
        draft.entries().forEach(entry -> writeEntry(batch, entry));
        Kept kept = Kept.between(draft.before(), order);
        stock.ship(batch, this, order.number(), kept.left(), kept.free(), now);
        stock.reserve(batch, this, this::refuse, order.number(), kept.wanted());
        draft.deadlines().forEach(deadline -> writeDeadline(batch, deadline));
        switch (draft.wish) {
            case STANDS -> CancelRequests.stand(
                    batch, this, order.number(), turn().message().id());
            case LIFTED -> CancelRequests.lift(batch, this, order.number());
            case UNTOUCHED -> {}
        }
        if (draft.before().version() == 0 || draft.before().status() != order.status()) {
            outbox.write(batch, this, order, now);
        }
    }

    private void writeOrder(Batch batch) {
        if (draft.before().version() == 0) {
            batch.add(
                    Batch.GUARD,
                    this,
                    this::conflictUnlessChanged,
                    "insert into orders (number, version, status, market, currency, total_minor, channel, shop,"
                            + " shop_number, placed_at, changed_at, document) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                            + " on conflict do nothing",
                    order.number(),
                    order.version(),
                    order.status().name(),
                    order.market(),
                    order.currency(),
                    order.totalMinor(),
                    order.channel(),
                    order.shop(),
                    order.shopNumber(),
                    order.placedAt(),
                    now,
                    document);
        } else {
            batch.add(
                    Batch.GUARD,
                    this,
                    this::conflictUnlessChanged,
                    "update orders set version = ?, status = ?, document = ?, changed_at = ?"
                            + " where number = ? and version = ?",
                    order.version(),
                    order.status().name(),
                    document,
                    now,
                    order.number(),
                    draft.before().version());
        }
    }

    private void conflictUnlessChanged(int rows) {
        if (rows == 0) {
            refuse(new VersionConflict(order.number()));
        }
    }

    private void writeDeadline(Batch batch, Draft.Deadline deadline) {
        batch.add(
                Batch.GUARD + 1,
                this,
                "delete from deadlines where order_number = ? and kind = ? and subject = ?",
                order.number(),
                deadline.step(),
                deadline.subject());
        if (deadline.dueAt() != null) {
            batch.add(
                    Batch.FACT,
                    this,
                    "insert into deadlines (order_number, kind, subject, due_at) values (?, ?, ?, ?)",
                    order.number(),
                    deadline.step(),
                    deadline.subject(),
                    deadline.dueAt());
        }
    }

    private void writeEntry(Batch batch, Entry entry) {
        batch.add(
                Batch.FACT,
                this,
                "insert into entries (id, order_number, message_id, kind, subject, company, currency, posted_at)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?)",
                entry.id(),
                entry.orderNumber(),
                turn().message().id(),
                entry.kind().name(),
                entry.subject(),
                entry.company(),
                entry.currency(),
                now);
        int line = 0;
        for (Entry.Posting posting : entry.postings()) {
            batch.add(
                    Batch.FACT,
                    this,
                    "insert into postings (entry_id, line, account, amount_minor, currency, dimension)"
                            + " values (?, ?, ?, ?, ?, ?)",
                    entry.id(),
                    ++line,
                    posting.account().number(),
                    posting.amountMinor(),
                    entry.currency(),
                    posting.dimension());
        }
    }

    @Override
    protected void committed() {
        turn().does(verb, subject);
    }
}
