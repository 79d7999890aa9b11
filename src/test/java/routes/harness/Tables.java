package routes.harness;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** The hub's own tables with all their indexes, in a store of a test's own. */
public final class Tables {

    private Tables() {}

    /** Makes them as the hub does at its start: what is common, and what the store has for itself. */
    public static void make(DataSource store) {
        String vendor;
        try (Connection connection = store.getConnection()) {
            vendor = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
        } catch (SQLException e) {
            throw new IllegalStateException("The store of this test cannot be opened", e);
        }
        Flyway.configure()
                .dataSource(store)
                .locations("classpath:db/migration/common", "classpath:db/migration/" + vendor)
                .failOnMissingLocations(true)
                .load()
                .migrate();
    }
}
