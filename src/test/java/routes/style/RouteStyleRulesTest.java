package routes.style;

import static org.assertj.core.api.Assertions.assertThat;
import static routes.style.Rule.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import routes.style.RouteStyle.Finding;

/** A check that finds nothing proves nothing: each rule is broken here, and must be the one that is found. */
class RouteStyleRulesTest {

    private static final String FLOW = "routes/flows/order-capture.camel.yaml";
    private static final String PARTNER = "routes/partners/avalara.camel.yaml";
    private static final String POLICY = "routes/policies/retry-then-park.camel.yaml";

    /** A small house in order; the breaks below change one thing of it each. */
    private static final Map<String, String> GOOD = Map.of(
            FLOW,
            """
            # ORDER CAPTURE: from an order placed to an order taxed.
            #
            #   quote-tax -> decide
            - route:
                id: order-capture.quote-tax
                description: Add the tax that the market's tax partner quotes.
                routeConfigurationId: retry-then-park
                from:
                  uri: direct:order-capture.quote-tax
                  steps:
                    - setVariable: {name: reference, simple: "${body.number}-${variable.subject}"}
                    - removeHeaders: {pattern: "*", excludePattern: "oms-.*|CamelRedeliver.*"}
                    - toD: {uri: "direct:${variable.partners[tax]}.quote-tax", variableReceive: tax}
                    - toD: "direct:${variable.partners[warehouse]}.place-order"
                    - bean: {ref: orders, method: "taxed(${body}, ${variable.tax})"}
                    - to: direct:order-capture.decide
            - route:
                id: order-capture.decide
                description: Go on with an approved order, parcel by parcel.
                routeConfigurationId: retry-then-park
                from:
                  uri: direct:order-capture.decide
                  steps:
                    - choice:
                        when:
                          - simple: ${body.status} == 'APPROVED'
                            steps:
                              - split:
                                  simple: ${body.parcels}
                                  steps:
                                    - to: {uri: "inbox:parcel", parameters: {subject: "${body.id}"}}
                        otherwise:
                          steps:
                            - log: {message: "Order ${body.number} waits; total ${body.totalMinor} > 0."}
            """,
            PARTNER,
            """
            # AVALARA: quotes tax and records it.
            - route:
                id: avalara.quote-tax
                description: Quote the tax of an order; nothing is recorded.
                errorHandler: {noErrorHandler: {}}
                from:
                  uri: direct:avalara.quote-tax
                  steps:
                    - to: mapping:avalara/quote-tax.request
                    - to: {uri: "partner:avalara.quote-tax", parameters: {effect: true, lookUp: avalara.find-document}}
            - route:
                id: avalara.find-document
                description: Look for a document by our reference.
                errorHandler: {noErrorHandler: {}}
                from:
                  uri: direct:avalara.find-document
                  steps:
                    - to: partner:avalara.find-document
            - route:
                id: avalara.document-locked
                description: Avalara says that a document was locked.
                routeConfigurationId: answer-the-caller
                from:
                  uri: servlet:/partners/avalara/documents
                  steps:
                    - to: inbox:avalara.document-locked
            """,
            "routes/partners/warehouse.camel.yaml",
            """
            # WAREHOUSE: ships.
            - route:
                id: warehouse.place-order
                description: Ask the warehouse to ship one fulfilment order.
                errorHandler: {noErrorHandler: {}}
                from:
                  uri: direct:warehouse.place-order
                  steps:
                    - to: partner:warehouse.place-order?effect=true&lookUp=warehouse.place-order
            """,
            POLICY,
            """
            # The partner is down or slow: try again later, then park.
            - routeConfiguration:
                id: retry-then-park
                errorHandler:
                  deadLetterChannel: {deadLetterUri: "direct:dead-letters.park"}
            """,
            "routes/policies/answer-the-caller.camel.yaml",
            """
            # The caller is still on the line.
            - routeConfiguration:
                id: answer-the-caller
                onException:
                  - onException: {exception: [java.lang.Exception], handled: {constant: "true"}}
            """,
            "routes/ops/dead-letters.camel.yaml",
            """
            # DEAD LETTERS: every policy ends here.
            - route:
                id: dead-letters.park
                description: Park a message that cannot go on.
                errorHandler: {noErrorHandler: {}}
                from:
                  uri: direct:dead-letters.park
                  steps:
                    - bean: {ref: deadLetters, method: park}
            """,
            "routes/ops/steps-moved.yaml",
            "order-capture.old-name: order-capture.decide\n",
            "mappings/avalara/quote-tax.request.jslt",
            "{}\n");

    @TempDir
    Path temp;

    /** In {@code file}, {@code right} becomes {@code wrong}; a null {@code right} makes {@code wrong} a new file. */
    record Break(Rule rule, String file, String right, String wrong) {}

    static List<Break> breaks() {
        List<Break> breaks = new ArrayList<>();
        breaks.add(new Break(
                YAML_IS_READABLE, FLOW, "    id: order-capture.quote-tax", "    id: [order-capture.quote-tax"));
        breaks.add(new Break(YAML_IS_READABLE, FLOW, "    id: order-capture.quote-tax", "    id: a\n    id: b"));
        breaks.add(new Break(YAML_IS_READABLE, "routes/flows/x.camel.yaml", null, "# x -> y\nroute: {}\n"));
        breaks.add(new Break(FILE_IS_LOADED, "routes/flows/forgotten.yaml", null, "# a -> b\n[]\n"));
        breaks.add(new Break(FILE_IS_LOADED, "routes/other/forgotten.camel.yaml", null, "# a -> b\n[]\n"));
        breaks.add(new Break(
                TOP_LEVEL_IS_ROUTE_OR_POLICY,
                FLOW,
                "- route:\n    id: order-capture.decide",
                "- errorHandler: {noErrorHandler: {}}\n- route:\n    id: order-capture.decide"));
        breaks.add(new Break(
                TOP_LEVEL_IS_ROUTE_OR_POLICY,
                "routes/flows/x.camel.yaml",
                null,
                "# x -> y\n- from: {uri: \"direct:x\"}\n"));
        breaks.add(new Break(FILE_BEGINS_WITH_MAP, FLOW, "quote-tax -> decide", "quote-tax, decide"));
        breaks.add(new Break(FILE_BEGINS_WITH_MAP, PARTNER, "# AVALARA: quotes tax and records it.\n", ""));
        breaks.add(new Break(ID_IS_FILE_AND_VERB, FLOW, "order-capture.decide", "capture.decide"));
        breaks.add(new Break(ID_IS_FILE_AND_VERB, FLOW, "order-capture.decide", "order-capture.Decide_now"));
        breaks.add(new Break(ID_IS_FILE_AND_VERB, FLOW, "    id: order-capture.decide\n", ""));
        breaks.add(new Break(ID_IS_UNIQUE, FLOW, "id: order-capture.decide", "id: order-capture.quote-tax"));
        breaks.add(
                new Break(ADDRESS_IS_ID, FLOW, "uri: direct:order-capture.decide", "uri: direct:order-capture.choose"));
        breaks.add(new Break(DESCRIPTION_IS_A_SENTENCE, FLOW, "parcel by parcel.", "parcel by parcel"));
        breaks.add(new Break(DESCRIPTION_IS_A_SENTENCE, FLOW, "parcel by parcel.", "one by one. Then stop."));
        breaks.add(new Break(DESCRIPTION_IS_A_SENTENCE, FLOW, "parcel by parcel.", "parcel ".repeat(20) + "."));
        breaks.add(new Break(
                DESCRIPTION_IS_A_SENTENCE,
                FLOW,
                "    description: Go on with an approved order, parcel by parcel.\n",
                ""));
        breaks.add(new Break(
                DESCRIPTION_IS_UNIQUE,
                PARTNER,
                "Look for a document by our reference.",
                "Quote the tax of an order; nothing is recorded."));
        breaks.add(new Break(
                STEP_HAS_POLICY,
                FLOW,
                "routeConfigurationId: retry-then-park",
                "routeConfigurationId: retry-then-prak"));
        breaks.add(new Break(STEP_HAS_POLICY, FLOW, "    routeConfigurationId: retry-then-park\n", ""));
        breaks.add(new Break(STEP_HAS_POLICY, PARTNER, "    routeConfigurationId: answer-the-caller\n", ""));
        breaks.add(new Break(
                STEP_HAS_POLICY, FLOW, "routeConfigurationId: retry-then-park", "errorHandler: {noErrorHandler: {}}"));
        breaks.add(new Break(POLICY_IS_ITS_FILE, POLICY, "id: retry-then-park", "id: try-then-park"));
        breaks.add(new Break(DOOR_ANSWERS_TRULY, PARTNER, "answer-the-caller", "retry-then-park"));
        breaks.add(new Break(PARTNERS_THROW, PARTNER, "    errorHandler: {noErrorHandler: {}}\n", ""));
        breaks.add(new Break(
                PARTNERS_THROW,
                PARTNER,
                "errorHandler: {noErrorHandler: {}}",
                "routeConfigurationId: retry-then-park"));
        breaks.add(new Break(
                FLOWS_NAME_ROLES, FLOW, "direct:${variable.partners[tax]}.quote-tax", "direct:avalara.quote-tax"));
        breaks.add(new Break(
                FLOWS_NAME_ROLES,
                FLOW,
                "direct:${variable.partners[warehouse]}.place-order",
                "direct:warehouse.place-order"));
        breaks.add(new Break(FLOWS_NAME_ROLES, FLOW, "the market's tax partner", "Avalara"));
        breaks.add(new Break(FLOWS_NAME_ROLES, FLOW, "== 'APPROVED'", "== 'avalara'"));
        breaks.add(new Break(
                FLOWS_NAME_ROLES, POLICY, "    errorHandler:", "    precondition: \"avalara\"\n    errorHandler:"));
        breaks.add(new Break(PARTNERS_KEEP_TO_THEMSELVES, PARTNER, "partner:avalara.find", "partner:warehouse.find"));
        breaks.add(new Break(PARTNERS_KEEP_TO_THEMSELVES, PARTNER, "mapping:avalara/", "mapping:warehouse/"));
        breaks.add(new Break(NO_URL, PARTNER, "partner:avalara.find-document", "https://rest.avatax.com/api"));
        breaks.add(new Break(NO_URL, FLOW, "ref: orders", "ref: http://orders"));
        breaks.add(new Break(HEADERS_ARE_NOT_WIPED, FLOW, ", excludePattern: \"oms-.*|CamelRedeliver.*\"", ""));
        breaks.add(new Break(
                HEADERS_ARE_NOT_WIPED, FLOW, "{pattern: \"*\", excludePattern: \"oms-.*|CamelRedeliver.*\"}", "\"*\""));
        breaks.add(new Break(HEADERS_ARE_NOT_WIPED, FLOW, "|CamelRedeliver.*", ""));
        breaks.add(new Break(
                NO_SCRIPT, FLOW, "- bean: {ref: orders", "- script: {groovy: \"1\"}\n        - bean: {ref: orders"));
        breaks.add(new Break(
                NO_SCRIPT, FLOW, "simple: \"${body.number}-${variable.subject}\"", "groovy: \"body.number\""));
        breaks.add(new Break(NO_SCRIPT, FLOW, "simple: \"${body.number}-${variable.subject}\"", "jq: .number"));
        breaks.add(new Break(NO_ARITHMETIC, FLOW, "${body.number}-${variable.subject}", "${body.number} + 1"));
        breaks.add(new Break(NO_ARITHMETIC, FLOW, "${body.number}-${variable.subject}", "${body.a} * ${body.b}"));
        breaks.add(new Break(NO_ARITHMETIC, FLOW, "${body.number}-${variable.subject}", "${body.number}++"));
        breaks.add(new Break(NO_ARITHMETIC, FLOW, "${body.number}-${variable.subject}", "${sum(${body.a},${body.b})}"));
        breaks.add(new Break(NO_MONEY_IN_SIMPLE, FLOW, "${body.status} == 'APPROVED'", "${body.totalMinor} > 10000"));
        breaks.add(new Break(
                NO_MONEY_IN_SIMPLE, FLOW, "${body.status} == 'APPROVED'", "100 < ${body.shipping.priceMinor}"));
        breaks.add(new Break(
                NO_MONEY_IN_SIMPLE, FLOW, "${body.status} == 'APPROVED'", "${body.taxMinor} == ${variable.tax}"));
        breaks.add(new Break(NO_SQL, FLOW, "- to: direct:order-capture.decide", "- to: jdbc:store"));
        breaks.add(new Break(NO_SQL, PARTNER, "- to: partner:avalara.find-document", "- to: sql:select 1"));
        breaks.add(new Break(ONE_TURN_ONE_THREAD, FLOW, "- choice:", "- threads: {poolSize: 2}\n        - choice:"));
        breaks.add(
                new Break(ONE_TURN_ONE_THREAD, FLOW, "- choice:", "- wireTap: {uri: \"inbox:x\"}\n        - choice:"));
        breaks.add(new Break(ONE_TURN_ONE_THREAD, FLOW, "- choice:", "- delay: {constant: 1000}\n        - choice:"));
        breaks.add(new Break(ONE_TURN_ONE_THREAD, FLOW, "- to: direct:order-capture.decide", "- to: seda:later"));
        breaks.add(new Break(
                ONE_TURN_ONE_THREAD,
                FLOW,
                "simple: ${body.parcels}",
                "parallelProcessing: true\n                      simple: ${body.parcels}"));
        breaks.add(new Break(
                ENDPOINT_IS_WHOLE,
                FLOW,
                "- to: direct:order-capture.decide",
                "- to: {uri: direct, parameters: {name: order-capture.decide}}"));
        breaks.add(new Break(
                MAPPING_EXISTS, PARTNER, "mapping:avalara/quote-tax.request", "mapping:avalara/qoute-tax.request"));
        breaks.add(new Break(
                TARGET_EXISTS, FLOW, "- to: direct:order-capture.decide", "- to: direct:order-capture.dicide"));
        breaks.add(new Break(TARGET_EXISTS, POLICY, "direct:dead-letters.park", "direct:dead-letters.bury"));
        breaks.add(new Break(OPERATION_EXISTS, FLOW, "partners[tax]}.quote-tax", "partners[tax]}.guess-tax"));
        breaks.add(new Break(LOOK_UP_EXISTS, PARTNER, "lookUp: avalara.find-document", "lookUp: avalara.find-invoice"));
        breaks.add(new Break(
                LOOK_UP_EXISTS,
                "routes/partners/warehouse.camel.yaml",
                "lookUp=warehouse.place-order",
                "lookUp=warehouse.find-order"));
        return breaks;
    }

    @Test
    void aHouseInOrderBreaksNoRule() throws IOException {
        assertThat(check(GOOD)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("breaks")
    void aBrokenRuleIsFoundWhereItIsBroken(Break broken) throws IOException {
        Map<String, String> house = new LinkedHashMap<>(GOOD);
        if (broken.right() == null) {
            house.put(broken.file(), broken.wrong());
        } else {
            String good = GOOD.get(broken.file());
            assertThat(good).contains(broken.right());
            house.put(broken.file(), good.replace(broken.right(), broken.wrong()));
        }
        List<Finding> findings = check(house);
        assertThat(findings).anySatisfy(finding -> {
            assertThat(finding.rule()).isEqualTo(broken.rule());
            assertThat("routes/" + finding.file()).isEqualTo(broken.file());
        });
    }

    @Test
    void everyRuleIsBrokenHereOnce() {
        Set<Rule> tried = breaks().stream().map(Break::rule).collect(Collectors.toSet());
        assertThat(EnumSet.allOf(Rule.class)).containsExactlyInAnyOrderElementsOf(tried);
    }

    @Test
    void aFindingSaysWhereWhatWhyAndWhatToWrite() {
        String said = new Finding("flows/x.camel.yaml", "x.do-it", NO_URL, "https://a.example").toString();
        assertThat(said)
                .isEqualTo("flows/x.camel.yaml · x.do-it · no URL in a route (https://a.example)"
                        + " · why: where a partner lives is a setting, different in each house"
                        + " · write: oms.partners.<partner>.url, through partner:");
    }

    private List<Finding> check(Map<String, String> house) throws IOException {
        for (Map.Entry<String, String> file : house.entrySet()) {
            Path path = temp.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        return new RouteStyle(temp.resolve("routes")).check();
    }
}
