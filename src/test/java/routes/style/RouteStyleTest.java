package routes.style;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouteStyleTest {

    @Test
    void everyRouteKeepsTheHouseRules() throws IOException {
        assertThat(new RouteStyle(Path.of("src/main/resources/routes")).check()).isEmpty();
    }

    @Test
    void aFolderWithoutRoutesBreaksNoRule(@TempDir Path nothing) throws IOException {
        assertThat(new RouteStyle(nothing.resolve("routes")).check()).isEmpty();
    }
}
