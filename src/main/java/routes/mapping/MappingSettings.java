package routes.mapping;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What the settings say to mappings: {@code oms.partners.<partner>.variables.*} is {@code $settings} and
 * {@code oms.partners.<partner>.code-map} is {@code $codes} in every mapping of that partner. A key with other
 * characters than letters, digits and dashes is written in brackets: {@code "[1:Allow]": ACCEPT}.
 */
@ConfigurationProperties("oms")
record MappingSettings(Map<String, Words> partners) {

    MappingSettings {
        partners = partners == null ? Map.of() : partners;
    }

    /** The words of one partner. */
    record Words(Map<String, Object> variables, Map<String, String> codeMap) {
        Words {
            variables = variables == null ? Map.of() : variables;
            codeMap = codeMap == null ? Map.of() : codeMap;
        }
    }
}
