package routes.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

class BooksInTheStoreTest {

    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

    private JdbcClient store;

    @BeforeEach
    void emptyStore() {
        var source = new DriverManagerDataSource(
                "jdbc:h2:mem:" + UUID.randomUUID() + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DB_CLOSE_DELAY=-1");
        new ResourceDatabasePopulator(new ClassPathResource("db/migration/common/V1__tables.sql")).execute(source);
        store = JdbcClient.create(source);
    }

    @Test
    void emptyBooksHaveNoCurrencies() {
        assertThat(new TrialBalance(store).now().currencies()).isEmpty();
        assertThat(new EntryRows(store).ofOrder("OH-100001")).isEmpty();
    }

    @Test
    void theTrialBalanceAddsUpEachCurrencyByItself() {
        write(
                Entries.capturedAtOrder("OH-100001", "us-books", "USD", 10800, 0, "shop")
                        .orElseThrow(),
                NOON,
                null);
        write(
                Entries.capturedAtOrder("OH-100002", "us-books", "USD", 200, 0, "shop")
                        .orElseThrow(),
                NOON.plusSeconds(60),
                null);
        write(Entries.cost("OH-100003", "P1", "jp-books", "JPY", 700).orElseThrow(), NOON, null);

        var balance = new TrialBalance(store).now();
        assertThat(balance.balanced()).isTrue();
        assertThat(balance.currencies())
                .isEqualTo(Map.of(
                        "USD", new TrialBalance.CurrencyBalance(0, Map.of("1050", 11000L, "2050", -11000L)),
                        "JPY", new TrialBalance.CurrencyBalance(0, Map.of("5000", 700L, "1200", -700L))));
    }

    @Test
    void theTrialBalanceOfAPastMomentLeavesOutWhatCameLater() {
        write(
                Entries.capturedAtOrder("OH-100001", "us-books", "USD", 10800, 0, "shop")
                        .orElseThrow(),
                NOON,
                null);
        write(
                Entries.capturedAtOrder("OH-100002", "us-books", "USD", 200, 0, "shop")
                        .orElseThrow(),
                NOON.plusSeconds(60),
                null);
        assertThat(new TrialBalance(store).at(NOON).currencies().get("USD").accounts())
                .containsEntry("1050", 10800L);
        assertThat(new TrialBalance(store).at(NOON.minusSeconds(1)).currencies())
                .isEmpty();
    }

    @Test
    void booksThatWereTamperedWithShowIt() {
        write(
                Entries.capturedAtOrder("OH-100001", "us-books", "USD", 10800, 0, "shop")
                        .orElseThrow(),
                NOON,
                null);
        store.sql("update postings set amount_minor = amount_minor + 1 where account = '1050'")
                .update();
        var balance = new TrialBalance(store).now();
        assertThat(balance.balanced()).isFalse();
        assertThat(balance.currencies().get("USD").sumMinor()).isEqualTo(1);
    }

    @Test
    void anOrdersEntriesAreReadOldestFirstWithTheirPostings() {
        Instant booked = NOON.plusSeconds(30);
        write(Entries.cost("OH-100001", "P1", "us-books", "USD", 2000).orElseThrow(), NOON.plusSeconds(9), null);
        write(
                Entries.capturedAtOrder("OH-100001", "us-books", "USD", 10800, 0, "shop")
                        .orElseThrow(),
                NOON,
                booked);
        write(Entries.cost("OH-100009", "P1", "us-books", "USD", 1).orElseThrow(), NOON, null);

        var entries = new EntryRows(store).ofOrder("OH-100001");
        assertThat(entries).extracting(EntryRows.EntryRow::id).containsExactly("OH-100001-CAO", "OH-100001-COG-P1");
        assertThat(entries.get(0))
                .isEqualTo(new EntryRows.EntryRow(
                        "OH-100001-CAO",
                        "CAPTURE_AT_ORDER",
                        "",
                        "us-books",
                        "USD",
                        NOON,
                        booked,
                        List.of(
                                new EntryRows.PostingRow("1050", "Processor clearing", 10800, "shop"),
                                new EntryRows.PostingRow("2050", "Customer deposits", -10800, ""))));
        assertThat(entries.get(1).bookedAt()).isNull();
    }

    private void write(Entry entry, Instant posted, Instant booked) {
        store.sql(
                        "insert into entries (id, order_number, message_id, kind, subject, company, currency, posted_at, booked_at)"
                                + " values (?, ?, 1, ?, ?, ?, ?, ?, ?)")
                .params(
                        entry.id(),
                        entry.orderNumber(),
                        entry.kind().name(),
                        entry.subject(),
                        entry.company(),
                        entry.currency(),
                        at(posted),
                        at(booked))
                .update();
        int line = 1;
        for (Entry.Posting posting : entry.postings()) {
            store.sql("insert into postings (entry_id, line, account, amount_minor, currency, dimension)"
                            + " values (?, ?, ?, ?, ?, ?)")
                    .params(
                            entry.id(),
                            line++,
                            posting.account().number(),
                            posting.amountMinor(),
                            entry.currency(),
                            posting.dimension())
                    .update();
        }
    }

    private static OffsetDateTime at(Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }
}
