package routes.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What AvaTax really answered to others is understood by our answer mappings. */
class AvalaraRecordingsTest {

    private static final Mappings MAPPINGS = Golden.mappings();

    @TestFactory
    Stream<DynamicTest> everyRecordedAddressAnswerHasAVerdict() throws Exception {
        return recorded("addresses-resolve")
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    JsonNode answer = Reading.json(Files.readAllBytes(file)).at("/response/body");
                    if (file.toString().contains("StringLengthError")) {
                        assertEquals(
                                "PARTNER_REFUSED",
                                assertThrows(MappingFailure.class, () -> verdict(answer))
                                        .causeCode());
                        return;
                    }
                    String verdict = verdict(answer).path("verdict").asText();
                    assertTrue(Set.of("OK", "CORRECTED", "UNKNOWN").contains(verdict));
                    boolean complains = answer.has("error")
                            || answer.path("messages")
                                    .findValuesAsText("severity")
                                    .contains("Error");
                    assertEquals(complains, verdict.equals("UNKNOWN"), answer.toString());
                }));
    }

    @Test
    void aRecordedAbsenceIsNotDone() throws Exception {
        Path file = recorded("404-EntityNotFoundError-a38f4f").findFirst().orElseThrow();
        JsonNode answer = Reading.json(Files.readAllBytes(file)).at("/response/body");
        assertEquals(
                "not-done",
                MAPPINGS.apply("avalara/find-document.response", answer, Map.of())
                        .path("outcome")
                        .asText());
    }

    /** Recorded invoices of others: committed ones have a document and an exact tax, all others are refused. */
    @TestFactory
    Stream<DynamicTest> everyRecordedInvoiceIsJudged() throws Exception {
        return recorded("SalesInvoice")
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    JsonNode answer = Reading.json(Files.readAllBytes(file)).at("/response/body");
                    if (answer.path("status").asText().equals("Committed")) {
                        JsonNode ours = MAPPINGS.apply("avalara/commit-tax.response", answer, Map.of());
                        assertEquals(
                                answer.path("code").asText(),
                                ours.path("document").asText());
                        assertTrue(ours.path("taxMinor").isIntegralNumber());
                    } else {
                        assertThrows(
                                MappingFailure.class,
                                () -> MAPPINGS.apply("avalara/commit-tax.response", answer, Map.of()));
                    }
                }));
    }

    private static JsonNode verdict(JsonNode answer) {
        return MAPPINGS.apply("avalara/check-address.response", answer, Map.of());
    }

    private static Stream<Path> recorded(String part) throws Exception {
        try (Stream<Path> files = Files.list(Contracts.at("avalara/recorded"))) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().contains(part))
                    .sorted()
                    .toList();
            assertFalse(found.isEmpty(), "recordings of " + part);
            return found.stream();
        }
    }
}
