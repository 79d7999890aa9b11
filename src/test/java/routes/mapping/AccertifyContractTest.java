package routes.mapping;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.xml.sax.SAXException;

/**
 * What we send to Accertify is well-formed and holds no card number; what we expect from it fits the core all clients
 * share.
 */
class AccertifyContractTest {

    private static final Pattern CARD_NUMBER =
            Pattern.compile("(?<![0-9])(?:[3-6][0-9]{3})(?:[ -]?[0-9]{4}){2}[ -]?[0-9]{1,7}(?![0-9])");

    @TestFactory
    Stream<DynamicTest> everyRequestIsWellFormedXml() {
        return Golden.cases().stream()
                .filter(example -> example.mapping().equals("accertify/screen-order.request"))
                .map(example -> DynamicTest.dynamicTest(example.toString(), () -> {
                    JsonNode request = example.expected();
                    byte[] xml = Writing.xml(
                            request.path("body"), request.path("root").asText());
                    var document = DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(new ByteArrayInputStream(xml));
                    assertEquals("transactions", document.getDocumentElement().getTagName());
                    var ids = document.getElementsByTagName("transaction-id");
                    assertEquals(1, ids.getLength());
                    assertEquals(
                            request.at("/body/transaction/items/item").size(),
                            document.getElementsByTagName("item").getLength());
                }));
    }

    /** How an outcome is told is assumed; that it is XML with the key that makes telling it again harmless is not. */
    @TestFactory
    Stream<DynamicTest> everyOutcomeIsKnownByItsOrderAndVersion() {
        return Golden.cases().stream()
                .filter(example -> example.mapping().equals("accertify/report-outcome.request")
                        && !example.expected().has("fails"))
                .map(example -> DynamicTest.dynamicTest(example.toString(), () -> {
                    JsonNode request = example.expected();
                    byte[] xml = Writing.xml(
                            request.path("body"), request.path("root").asText());
                    var document = DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(new ByteArrayInputStream(xml));
                    for (String name : List.of("transaction-id", "request-version", "transaction-type", "outcome")) {
                        var elements = document.getElementsByTagName(name);
                        assertEquals(1, elements.getLength(), name);
                        assertFalse(elements.item(0).getTextContent().isBlank(), name);
                    }
                }));
    }

    /** Ids of ours and the shop's are long numbers too, so only what is no id is searched. */
    @Test
    void noRequestHoldsACardNumber() {
        for (Golden.Case example : Golden.cases()) {
            if (example.mapping().endsWith(".request")) {
                String sent = example.expected()
                        .toString()
                        .replaceAll("gid://[A-Za-z/]+[0-9]+", "")
                        .replaceAll("\"customer-id\":\"[0-9]+\"", "");
                if (example.mapping().startsWith("accertify/")) {
                    assertFalse(CARD_NUMBER.matcher(sent).find(), example + " sends what looks like a card number");
                }
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> everyAnswerOfTheExamplesFitsTheCore() throws Exception {
        Schema core = core();
        return Golden.cases().stream()
                .filter(example -> example.in().toString().endsWith(".in.xml"))
                .filter(example ->
                        !List.of("unknown-shape", "without-transaction-id").contains(example.name()))
                .map(example -> DynamicTest.dynamicTest(
                        example.toString(),
                        () -> assertDoesNotThrow(() -> core.newValidator()
                                .validate(new StreamSource(example.in().toFile())))));
    }

    @Test
    void whatDoesNotFitIsNoticed() throws Exception {
        Schema core = core();
        var wrong = new ByteArrayInputStream("<transaction-results/>".getBytes());
        assertThrows(SAXException.class, () -> core.newValidator().validate(new StreamSource(wrong)));
    }

    /** The files other implementers published. */
    @Test
    void publishedAnswersAreUnderstood() {
        Mappings mappings = Golden.mappings();
        JsonNode accepted = mappings.apply(
                "accertify/screen-order.response",
                Golden.bytes(Contracts.at("accertify/transaction-results.killbill-accept.xml")),
                Map.of());
        assertEquals("ACCEPT", accepted.path("decision").asText());
        assertEquals("42", accepted.path("score").asText());
        JsonNode decided = mappings.apply(
                "accertify/fraud-decided",
                Golden.bytes(Contracts.at("accertify/resolution-notification.sfcc-reconstructed.xml")),
                Map.of());
        assertEquals("REJECT", decided.path("decision").asText());
        MappingFailure error = assertThrows(
                MappingFailure.class,
                () -> mappings.apply(
                        "accertify/screen-order.response",
                        Golden.bytes(Contracts.at("accertify/error.killbill.xml")),
                        Map.of()));
        assertEquals("PARTNER_REFUSED", error.causeCode());
    }

    private static Schema core() throws SAXException {
        return SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
                .newSchema(Contracts.at("accertify/transaction-results.xsd").toFile());
    }
}
