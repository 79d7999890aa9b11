package routes.mending;

import java.nio.file.Path;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import routes.harness.Ports;
import routes.harness.Postgres;

/** Failures of the machine, on PostgreSQL. */
class PostgresMachineCausesTest extends MachineCauses {

    private static final int PORT = Ports.free();

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        var url = Postgres.any().freshDatabase("machine");
        registry.add("oms.store.url", () -> url);
        registry.add("server.port", () -> PORT);
        registry.add("management.server.port", () -> 0);
        registry.add(
                "oms.partners.warehouse.url",
                () -> "http://warehouse.example.com:" + PORT + "/sandbox/partners/warehouse");
        registry.add("oms.data-dir", () -> Path.of(
                        "target",
                        "mending",
                        "machine-postgres-" + ProcessHandle.current().pid())
                .toAbsolutePath()
                .toString());
    }

    @Override
    int port() {
        return PORT;
    }
}
