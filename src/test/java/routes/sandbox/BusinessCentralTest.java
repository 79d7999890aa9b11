package routes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BusinessCentralTest {

    private static final String US = "companies(11111111-1111-4111-8111-111111111111)/";
    private static final String JP = "companies(33333333-3333-4333-8333-333333333333)/";

    private static PartnersAtWork partners;

    @BeforeAll
    static void start(@TempDir Path data) {
        partners = new PartnersAtWork(data);
    }

    @AfterAll
    static void stop() {
        partners.close();
    }

    @Test
    void postsABalancedJournalAndShowsItInTheLedger() {
        var journal = open("B1");
        assertThat(write(journal, "OH-1-SAL-P1", "1050", "59.40").statusCode()).isEqualTo(201);
        write(journal, "OH-1-SAL-P1", "4000", "-59.40");
        write(journal, "OH-1-COG-P1", "5000", "20");
        write(journal, "OH-1-COG-P1", "1200", "-20");
        var posted = partners.erp("POST", US + "journals(" + journal + ")/Microsoft.NAV.post", "");
        assertThat(posted.statusCode()).isEqualTo(204);
        var entries =
                list(US + "generalLedgerEntries", "documentNumber eq 'OH-1-SAL-P1' or documentNumber eq 'OH-1-COG-P1'");
        assertThat(entries).hasSize(4);
        assertThat(list(US + "generalLedgerEntries", "documentNumber eq 'OH-1-SAL-P1' and debitAmount gt 0"))
                .hasSize(1);
        assertThat(list(US + "journals(" + journal + ")/journalLines", "")).isEmpty();
        assertThat(partners.effects("partner=erp&operation=post-journal&key=OH-1-SAL-P1"))
                .extracting(effect -> effect.path("amountMinor").asLong())
                .containsExactly(5_940L);
        var again = partners.erp("POST", US + "journals(" + journal + ")/Microsoft.NAV.post", "");
        assertThat(again.statusCode()).as("nothing to post").isEqualTo(400);
    }

    @Test
    void refusesADocumentOutOfBalanceAndPostsNothing() {
        var journal = open("B2");
        write(journal, "OH-2-SAL-P1", "1050", "1.00");
        write(journal, "OH-2-SAL-P1", "4000", "-1.01");
        var posted = partners.erp("POST", US + "journals(" + journal + ")/Microsoft.NAV.post", "");
        assertThat(posted.statusCode()).isEqualTo(400);
        assertThat(PartnersAtWork.json(posted).at("/error/code").asText()).startsWith("Application_");
        assertThat(list(US + "generalLedgerEntries", "documentNumber eq 'OH-2-SAL-P1'"))
                .isEmpty();
        assertThat(partners.effects("operation=post-journal&key=OH-2-SAL-P1")).isEmpty();
    }

    @Test
    void aSnapshotBatchIsAllOrNothing() {
        var journal = open("B3");
        var broken = batch(journal, "OH-3", "10", "-10");
        ((ObjectNode) broken.path("requests").get(1).path("body")).put("colour", "red");
        var refused = PartnersAtWork.json(partners.erp("POST", "$batch", broken.toString(), "Isolation", "snapshot"));
        assertThat(refused.path("responses")).hasSize(2);
        assertThat(refused.at("/responses/1/status").asInt()).isEqualTo(400);
        assertThat(list(US + "journals(" + journal + ")/journalLines", "")).isEmpty();

        var whole = PartnersAtWork.json(partners.erp(
                "POST", "$batch", batch(journal, "OH-3", "10", "-10").toString(), "Isolation", "snapshot"));
        assertThat(whole.path("responses"))
                .extracting(one -> one.path("status").asInt())
                .containsExactly(201, 201);
        assertThat(list(US + "journals(" + journal + ")/journalLines", "documentNumber eq 'OH-3'"))
                .hasSize(2);
        // Lines are a draft; only posting books them, once under each document number.
        assertThat(partners.effects("key=OH-3")).isEmpty();
    }

    @Test
    void aPlainBatchKeepsWhatWentThroughBeforeTheError() {
        var journal = open("B4");
        var broken = batch(journal, "OH-4", "10", "-10");
        ((ObjectNode) broken.path("requests").get(1).path("body")).put("accountNumber", "none");
        partners.erp("POST", "$batch", broken.toString());
        assertThat(list(US + "journals(" + journal + ")/journalLines", "")).hasSize(1);
    }

    @Test
    void knowsNoKeyButTheJournalsCode() {
        open("B5");
        var twice = partners.erp("POST", US + "journals", "{\"code\":\"B5\"}");
        assertThat(PartnersAtWork.json(twice).at("/error/code").asText()).isEqualTo("Internal_EntityWithSameKeyExists");
        assertThat(list(US + "journals", "code eq 'B5'")).hasSize(1);
        assertThat(list(JP + "journals", "code eq 'B5'")).as("another company").isEmpty();
    }

    @Test
    void refusesWhatTheRealOneRefuses() {
        var journal = open("B6");
        assertThat(partners.erp("POST", US + "journals", "{\"code\":\"TOO-LONG-CODE\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(partners.erp("POST", US + "journals", "{\"code\":\"B7\",\"colour\":1}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(write(journal, "x".repeat(21), "1050", "1").statusCode()).isEqualTo(400);
        assertThat(write(journal, "OH-6", "1050", "1.001").statusCode()).isEqualTo(400);
        assertThat(partners.erp("GET", US + "journals?$filter=" + encoded("colour eq 'red'"), null)
                        .statusCode())
                .isEqualTo(400);
        assertThat(partners.erp("GET", "companies(99999999-9999-4999-8999-999999999999)/journals", null)
                        .statusCode())
                .isEqualTo(404);
        var stranger = partners.send("GET", "/sandbox/partners/erp/v2.0/" + US + "journals", null);
        assertThat(stranger.statusCode()).isEqualTo(401);
    }

    @Test
    void changesOnlyWhatTheCallerHasSeen() {
        var journal = open("B8");
        var line = PartnersAtWork.json(write(journal, "OH-8", "1050", "1"));
        var at = US + "journalLines(" + line.path("id").asText() + ")";
        var etag = line.path("@odata.etag").asText();
        assertThat(partners.erp("PATCH", at, "{\"amount\":2}").statusCode()).isEqualTo(400);
        assertThat(partners.erp("PATCH", at, "{\"amount\":2}", "If-Match", etag).statusCode())
                .isEqualTo(200);
        assertThat(partners.erp("DELETE", at, null, "If-Match", etag).statusCode())
                .as("changed meanwhile")
                .isEqualTo(409);
        assertThat(partners.erp("DELETE", at, null, "If-Match", "*").statusCode())
                .isEqualTo(204);
    }

    @Test
    void answersFitTheOpenApi() {
        var validator = Contracts.openApi("erp/bc-api-v2.0.subset.openapi3.json");
        var opened = partners.erp("POST", US + "journals", "{\"code\":\"B9\",\"displayName\":\"Batch 9\"}");
        var journal = PartnersAtWork.json(opened).path("id").asText();
        var line = write(journal, "OH-9", "1050", "10.5");
        write(journal, "OH-9", "4000", "-10.5");
        partners.erp("POST", US + "journals(" + journal + ")/Microsoft.NAV.post", "");
        var entries =
                partners.erp("GET", US + "generalLedgerEntries?$filter=" + encoded("documentNumber eq 'OH-9'"), null);
        check(validator, "/" + US + "journals", Request.Method.POST, 201, opened.body());
        check(validator, "/" + US + "journals(" + journal + ")/journalLines", Request.Method.POST, 201, line.body());
        check(validator, "/" + US + "generalLedgerEntries", Request.Method.GET, 200, entries.body());
        var refused = partners.erp("POST", US + "journals", "{\"code\":\"B9\"}");
        check(validator, "/" + US + "journals", Request.Method.POST, 400, refused.body());
    }

    private static void check(
            com.atlassian.oai.validator.OpenApiInteractionValidator validator,
            String path,
            Request.Method method,
            int status,
            String body) {
        var response = SimpleResponse.Builder.status(status)
                .withContentType("application/json")
                .withBody(body)
                .build();
        assertThat(validator.validateResponse(path, method, response).getMessages())
                .as(body)
                .isEmpty();
    }

    private static String open(String code) {
        var answer = partners.erp("POST", US + "journals", "{\"code\":\"" + code + "\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return PartnersAtWork.json(answer).path("id").asText();
    }

    private static java.net.http.HttpResponse<String> write(
            String journal, String document, String account, String amount) {
        return partners.erp(
                "POST",
                US + "journals(" + journal + ")/journalLines",
                line(document, account, amount).toString());
    }

    private static ObjectNode line(String document, String account, String amount) {
        return Json.object()
                .put("accountType", "G/L Account")
                .put("accountNumber", account)
                .put("postingDate", "2026-11-01")
                .put("documentNumber", document)
                .put("externalDocumentNumber", "OH-1")
                .put("amount", new BigDecimal(amount))
                .put("description", "test");
    }

    private static ObjectNode batch(String journal, String document, String... amounts) {
        var batch = Json.object();
        var requests = batch.putArray("requests");
        for (var i = 0; i < amounts.length; i++) {
            var request = requests.addObject()
                    .put("id", "r" + i)
                    .put("method", "POST")
                    .put("url", US + "journals(" + journal + ")/journalLines");
            request.putObject("headers").put("Content-Type", "application/json");
            request.set("body", line(document, "1050", amounts[i]));
        }
        return batch;
    }

    private static JsonNode list(String path, String filter) {
        var query = filter.isEmpty() ? "" : "?$filter=" + encoded(filter);
        var answer = partners.erp("GET", path + query, null);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return PartnersAtWork.json(answer).path("value");
    }

    private static String encoded(String filter) {
        return URLEncoder.encode(filter, StandardCharsets.UTF_8);
    }
}
