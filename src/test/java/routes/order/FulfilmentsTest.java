package routes.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.mockito.Mockito.withSettings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mockito.MockMakers;
import routes.inbox.Committer;
import routes.inbox.KafkaSettings;
import routes.inbox.NotYet;
import routes.inbox.TurnAtHand;
import routes.region.Regions;
import routes.stock.AllRules;
import routes.stock.Levels;
import routes.stock.Levels.Place;
import routes.stock.Stock;

/** What a plan is worth when what lies where changes before it is written. */
class FulfilmentsTest {

    private static final ObjectMapper JSON =
            JsonMapper.builder().addModule(new JavaTimeModule()).build();
    private static final Order ORDER = order();

    private final Committer committer =
            mock(Committer.class, withSettings().mockMaker(MockMakers.INLINE).stubOnly());

    @Test
    void stockThatIsTakenWhileItIsPlannedHasTheShopMoveItsUnitsFirst() {
        var fulfilments = fulfilments(
                new Levels(Map.of(new Place("11", "MUG-1"), 0, new Place("12", "MUG-1"), 5), Set.of("11", "12")));
        assertThatThrownBy(() -> sourced(fulfilments, "11", List.of()))
                .isInstanceOfSatisfying(
                        NotYet.class, notYet -> assertThat(notYet.reason()).isEqualTo("STOCK_TAKEN"));
        // Moved, the plan stands; and what was moved before is not waited for again.
        assertThat(node(sourced(fulfilments, "12", List.of("X1>12")))).isEqualTo("12");
        assertThat(node(sourced(fulfilments, "11", List.of("X1>12")))).isEqualTo("12");
    }

    @Test
    void whatTheShopChoseIsPlannedAtOnce() {
        var fulfilments = fulfilments(
                new Levels(Map.of(new Place("11", "MUG-1"), 5, new Place("12", "MUG-1"), 5), Set.of("11", "12")));
        assertThat(node(sourced(fulfilments, "11", List.of()))).isEqualTo("11");
    }

    private static String node(Order order) {
        return order.fulfilmentOrders().get(0).node();
    }

    private static Order sourced(Fulfilments fulfilments, String node, List<String> moved) {
        return new TurnAtHand(1, "shopify", "OH-100001", "", "{}")
                .at("fulfilment.source", () -> fulfilments.sourced(ORDER, shop(node), moved));
    }

    private Fulfilments fulfilments(Levels levels) {
        var stock = mock(Stock.class);
        when(stock.levels(any(), any())).thenReturn(levels);
        when(committer.write(any())).thenAnswer(asked -> TurnAtHand.written(asked.<Change>getArgument(0)));
        var documents = new OrderDocuments(null, null) {
            @Override
            Optional<Order> find(String number) {
                return Optional.of(ORDER);
            }

            @Override
            String document(Order written) {
                return "";
            }
        };
        var clock = Clock.fixed(Instant.parse("2026-11-01T12:00:00Z"), ZoneOffset.UTC);
        return new Fulfilments(
                new Verbs(
                        documents,
                        committer,
                        new Regions(),
                        stock,
                        new Outbox(null, null, null, new KafkaSettings(false, "", "", ""), null),
                        JSON,
                        clock),
                stock,
                new AllRules());
    }

    private static JsonNode shop(String node) {
        return json("{'tenders':[{'id':'T1','kind':'AUTHORIZATION','gateway':'bogus','amountMinor':5400}],"
                + "'fulfilmentOrders':[{'shopId':'FO1','node':'" + node + "','lines':["
                + "{'shopLineId':'gid/X1','orderLineId':'L1','quantity':1}]}],'costs':[]}");
    }

    private static Order order() {
        try {
            return JSON.treeToValue(
                    json("{'number':'OH-100001','version':3,'channel':'shopify','market':'us','currency':'USD',"
                            + "'placedAt':'2026-11-01T10:00:00Z','serviceLevel':'standard','company':'us-books',"
                            + "'partners':{'shop':'shopify','warehouse':'warehouse'},"
                            + "'shipTo':{'country':'US','region':'NY'},"
                            + "'lines':[{'number':1,'shopLineId':'L1','sku':'MUG-1','quantity':1,"
                            + "'unitPriceMinor':5000,'taxMinor':400,'requiresShipping':true}],"
                            + "'subtotalMinor':5000,'taxMinor':400,'totalMinor':5400}"),
                    Order.class);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
