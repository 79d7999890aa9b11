package routes.partner;

import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How to reach each partner and how to know it: {@code oms.partners.<partner>.*}. Nothing here is printed; secrets stay
 * out of {@code toString}.
 */
@ConfigurationProperties("oms")
public record PartnerSettings(Map<String, Partner> partners) {

    public PartnerSettings {
        partners = partners == null ? Map.of() : Map.copyOf(partners);
    }

    /**
     * One partner's settings.
     *
     * @throws IllegalArgumentException naming the setting that is missing
     */
    public Partner of(String partner) {
        Partner settings = partners.get(partner);
        if (settings == null) {
            throw new IllegalArgumentException("There are no settings oms.partners." + partner + ".*");
        }
        return settings;
    }

    /** What a partner speaks. */
    public enum Protocol {
        GRAPHQL,
        JSON,
        XML
    }

    /** How we make ourselves known to a partner. */
    public enum Auth {
        NONE,
        /** {@code Authorization: Basic}, of user and secret. */
        BASIC,
        /** {@code Authorization: Bearer}, of the secret. */
        BEARER,
        /** A header of the partner's own, whose name is the user and whose value is the secret. */
        HEADER
    }

    /**
     * @param url base of all addresses, without a slash at its end
     * @param timeoutMs longest wait for one answer
     * @param settleMs how long after the last possible send a look-up that finds nothing is believed
     * @param user user name for basic; header name for header
     * @param secret what proves who we are
     * @param headers sent with every request
     * @param webhookSecrets every secret that is accepted now; two while one is replaced by the next
     * @param webhookUser user name the partner shows at our doors where it uses Basic; the partner's own name by default
     * @param variables {@code $settings} in this partner's mappings
     * @param codeMap {@code $codes} in this partner's mappings: its code to our word
     */
    public record Partner(
            String url,
            Protocol protocol,
            Long timeoutMs,
            Long settleMs,
            Auth auth,
            String user,
            String secret,
            Map<String, String> headers,
            List<String> webhookSecrets,
            String webhookUser,
            Map<String, Object> variables,
            Map<String, String> codeMap) {

        public Partner {
            url = url == null ? "" : url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
            protocol = protocol == null ? Protocol.JSON : protocol;
            timeoutMs = timeoutMs == null ? 10_000L : timeoutMs;
            settleMs = settleMs == null ? 5_000L : settleMs;
            auth = auth == null ? Auth.NONE : auth;
            headers = headers == null ? Map.of() : Map.copyOf(headers);
            webhookSecrets = webhookSecrets == null ? List.of() : List.copyOf(webhookSecrets);
            variables = variables == null ? Map.of() : variables;
            codeMap = codeMap == null ? Map.of() : Map.copyOf(codeMap);
        }

        @Override
        public String toString() {
            return "Partner[url=" + url + ", protocol=" + protocol + ", auth=" + auth + "]";
        }
    }
}
