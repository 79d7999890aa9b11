package routes.mapping;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads what came from outside, strictly: JSON (RFC 8259) or XML, UTF-8 only, with a limit on everything that can grow.
 * Numbers keep every digit and every trailing zero. All failures are {@link MappingFailure}s with cause UNREADABLE;
 * they quote positions, never content.
 *
 * <p>XML comes out like this, whatever wrote it:
 *
 * <ul>
 *   <li>the root's children are the fields; the root's own name is the field {@code @root};
 *   <li>an element with text only is a string, stripped; an empty one is {@code ""};
 *   <li>an element with children or attributes is an object; attributes are {@code @name}; text beside them is the
 *   field
 *       {@code ""};
 *   <li>an element that stands once is the value itself, one that repeats is an array of the values in their order (a
 *       mapping says {@code list(.item)} and need not care);
 *   <li>namespaces are dropped; a DTD, and with it every entity of one's own, is refused.
 * </ul>
 */
public final class Reading {

    private static final int NESTING = 64;
    private static final int STRING_CHARACTERS = 1_000_000;
    private static final int NUMBER_CHARACTERS = 40;
    private static final int EXPONENT = 40;
    private static final int DOCUMENT_CHARACTERS = 16_000_000;
    private static final int ELEMENTS = 100_000;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(NESTING)
                            .maxStringLength(STRING_CHARACTERS)
                            .maxNumberLength(NUMBER_CHARACTERS)
                            .maxDocumentLength(DOCUMENT_CHARACTERS)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
            .build();

    private static final XMLInputFactory XML = xmlFactory();

    private Reading() {}

    /**
     * Reads JSON, or XML when the first character that is not white space is {@code <}.
     *
     * @throws MappingFailure UNREADABLE when it is neither, or beyond a limit
     */
    public static JsonNode tree(byte[] bytes) {
        return tree(text(bytes));
    }

    /** As {@link #tree(byte[])}, of text that is already decoded. */
    public static JsonNode tree(String text) {
        return text.stripLeading().startsWith("<") ? xmlOf(text) : jsonOf(text);
    }

    /** Reads one JSON value and nothing after it. */
    public static JsonNode json(byte[] bytes) {
        return jsonOf(text(bytes));
    }

    /** Reads one XML document; the class says what comes out. */
    public static JsonNode xml(byte[] bytes) {
        return xmlOf(text(bytes));
    }

    private static String text(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException notUtf8) {
            throw unreadable("the bytes are not UTF-8", notUtf8);
        }
    }

    private static JsonNode jsonOf(String text) {
        if (text.isBlank()) {
            throw unreadable("there is nothing to read", null);
        }
        try {
            JsonNode tree = JSON.readTree(text);
            refuseWhatNoStoreHolds(tree);
            return tree;
        } catch (JsonProcessingException wrong) {
            String where = wrong.getLocation() == null
                    ? ""
                    : " at line " + wrong.getLocation().getLineNr() + ", column "
                            + wrong.getLocation().getColumnNr();
            throw unreadable(
                    "this is not JSON we accept" + where + " (" + firstWords(wrong.getOriginalMessage()) + ")", wrong);
        }
    }

    /**
     * 1e999999999 is ten characters and, written out, a gigabyte; the character U+0000 is in no text PostgreSQL would take.
     */
    private static void refuseWhatNoStoreHolds(JsonNode node) {
        if (node.isTextual()) {
            if (node.textValue().indexOf('\u0000') >= 0) {
                throw unreadable("a text holds the character U+0000", null);
            }
        } else if (node.isBigDecimal()) {
            BigDecimal number = node.decimalValue();
            if (Math.abs((long) number.scale()) > EXPONENT || number.precision() - (long) number.scale() > EXPONENT) {
                throw unreadable("a number's exponent is beyond " + EXPONENT, null);
            }
        } else if (node.isContainerNode()) {
            for (JsonNode child : node) {
                refuseWhatNoStoreHolds(child);
            }
        }
    }

    private static JsonNode xmlOf(String text) {
        if (text.length() > DOCUMENT_CHARACTERS) {
            throw unreadable("the document is longer than " + DOCUMENT_CHARACTERS + " characters", null);
        }
        try {
            XMLStreamReader in = XML.createXMLStreamReader(new StringReader(text.stripLeading()));
            try {
                return new Elements(in).root();
            } finally {
                in.close();
            }
        } catch (XMLStreamException wrong) {
            String where = wrong.getLocation() == null
                    ? ""
                    : " at line " + wrong.getLocation().getLineNumber() + ", column "
                            + wrong.getLocation().getColumnNumber();
            throw unreadable("this is not XML we accept" + where, wrong);
        }
    }

    private static XMLInputFactory xmlFactory() {
        XMLInputFactory factory = XMLInputFactory.newInstance();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        factory.setXMLResolver((publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("Nothing outside the document is read");
        });
        return factory;
    }

    private static MappingFailure unreadable(String why, Throwable because) {
        return new MappingFailure("UNREADABLE", why, because);
    }

    /** Jackson's first sentence says what is wrong; what follows it may quote the message. */
    private static String firstWords(String message) {
        String line = message == null ? "" : message.lines().findFirst().orElse("");
        String plain = line.replaceAll("['\"(].*", "").strip();
        return plain.length() > 80 ? plain.substring(0, 80) : plain;
    }

    /** Walks the elements of one document. */
    private static final class Elements {

        private final XMLStreamReader in;
        private int seen;

        Elements(XMLStreamReader in) {
            this.in = in;
        }

        JsonNode root() throws XMLStreamException {
            while (in.getEventType() != XMLStreamConstants.START_ELEMENT) {
                if (in.getEventType() == XMLStreamConstants.START_DOCUMENT) {
                    refuseOtherEncodings();
                }
                next();
            }
            String name = in.getLocalName();
            JsonNode value = element(1);
            ObjectNode root = JsonNodeFactory.instance.objectNode();
            if (value instanceof ObjectNode fields) {
                root.setAll(fields);
            } else if (!value.asText().isEmpty()) {
                root.set("", value);
            }
            root.put("@root", name);
            while (in.hasNext()) {
                next();
            }
            return root;
        }

        private JsonNode element(int depth) throws XMLStreamException {
            if (depth > NESTING) {
                throw unreadable("elements are nested deeper than " + NESTING, null);
            }
            if (++seen > ELEMENTS) {
                throw unreadable("there are more than " + ELEMENTS + " elements", null);
            }
            ObjectNode fields = JsonNodeFactory.instance.objectNode();
            for (int i = 0; i < in.getAttributeCount(); i++) {
                fields.put("@" + in.getAttributeLocalName(i), in.getAttributeValue(i));
            }
            StringBuilder text = new StringBuilder();
            while (next() != XMLStreamConstants.END_ELEMENT) {
                if (in.getEventType() == XMLStreamConstants.START_ELEMENT) {
                    add(fields, in.getLocalName(), element(depth + 1));
                } else if (in.isCharacters()) {
                    text.append(in.getText());
                    if (text.length() > STRING_CHARACTERS) {
                        throw unreadable("an element's text is longer than " + STRING_CHARACTERS + " characters", null);
                    }
                }
            }
            String words = text.toString().strip();
            if (fields.isEmpty()) {
                return TextNode.valueOf(words);
            }
            if (!words.isEmpty()) {
                fields.put("", words);
            }
            return fields;
        }

        private static void add(ObjectNode fields, String name, JsonNode value) {
            JsonNode before = fields.get(name);
            if (before == null) {
                fields.set(name, value);
            } else if (before instanceof ArrayNode several) {
                several.add(value);
            } else {
                fields.set(
                        name, JsonNodeFactory.instance.arrayNode().add(before).add(value));
            }
        }

        private int next() throws XMLStreamException {
            int event = in.next();
            if (event == XMLStreamConstants.DTD || event == XMLStreamConstants.ENTITY_REFERENCE) {
                throw unreadable("the document brings a DTD or entities of its own", null);
            }
            return event;
        }

        private void refuseOtherEncodings() {
            String declared = in.getCharacterEncodingScheme();
            if (declared != null && !declared.equalsIgnoreCase("UTF-8")) {
                throw unreadable("the document says it is not UTF-8", null);
            }
        }
    }
}
