package routes.story;

import java.nio.file.Path;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import routes.harness.Ports;

/** Every story on the embedded store: what a newcomer runs. */
class StoryTest extends Stories {

    private static final int PORT = Ports.free();

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("server.port", () -> PORT);
        registry.add("management.server.port", () -> 0);
        registry.add("oms.data-dir", () -> Path.of(
                        "target", "stories", "h2-" + ProcessHandle.current().pid())
                .toAbsolutePath()
                .toString());
    }

    @Override
    int port() {
        return PORT;
    }
}
