package routes.partner;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignaturesTest {

    private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");
    private static final byte[] BODY = "{\"id\":820982911946154508}".getBytes(StandardCharsets.UTF_8);
    private static final String OLD = "whsec_" + base64("old-secret".getBytes(StandardCharsets.UTF_8));
    private static final String NEW = "whsec_" + base64("new-secret".getBytes(StandardCharsets.UTF_8));

    private final Signatures signatures = new Signatures(
            new PartnerSettings(Map.of(
                    "shopify", partner("new", "old"),
                    "warehouse", partner(NEW, OLD),
                    "accertify", partner("pass:with:colons", "old-pass"),
                    "careless", partner("", " "))),
            Clock.fixed(NOW, ZoneOffset.UTC));

    @ParameterizedTest
    @ValueSource(strings = {"new", "old"})
    void eachActiveSecretIsAcceptedFromShopify(String secret) {
        assertDoesNotThrow(() -> signatures.shopify(BODY, base64(hmac(secret.getBytes(StandardCharsets.UTF_8), BODY))));
    }

    @Test
    void aTamperedBodyIsRefused() {
        String right = base64(hmac("new".getBytes(StandardCharsets.UTF_8), BODY));
        byte[] tampered = BODY.clone();
        tampered[tampered.length - 2] ^= 1;
        assertThrows(SignatureRefused.class, () -> signatures.shopify(tampered, right));
        assertThrows(SignatureRefused.class, () -> signatures.shopify(BODY, base64(hmac("third".getBytes(), BODY))));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "   ", "not base64!", "AAAA"})
    void whatIsNoSignatureIsRefused(String header) {
        assertThrows(SignatureRefused.class, () -> signatures.shopify(BODY, header));
    }

    /** An empty key would make a signature that anybody can compute. */
    @Test
    void withoutASecretNothingIsBelieved() {
        SignatureRefused refused = assertThrows(
                SignatureRefused.class, () -> signatures.standardWebhooks("careless", BODY, "m", now(0), "v1,AAAA"));
        assertTrue(refused.getMessage().contains("careless"));
        assertThrows(SignatureRefused.class, () -> signatures.basic("careless", basic("careless", "")));
    }

    /** The published example of the Standard Webhooks specification, so that not only our own signing agrees with us. */
    @Test
    void thePublishedExampleOfStandardWebhooksIsAccepted() {
        Signatures published = new Signatures(
                new PartnerSettings(Map.of("warehouse", partner("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))),
                Clock.fixed(Instant.ofEpochSecond(1614265330), ZoneOffset.UTC));
        assertDoesNotThrow(() -> published.standardWebhooks(
                "warehouse",
                "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8),
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "1614265330",
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    @ParameterizedTest
    @ValueSource(longs = {-300, -1, 0, 1, 300})
    void withinFiveMinutesItIsAccepted(long seconds) {
        for (String secret : List.of(OLD, NEW)) {
            assertDoesNotThrow(() -> signatures.standardWebhooks(
                    "warehouse", BODY, "m1", now(seconds), sign(secret, "m1", now(seconds))));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-301, 301, -86400})
    void beyondFiveMinutesItIsRefused(long seconds) {
        assertThrows(
                SignatureRefused.class,
                () -> signatures.standardWebhooks(
                        "warehouse", BODY, "m1", now(seconds), sign(NEW, "m1", now(seconds))));
    }

    @Test
    void oneFittingSignatureAmongSeveralIsEnough() {
        String several = "v1a,ignored v1," + base64(new byte[32]) + " " + sign(NEW, "m1", now(0));
        assertDoesNotThrow(() -> signatures.standardWebhooks("warehouse", BODY, "m1", now(0), several));
    }

    @Test
    void idAndTimeAreSignedToo() {
        String signature = sign(NEW, "m1", now(0));
        assertThrows(
                SignatureRefused.class, () -> signatures.standardWebhooks("warehouse", BODY, "m2", now(0), signature));
        assertThrows(
                SignatureRefused.class, () -> signatures.standardWebhooks("warehouse", BODY, "m1", now(1), signature));
        assertThrows(
                SignatureRefused.class,
                () -> signatures.standardWebhooks("warehouse", new byte[0], "m1", now(0), signature));
    }

    @Test
    void missingOrWrongPartsAreRefused() {
        String right = sign(NEW, "m1", now(0));
        for (String[] parts : new String[][] {
            {null, now(0), right},
            {"", now(0), right},
            {"m1", null, right},
            {"m1", "soon", right},
            {"m1", "99999999999999999999", right},
            {"m1", "9223372036854775807", right},
            {"m1", now(0), null},
            {"m1", now(0), ""},
            {"m1", now(0), right.replace("v1,", "v2,")},
            {"m1", now(0), "v1,not base64"}
        }) {
            assertThrows(
                    SignatureRefused.class,
                    () -> signatures.standardWebhooks("warehouse", BODY, parts[0], parts[1], parts[2]));
        }
    }

    @Test
    void basicTakesThePartnersNameAndAnyActivePassword() {
        assertDoesNotThrow(() -> signatures.basic("accertify", basic("accertify", "pass:with:colons")));
        assertDoesNotThrow(() ->
                signatures.basic("accertify", basic("accertify", "old-pass").replace("Basic", "basic")));
        for (String header : new String[] {
            null,
            "",
            "Basic",
            "Basic !!",
            "Bearer x",
            basic("accertify", "wrong"),
            basic("somebody", "old-pass"),
            basic("accertify", "")
        }) {
            assertThrows(SignatureRefused.class, () -> signatures.basic("accertify", header));
        }
    }

    @Test
    void secretsAreNotPrinted() {
        assertTrue(!partner("topsecret").toString().contains("topsecret"));
    }

    private static PartnerSettings.Partner partner(String... secrets) {
        return new PartnerSettings.Partner(
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                "topsecret",
                null,
                List.of(secrets),
                null,
                null,
                null);
    }

    private static String now(long seconds) {
        return String.valueOf(NOW.getEpochSecond() + seconds);
    }

    private static String sign(String secret, String id, String timestamp) {
        byte[] key = Base64.getDecoder().decode(secret.substring("whsec_".length()));
        byte[] prefix = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
        byte[] signed = new byte[prefix.length + BODY.length];
        System.arraycopy(prefix, 0, signed, 0, prefix.length);
        System.arraycopy(BODY, 0, signed, prefix.length, BODY.length);
        return "v1," + base64(hmac(key, signed));
    }

    private static String basic(String user, String password) {
        return "Basic " + base64((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] hmac(byte[] key, byte[] text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text);
        } catch (Exception never) {
            throw new IllegalStateException(never);
        }
    }
}
