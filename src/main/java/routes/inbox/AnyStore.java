package routes.inbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** What both stores say in the same words. */
abstract class AnyStore implements Store {

    final EngineSettings settings;

    AnyStore(EngineSettings settings) {
        this.settings = settings;
    }

    int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Batch.bind(statement, values);
            return statement.executeUpdate();
        }
    }

    Map<String, Long> fences(Connection connection, Collection<String> lanes, String sql) throws SQLException {
        Map<String, Long> fences = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setArray(1, connection.createArrayOf("varchar", lanes.toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    fences.put(rows.getString(1), rows.getLong(2));
                }
            }
        }
        return fences;
    }

    long[] next(Connection connection, String sql, String sequence, int n) throws SQLException {
        long[] values = new long[n];
        try (PreparedStatement statement = connection.prepareStatement(sql.formatted(sequence))) {
            statement.setInt(1, n);
            try (ResultSet rows = statement.executeQuery()) {
                for (int i = 0; i < n && rows.next(); i++) {
                    values[i] = rows.getLong(1);
                }
            }
        }
        return values;
    }
}
