package routes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import routes.mapping.Golden;

class AvaTaxTest {

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
    void pingSaysWhoAsksWithoutRefusingAnybody() {
        assertThat(PartnersAtWork.json(partners.avalara("GET", "/utilities/ping", null))
                        .path("authenticated")
                        .asBoolean())
                .isTrue();
        var stranger = partners.send("GET", "/sandbox/partners/avalara/api/v2/utilities/ping", null);
        assertThat(stranger.statusCode()).isEqualTo(200);
        assertThat(PartnersAtWork.json(stranger).path("authenticated").asBoolean())
                .isFalse();
        var refused = partners.send("POST", "/sandbox/partners/avalara/api/v2/transactions/create", "{}");
        assertThat(refused.statusCode()).isEqualTo(401);
    }

    @Test
    void answersFitTheOpenApi() {
        var validator = Contracts.openApi("avalara/avatax-rest-v2.subset.openapi3.json");
        var code = "FIT-1";
        var create = partners.avalara("POST", "/transactions/createoradjust", orAdjust(invoice(code, true)));
        check(validator, "/api/v2/transactions/createoradjust", Request.Method.POST, create.body());
        var quote = partners.avalara("POST", "/transactions/create", order().toString());
        check(validator, "/api/v2/transactions/create", Request.Method.POST, quote.body());
        var found = partners.avalara("GET", "/companies/DEFAULT/transactions/" + code, null);
        check(validator, "/api/v2/companies/DEFAULT/transactions/" + code, Request.Method.GET, found.body());
        var address = partners.avalara("POST", "/addresses/resolve", "{\"line1\":\"1 A St\",\"postalCode\":\"10001\"}");
        check(validator, "/api/v2/addresses/resolve", Request.Method.POST, address.body());
    }

    @Test
    void answersHaveTheKeysThatWereRecorded() {
        var recorded = Contracts.json(
                        "avalara/recorded/post-transactions-createoradjust-SalesInvoice--to--200-5058f6.json")
                .at("/response/body");
        var ours = PartnersAtWork.json(
                partners.avalara("POST", "/transactions/createoradjust", orAdjust(invoice("KEYS-1", true))));
        assertThat(keys(ours)).containsAll(keys(recorded));
        assertThat(keys(ours.path("lines").get(0)))
                .containsAll(keys(recorded.path("lines").get(0)));
    }

    @Test
    void aMisspeltAddressIsAnsweredAsItIs() {
        var order = OrderMaker.make(
                7,
                820_982_911_946_154_508L,
                1001,
                Instant.EPOCH,
                new OrderMaker.Wish(null, null, null, OrderMaker.ADDRESS_CORRECTED));
        var asked = Json.object()
                .put("textCase", "Mixed")
                .put("line1", order.address().address1())
                .put("city", order.address().city())
                .put("region", order.address().provinceCode())
                .put("country", order.address().countryCode())
                .put("postalCode", order.address().zip());
        var answer = PartnersAtWork.json(partners.avalara("POST", "/addresses/resolve", asked.toString()));
        var found = answer.path("validatedAddresses").get(0);
        assertThat(found.path("line1").asText()).isEqualTo("47 W 13th St");
        assertThat(found.path("postalCode").asText()).isEqualTo("10011-7946");
        assertThat(answer.at("/address/line1").asText()).isEqualTo("47 West 13 Street");
        // What the hub makes of it.
        var ours = Golden.mappings().apply("avalara/check-address.response", answer, Map.of());
        assertThat(ours.path("verdict").asText()).isEqualTo("CORRECTED");
        assertThat(ours.at("/address/postalCode").asText()).isEqualTo("10011-7946");
    }

    @Test
    void quotesAreNotKept() {
        var quote = order().put("code", "Q-1");
        var answer = partners.avalara("POST", "/transactions/create", quote.toString());
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(PartnersAtWork.json(answer).path("status").asText()).isEqualTo("Temporary");
        assertThat(PartnersAtWork.json(answer).path("id").asInt()).isZero();
        assertThat(PartnersAtWork.json(answer).path("totalTax").decimalValue()).isEqualByComparingTo("8.88");
        assertThat(partners.avalara("GET", "/companies/DEFAULT/transactions/Q-1?documentType=SalesOrder", null)
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void anInvoiceLivesItsLife() {
        var created = partners.avalara(
                "POST", "/transactions/create", invoice("LIFE-1", true).toString());
        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(created.headers().firstValue("location")).isPresent();
        assertThat(PartnersAtWork.json(created).path("status").asText()).isEqualTo("Committed");
        var again = partners.avalara(
                "POST", "/transactions/create", invoice("LIFE-1", true).toString());
        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(PartnersAtWork.json(again).at("/error/details/0/number").asInt())
                .isEqualTo(300);
        var adjusted = partners.avalara("POST", "/transactions/createoradjust", orAdjust(invoice("LIFE-1", true)));
        assertThat(adjusted.statusCode()).isEqualTo(200);
        assertThat(PartnersAtWork.json(adjusted).path("version").asInt()).isEqualTo(2);
        var voided =
                partners.avalara("POST", "/companies/DEFAULT/transactions/LIFE-1/void", "{\"code\":\"DocVoided\"}");
        assertThat(PartnersAtWork.json(voided).path("status").asText()).isEqualTo("Cancelled");
        assertThat(partners.avalara("POST", "/companies/DEFAULT/transactions/NEVER/void", "{\"code\":\"DocVoided\"}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(partners.effects("partner=avalara&key=LIFE-1"))
                .extracting(effect -> effect.path("operation").asText())
                .containsExactly("commit-tax", "adjust-tax", "void-document");
    }

    @Test
    void honoursTheTaxItIsToldAndStillSaysWhatItWouldHaveBeen() {
        var invoice = invoice("OVR-1", true);
        ((ObjectNode) invoice.path("lines").get(0))
                .putObject("taxOverride")
                .put("type", "TaxAmount")
                .put("taxAmount", 7.77)
                .put("reason", "as charged");
        var answer = PartnersAtWork.json(partners.avalara("POST", "/transactions/createoradjust", orAdjust(invoice)));
        assertThat(answer.path("totalTax").decimalValue()).isEqualByComparingTo("7.77");
        assertThat(answer.path("totalTaxCalculated").decimalValue()).isEqualByComparingTo("8.88");
        assertThat(partners.effects("key=OVR-1").get(0).path("amountMinor").asLong())
                .isEqualTo(777);
    }

    @Test
    void takesTheTaxOutOfYenWithoutDecimals() {
        var invoice = invoice("JPY-1", true).put("currencyCode", "JPY");
        ((ObjectNode) invoice.path("addresses").path("shipTo"))
                .put("country", "JP")
                .put("region", "");
        ((ObjectNode) invoice.path("lines").get(0)).put("amount", 4300).put("taxIncluded", true);
        var answer = PartnersAtWork.json(partners.avalara("POST", "/transactions/createoradjust", orAdjust(invoice)));
        assertThat(answer.path("totalTax").decimalValue()).isEqualByComparingTo("391");
        assertThat(answer.path("totalAmount").decimalValue()).isEqualByComparingTo("3909");
    }

    @Test
    void refusesWithItsOwnNumbers() {
        assertThat(number(order().set("lines", Json.array()))).isEqualTo(311);
        assertThat(number(order().put("code", "x".repeat(51)))).isEqualTo(13);
        assertThat(number(order().put("date", "yesterday"))).isEqualTo(26);
        var nowhere = order();
        ((ObjectNode) nowhere.path("addresses").path("shipTo")).put("postalCode", "00000");
        assertThat(number(nowhere)).isEqualTo(300);
        assertThat(PartnersAtWork.json(partners.avalara("POST", "/transactions/createoradjust", ""))
                        .at("/error/details/0/number")
                        .asInt())
                .isEqualTo(38);
        var doubtful = PartnersAtWork.json(
                partners.avalara(
                        "POST",
                        "/addresses/resolve",
                        "{\"line1\":\"1 Nonexistent St\",\"city\":\"Nowhere\",\"region\":\"PA\",\"country\":\"US\",\"postalCode\":\"00000\"}"));
        assertThat(doubtful.path("messages").get(0).path("severity").asText()).isEqualTo("Error");
    }

    private static int number(JsonNode model) {
        var answer = partners.avalara("POST", "/transactions/create", model.toString());
        assertThat(answer.statusCode()).isEqualTo(400);
        return PartnersAtWork.json(answer).at("/error/details/0/number").asInt();
    }

    private static void check(OpenApiInteractionValidator validator, String path, Request.Method method, String body) {
        // The contract knows 200 only; the real one answers 201 to creations.
        var response = SimpleResponse.Builder.ok()
                .withContentType("application/json")
                .withBody(body)
                .build();
        assertThat(validator.validateResponse(path, method, response).getMessages())
                .as(body)
                .isEmpty();
    }

    private static ObjectNode order() {
        var model = Json.object()
                .put("type", "SalesOrder")
                .put("companyCode", "DEFAULT")
                .put("date", "2026-11-01")
                .put("customerCode", "C-1")
                .put("currencyCode", "USD");
        model.putObject("addresses")
                .putObject("shipTo")
                .put("line1", "47 W 13th St")
                .put("city", "New York")
                .put("region", "NY")
                .put("country", "US")
                .put("postalCode", "10011");
        model.putArray("lines")
                .addObject()
                .put("number", "1")
                .put("quantity", 2)
                .put("amount", 100);
        return model;
    }

    private static ObjectNode invoice(String code, boolean commit) {
        return order().put("type", "SalesInvoice").put("code", code).put("commit", commit);
    }

    private static String orAdjust(ObjectNode model) {
        return Json.object().set("createTransactionModel", model).toString();
    }

    private static TreeSet<String> keys(JsonNode object) {
        var keys = new TreeSet<String>();
        object.fieldNames().forEachRemaining(keys::add);
        // Dates of payment are part of some recordings only.
        keys.remove("exemptReasonId");
        return keys;
    }
}
