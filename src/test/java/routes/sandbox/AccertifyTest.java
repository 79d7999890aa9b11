package routes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.nio.file.Path;
import java.time.Duration;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccertifyTest {

    private static final FakeHub HUB = new FakeHub();
    private static PartnersAtWork partners;

    @BeforeAll
    static void start(@TempDir Path data) {
        partners = new PartnersAtWork(data, "--oms.sandbox.hub-url=" + HUB.url(), "--oms.sandbox.review-after-ms=10");
    }

    @AfterAll
    static void stop() {
        partners.close();
        HUB.close();
    }

    @ParameterizedTest
    @CsvSource({
        "happy.1@example.com, ACCEPT",
        "fraud-reject.1@example.com, REJECT",
        "fraud-review.1@example.com, REVIEW",
        "fraud-unknown-code.1@example.com, 7:Escalate"
    })
    void decidesByTheCustomersEmail(String email, String code) {
        var answer = partners.accertify(transaction("OH-" + code, email));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("<recommendation-code>" + code + "</recommendation-code>");
    }

    @Test
    void anAnswerAndAResolutionFitTheSchema() throws Exception {
        var schema = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
                .newSchema(Contracts.file("accertify/transaction-results.xsd").toFile());
        var answer = partners.accertify(transaction("OH-SCHEMA", "fraud-review-reject.9@example.com"));
        schema.newValidator().validate(new StreamSource(new StringReader(answer.body())));
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !resolutions("OH-SCHEMA")
                .isEmpty());
        var resolution = resolutions("OH-SCHEMA").get(0);
        schema.newValidator().validate(new StreamSource(new StringReader(resolution.body())));
        assertThat(resolution.body()).contains("<action-type>REJECT</action-type>");
        assertThat(resolution.headers())
                .containsEntry("authorization", PartnersAtWork.basic("accertify:accertify-sandbox-secret"));
    }

    @Test
    void screeningAgainChangesNothingAndOwesNoSecondResolution() {
        var first = partners.accertify(transaction("OH-AGAIN", "fraud-review.2@example.com"))
                .body();
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !resolutions("OH-AGAIN")
                .isEmpty());
        assertThat(partners.accertify(transaction("OH-AGAIN", "fraud-review.2@example.com"))
                        .body())
                .isEqualTo(first);
        partners.accertify(transaction("OH-LATER", "fraud-review.3@example.com"));
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !resolutions("OH-LATER")
                .isEmpty());
        assertThat(resolutions("OH-AGAIN")).hasSize(1);
    }

    @Test
    void anOutcomeToldAgainIsNotedOnce() throws Exception {
        var shipped = outcome("OH-OUT", "shipped-P1", "SHIPPED");
        var noted = partners.accertify(shipped);
        assertThat(noted.statusCode()).isEqualTo(200);
        SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
                .newSchema(Contracts.file("accertify/transaction-results.xsd").toFile())
                .newValidator()
                .validate(new StreamSource(new StringReader(noted.body())));
        assertThat(partners.accertify(shipped).body()).isEqualTo(noted.body());
        partners.accertify(outcome("OH-OUT", "shipped-P2", "SHIPPED"));
        assertThat(partners.effects("partner=accertify&operation=report-outcome&key=OH-OUT"))
                .extracting(effect -> effect.path("subject").asText())
                .containsExactly("shipped-P1: SHIPPED", "shipped-P2: SHIPPED");
        assertThat(partners.accertify(
                                outcome("OH-OUT", "", "SHIPPED").replace("<request-version></request-version>", ""))
                        .statusCode())
                .isEqualTo(400);
    }

    private static String outcome(String id, String version, String outcome) {
        return "<transactions><transaction><transaction-id>" + id + "</transaction-id><request-version>" + version
                + "</request-version><outcome>" + outcome + "</outcome></transaction></transactions>";
    }

    @Test
    void saysWhatItCannotRead() {
        assertThat(partners.accertify("<broken").statusCode()).isEqualTo(400);
        assertThat(partners.accertify("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>")
                        .statusCode())
                .isEqualTo(400);
        assertThat(partners.accertify("<transactions/>").body()).contains("<ERROR>");
        var stranger = partners.send("POST", "/sandbox/partners/accertify/", transaction("A", "a@example.com"));
        assertThat(stranger.statusCode()).isEqualTo(401);
    }

    private static java.util.List<FakeHub.Delivery> resolutions(String id) {
        return HUB.accepted(delivery -> delivery.path().equals("/partners/accertify/resolutions")
                && delivery.body().contains(">" + id + "<"));
    }

    private static String transaction(String id, String email) {
        return "<?xml version=\"1.0\"?><transactions><transaction><transaction-id>" + id
                + "</transaction-id><customer><email>" + email + "</email></customer></transaction></transactions>";
    }
}
