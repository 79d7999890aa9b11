package routes.ledger;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Adds up the books: per currency every account's balance, and their sum, which is zero or something is badly wrong. */
@Component
public class TrialBalance {

    private final JdbcClient store;

    public TrialBalance(JdbcClient store) {
        this.store = store;
    }

    /** {@code {"currencies": {"USD": {"sumMinor": 0, "accounts": {"1050": 10800}}}}}; debit balances positive. */
    public record Balance(Map<String, CurrencyBalance> currencies) {

        /** Whether every currency adds up to zero. */
        public boolean balanced() {
            return currencies.values().stream().allMatch(currency -> currency.sumMinor() == 0);
        }
    }

    /** One currency's books: account number to minor units, debit positive. */
    public record CurrencyBalance(long sumMinor, Map<String, Long> accounts) {}

    private record Sum(String currency, String account, long amountMinor) {}

    /** The books as they stand. */
    public Balance now() {
        return added(store.sql("select currency, account, sum(amount_minor) as amount_minor from postings"
                        + " group by currency, account")
                .query(TrialBalance::sum)
                .list());
    }

    /** The books as they stood at a moment (that moment included), by the time entries were posted. */
    public Balance at(Instant moment) {
        return added(store.sql("select p.currency, p.account, sum(p.amount_minor) as amount_minor from postings p"
                        + " join entries e on e.id = p.entry_id where e.posted_at <= :moment"
                        + " group by p.currency, p.account")
                .param("moment", OffsetDateTime.ofInstant(moment, ZoneOffset.UTC))
                .query(TrialBalance::sum)
                .list());
    }

    private static Balance added(List<Sum> sums) {
        Map<String, Map<String, Long>> accounts = new TreeMap<>();
        for (Sum sum : sums) {
            accounts.computeIfAbsent(sum.currency(), currency -> new TreeMap<>())
                    .put(sum.account(), sum.amountMinor());
        }
        Map<String, CurrencyBalance> currencies = new TreeMap<>();
        accounts.forEach((currency, balances) -> currencies.put(
                currency, new CurrencyBalance(balances.values().stream().reduce(0L, Math::addExact), balances)));
        return new Balance(currencies);
    }

    private static Sum sum(ResultSet row, int index) throws SQLException {
        BigDecimal amount = row.getBigDecimal("amount_minor");
        return new Sum(row.getString("currency"), row.getString("account"), amount.longValueExact());
    }
}
