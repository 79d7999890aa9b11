package routes.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.inbox.Batch;
import routes.inbox.Committer;
import routes.inbox.Operation;
import routes.inbox.Turn;
import routes.region.Market;
import routes.region.Regions;

/** Feeds each company's books in the ERP: entries wait as rows and travel as one journal at a time (aggregator). */
@Component("books")
public class Books {

    private static final int MOST_ENTRIES = 400;

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
    private final Regions regions;
    private final Clock clock;

    Books(JdbcClient rows, Committer committer, Regions regions, Clock clock) {
        this.rows = rows;
        this.committer = committer;
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
        return new Journal(
                batch, company, books.guid(), books.currency(), LocalDate.now(clock), erp, null, documents(batch));
    }

    /** The journal with the id the ERP gave it. */
    public Journal under(Journal journal, String journalId) {
        return journal.under(journalId);
    }

    /** How many entries of each order are in a journal. */
    public Map<String, Integer> ordersIn(Journal journal) {
        Map<String, Integer> orders = new LinkedHashMap<>();
        journal.entries().forEach(e -> orders.merge(e.order(), 1, Integer::sum));
        return orders;
    }

    /** Writes down that the ERP has posted a journal. */
    public void posted(Journal journal) {
        Turn turn = Turn.current();
        Instant now = clock.instant();
        committer.write(new Operation<Void>(turn) {
            @Override
            protected String kind() {
                return "verb";
            }

            @Override
            protected void write(Batch batch) {
                turn.board(batch, this);
                batch.add(
                        Batch.FACT,
                        this,
                        "update entries set booked_at = ? where batch = ? and booked_at is null",
                        now,
                        journal.batch());
            }

            @Override
            protected void committed() {
                turn.arrived();
            }
        });
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
        protected void write(Batch statements) {
            turn().board(statements, this);
        }

        @Override
        protected void read(Connection connection) throws SQLException {
            try (PreparedStatement take = connection.prepareStatement(
                    "update entries set batch = ? where id in (select id from entries where company = ? and booked_at is"
                            + " null and batch is null order by id fetch first " + MOST_ENTRIES + " rows only)")) {
                take.setString(1, batch);
                take.setString(2, company);
                take.executeUpdate();
            }
        }

        @Override
        protected void committed() {
            turn().arrived();
        }
    }
}
