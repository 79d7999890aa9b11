package routes.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The bounded scan at the door: it finds the one value, and never fails on anything. */
class CorrelationsTest {

    @Test
    void anIdBeyondADoubleKeepsItsDigits() {
        assertThat(scan("{\"a\":{\"id\":1},\"id\":820982911946154508,\"x\":[1,2]}", "/id"))
                .isEqualTo("820982911946154508");
    }

    @Test
    void aPathLeadsIntoObjects() {
        assertThat(scan("{\"order\":{\"lines\":[{}],\"id\":\"7\"}}", "/order/id"))
                .isEqualTo("7");
    }

    @Test
    void anElementOfXmlIsFound() {
        assertThat(scan("<r><x>1</x><transaction-id> OH-1 </transaction-id></r>", "<transaction-id>"))
                .isEqualTo("OH-1");
    }

    @Test
    void whatCannotBeReadLeadsNowhere() {
        assertThat(scan("", "/id")).isNull();
        assertThat(scan("{\"id\":", "/id")).isNull();
        assertThat(scan("[1,2]", "/id")).isNull();
        assertThat(scan("{\"id\":null}", "/id")).isNull();
        assertThat(scan("{\"id\":{\"a\":1}}", "/id")).isNull();
        assertThat(scan("[".repeat(5000), "/id")).isNull();
        assertThat(scan("{\"a\":" + "[".repeat(5000), "/id")).isNull();
        assertThat(scan("{\"id\":\"" + "9".repeat(300) + "\"}", "/id")).isNull();
        assertThat(scan("<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><r><id>&e;</id></r>", "<id>"))
                .isNull();
        assertThat(Correlations.scan(new byte[] {(byte) 0xff, (byte) 0xfe, 1}, "/id"))
                .isNull();
    }

    @Property
    void noBytesMakeItFail(@ForAll byte[] body) {
        Correlations.scan(body, "/id");
        Correlations.scan(body, "<id>");
    }

    private static String scan(String body, String pointer) {
        return Correlations.scan(body.getBytes(StandardCharsets.UTF_8), pointer);
    }
}
