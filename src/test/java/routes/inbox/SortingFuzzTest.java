package routes.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.springframework.jdbc.core.simple.JdbcClient;
import routes.harness.SharedHub;

/** Whatever a body holds where its reference should be, it leads to one order or nowhere, and never stops what is beside it. */
class SortingFuzzTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Provide
    Arbitrary<String> pointers() {
        return Arbitraries.of("/id", "/order/id", "/a/b/c", "/", "<transaction-id>", "<>", "/id/id", "/\u00e9");
    }

    @Property
    void aScanAnswersOrLeadsNowhere(@ForAll byte[] body, @ForAll("pointers") String pointer) {
        shortAndPlain(Correlations.scan(body, pointer));
    }

    @Property
    void aReferenceIsFoundAsItWasWritten(@ForAll @StringLength(max = 250) String value, @ForAll boolean deep) {
        ObjectNode body = JSON.createObjectNode().put("first", "{\"id\":1}");
        ObjectNode holder = deep ? body.putObject("order") : body;
        holder.putArray("list").addObject().put("id", "not this one");
        holder.put("id", value);
        String found = Correlations.scan(body.toString().getBytes(StandardCharsets.UTF_8), deep ? "/order/id" : "/id");
        shortAndPlain(found);
        boolean usable = !value.trim().isBlank()
                && value.length() <= 200
                && value.trim().chars().noneMatch(Character::isISOControl)
                && StandardCharsets.UTF_8.newEncoder().canEncode(value);
        if (usable) {
            assertThat(found).isEqualTo(value.trim());
        }
    }

    private static void shortAndPlain(String found) {
        if (found != null) {
            assertThat(found).isNotBlank().hasSizeLessThanOrEqualTo(200);
            assertThat(found.chars().noneMatch(Character::isISOControl)).isTrue();
        }
    }

    @Provide
    Arbitrary<List<String>> references() {
        Arbitrary<String> few = Arbitraries.of("1", "2", "' or 1=1 --", "%", "_", "\u00e9", "e\u0301", "A", "a", " x");
        return Arbitraries.oneOf(
                        few,
                        Arbitraries.strings()
                                .excludeChars('\u0000')
                                .ofMinLength(1)
                                .ofMaxLength(200))
                .list()
                .ofMinSize(1)
                .ofMaxSize(12);
    }

    /** One reference is one order for ever, two are two; and every message is somewhere. */
    @Property(tries = 100)
    void oneReferenceIsOneOrder(@ForAll("references") @Size(min = 1, max = 12) List<String> references) {
        SharedHub hub = SharedHub.get();
        Inbox inbox = hub.context().getBean(Inbox.class);
        JdbcClient store = hub.context().getBean(JdbcClient.class);
        String partner = "fuzz-" + UUID.randomUUID();
        Map<String, String> orders = new HashMap<>();
        List<Long> ids = new ArrayList<>();
        int n = 0;
        for (String reference : references) {
            byte[] body = (partner + n++).getBytes(StandardCharsets.UTF_8);
            Delivery delivery = new Delivery(
                    partner,
                    "",
                    "nothing",
                    "e" + n,
                    Map.of(),
                    body,
                    partner,
                    "order",
                    reference,
                    true,
                    false,
                    Instant.now());
            Take.Receipt receipt = inbox.take(delivery);
            assertThat(receipt.duplicate()).isFalse();
            assertThat(receipt.orderNumber()).isNotNull();
            String before = orders.putIfAbsent(reference, receipt.orderNumber());
            assertThat(receipt.orderNumber()).isEqualTo(before == null ? receipt.orderNumber() : before);
            ids.add(receipt.id());
            assertThat(inbox.take(delivery).duplicate()).isTrue();
        }
        assertThat(orders.values()).doesNotHaveDuplicates();
        assertThat(store.sql("select count(*) from inbox where partner = ?")
                        .param(partner)
                        .query(Integer.class)
                        .single())
                .isEqualTo(ids.size());
    }
}
