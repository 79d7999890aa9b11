package routes.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import routes.harness.Ports;
import routes.harness.SharedHub;

/** Every story on the embedded store: what a newcomer runs. */
class StoryTest extends Stories {

    private static final int PORT = Ports.free();

    /** Tables that stay small: a row for each company, partner, place or mapped value, or for what is under way. */
    private static final Set<String> FEW_ROWS =
            Set.of("incident_deltas", "replays", "stock_nodes", "value_maps", "value_rows");

    /** Tables that are added up whole on purpose, now and then: the equation, the trial balance, the end of a stock poll. */
    private static final Set<String> ADDED_UP = Set.of("duplicates", "intakes", "postings", "stock");

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        SharedHub.leave();
        registry.add("server.port", () -> PORT);
        registry.add("management.server.port", () -> 0);
        registry.add("oms.data-dir", () -> Path.of(
                        "target", "stories", "h2-" + ProcessHandle.current().pid())
                .toAbsolutePath()
                .toString());
    }

    @BeforeEach
    void statementsAreNoted() {
        store.sql("set query_statistics true").update();
        store.sql("set query_statistics_max_entries 5000").update();
    }

    /** The stories' own rows are few: what is looked at is how each statement would go about many. */
    @Test
    @Order(3)
    void noStatementReadsAWholeTableToFindAFew() throws SQLException {
        var statements = store
                .sql("select sql_statement from information_schema.query_statistics")
                .query(String.class)
                .list()
                .stream()
                .filter(sql -> sql.matches("(?is)(select|update|delete)\\b.*"))
                .filter(sql -> !sql.toLowerCase().contains("information_schema"))
                .toList();
        try (var plans = new Plans()) {
            var scans = plans.scans(statements);
            scans.values().forEach(tables -> {
                tables.removeAll(FEW_ROWS);
                tables.removeAll(ADDED_UP);
            });
            scans.values().removeIf(Set::isEmpty);
            assertThat(scans).isEmpty();
        }
    }

    @Override
    int port() {
        return PORT;
    }
}
