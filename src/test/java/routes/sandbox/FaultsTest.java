package routes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each fault does what it says, and what it says about what was done. */
class FaultsTest {

    private static final String OPEN = "companies(11111111-1111-4111-8111-111111111111)/journals";

    private static PartnersAtWork partners;
    private static int codes;

    @BeforeAll
    static void start(@TempDir Path data) {
        partners = new PartnersAtWork(
                data, "--oms.sandbox.late-commit-ms=300", "--oms.sandbox.slow-ms=50", "--oms.sandbox.hold-ms=4000");
    }

    @AfterAll
    static void stop() {
        partners.close();
    }

    @AfterEach
    void clear() {
        partners.send("DELETE", "/sandbox/faults", null);
    }

    @Test
    void refuseIsABusinessNoAndNothingIsDone() {
        var code = order(Fault.REFUSE);
        assertThat(open(code).statusCode()).isEqualTo(400);
        assertThat(done(code)).isZero();
        assertThat(open(code).statusCode()).as("used up").isEqualTo(201);
        assertThat(done(code)).isEqualTo(1);
    }

    @Test
    void refusalsSpeakEachPartnersLanguage() {
        for (var partner : new String[] {"shopify", "avalara", "accertify", "warehouse", "erp"}) {
            partners.order(partner, "*", Fault.REFUSE);
        }
        var capture = PartnersAtWork.json(
                partners.shopify("mutation { orderCapture(input: {}) { userErrors { message } } }", Json.object()));
        assertThat(capture.at("/data/orderCapture/userErrors/0/message").asText())
                .isNotEmpty();
        assertThat(PartnersAtWork.json(partners.avalara("POST", "/transactions/create", "{}"))
                        .at("/error/details/0/number")
                        .asInt())
                .isEqualTo(300);
        assertThat(partners.accertify("<a/>").body()).contains("<ERROR>");
        assertThat(partners.warehouse("POST", "/order", "{}").statusCode()).isEqualTo(422);
        assertThat(PartnersAtWork.json(open("R")).at("/error/code").asText()).isEqualTo("Application_DialogException");
    }

    @Test
    void refuseConnectionAnswersNotAByte() {
        var code = order(Fault.REFUSE_CONNECTION);
        assertThatThrownBy(() -> open(code)).isInstanceOf(PartnersAtWork.NoAnswer.class);
        assertThat(done(code)).isZero();
    }

    @Test
    void timeOutDoesNothing() {
        var code = order(Fault.TIME_OUT);
        assertThatThrownBy(() -> open(code)).isInstanceOf(PartnersAtWork.NoAnswer.class);
        assertThat(done(code)).isZero();
    }

    @Test
    void commitThenTimeOutDoesItAndSaysNothing() {
        var code = order(Fault.COMMIT_THEN_TIME_OUT);
        assertThatThrownBy(() -> open(code)).isInstanceOf(PartnersAtWork.NoAnswer.class);
        assertThat(done(code)).isEqualTo(1);
    }

    @Test
    void lateCommitDoesItAfterTheCallerHasGivenUpHope() {
        var code = order(Fault.LATE_COMMIT);
        var caller = new Thread(() -> {
            try {
                open(code);
            } catch (PartnersAtWork.NoAnswer expected) {
                // That is the point.
            }
        });
        caller.setDaemon(true);
        caller.start();
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> faultsLeft() == 0);
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> done(code) == 1);
    }

    @Test
    void statusesComeWithTheirHeadersAndNothingIsDone() {
        var code = order(Fault.STATUS_429);
        var tooMany = open(code);
        assertThat(tooMany.statusCode()).isEqualTo(429);
        assertThat(tooMany.headers().firstValue("retry-after")).contains("1");
        order(Fault.STATUS_500);
        assertThat(open(code).statusCode()).isEqualTo(500);
        order(Fault.STATUS_503);
        var unavailable = open(code);
        assertThat(unavailable.statusCode()).isEqualTo(503);
        assertThat(unavailable.headers().firstValue("retry-after")).contains("1");
        assertThat(done(code)).isZero();
        partners.order("shopify", "*", Fault.THROTTLED);
        var throttled = partners.shopify("{ shop { name } }", Json.object());
        assertThat(throttled.statusCode()).isEqualTo(200);
        assertThat(throttled.body()).contains("THROTTLED");
    }

    @Test
    void garbageIsNoJsonThoughItWasDone() {
        var code = order(Fault.GARBAGE);
        var answer = open(code);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> PartnersAtWork.json(answer)).isInstanceOf(RuntimeException.class);
        assertThat(done(code)).isEqualTo(1);
    }

    @Test
    void slowAnswersRightInTheEnd() {
        var code = order(Fault.SLOW);
        assertThat(open(code).statusCode()).isEqualTo(201);
        assertThat(done(code)).isEqualTo(1);
    }

    @Test
    void wrongIdNamesAnother() {
        var code = order(Fault.WRONG_ID);
        var answer = PartnersAtWork.json(open(code));
        assertThat(answer.path("code").asText()).isNotEmpty().isNotEqualTo(code);
        assertThat(done(code)).isEqualTo(1);
        partners.order("avalara", "check-address", Fault.WRONG_ID);
        partners.order("avalara", "quote-tax", Fault.WRONG_ID);
        var quote = partners.avalara(
                "POST",
                "/transactions/create",
                "{\"code\":\"OH-77\",\"date\":\"2026-11-01\",\"customerCode\":\"c\",\"lines\":[{\"amount\":1}],"
                        + "\"addresses\":{\"singleLocation\":{\"country\":\"US\",\"region\":\"AL\"}}}");
        assertThat(PartnersAtWork.json(quote).path("code").asText()).isEqualTo("OH-78");
        assertThat(faultsLeft()).as("the one for another operation waits").isEqualTo(1);
    }

    @Test
    void theMenuRefusesWhatIsNotOnIt() {
        assertThat(partners.send("POST", "/sandbox/faults", "{\"partner\":\"erp\",\"fault\":\"explode\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(partners.send("POST", "/sandbox/faults", "{\"partner\":\"nobody\",\"fault\":\"slow\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(partners.send("POST", "/sandbox/shop/orders", "{\"scenario\":\"odd\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(partners.send("POST", "/sandbox/clock", "{\"advance\":\"-PT1H\"}")
                        .statusCode())
                .isEqualTo(400);
    }

    private static String order(Fault fault) {
        partners.order("erp", "open-journal", fault);
        return "F" + ++codes;
    }

    private static HttpResponse<String> open(String code) {
        return partners.erp("POST", OPEN, "{\"code\":\"" + code + "\"}");
    }

    private static int done(String code) {
        return partners.effects("partner=erp&operation=open-journal&key=" + code)
                .size();
    }

    private static int faultsLeft() {
        return PartnersAtWork.json(partners.send("GET", "/sandbox/faults", null))
                .path("items")
                .size();
    }
}
