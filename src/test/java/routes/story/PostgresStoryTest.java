package routes.story;

import java.nio.file.Path;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import routes.harness.Ports;
import routes.harness.Postgres;
import routes.harness.SharedHub;

/** The same stories on PostgreSQL: one engine, two dialects. */
class PostgresStoryTest extends Stories {

    private static final int PORT = Ports.free();

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        SharedHub.leave();
        var url = Postgres.any().freshDatabase("stories");
        registry.add("server.port", () -> PORT);
        registry.add("management.server.port", () -> 0);
        registry.add("oms.store.url", () -> url);
        registry.add("oms.data-dir", () -> Path.of(
                        "target",
                        "stories",
                        "postgres-" + ProcessHandle.current().pid())
                .toAbsolutePath()
                .toString());
    }

    @Override
    int port() {
        return PORT;
    }
}
