package routes.sandbox;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The headers each partner puts on its webhooks, and the secrets of the sandbox, known to everybody. */
final class Signing {

    static final String SHOPIFY_SECRET = "shopify-sandbox-secret";
    /** The bytes behind {@code whsec_} + base64. */
    static final String WAREHOUSE_KEY = "warehouse-sandbox-secret-0001";

    static final String ACCERTIFY_USER = "accertify";
    static final String ACCERTIFY_PASSWORD = "accertify-sandbox-secret";

    private Signing() {}

    /** Headers of one attempt, sent at {@code epochSecond} of the system's time. */
    static Map<String, String> headers(Webhook webhook, String shopDomain, long epochSecond) {
        var body = webhook.body().getBytes(StandardCharsets.UTF_8);
        var headers = new LinkedHashMap<String, String>();
        switch (webhook.partner()) {
            case ShopifyAdmin.NAME -> {
                headers.put("Content-Type", "application/json");
                headers.put("X-Shopify-Topic", webhook.topic());
                headers.put("X-Shopify-Hmac-SHA256", base64(hmac(SHOPIFY_SECRET, body)));
                headers.put("X-Shopify-Shop-Domain", shopDomain);
                headers.put("X-Shopify-API-Version", ShopifyAdmin.VERSION);
                headers.put("X-Shopify-Webhook-Id", webhook.id());
                headers.put("X-Shopify-Event-Id", webhook.eventId());
                headers.put("X-Shopify-Triggered-At", webhook.triggeredAt().toString());
            }
            case ShipBob.NAME -> {
                // The id is stable over retries and duplicates: Standard Webhooks dedupe by it.
                var id = "msg_" + webhook.eventId();
                var signed = (id + "." + epochSecond + "." + webhook.body()).getBytes(StandardCharsets.UTF_8);
                headers.put("Content-Type", "application/json");
                headers.put("webhook-id", id);
                headers.put("webhook-timestamp", String.valueOf(epochSecond));
                headers.put("webhook-signature", "v1," + base64(hmac(WAREHOUSE_KEY, signed)));
                headers.put("x-webhook-topic", webhook.topic());
            }
            default -> {
                var both = (ACCERTIFY_USER + ":" + ACCERTIFY_PASSWORD).getBytes(StandardCharsets.UTF_8);
                headers.put("Content-Type", "application/xml");
                headers.put("Authorization", "Basic " + base64(both));
            }
        }
        return headers;
    }

    private static byte[] hmac(String key, byte[] content) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac.doFinal(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
