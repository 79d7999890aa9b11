package routes.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.inbox.Batch;
import routes.inbox.Committer;
import routes.inbox.Inbox;
import routes.inbox.Operation;
import routes.inbox.Turn;
import routes.region.Market;
import routes.region.Regions;

/** Feeds each company's books in the ERP: entries wait as rows and travel as one journal at a time (aggregator). */
@Component("books")
public class Books {

    /** What Business Central takes in one request; a journal is written in one. */
    private static final int MOST_LINES = 100;

    /**
     * One journal on its way to the ERP.
     *
     * @param batch its code there, at most 10 characters
     * @param erp the partner that keeps these books
     */
    public record Journal(
            String batch,
            String company,
            String companyId,
            String currency,
            LocalDate date,
            String erp,
            String journalId,
            List<Document> entries) {

        Journal under(String id) {
            return new Journal(batch, company, companyId, currency, date, erp, id, entries);
        }
    }

    /** One entry as the ERP books it: lines that balance under one document number. */
    public record Document(String id, String order, String kind, List<DocumentLine> lines) {}

    /** @param amountMinor debit positive */
    public record DocumentLine(String account, long amountMinor, String description) {}

    private final JdbcClient rows;
    private final Committer committer;
    private final Inbox inbox;
    private final Regions regions;
    private final Clock clock;

    Books(JdbcClient rows, Committer committer, Inbox inbox, Regions regions, Clock clock) {
        this.rows = rows;
        this.committer = committer;
        this.inbox = inbox;
        this.regions = regions;
        this.clock = clock;
    }

    /** Companies with entries that no journal has taken yet and whose lane is idle. */
    public List<String> companiesToBook() {
        return rows.sql("select distinct company from entries where booked_at is null and batch is null and not exists"
                        + " (select 1 from lanes where lane = 'books/' || company and state <> 'IDLE')")
                .query(String.class)
                .list();
    }

    /** Starts a journal for a company; one at a time, because its lane is one. */
    public void start(String company) {
        inbox.tick("books.post-journal", "books/" + company, company, company + ":" + UUID.randomUUID());
    }

    /** Starts the next journal at once when more entries wait. */
    public void goOn(Journal journal) {
        boolean more = rows.sql("select id from entries where company = ? and booked_at is null and batch is null"
                        + " fetch first 1 rows only")
                .param(journal.company())
                .query(String.class)
                .optional()
                .isPresent();
        if (more) {
            start(journal.company());
        }
    }

    /** Takes the next entries of a company into a journal; the same message always answers the same journal. */
    public Journal take(String company) {
        Turn turn = Turn.current();
        String batch = "B" + turn.message().id();
        if (documents(batch).isEmpty()) {
            committer.write(new Taking(turn, company, batch));
        }
        Market.Company books = regions.company(company);
        String erp = regions.all().stream()
                .filter(m -> m.company().name().equals(company))
                .findFirst()
                .map(m -> m.partner("erp"))
                .orElseThrow();
        return new Journal(batch, company, books.guid(), books.currency(), date(batch), erp, null, documents(batch));
    }

    /** Whether a journal holds anything; another instance may have been faster. */
    public boolean holdsEntries(Journal journal) {
        return !journal.entries().isEmpty();
    }

    /** The journal with the id the ERP gave it. */
    public Journal under(Journal journal, JsonNode opened) {
        return journal.under(opened.path("journalId").asText());
    }

    /** How many entries of each order are in a journal. */
    public Map<String, Integer> ordersIn(Journal journal) {
        Map<String, Integer> orders = new LinkedHashMap<>();
        journal.entries().forEach(e -> orders.merge(e.order(), 1, Integer::sum));
        return orders;
    }

    /** Writes down that the ERP has posted a journal. */
    public void posted(Journal journal) {
        Instant now = clock.instant();
        committer.write(
                Turn.current(),
                "verb",
                (batch, operation) -> batch.add(
                        Batch.FACT,
                        operation,
                        "update entries set booked_at = ? where batch = ? and booked_at is null",
                        now,
                        journal.batch()));
    }

    /** The day of the journal's last entry: the same whenever it is asked, also after midnight. */
    private LocalDate date(String batch) {
        return rows.sql("select max(posted_at) from entries where batch = ?")
                .param(batch)
                .query((row, n) -> row.getObject(1, OffsetDateTime.class))
                .optional()
                .map(at -> at.atZoneSameInstant(ZoneOffset.UTC).toLocalDate())
                .orElseGet(() -> LocalDate.now(clock));
    }

    private List<Document> documents(String batch) {
        Map<String, Document> documents = new LinkedHashMap<>();
        rows.sql("select e.id, e.order_number, e.kind, p.account, p.amount_minor from entries e join postings p on"
                        + " p.entry_id = e.id where e.batch = ? order by e.id, p.line")
                .param(batch)
                .query(row -> {
                    documents
                            .computeIfAbsent(row.getString(1), id -> document(id, row))
                            .lines()
                            .add(new DocumentLine(
                                    row.getString(4), row.getLong(5), row.getString(3) + " " + row.getString(2)));
                });
        return List.copyOf(documents.values());
    }

    private static Document document(String id, ResultSet row) {
        try {
            return new Document(id, row.getString(2), row.getString(3), new ArrayList<>());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Marks the next entries as taken by a journal. */
    private static final class Taking extends Operation<Void> {

        private final String company;
        private final String batch;

        Taking(Turn turn, String company, String batch) {
            super(turn);
            this.company = company;
            this.batch = batch;
        }

        @Override
        protected String kind() {
            return "verb";
        }

        @Override
        protected void write(Batch statements) {}

        @Override
        protected void read(Connection connection) throws SQLException {
            int lines = 0;
            try (PreparedStatement next = connection.prepareStatement(
                            "select e.id, (select count(*) from postings p where p.entry_id = e.id) from entries e where"
                                    + " e.company = ? and e.booked_at is null and e.batch is null order by e.id"
                                    + " fetch first " + MOST_LINES / 2 + " rows only");
                    PreparedStatement take = connection.prepareStatement("update entries set batch = ? where id = ?")) {
                next.setString(1, company);
                try (ResultSet rows = next.executeQuery()) {
                    while (rows.next() && lines + rows.getInt(2) <= MOST_LINES) {
                        lines += rows.getInt(2);
                        take.setString(1, batch);
                        take.setString(2, rows.getString(1));
                        take.addBatch();
                    }
                }
                take.executeBatch();
            }
        }
    }
}
