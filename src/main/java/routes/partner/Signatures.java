package routes.partner;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/**
 * Tells whether what came to a door is from the partner it claims to be from. Every comparison takes as long for a near
 * miss as for a wild guess; every active secret is tried, so that a secret can be replaced while posts signed with the
 * old one still arrive.
 */
@Component("signatures")
@EnableConfigurationProperties(PartnerSettings.class)
public class Signatures {

    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final String STANDARD_VERSION = "v1,";
    private static final String STANDARD_SECRET = "whsec_";

    private final PartnerSettings settings;
    private final Clock wallClock;

    @Autowired
    Signatures(PartnerSettings settings) {
        // Not the business clock, which a sandbox may move: this window is about real posts on a real wire.
        this(settings, Clock.systemUTC());
    }

    Signatures(PartnerSettings settings, Clock wallClock) {
        this.settings = settings;
        this.wallClock = wallClock;
    }

    /**
     * Shopify: the header is base64 of HMAC-SHA256 over the raw body.
     *
     * @throws SignatureRefused when it is absent or fits none of the active secrets
     */
    public void shopify(byte[] body, String hmacHeader) {
        byte[] claimed = base64(hmacHeader);
        accept(secrets("shopify"), secret -> same(hmac(secret.getBytes(StandardCharsets.UTF_8), body), claimed));
    }

    /**
     * Standard Webhooks: one of the space-separated {@code v1,<base64>} is the HMAC-SHA256 of {@code
     * id.timestamp.body}; the key is the base64 behind {@code whsec_}; the timestamp, in seconds, is at most five
     * minutes from now.
     *
     * @throws SignatureRefused when a part is absent, too old or early, or nothing fits
     */
    public void standardWebhooks(String partner, byte[] body, String id, String timestamp, String signature) {
        if (id == null || id.isBlank() || timestamp == null || signature == null) {
            throw new SignatureRefused("The post carries no signature");
        }
        Duration age = Duration.between(sentAt(timestamp), wallClock.instant()).abs();
        if (age.compareTo(TOLERANCE) > 0) {
            throw new SignatureRefused("The signature's time is more than five minutes away");
        }
        byte[] prefix = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
        List<byte[]> claimed = List.of(signature.trim().split(" +")).stream()
                .filter(one -> one.startsWith(STANDARD_VERSION))
                .map(one -> base64(one.substring(STANDARD_VERSION.length())))
                .toList();
        accept(secrets(partner), secret -> {
            byte[] right = hmac(standardKey(secret), prefix, body);
            boolean fits = false;
            for (byte[] one : claimed) {
                fits |= same(right, one);
            }
            return fits;
        });
    }

    /**
     * HTTP Basic: the partner's webhook user with one of its active webhook secrets as the password.
     *
     * @throws SignatureRefused when the header is absent or says something else
     */
    public void basic(String partner, String authorizationHeader) {
        if (authorizationHeader == null || !authorizationHeader.regionMatches(true, 0, "Basic ", 0, 6)) {
            throw new SignatureRefused("The post carries no user and password");
        }
        byte[] claimed = base64(authorizationHeader.substring(6));
        String configured = settings.of(partner).webhookUser();
        String user = configured == null || configured.isBlank() ? partner : configured;
        accept(secrets(partner), secret -> same((user + ":" + secret).getBytes(StandardCharsets.UTF_8), claimed));
    }

    private List<String> secrets(String partner) {
        List<String> active = settings.of(partner).webhookSecrets().stream()
                .filter(secret -> !secret.isBlank())
                .toList();
        if (active.isEmpty()) {
            throw new SignatureRefused("No secret is set for " + partner + ", so nothing can be believed");
        }
        return active;
    }

    private static void accept(List<String> secrets, Predicate<String> fits) {
        boolean one = false;
        for (String secret : secrets) {
            one |= fits.test(secret);
        }
        if (!one) {
            throw new SignatureRefused("The signature fits no active secret");
        }
    }

    private static boolean same(byte[] right, byte[] claimed) {
        return MessageDigest.isEqual(right, claimed);
    }

    private static Instant sentAt(String timestamp) {
        try {
            return Instant.ofEpochSecond(Long.parseLong(timestamp.trim()));
        } catch (NumberFormatException | java.time.DateTimeException wrong) {
            throw new SignatureRefused("The signature's time is not a number of seconds");
        }
    }

    private static byte[] standardKey(String secret) {
        return Base64.getDecoder()
                .decode(secret.startsWith(STANDARD_SECRET) ? secret.substring(STANDARD_SECRET.length()) : secret);
    }

    private static byte[] base64(String text) {
        try {
            return Base64.getDecoder().decode(text == null ? "" : text.trim());
        } catch (IllegalArgumentException wrong) {
            throw new SignatureRefused("The signature is not base64");
        }
    }

    private static byte[] hmac(byte[] key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException never) {
            throw new IllegalStateException(never);
        }
    }
}
