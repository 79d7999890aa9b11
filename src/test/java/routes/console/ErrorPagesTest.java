package routes.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import routes.deadletter.Replay;

/** What a real server answers when something is wrong; error pages are a second pass that only a server makes. */
@SpringBootTest(
        classes = ConsoleSlice.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            ConsoleSlice.NO_SETTINGS,
            ConsoleSlice.STORE,
            ConsoleSlice.TABLES,
            ConsoleSlice.LOGIN,
            ConsoleSlice.PROBLEMS
        })
class ErrorPagesTest {

    private final HttpClient client = HttpClient.newHttpClient();

    @MockitoBean
    private Replay replay;

    @LocalServerPort
    private int port;

    private HttpResponse<String> ask(String method, String path, String accept)
            throws IOException, InterruptedException {
        String login = Base64.getEncoder()
                .encodeToString(("viewer:" + ConsoleSlice.PASSWORD).getBytes(StandardCharsets.UTF_8));
        return client.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .header("Authorization", "Basic " + login)
                        .header("Accept", accept)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @CsvSource({
        "GET,  /console/nothing,              404, There is nothing here",
        "GET,  /console/orders/OH-1,          404, There is nothing here",
        "GET,  /console?after=x,              400, This address cannot be understood",
        "GET,  /console?status=LOST,          400, This address cannot be understood",
        "POST, /console/dead-letters/1/replay, 403, Your role does not allow this"
    })
    void peopleGetAPage(String method, String path, int status, String title) throws Exception {
        HttpResponse<String> answer = ask(method, path, "text/html,*/*;q=0.8");
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).get().asString().startsWith("text/html");
        assertThat(answer.body()).contains("<h1>" + title).contains("lang=\"en\"");
        assertThat(answer.headers().firstValue("X-Frame-Options")).hasValue("DENY");
    }

    @ParameterizedTest
    @CsvSource({"/ops/nothing, text/html", "/ops/orders/OH-1, */*", "/ops/%2e%2e/x, */*"})
    void programsGetAProblem(String path, String accept) throws Exception {
        HttpResponse<String> answer = ask("GET", path, accept);
        assertThat(answer.statusCode()).isBetween(400, 404);
        assertThat(answer.headers().firstValue("Content-Type")).get().asString().startsWith("application/problem+json");
        assertThat(answer.body())
                .contains("\"type\"", "\"title\"", "\"status\"", "\"detail\"", "\"instance\"", "\"code\"");
    }

    @Test
    void aMadeUpMethodIsRefused() throws Exception {
        assertThat(ask("BREW", "/ops/orders", "*/*").statusCode()).isBetween(400, 405);
    }
}
