package routes.inbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/**
 * The statements of one group commit, gathered by text so that many operations' rows travel together. They run in
 * the order of their rank; what is refused at one rank takes no part in the later ones.
 */
public final class Batch {

    /** Guards: what may refuse an operation (version checks). Nothing was written for it before. */
    public static final int GUARD = 10;
    /** What an operation gives back before it claims anew. */
    public static final int YIELD = 12;
    /** A second guard: claims on what others want too. Refused here, all that the operation wrote before is undone. */
    public static final int CLAIM = 15;
    /** Facts that ride with the guard. */
    public static final int FACT = 20;
    /** The message's row. */
    public static final int MESSAGE = 30;
    /** The lane's row; last, sorted by lane, so that two instances meet in the same order. */
    public static final int LANE = 40;

    /** @param place rows of one statement that have one run in its order, those without before them */
    private record Row(Operation<?> operation, Object[] values, IntConsumer changed, String place) {}

    private static final Comparator<Row> BY_PLACE =
            Comparator.comparing(Row::place, Comparator.nullsFirst(Comparator.naturalOrder()));

    private final Map<Integer, Map<String, List<Row>>> ranks = new TreeMap<>();
    private final Set<Operation<?>> changing = new HashSet<>();

    /** Adds one row for {@code sql}; {@code values} may be String, number, Boolean, Instant, byte[] or null. */
    public void add(int rank, Operation<?> operation, String sql, Object... values) {
        add(rank, operation, null, sql, values);
    }

    /** As above; {@code changed} learns how many rows the statement changed and may refuse the operation. */
    public void add(int rank, Operation<?> operation, IntConsumer changed, String sql, Object... values) {
        addAt(null, rank, operation, changed, sql, values);
    }

    /**
     * As above, for rows that several orders want: all that a group does to them by one statement is done in the order of
     * {@code place}, so that two instances meet there one behind the other and do not wait for each other.
     */
    public void addAt(
            String place, int rank, Operation<?> operation, IntConsumer changed, String sql, Object... values) {
        ranks.computeIfAbsent(rank, r -> new LinkedHashMap<>())
                .computeIfAbsent(sql, s -> new ArrayList<>())
                .add(new Row(operation, values, changed, place));
    }

    void run(Connection connection) throws SQLException {
        for (Map<String, List<Row>> statements : ranks.values()) {
            for (Map.Entry<String, List<Row>> one : statements.entrySet()) {
                run(connection, one.getKey(), one.getValue());
            }
        }
    }

    /** Operations that were refused after some row of theirs had been changed; to be undone. */
    Set<Operation<?>> halfDone() {
        return changing.stream().filter(Operation::refused).collect(Collectors.toSet());
    }

    private void run(Connection connection, String sql, List<Row> rows) throws SQLException {
        List<Row> standing = rows.stream()
                .filter(row -> !row.operation().refused())
                .sorted(BY_PLACE)
                .toList();
        if (standing.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Row row : standing) {
                bind(statement, row.values());
                statement.addBatch();
            }
            int[] counts = statement.executeBatch();
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] != 0) {
                    changing.add(standing.get(i).operation());
                }
                if (standing.get(i).changed() != null) {
                    standing.get(i).changed().accept(counts[i] == Statement.SUCCESS_NO_INFO ? 1 : counts[i]);
                }
            }
        }
    }

    static void bind(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value == null) {
                statement.setNull(i + 1, Types.NULL);
            } else if (value instanceof Instant at) {
                statement.setObject(i + 1, at.atOffset(ZoneOffset.UTC));
            } else if (value instanceof byte[] bytes) {
                statement.setBytes(i + 1, bytes);
            } else {
                statement.setObject(i + 1, value);
            }
        }
    }
}
