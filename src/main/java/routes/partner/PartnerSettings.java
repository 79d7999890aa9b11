package routes.partner;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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

    /**
     * One partner.
     *
     * @param url base of all addresses, without a slash at its end
     * @param path for a partner with one address for everything (GraphQL), what follows the base
     * @param protocol {@code graphql}, {@code json} or {@code xml}
     * @param timeoutMs longest wait for one answer
     * @param callsAtOnce calls under way at the same time, at most
     * @param callsPerSecond calls begun in any one second by one instance of the hub, at most; 0 = no such limit
     * @param settleMs how long after the last possible send a look-up that finds nothing is believed
     * @param auth {@code basic} (user and secret), {@code bearer} (secret), {@code header} (the user names the header,
     *     the secret is its value) or {@code none}
     * @param secret what proves who we are
     * @param headers sent with every request
     * @param webhookSecrets every secret that is accepted now; two while one is replaced by the next
     * @param webhookUser the user name shown at our doors where the partner uses Basic; the partner's own name by
     *     default
     * @param variables {@code $settings} in this partner's mappings
     * @param codeMap {@code $codes} in this partner's mappings: its code to our word
     */
    public record Partner(
            String url,
            String path,
            String protocol,
            Long timeoutMs,
            Long settleMs,
            Integer callsAtOnce,
            Integer callsPerSecond,
            String auth,
            String user,
            String secret,
            Map<String, String> headers,
            List<String> webhookSecrets,
            String webhookUser,
            Map<String, Object> variables,
            Map<String, String> codeMap) {

        public Partner {
            url = url == null ? "" : url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
            path = path == null ? "" : path;
            protocol = oneOf("protocol", protocol, "json", Set.of("graphql", "json", "xml"));
            timeoutMs = timeoutMs == null ? Long.valueOf(10_000) : timeoutMs;
            settleMs = settleMs == null ? Long.valueOf(5_000) : settleMs;
            callsAtOnce = callsAtOnce == null ? Integer.valueOf(64) : callsAtOnce;
            callsPerSecond = callsPerSecond == null ? Integer.valueOf(0) : callsPerSecond;
            auth = oneOf("auth", auth, "none", Set.of("basic", "bearer", "header", "none"));
            headers = headers == null ? Map.of() : Map.copyOf(headers);
            webhookSecrets = webhookSecrets == null ? List.of() : List.copyOf(webhookSecrets);
            variables = variables == null ? Map.of() : variables;
            codeMap = codeMap == null ? Map.of() : Map.copyOf(codeMap);
        }

        private static String oneOf(String setting, String value, String usual, Set<String> known) {
            if (value != null && !known.contains(value)) {
                throw new IllegalArgumentException("oms.partners.*." + setting + " is one of " + new TreeSet<>(known));
            }
            return value == null ? usual : value;
        }

        @Override
        public String toString() {
            return "Partner[url=" + url + ", protocol=" + protocol + ", auth=" + auth + "]";
        }
    }
}
