package routes.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The chart renders by Helm itself, and each of its knobs says why it is what it is. */
class ChartTest {

    private static final Path CHART = Path.of("helm");

    @Test
    void theChartPassesHelmsOwnLint() {
        var lint = new Helm(CHART).lint().strict().call();
        assertThat(lint.isFailed()).as("%s", lint.getMessages()).isFalse();
    }

    @Test
    void itRendersAHubThatIsProbedAndReachesItsSecretsByReferenceOnly() throws Exception {
        var rendered = render("values.yaml");
        assertThat(kinds(rendered)).containsExactly("ConfigMap", "Deployment", "PodDisruptionBudget", "Service");
        assertThat(rendered).contains("startupProbe:", "livenessProbe:", "readinessProbe:", "secretKeyRef:");
        assertThat(rendered).doesNotContain("kind: Secret");
        var settings = new Yaml().<Map<String, Object>>load(setting(rendered));
        assertThat(settings).containsEntry("oms.sandbox.enabled", false).containsEntry("server.port", 8080);
    }

    @Test
    void theSmallValuesAreOneInstance() throws Exception {
        assertThat(render("values-small.yaml")).contains("replicas: 1", "minAvailable: 0");
    }

    @Test
    void withKafkaTheHubIsToldWhereItIs() throws Exception {
        var rendered = template("values.yaml")
                .set("kafka.enabled", true)
                .set("kafka.brokers", "kafka:9092")
                .call();
        assertThat(new Yaml().<Map<String, Object>>load(setting(rendered)))
                .containsEntry("oms.kafka.enabled", true)
                .containsEntry("camel.component.kafka.brokers", "kafka:9092");
    }

    @Test
    void everyNumberHasItsUnitInItsNameAndALineWhy() throws Exception {
        var lines = Files.readAllLines(CHART.resolve("values.yaml"));
        var number = Pattern.compile("^\\s*(\\w+): \\d+$");
        for (int at = 0; at < lines.size(); at++) {
            var match = number.matcher(lines.get(at));
            if (!match.matches()) continue;
            assertThat(match.group(1))
                    .as("line %d: the unit", at + 1)
                    .matches(".*(Seconds|Millis|Millicores|Mebibytes|Percent|Size)|instances.*|http|management");
            var earlier = lines.subList(0, at);
            var why = earlier.stream().skip(Math.max(0, at - 3)).anyMatch(line -> line.strip()
                    .startsWith("#"));
            // Partners share one shape: the first says why.
            assertThat(why || match.group(1).equals("timeoutMillis"))
                    .as("line %d: why", at + 1)
                    .isTrue();
        }
    }

    private static String render(String values) {
        return template(values).call();
    }

    private static TemplateCommand template(String values) {
        return new Helm(CHART)
                .template()
                .withName("demo")
                .withValuesFile(CHART.resolve("values.yaml"))
                .withValuesFile(CHART.resolve(values));
    }

    private static List<String> kinds(String rendered) {
        return List.copyOf(
                new TreeSet<>(StreamSupport.stream(new Yaml().loadAll(rendered).spliterator(), false)
                        .filter(Map.class::isInstance)
                        .map(document -> (String) ((Map<?, ?>) document).get("kind"))
                        .toList()));
    }

    private static String setting(String rendered) {
        for (var document : new Yaml().loadAll(rendered)) {
            if (document instanceof Map<?, ?> map && map.get("data") instanceof Map<?, ?> data) {
                return (String) data.get("application.yaml");
            }
        }
        throw new AssertionError("no ConfigMap in\n" + rendered);
    }
}
