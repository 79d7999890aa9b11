package routes.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import routes.harness.OutageTest.Options;
import routes.harness.OutageTest.Report;

/** The short form of the outage test, part of every build; the README has the long one. */
class OutageIT {

    @Test
    void aWarehouseThatIsAwayForTwentySecondsCostsNoClickAndNoAttempt() throws SQLException {
        judged("h2");
    }

    @Test
    void theSameOnPostgres() throws SQLException {
        Assumptions.assumeTrue(Postgres.installed().isPresent(), "no PostgreSQL server is installed");
        judged("postgres");
    }

    private static void judged(String store) throws SQLException {
        Report report = OutageTest.run(new Options(
                store, "warehouse", "refuse-connection", Duration.ofSeconds(20), 60, 10, 1_000, Map.of(), 7));
        System.out.println(KillTest.json(report));
        assertThat(report.differences()).isEmpty();
        assertThat(report.broken()).isEmpty();
        assertThat(report.waited()).isGreaterThan(30);
        assertThat(report.equation()).containsEntry("balanced", true);
    }

    @Test
    void theJudgesEyesAreOpen() {
        var start = Instant.EPOCH;
        assertThat(OutageTest.busiest(List.of(start, start.plusMillis(900), start.plusMillis(1_000))))
                .isEqualTo(2);
        assertThat(OutageTest.overtaken(List.of(1, 2, 3))).isZero();
        assertThat(OutageTest.overtaken(List.of(2, 3, 1))).isEqualTo(2);
        assertThat(OutageTest.allowed(Duration.ofMinutes(20), Duration.ofSeconds(15)))
                .isEqualTo(12);
    }
}
