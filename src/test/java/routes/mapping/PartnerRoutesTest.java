package routes.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ProcessorEndpoint;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The partner routes as Camel runs them; only the wire is replaced, by a partner that answers as a golden case says.
 */
class PartnerRoutesTest {

    private static final Path ROUTES = Path.of("src/main/resources/routes/partners");
    private static DefaultCamelContext camel;
    private static Wire wire;

    /** Takes what would be sent and answers what it was told to. */
    private static final class Wire extends DefaultComponent {
        private JsonNode asked;
        private JsonNode answer;

        @Override
        protected Endpoint createEndpoint(String uri, String operation, Map<String, Object> parameters) {
            parameters.clear();
            return new ProcessorEndpoint(uri, this, exchange -> {
                asked = exchange.getMessage().getBody(JsonNode.class);
                exchange.getMessage().setBody(answer);
            });
        }
    }

    @BeforeAll
    static void start() throws Exception {
        wire = new Wire();
        camel = new DefaultCamelContext();
        camel.getRegistry().bind("mapping-component", new MappingComponent(Golden.mappings()));
        camel.addComponent("partner", wire);
        for (Path file : files()) {
            String content = operations(Files.readString(file));
            if (!content.contains("- route:")) {
                continue; // it asks nobody
            }
            PluginHelper.getRoutesLoader(camel)
                    .loadRoutes(ResourceHelper.fromString(file.getFileName().toString(), content));
        }
        camel.start();
    }

    @AfterAll
    static void stop() {
        camel.stop();
    }

    /** Doors and consumers stand in the same files, and need the inbox; some answer by themselves and ask no partner. */
    private static String operations(String yaml) {
        List<String> routes = new ArrayList<>(List.of(yaml.split("(?m)^(?=- route:)")));
        routes.removeIf(route ->
                route.startsWith("- route:") && !(route.contains("uri: direct:") && route.contains("partner:")));
        return String.join("", routes);
    }

    @Test
    void everyOperationHasItsRouteAndEveryMappingIsUsed() throws Exception {
        Set<String> routes =
                camel.getRoutes().stream().map(r -> r.getRouteId()).collect(Collectors.toCollection(TreeSet::new));
        Set<String> asked = Golden.mappings().names().stream()
                .filter(name -> name.endsWith(".request"))
                .map(name -> name.replace(".request", "").replace('/', '.'))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(asked, routes, "operations with mappings, and routes");
        for (Path file : files()) {
            for (String line : Files.readAllLines(file)) {
                if (line.contains("lookUp: ")) {
                    String lookUp = line.replaceAll(".*lookUp: ([a-z.-]+).*", "$1");
                    // One that is known by a key of its own needs no question: its look-up asks nobody.
                    assertTrue(
                            routes.contains(lookUp) || Files.readString(file).contains("id: " + lookUp + "\n"),
                            file + " looks up by " + lookUp + ", which is no route");
                }
            }
        }
    }

    @Test
    void descriptionsAreForStaff() {
        Set<String> seen = new TreeSet<>();
        for (RouteDefinition route : ((ModelCamelContext) camel).getRouteDefinitions()) {
            String words = route.getDescriptionText();
            assertNotNull(words, route.getRouteId());
            assertTrue(words.endsWith(".") && words.length() <= 120, route.getRouteId() + ": " + words);
            assertTrue(seen.add(words), route.getRouteId() + " says what another route says: " + words);
        }
    }

    @TestFactory
    Stream<DynamicTest> eachRouteAsksAndUnderstands() {
        return Golden.cases().stream()
                .filter(example -> example.mapping().endsWith(".request")
                        && !example.hasRows() // the routes have the hub's own value maps, which are empty here
                        && !example.expected().has("fails"))
                .map(example -> DynamicTest.dynamicTest(example.toString(), () -> {
                    String route = example.mapping().replace(".request", "").replace('/', '.');
                    Exchange exchange = walk(route, example, plainAnswer(example));
                    assertNull(exchange.getException());
                    assertEquals(example.expected().toPrettyString(), wire.asked.toPrettyString());
                    assertTrue(exchange.getMessage().getBody() instanceof JsonNode);
                }));
    }

    /** A look-up's answer mapping sees what the effect had asked: the route keeps it. */
    @Test
    void aLookUpKnowsWhatWasAsked() {
        Golden.Case stored = named("shopify/find-capture.request/stored-request");
        JsonNode found = Reading.json(Golden.bytes(
                named("shopify/find-capture.response/one-new-of-this-amount").in()));
        JsonNode answer =
                walk("shopify.find-capture", stored, found).getMessage().getBody(JsonNode.class);
        assertEquals("done", answer.path("outcome").asText());
        // What a look-up found is as good as the answer that was lost.
        JsonNode ours = Golden.mappings().apply("shopify/capture-payment.response", answer.path("answer"), Map.of());
        assertEquals(5940, ours.path("amountMinor").asInt());
    }

    /** Each look-up's "done" is understood by the operation whose answer was lost. */
    @TestFactory
    Stream<DynamicTest> whatALookUpFoundIsAnAnswer() {
        Map<String, String> lost = Map.ofEntries(
                Map.entry("shopify/find-capture", "shopify/capture-payment"),
                Map.entry("shopify/find-fulfilment", "shopify/create-fulfilment"),
                Map.entry("shopify/find-cancellation", "shopify/cancel-order"),
                Map.entry("shopify/find-refund", "shopify/refund-units"),
                Map.entry("shopify/find-move", "shopify/move-fulfilment-order"),
                Map.entry("shopify/find-authorisation", "shopify/reauthorise-payment"),
                Map.entry("shopify/find-webhook", "shopify/create-webhook"),
                Map.entry("avalara/find-document", "avalara/commit-tax"),
                Map.entry("warehouse/find-order", "warehouse/place-order"),
                Map.entry("warehouse/find-recall", "warehouse/cancel-order"),
                Map.entry("erp/find-journal", "erp/open-journal"),
                Map.entry("erp/find-lines", "erp/write-lines"),
                Map.entry("erp/find-posting", "erp/post-journal"));
        List<Golden.Case> done = Golden.cases().stream()
                .filter(example -> example.expected().path("outcome").asText().equals("done"))
                .toList();
        assertEquals(
                lost.keySet(),
                done.stream().map(d -> d.mapping().replace(".response", "")).collect(Collectors.toSet()));
        return done.stream()
                .map(example -> DynamicTest.dynamicTest(example.toString(), () -> {
                    String operation = lost.get(example.mapping().replace(".response", ""));
                    JsonNode answer = example.expected().path("answer");
                    assertTrue(Golden.mappings()
                                    .apply(operation + ".response", answer, Map.of())
                                    .size()
                            > 0);
                    String refusal = operation + ".refusal";
                    if (Golden.mappings().exists(refusal)) {
                        assertTrue(Golden.mappings()
                                .apply(refusal, answer, Map.of())
                                .isNull());
                    }
                }));
    }

    private static Exchange walk(String route, Golden.Case example, JsonNode answer) {
        wire.answer = answer;
        return camel.createProducerTemplate().request("direct:" + route, exchange -> {
            exchange.getMessage().setBody(Reading.json(Golden.bytes(example.in())));
            if (Files.exists(example.variables())) {
                Reading.json(Golden.bytes(example.variables()))
                        .fields()
                        .forEachRemaining(v -> exchange.setVariable(
                                v.getKey(),
                                v.getValue().isTextual() ? v.getValue().textValue() : v.getValue()));
            }
        });
    }

    /** The first answer among the examples that the operation understands. */
    private static JsonNode plainAnswer(Golden.Case request) {
        return Golden.cases().stream()
                .filter(example -> example.mapping().equals(request.mapping().replace(".request", ".response")))
                .filter(example -> !example.expected().has("fails"))
                .map(example -> Reading.tree(Golden.bytes(example.in())))
                .findFirst()
                .orElseThrow();
    }

    private static Golden.Case named(String name) {
        return Golden.cases().stream()
                .filter(example -> example.toString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<Path> files() throws Exception {
        try (Stream<Path> files = Files.list(ROUTES)) {
            return files.filter(file -> file.toString().endsWith(".camel.yaml"))
                    .sorted()
                    .toList();
        }
    }
}
