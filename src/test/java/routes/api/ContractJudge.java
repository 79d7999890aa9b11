package routes.api;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request.Method;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.atlassian.oai.validator.report.ValidationReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Says what is wrong with an answer by the published contract: its status, its headers, its type, its body. */
final class ContractJudge {

    /** The validator reads 3.0; the contract uses nothing that 3.0 has not, but for its version. */
    private static final OpenApiInteractionValidator JUDGE =
            OpenApiInteractionValidator.createForInlineApiSpecification(
                            text().replace("openapi: 3.1.0", "openapi: 3.0.3"))
                    .build();

    private ContractJudge() {}

    static String text() {
        try {
            return Files.readString(Path.of("src/main/resources", Contract.FILE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> wrong(String method, String path, HttpResponse<String> answer) {
        SimpleResponse.Builder response = SimpleResponse.Builder.status(answer.statusCode());
        answer.headers().map().forEach((name, values) -> response.withHeader(name, values));
        response.withBody(answer.body());
        return wrong(method, path, response.build());
    }

    static List<String> wrong(String method, String path, com.atlassian.oai.validator.model.Response answer) {
        return JUDGE
                .validateResponse(path.replaceAll("\\?.*", ""), Method.valueOf(method), answer)
                .getMessages()
                .stream()
                .filter(message -> message.getLevel() == ValidationReport.Level.ERROR)
                .map(message -> message.getKey() + ": " + message.getMessage())
                .toList();
    }
}
