package routes.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads one order's entries for people: the console and the order's page. */
@Component
public class EntryRows {

    private final JdbcClient store;

    public EntryRows(JdbcClient store) {
        this.store = store;
    }

    /**
     * An entry as it was written.
     *
     * @param kind a name of {@link Entry.Kind}
     * @param postedAt when our books took it
     * @param bookedAt when the ERP took it; null while it has not
     */
    public record EntryRow(
            String id,
            String kind,
            String subject,
            String company,
            String currency,
            Instant postedAt,
            Instant bookedAt,
            List<PostingRow> postings) {}

    /** @param amountMinor debit positive */
    public record PostingRow(String account, String title, long amountMinor, String dimension) {}

    private record Line(EntryRow entry, PostingRow posting) {}

    /** The order's entries, oldest first; none when it has moved no money. */
    public List<EntryRow> ofOrder(String orderNumber) {
        List<Line> lines = store.sql("select e.id, e.kind, e.subject, e.company, e.currency, e.posted_at, e.booked_at,"
                        + " p.account, p.amount_minor, p.dimension"
                        + " from entries e join postings p on p.entry_id = e.id"
                        + " where e.order_number = :order order by e.posted_at, e.id, p.line")
                .param("order", orderNumber)
                .query(EntryRows::line)
                .list();
        Map<String, EntryRow> entries = new LinkedHashMap<>();
        for (Line line : lines) {
            entries.computeIfAbsent(line.entry().id(), id -> line.entry())
                    .postings()
                    .add(line.posting());
        }
        return List.copyOf(entries.values());
    }

    private static Line line(ResultSet row, int index) throws SQLException {
        EntryRow entry = new EntryRow(
                row.getString("id"),
                row.getString("kind"),
                row.getString("subject"),
                row.getString("company"),
                row.getString("currency"),
                instant(row, "posted_at"),
                instant(row, "booked_at"),
                new ArrayList<>());
        String account = row.getString("account");
        PostingRow posting =
                new PostingRow(account, title(account), row.getLong("amount_minor"), row.getString("dimension"));
        return new Line(entry, posting);
    }

    /** An old entry may name an account that has left the chart; it is shown all the same. */
    private static String title(String number) {
        for (Account account : Account.values()) {
            if (account.number().equals(number)) {
                return account.title();
            }
        }
        return number;
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
