package routes.inbox;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayInputStream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Finds the one value that leads a message to its order, without reading more than it must: a pointer into JSON
 * ({@code /order/id}) or the name of an XML element ({@code <transaction-id>}). Anything unreadable leads nowhere.
 */
final class Correlations {

    private static final int LONGEST = 200;
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(64)
                    .maxNumberLength(40)
                    .maxStringLength(1_048_576)
                    .build())
            .build();
    private static final XMLInputFactory XML = XMLInputFactory.newFactory();

    static {
        XML.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        XML.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    }

    private Correlations() {}

    /** The value at {@code pointer}, or null. */
    static String scan(byte[] body, String pointer) {
        if (pointer == null || body == null || body.length == 0) {
            return null;
        }
        try {
            String found = pointer.startsWith("<")
                    ? element(body, pointer.substring(1, pointer.length() - 1))
                    : value(body, pointer.substring(1).split("/"));
            String plain = found == null ? "" : found.trim();
            return plain.isBlank() || found.length() > LONGEST || holdsControl(plain) ? null : plain;
        } catch (Exception unreadable) {
            return null; // its consumer names the trouble; the door has already checked who sent it
        }
    }

    /** No reference has one, and a store may not take it. */
    private static boolean holdsControl(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    private static String value(byte[] body, String[] path) throws Exception {
        try (JsonParser parser = JSON.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            int level = 0;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean match = parser.currentName().equals(path[level]);
                JsonToken token = parser.nextToken();
                if (!match) {
                    parser.skipChildren();
                } else if (level == path.length - 1) {
                    return token.isScalarValue() && token != JsonToken.VALUE_NULL ? parser.getText() : null;
                } else if (token == JsonToken.START_OBJECT) {
                    level++;
                } else {
                    return null;
                }
            }
            return null;
        }
    }

    private static String element(byte[] body, String name) throws XMLStreamException {
        XMLStreamReader reader = XML.createXMLStreamReader(new ByteArrayInputStream(body));
        while (reader.hasNext()) {
            if (reader.next() == XMLStreamConstants.START_ELEMENT
                    && reader.getLocalName().equals(name)) {
                return reader.getElementText();
            }
        }
        return null;
    }
}
