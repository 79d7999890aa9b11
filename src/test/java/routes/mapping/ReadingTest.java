package routes.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes from outside is read exactly or not at all. */
class ReadingTest {

    @Test
    void everyDigitSurvives() {
        String text = "{\"id\":820982911946154508,\"big\":18446744073709551617,\"amount\":24.10,\"zero\":0.00}";
        assertEquals(text, Reading.tree(text).toString());
    }

    @Test
    void aByteOrderMarkIsNotContentAndTheLastDuplicateCounts() {
        assertEquals(
                "{\"a\":2}", Reading.tree(utf8("\uFEFF {\"a\":1,\"a\":2} ")).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "{",
                "{\"a\":1}x",
                "{} {}",
                "{'a':1}",
                "{a:1}",
                "[1,]",
                "NaN",
                "01",
                "{\"a\":1e999999999}",
                "{\"a\":1e-999999999}",
                "[1E+41]",
                "[12345678901234567890123456789012345678901]",
                "// comment\n{}"
            })
    void otherJsonIsRefused(String text) {
        assertUnreadable(utf8(text));
    }

    @Test
    void eachLimitIsJustReachable() {
        assertEquals(64, depth(Reading.tree("[".repeat(64) + "]".repeat(64))));
        assertUnreadable(utf8("[".repeat(65) + "]".repeat(65)));
        assertUnreadable(utf8("{\"a\":".repeat(100_000)));
        assertEquals(
                1_000_000,
                Reading.tree("\"" + "x".repeat(1_000_000) + "\"").textValue().length());
        assertUnreadable(utf8("\"" + "x".repeat(1_100_000) + "\""));
        assertEquals(
                "[" + "9".repeat(40) + "]",
                Reading.tree("[" + "9".repeat(40) + "]").toString());
        assertUnreadable(utf8("[" + "1,".repeat(9_000_000) + "1]"));
    }

    @Test
    void otherEncodingsAreRefused() {
        assertUnreadable("{\"a\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertUnreadable("{\"a\":1}".getBytes(StandardCharsets.UTF_16));
        assertUnreadable("<a>é</a>".getBytes(StandardCharsets.ISO_8859_1));
        assertUnreadable(utf8("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>x</a>"));
    }

    @Test
    void aRefusalQuotesNoContent() {
        MappingFailure failure = assertThrows(
                MappingFailure.class, () -> Reading.tree("{\"email\":\"ada@example.com\", ada@example.com}"));
        assertFalse(failure.getMessage().contains("ada"), failure.getMessage());
    }

    @Test
    void xmlComesOutAsTheClassSays() {
        String xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!-- c --><r:root xmlns:r=\"urn:x\" version=\"1\"> "
                + "<one>  a &amp; b </one><empty/><many>1</many><other>x</other><many>2</many><many><n>3</n></many>"
                + "<mixed id=\"7\">text<b>bold</b></mixed><c><![CDATA[<raw>]]></c></r:root>";
        assertEquals(
                "{\"one\":\"a & b\",\"empty\":\"\",\"many\":[\"1\",\"2\",{\"n\":\"3\"}],\"other\":\"x\","
                        + "\"mixed\":{\"@id\":\"7\",\"b\":\"bold\",\"\":\"text\"},\"c\":\"<raw>\",\"@root\":\"root\"}",
                Reading.tree(xml).toString().replace("\"@version\":\"1\",", ""));
        assertEquals(
                "{\"\":\"why\",\"@root\":\"ERROR\"}",
                Reading.tree("<ERROR>why</ERROR>").toString());
        assertEquals("{\"@root\":\"a\"}", Reading.tree("<a/>").toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<",
                "<a>",
                "<a></b>",
                "<a/><b/>",
                "<a/>x",
                "<a>&nope;</a>",
                "<!DOCTYPE a><a/>",
                "<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/x.dtd\"><a/>",
                "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><a>&x;</a>",
                "<!DOCTYPE a [<!ENTITY x \"xxxxxxxxxx\"><!ENTITY y \"&x;&x;\">]><a>&y;</a>"
            })
    void otherXmlIsRefused(String text) {
        assertUnreadable(utf8(text));
    }

    @Test
    void xmlHasLimitsToo() {
        assertEquals(
                "root",
                Reading.tree("<root>" + "<a>".repeat(63) + "</a>".repeat(63) + "</root>")
                        .path("@root")
                        .asText());
        assertUnreadable(utf8("<a>".repeat(65) + "</a>".repeat(65)));
        assertUnreadable(utf8("<a>" + "<b/>".repeat(100_001) + "</a>"));
        assertUnreadable(utf8("<a>" + "x".repeat(1_000_001) + "</a>"));
    }

    @Test
    void whatIsWrittenAsXmlReadsBack() {
        JsonNode body = Reading.tree(
                "{\"a\":\"1 < 2 & \\\"x\\\"\",\"n\":24.10,\"gone\":null,\"list\":{\"item\":[\"x\",{\"y\":\"z\"}]},"
                        + "\"odd\":\"a\\u0001b\\uD800c\"}");
        assertEquals(
                "{\"a\":\"1 < 2 & \\\"x\\\"\",\"n\":\"24.10\",\"list\":{\"item\":[\"x\",{\"y\":\"z\"}]},\"odd\":\"abc\",\"@root\":\"top\"}",
                Reading.xml(Writing.xml(body, "top")).toString());
    }

    private static int depth(JsonNode node) {
        return node.isEmpty() ? 1 : 1 + depth(node.get(0));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void assertUnreadable(byte[] bytes) {
        assertEquals(
                "UNREADABLE",
                assertThrows(MappingFailure.class, () -> Reading.tree(bytes)).causeCode());
    }
}
