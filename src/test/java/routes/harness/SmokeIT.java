package routes.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a newcomer does first, on each JDK the jar is meant for: start it, place orders, see them complete, stop it. */
class SmokeIT {

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void fiveOrdersCompleteOnTheJarWithItsOwnPartners(int feature) {
        var jdk = Jdks.version(feature);
        Assumptions.assumeTrue(jdk.isPresent(), "JDK " + feature + " is not installed here");
        var name = "smoke-" + feature + "-" + ProcessHandle.current().pid();
        try (var hub =
                HubProcess.embedded(name, Path.of("target", "harness", name)).onJdk(jdk.get())) {
            hub.start();
            hub.doors().place(Map.of("count", 5));
            var sight = new World(hub.doors(), hub.doors()).settle(Duration.ofSeconds(90));
            assertThat(sight.placed()).hasSize(5);
            assertThat(sight.differences()).isEmpty();
            assertThat(sight.completed()).isEqualTo(5);
        }
    }
}
