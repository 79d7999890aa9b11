package routes.mending;

import java.nio.file.Path;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import routes.harness.Ports;

/** Failures of the machine, on the embedded store. */
class MachineCausesTest extends MachineCauses {

    private static final int PORT = Ports.free();

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("server.port", () -> PORT);
        registry.add("management.server.port", () -> 0);
        registry.add(
                "oms.partners.warehouse.url",
                () -> "http://warehouse.example.com:" + PORT + "/sandbox/partners/warehouse");
        registry.add("oms.data-dir", () -> Path.of(
                        "target",
                        "mending",
                        "machine-" + ProcessHandle.current().pid())
                .toAbsolutePath()
                .toString());
    }

    @Override
    int port() {
        return PORT;
    }
}
