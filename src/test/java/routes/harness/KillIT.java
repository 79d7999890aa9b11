package routes.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import routes.harness.KillTest.Options;
import routes.harness.KillTest.Report;

/** The short form of the kill test, part of every build; the README has the long one. */
class KillIT {

    private static final long SEED = Long.getLong("oms.kill.seed", System.nanoTime() % 1_000_000);

    @Test
    void eightRandomKillsAndSixNamedOnesOnTheEmbeddedStoreChangeNothing() {
        judged(KillTest.run(new Options("h2", 8, KillTest.SIX, SEED, 80, Map.of(), KillTest.PATIENCE)), 8 + 6);
    }

    @Test
    void fourRandomKillsOnPostgresChangeNothing() {
        Assumptions.assumeTrue(Postgres.installed().isPresent(), "no PostgreSQL server is installed");
        judged(KillTest.run(new Options("postgres", 4, List.of(), SEED, 40, Map.of(), KillTest.PATIENCE)), 4);
    }

    private static void judged(Report report, int deaths) {
        System.out.println(KillTest.json(report));
        assertThat(report.differences()).isEmpty();
        assertThat(report.kills() + report.named()).isGreaterThanOrEqualTo(deaths);
        assertThat(report.acknowledged()).isEqualTo(report.orders());
        assertThat(report.completed()).isEqualTo(report.orders());
    }
}
