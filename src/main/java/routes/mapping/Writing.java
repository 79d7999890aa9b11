package routes.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes a request's body as XML: the mirror of {@link Reading#xml}. */
public final class Writing {

    private static final XMLOutputFactory XML = XMLOutputFactory.newInstance();

    private Writing() {}

    /**
     * Writes the fields of an object as elements under a root, in their order; an array is its element repeated, null
     * is nothing. Characters that XML 1.0 cannot hold (a stray control character in a product's title) are left out.
     *
     * @param body an object; its field names must be XML names
     * @return UTF-8 bytes with an XML declaration
     */
    public static byte[] xml(JsonNode body, String root) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            XMLStreamWriter xml = XML.createXMLStreamWriter(out, StandardCharsets.UTF_8.name());
            xml.writeStartDocument(StandardCharsets.UTF_8.name(), "1.0");
            element(xml, root, body);
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException wrong) {
            throw new MappingFailure(
                    "MAPPING_BROKEN", "the body cannot be written as XML: " + wrong.getMessage(), wrong);
        }
        return out.toByteArray();
    }

    private static void element(XMLStreamWriter xml, String name, JsonNode value) throws XMLStreamException {
        if (value.isNull()) {
            return;
        }
        if (value.isArray()) {
            for (JsonNode one : value) {
                element(xml, name, one);
            }
            return;
        }
        xml.writeStartElement(name);
        if (value.isObject()) {
            for (Iterator<Map.Entry<String, JsonNode>> fields = value.fields(); fields.hasNext(); ) {
                Map.Entry<String, JsonNode> field = fields.next();
                element(xml, field.getKey(), field.getValue());
            }
        } else {
            xml.writeCharacters(legal(value.asText()));
        }
        xml.writeEndElement();
    }

    private static String legal(String text) {
        return text.codePoints()
                .filter(c -> c == '\t'
                        || c == '\n'
                        || c == '\r'
                        || c >= 0x20 && c <= 0xD7FF
                        || c >= 0xE000 && c <= 0xFFFD
                        || c >= 0x10000)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
