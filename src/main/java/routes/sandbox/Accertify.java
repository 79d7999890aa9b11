package routes.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/**
 * Accertify's XML core: a transaction in, {@code transaction-results} out, an analyst's resolution later. An outcome
 * (assumed, nothing is published) is a transaction with an {@code outcome} element; its transaction id and request-version
 * are a key: told again, it is answered again and changes nothing. Screening is
 * repeatable: the same transaction id gets the same verdict and reference. The verdict follows the customer's email:
 * its local part begins with one of the scenarios below, or all is well.
 */
final class Accertify implements Partner {

    static final String NAME = "accertify";
    static final String USER = "oms";
    static final String PASSWORD = "accertify-sandbox-key";

    /** To an analyst, who accepts. */
    static final String REVIEW = "fraud-review";
    /** To an analyst, who rejects. */
    static final String REVIEW_THEN_REJECT = "fraud-review-reject";
    /** To an analyst, who never decides. */
    static final String REVIEW_WITHOUT_END = "fraud-review-silent";

    static final String REJECT = "fraud-reject";
    /** A code nobody has agreed on. */
    static final String UNKNOWN_CODE = "fraud-unknown-code";

    private static final Set<String> ID_ELEMENTS =
            Set.of("transaction-id", "transactionid", "transaction_id", "ordernumber", "order-number");
    private static final int MAX_DEPTH = 40;
    private static final ThreadLocal<DocumentBuilder> READERS = ThreadLocal.withInitial(Accertify::reader);

    private record Verdict(String code, int score, String rules, String resolution) {}

    private final Webhooks webhooks;
    private final Clock clock;
    private final SandboxSettings settings;
    private final Map<String, String> resolutions = new ConcurrentHashMap<>();
    private final Set<String> outcomes = ConcurrentHashMap.newKeySet();

    Accertify(Webhooks webhooks, Clock clock, SandboxSettings settings) {
        this.webhooks = webhooks;
        this.clock = clock;
        this.settings = settings;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String operation(Call call) {
        return new String(call.body(), StandardCharsets.UTF_8).contains("<outcome>")
                ? "report-outcome"
                : "screen-order";
    }

    @Override
    public Answer answer(Call call) {
        if (!call.basic(USER, PASSWORD)) return Answer.xml(401, error("Not authorized"));
        if (!call.method().equals("POST")) return Answer.xml(405, error("POST only"));
        Document document;
        try {
            document = parsed(call.body());
        } catch (IOException | SAXException e) {
            return Answer.xml(400, error("The request could not be parsed"));
        }
        var id = find(document.getDocumentElement(), 0, true);
        if (id == null) return Answer.xml(400, error("transaction-id is missing"));
        var outcome = text(document, "outcome");
        if (outcome != null) return noted(id, outcome, text(document, "request-version"));
        var email = find(document.getDocumentElement(), 0, false);
        var verdict = verdict(email == null ? "" : email);
        if (verdict.resolution() != null) owe(id, verdict);
        return Answer.xml(200, results(id, verdict, null)).naming(id);
    }

    @Override
    public Answer refusal(String operation) {
        return Answer.xml(400, error("Refused by the sandbox"));
    }

    @Override
    public Answer trouble(int status) {
        return Answer.xml(status, error("The request could not be processed"));
    }

    @Override
    public void apply(ObjectNode event) {
        if (event.path("event").asText().equals("outcome")) {
            outcomes.add(event.path("id").asText() + "/" + event.path("version").asText());
            return;
        }
        resolutions.put(event.path("id").asText(), event.path("resolution").asText());
    }

    private Answer noted(String id, String outcome, String version) {
        if (version == null) return Answer.xml(400, error("request-version is missing"));
        synchronized (outcomes) {
            if (!outcomes.contains(id + "/" + version)) {
                var event = Json.object()
                        .put("partner", NAME)
                        .put("event", "outcome")
                        .put("id", id)
                        .put("version", version)
                        .put("outcome", outcome);
                var subject = version + ": " + outcome;
                var effect = new Effect(NAME, "report-outcome", id, clock.instant(), null, null, subject);
                webhooks.append(event, List.of(effect), List.of());
                apply(event);
            }
        }
        return Answer.xml(200, results(id, new Verdict("", 0, "", null), null)).naming(id);
    }

    private static String text(Document document, String element) {
        var found = document.getElementsByTagName(element);
        return found.getLength() == 0 ? null : found.item(0).getTextContent().strip();
    }

    /** The resolution is owed once per transaction, however often it is screened. */
    private void owe(String id, Verdict verdict) {
        synchronized (resolutions) {
            if (resolutions.containsKey(id)) return;
            var event = Json.object()
                    .put("partner", NAME)
                    .put("event", "review")
                    .put("id", id)
                    .put("resolution", verdict.resolution());
            var body = results(id, verdict, verdict.resolution());
            var webhook = Webhook.about(NAME, "fraud-decided", "resolution", id, clock.instant(), body)
                    .after(settings.reviewAfterMs());
            webhooks.append(event, List.of(), List.of(webhook));
            apply(event);
        }
    }

    private static Verdict verdict(String email) {
        var rule = "5237260000000734581:EmailAge Billing Email First Seen LT 6 Months Ago:";
        if (email.startsWith(REVIEW_THEN_REJECT)) return new Verdict("REVIEW", 875, rule + "875;", "REJECT");
        if (email.startsWith(REVIEW_WITHOUT_END)) return new Verdict("REVIEW", 800, rule + "800;", null);
        if (email.startsWith(REVIEW)) return new Verdict("REVIEW", 640, rule + "640;", "ACCEPT");
        if (email.startsWith(REJECT)) return new Verdict("REJECT", 1250, rule + "1250;", null);
        if (email.startsWith(UNKNOWN_CODE)) return new Verdict("7:Escalate", 500, rule + "500;", null);
        return new Verdict("ACCEPT", 12, "", null);
    }

    private static String results(String id, Verdict verdict, String resolution) {
        var reference = UUID.nameUUIDFromBytes(("accertify/" + id).getBytes(StandardCharsets.UTF_8));
        var xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<transaction-results>\n");
        element(xml, "transaction-id", id);
        element(xml, "cross-reference", reference.toString());
        element(xml, "rules-tripped", verdict.rules());
        element(xml, "total-score", String.valueOf(verdict.score()));
        element(xml, "recommendation-code", verdict.code());
        if (resolution == null) {
            element(xml, "remarks", "");
        } else {
            element(xml, "remarks", "USER: analyst@example.com RESOLUTION: " + resolution);
            element(xml, "action-type", resolution);
        }
        return xml.append("</transaction-results>\n").toString();
    }

    private static void element(StringBuilder xml, String name, String text) {
        xml.append("  <").append(name).append('>').append(escaped(text));
        xml.append("</").append(name).append(">\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String error(String text) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ERROR>" + escaped(text) + "</ERROR>";
    }

    private static Document parsed(byte[] xml) throws IOException, SAXException {
        return READERS.get().parse(new ByteArrayInputStream(xml));
    }

    private static DocumentBuilder reader() {
        try {
            var factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            var reader = factory.newDocumentBuilder();
            reader.setErrorHandler(null);
            return reader;
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("the JDK's XML reader knows this feature", e);
        }
    }

    /** The transaction's id by the names in use, or the first text that looks like an email address. */
    private static String find(Element element, int depth, boolean id) {
        if (depth > MAX_DEPTH) return null;
        var hasChild = false;
        for (var node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (!(node instanceof Element child)) continue;
            hasChild = true;
            var found = find(child, depth + 1, id);
            if (found != null) return found;
        }
        if (hasChild) return null;
        var text = element.getTextContent().strip();
        var name = element.getTagName().toLowerCase(java.util.Locale.ROOT);
        var fits = id ? ID_ELEMENTS.contains(name) : text.contains("@");
        return fits && !text.isEmpty() ? text : null;
    }
}
