package routes.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.DriverManager;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The server that durability is judged on must mean its commits. */
class PostgresTest {

    @Test
    void theInstalledServerSyncsItsCommitsAndGivesAFreshDatabaseEachTime() throws Exception {
        var postgres = Postgres.installed();
        Assumptions.assumeTrue(postgres.isPresent(), "no PostgreSQL server installed");
        var first = postgres.get().freshDatabase("check");
        var second = postgres.get().freshDatabase("check");
        assertThat(first).isNotEqualTo(second);
        try (var connection = DriverManager.getConnection(first);
                var statement = connection.createStatement()) {
            for (var setting : new String[] {"fsync", "synchronous_commit", "full_page_writes"}) {
                var rows = statement.executeQuery("show " + setting);
                rows.next();
                assertThat(rows.getString(1)).as(setting).isEqualTo("on");
            }
            statement.execute("create table only_here (id int)");
        }
        try (var connection = DriverManager.getConnection(second);
                var statement = connection.createStatement()) {
            var rows = statement.executeQuery("select count(*) from pg_tables where tablename = 'only_here'");
            rows.next();
            assertThat(rows.getInt(1)).isZero();
        }
    }
}
