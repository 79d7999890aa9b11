package routes.story;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.h2.jdbcx.JdbcDataSource;
import routes.harness.Tables;

/**
 * How the embedded store would go about statements if each table had thousands of rows: which of them would read a whole
 * table. What a few orders never show, a year of them does.
 */
final class Plans implements AutoCloseable {

    private static final int ROWS = 3_000;
    private static final Pattern SCAN = Pattern.compile("public\\.(\\w+)\\.tableScan");

    private final Connection store;

    Plans() throws SQLException {
        String url =
                "jdbc:h2:mem:plans;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1";
        var source = new JdbcDataSource();
        source.setURL(url);
        source.setUser("sa");
        Tables.make(source);
        store = source.getConnection();
        for (Map.Entry<String, List<String>> table : columns().entrySet()) {
            try (Statement fill = store.createStatement()) {
                fill.execute("delete from " + table.getKey());
                fill.execute("insert into " + table.getKey() + " select " + String.join(", ", table.getValue())
                        + " from system_range(1, " + ROWS + ") as many(x)");
            }
        }
        try (Statement analyze = store.createStatement()) {
            analyze.execute("analyze");
        }
    }

    /** By statement: the tables it would read from end to end. Statements that read none are left out. */
    Map<String, Set<String>> scans(Collection<String> statements) {
        Map<String, Set<String>> scans = new TreeMap<>();
        for (String statement : statements) {
            Set<String> tables = new TreeSet<>();
            var found = SCAN.matcher(plan(statement));
            while (found.find()) {
                tables.add(found.group(1));
            }
            if (!tables.isEmpty()) {
                scans.put(statement, tables);
            }
        }
        return scans;
    }

    private String plan(String statement) {
        try (PreparedStatement explain = store.prepareStatement("explain " + statement)) {
            for (int i = 1; i <= explain.getParameterMetaData().getParameterCount(); i++) {
                explain.setNull(i, Types.NULL);
            }
            try (ResultSet plan = explain.executeQuery()) {
                return plan.next() ? plan.getString(1) : "";
            }
        } catch (SQLException e) {
            throw new IllegalStateException("No plan for: " + statement, e);
        }
    }

    /** By table: for each of its columns something to fill it with, another in every row. */
    private Map<String, List<String>> columns() throws SQLException {
        Map<String, List<String>> tables = new LinkedHashMap<>();
        try (Statement select = store.createStatement();
                ResultSet column = select.executeQuery(
                        "select c.table_name, c.data_type, c.character_maximum_length from information_schema.columns c"
                                + " join information_schema.tables t on t.table_name = c.table_name and t.table_schema ="
                                + " c.table_schema where c.table_schema = 'public' and t.table_type = 'BASE TABLE'"
                                + " and c.table_name <> 'flyway_schema_history'"
                                + " order by c.table_name, c.ordinal_position")) {
            while (column.next()) {
                tables.computeIfAbsent(column.getString(1), table -> new ArrayList<>())
                        .add(value(column.getString(2), column.getLong(3)));
            }
        }
        return tables;
    }

    private static String value(String type, long length) {
        return switch (type.toUpperCase(Locale.ROOT)) {
            case "CHARACTER VARYING", "CHARACTER" -> "right('0000' || x, " + Math.min(length, 8) + ")";
            case "BIGINT", "INTEGER", "SMALLINT", "NUMERIC" -> "x";
            case "BOOLEAN" -> "mod(x, 2) = 0";
            case "TIMESTAMP WITH TIME ZONE" -> "dateadd(second, x, timestamp with time zone '2026-01-01 00:00:00+00')";
            case "DATE" -> "dateadd(day, x, date '2026-01-01')";
            case "BINARY VARYING" -> "X'00'";
            default -> throw new IllegalStateException("Columns of type " + type + " are not filled yet");
        };
    }

    @Override
    public void close() throws SQLException {
        try (Statement shutdown = store.createStatement()) {
            shutdown.execute("shutdown");
        }
    }
}
