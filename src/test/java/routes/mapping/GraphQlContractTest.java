package routes.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import graphql.GraphQLContext;
import graphql.analysis.QueryTraverser;
import graphql.analysis.QueryVisitorFieldEnvironment;
import graphql.analysis.QueryVisitorStub;
import graphql.execution.RawVariables;
import graphql.execution.ValuesResolver;
import graphql.introspection.IntrospectionResultToSchema;
import graphql.language.Document;
import graphql.language.OperationDefinition;
import graphql.parser.Parser;
import graphql.schema.Coercing;
import graphql.schema.CoercingParseValueException;
import graphql.schema.GraphQLScalarType;
import graphql.schema.GraphQLSchema;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.ScalarInfo;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import graphql.schema.idl.TypeDefinitionRegistry;
import graphql.validation.Validator;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every document we send to Shopify, with the variables we send in it, fits the published schema of the Admin API. */
class GraphQlContractTest {

    private static final String VERSION = "2026-07";

    /** Something for every variable that a document requires; only what it asks for is looked at. */
    private static final Map<String, Object> EXAMPLES = Map.ofEntries(
            Map.entry("id", "x"),
            Map.entry("orderId", "x"),
            Map.entry("changed", "x"),
            Map.entry("key", "x"),
            Map.entry("location", "x"),
            Map.entry("mandate", "x"),
            Map.entry("uri", "x"),
            Map.entry("first", 100),
            Map.entry("reason", "OTHER"),
            Map.entry("topic", "ORDERS_CREATE"),
            Map.entry("refund", Map.of("orderId", "x")),
            Map.entry("input", Map.of("id", "x", "parentTransactionId", "y", "amount", "1.00")),
            Map.entry("fulfillment", Map.of("lineItemsByFulfillmentOrder", List.of())));

    private static GraphQLSchema schema;

    /** Read once, and in each test, so that each says for itself when the contracts are absent. */
    @BeforeEach
    void readTheSchema() throws Exception {
        Path file = Contracts.at("shopify/admin_" + VERSION + ".json.gz");
        if (schema != null) {
            return;
        }
        Map<String, Object> introspection;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            introspection = Golden.JSON.readValue(in, new TypeReference<>() {});
        }
        @SuppressWarnings("unchecked")
        Map<String, Object> data = (Map<String, Object>) introspection.getOrDefault("data", introspection);
        TypeDefinitionRegistry types =
                new SchemaParser().buildRegistry(new IntrospectionResultToSchema().createSchemaDefinition(data));
        RuntimeWiring.Builder wiring = RuntimeWiring.newRuntimeWiring().wiringFactory(new Unresolved());
        types.scalars().keySet().stream()
                .filter(name -> !ScalarInfo.isGraphqlSpecifiedScalar(name))
                .forEach(name -> wiring.scalar(scalar(name)));
        schema = new SchemaGenerator()
                .makeExecutableSchema(
                        SchemaGenerator.Options.defaultOptions().useCommentsAsDescriptions(false),
                        types,
                        wiring.build());
    }

    @TestFactory
    Stream<DynamicTest> everyDocumentFitsTheSchema() throws Exception {
        return documents().stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), file.toUri(), () -> {
                    Document document = Parser.parse(Files.readString(file));
                    assertEquals(
                            List.of(), new Validator().validateDocument(schema, document, Locale.ENGLISH), "errors");
                    assertEquals(Set.of(), deprecated(document), "deprecated fields, which Shopify will take away");
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyExamplesVariablesFitTheirDocument() {
        return requests()
                .map(example -> DynamicTest.dynamicTest(
                        example.toString(), example.out().toUri(), () -> {
                            var request = example.expected();
                            Path file = Golden.MAPPINGS.resolve(
                                    request.path("graphql").asText() + ".graphql");
                            OperationDefinition operation = Parser.parse(Files.readString(file))
                                    .getFirstDefinitionOfType(OperationDefinition.class)
                                    .orElseThrow();
                            Map<String, Object> variables =
                                    Golden.JSON.convertValue(request.path("variables"), new TypeReference<>() {});
                            Set<String> declared = operation.getVariableDefinitions().stream()
                                    .map(v -> v.getName())
                                    .collect(Collectors.toSet());
                            // One that may be null may be left out; the required ones are asked for below.
                            assertTrue(
                                    declared.containsAll(variables.keySet()),
                                    "declared are " + declared + ", given are " + variables.keySet());
                            ValuesResolver.coerceVariableValues(
                                    schema,
                                    operation.getVariableDefinitions(),
                                    RawVariables.of(variables),
                                    GraphQLContext.getDefault(),
                                    Locale.ENGLISH);
                        }));
    }

    /** A single query may ask for at most 1,000 points; Shopify counts by the page sizes asked for. */
    @Test
    void noQueryAsksForMoreThanShopifyAllows() throws Exception {
        for (Path file : documents()) {
            int cost = cost(Parser.parse(Files.readString(file)));
            assertTrue(cost <= 1000, file.getFileName() + " would cost " + cost + " points");
        }
    }

    @Test
    void everyDocumentIsSentBySomeExample() throws Exception {
        Set<String> sent = requests()
                .map(example -> example.expected().path("graphql").asText())
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> kept = documents().stream()
                .map(file -> "shopify/" + file.getFileName().toString().replace(".graphql", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(kept, sent, "documents, and documents that examples send");
    }

    private static List<Path> documents() throws Exception {
        try (Stream<Path> files = Files.walk(Golden.MAPPINGS)) {
            return files.filter(file -> file.toString().endsWith(".graphql"))
                    .sorted()
                    .toList();
        }
    }

    private static Stream<Golden.Case> requests() {
        return Golden.cases().stream()
                .filter(example -> example.mapping().endsWith(".request"))
                .filter(example -> example.expected().has("graphql"));
    }

    private static Set<String> deprecated(Document document) {
        Set<String> found = new TreeSet<>();
        traverse(document, new QueryVisitorStub() {
            @Override
            public void visitField(QueryVisitorFieldEnvironment at) {
                if (at.getFieldDefinition().isDeprecated()) {
                    found.add(at.getField().getName());
                }
            }
        });
        return found;
    }

    /**
     * An object is a point, a page is its size times what one node costs; more than Shopify's newest count, never less.
     */
    private static int cost(Document document) {
        List<Integer> points = new ArrayList<>();
        traverse(document, new QueryVisitorStub() {
            @Override
            public void visitField(QueryVisitorFieldEnvironment at) {
                if (at.getField().getSelectionSet() == null) {
                    return;
                }
                int times = 1;
                for (QueryVisitorFieldEnvironment up = at; up != null; up = up.getParentEnvironment()) {
                    Object first = up.getArguments().get("first");
                    times *= first instanceof Integer size && up != at || isList(up) && first != null
                            ? (Integer) first
                            : 1;
                }
                points.add(times);
            }

            private boolean isList(QueryVisitorFieldEnvironment at) {
                return graphql.schema.GraphQLTypeUtil.unwrapNonNull(
                                at.getFieldDefinition().getType())
                        instanceof graphql.schema.GraphQLList;
            }
        });
        return points.stream().mapToInt(Integer::intValue).sum();
    }

    private static void traverse(Document document, QueryVisitorStub visitor) {
        QueryTraverser.newQueryTraverser()
                .schema(schema)
                .document(document)
                .variables(EXAMPLES)
                .build()
                .visitPreOrder(visitor);
    }

    /** What each scalar of Shopify's looks like on the wire; others are taken as they are. */
    private static GraphQLScalarType scalar(String name) {
        Predicate<Object> fits =
                switch (name) {
                    case "Money", "Decimal" -> v -> v instanceof String text && text.matches("-?[0-9]+(\\.[0-9]+)?");
                    case "URL" -> v -> v instanceof String text && text.matches("https?://[^\\s]+");
                    case "DateTime" -> v -> v instanceof String text && text.matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
                    default -> v -> true;
                };
        return GraphQLScalarType.newScalar()
                .name(name)
                .coercing(new Coercing<Object, Object>() {
                    @Override
                    public Object parseValue(Object value, GraphQLContext context, Locale locale) {
                        if (!fits.test(value)) {
                            throw new CoercingParseValueException("\"" + value + "\" is no " + name);
                        }
                        return value;
                    }
                })
                .build();
    }

    /** Nothing is ever executed, so nothing needs to be resolved. */
    private static final class Unresolved implements graphql.schema.idl.WiringFactory {
        @Override
        public boolean providesTypeResolver(graphql.schema.idl.InterfaceWiringEnvironment at) {
            return true;
        }

        @Override
        public graphql.schema.TypeResolver getTypeResolver(graphql.schema.idl.InterfaceWiringEnvironment at) {
            return any -> null;
        }

        @Override
        public boolean providesTypeResolver(graphql.schema.idl.UnionWiringEnvironment at) {
            return true;
        }

        @Override
        public graphql.schema.TypeResolver getTypeResolver(graphql.schema.idl.UnionWiringEnvironment at) {
            return any -> null;
        }
    }
}
