package routes.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.httpBasic;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.delete;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureMockMvc;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.ResultActions;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import routes.deadletter.Replay;
import routes.inbox.Refused;

@SpringBootTest(
        classes = ConsoleSlice.class,
        properties = {
            ConsoleSlice.NO_SETTINGS,
            ConsoleSlice.STORE,
            ConsoleSlice.TABLES,
            ConsoleSlice.LOGIN,
            ConsoleSlice.PROBLEMS
        })
@AutoConfigureMockMvc
class OpsDoorsTest {

    @Autowired
    private MockMvc mvc;

    @Autowired
    private Seed seed;

    @Autowired
    private JdbcClient store;

    @Autowired
    private ObjectMapper json;

    @MockitoBean
    private Replay replay;

    private long letter;

    @BeforeEach
    void seed() {
        seed.empty();
        letter = seed.morning();
    }

    private ResultActions ask(MockHttpServletRequestBuilder request, String user) throws Exception {
        return mvc.perform(request.with(httpBasic(user, ConsoleSlice.PASSWORD)));
    }

    private ResultActions view(String address, Object... parts) throws Exception {
        return ask(get(address, parts), "viewer");
    }

    private List<String> pages(String address, String field) throws Exception {
        List<String> found = new ArrayList<>();
        String after = "";
        do {
            JsonNode page = json.readTree(view(address + (after.isEmpty() ? "" : "&after=" + after))
                    .andExpect(status().isOk())
                    .andReturn()
                    .getResponse()
                    .getContentAsString());
            StreamSupport.stream(page.path("items").spliterator(), false)
                    .forEach(item -> found.add(item.path(field).asText()));
            after = page.path("next").asText("null");
        } while (!after.equals("null"));
        return found;
    }

    @Test
    void ordersAreListedNewestFirstWithTheFieldsOthersRelyOn() throws Exception {
        view("/ops/orders")
                .andExpect(status().isOk())
                .andExpect(content().contentType("application/json"))
                .andExpect(jsonPath("$.items", hasSize(4)))
                .andExpect(jsonPath("$.next", nullValue()))
                .andExpect(jsonPath("$.items[3].number").value("OH-100001"))
                .andExpect(jsonPath("$.items[3].shopNumber").value("#0001"))
                .andExpect(jsonPath("$.items[3].status").value("PART_SHIPPED"))
                .andExpect(jsonPath("$.items[3].market").value("us"))
                .andExpect(jsonPath("$.items[3].currency").value("USD"))
                .andExpect(jsonPath("$.items[3].totalMinor").value(10800))
                .andExpect(jsonPath("$.items[3].placedAt").value("2026-11-01T10:00:00Z"));
    }

    @Test
    void pagesCoverEveryOrderOnceWhileNewOnesArrive() throws Exception {
        seed.orders(23, "RELEASED");
        String first = view("/ops/orders?status=RELEASED&limit=10")
                .andReturn()
                .getResponse()
                .getContentAsString();
        seed.order("OH-300001", "RELEASED", "us", "USD", 1, "{}");
        String after = json.readTree(first).path("next").asText();
        assertThat(pages("/ops/orders?status=RELEASED&limit=10&x=" + 1, "number"))
                .hasSize(24)
                .doesNotHaveDuplicates();
        view("/ops/orders?status=RELEASED&limit=500&after=" + after)
                .andExpect(jsonPath("$.items", hasSize(13)))
                .andExpect(jsonPath("$.items[0].number").value("OH-200013"));
    }

    @Test
    void aFullLastPageHasNoNext() throws Exception {
        view("/ops/orders?limit=4")
                .andExpect(jsonPath("$.items", hasSize(4)))
                .andExpect(jsonPath("$.next", nullValue()));
    }

    @Test
    void anOrderTellsItsUnitsLineByLine() throws Exception {
        view("/ops/orders/OH-100001")
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.number").value("OH-100001"))
                .andExpect(jsonPath("$.units[0].line").value(1))
                .andExpect(jsonPath("$.units[0].ordered").value(2))
                .andExpect(jsonPath("$.units[0].open").value(1))
                .andExpect(jsonPath("$.units[0].released").value(1))
                .andExpect(jsonPath("$.units[0].shipped").value(1))
                .andExpect(jsonPath("$.units[0].delivered").value(1))
                .andExpect(jsonPath("$.units[0].cancelled").value(0))
                .andExpect(jsonPath("$.units[1].shipped").value(2))
                .andExpect(jsonPath("$.units[1].delivered").value(0));
    }

    @Test
    void anOrderTellsEverythingThatIsKnownOfIt() throws Exception {
        view("/ops/orders/OH-100001")
                .andExpect(jsonPath("$.holds[0].kind").value("FRAUD_REVIEW"))
                .andExpect(jsonPath("$.fulfilments", hasSize(2)))
                .andExpect(jsonPath("$.fulfilments[0].parcels", hasSize(2)))
                .andExpect(jsonPath("$.fulfilments[0].parcels[0].taxDocument").value("OH-100001-P1"))
                .andExpect(jsonPath("$.payments", hasSize(2)))
                .andExpect(jsonPath("$.payments[1].kind").value("CAPTURE"))
                .andExpect(jsonPath("$.payments[1].amountMinor").value(5940))
                .andExpect(jsonPath("$.history", hasSize(5)))
                .andExpect(jsonPath("$.history[1].verb").value("taxed"))
                .andExpect(jsonPath("$.entries", hasSize(2)))
                .andExpect(jsonPath("$.entries[0].postings[0].amountMinor").value(5940))
                .andExpect(jsonPath("$.partnerCalls", hasSize(4)))
                .andExpect(jsonPath("$.partnerCalls[0].request.body.code").value("OH-100001"))
                .andExpect(jsonPath("$.partnerCalls[1].answer").value(containsString("<decision>ACCEPT")))
                .andExpect(jsonPath("$.partnerCalls[2].answer", nullValue()))
                .andExpect(jsonPath("$.messages", hasSize(3)));
    }

    @Test
    void aSecretThatSlippedIntoACallIsNotShown() throws Exception {
        String answer = view("/ops/orders/OH-100001").andReturn().getResponse().getContentAsString();
        assertThat(answer).doesNotContain(Seed.SLIPPED).contains(Secrets.HIDDEN);
    }

    @Test
    void anOrderWhoseDocumentIsBrokenIsStillShown() throws Exception {
        seed.order("OH-300002", "RECEIVED", "us", "USD", 1, "{not json");
        view("/ops/orders/OH-300002")
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.status").value("RECEIVED"));
    }

    @Test
    void messagesHaveTheFieldsOthersRelyOn() throws Exception {
        view("/ops/messages?state=PARKED")
                .andExpect(jsonPath("$.items", hasSize(1)))
                .andExpect(jsonPath("$.items[0].id").value("3"))
                .andExpect(jsonPath("$.items[0].partner").value("shopify"))
                .andExpect(jsonPath("$.items[0].topic").value("orders/create"))
                .andExpect(jsonPath("$.items[0].eventId").value("event-3"))
                .andExpect(jsonPath("$.items[0].lane").value("OH-100003"))
                .andExpect(jsonPath("$.items[0].state").value("PARKED"))
                .andExpect(jsonPath("$.items[0].step").value("order-capture.quote-tax"))
                .andExpect(jsonPath("$.items[0].attempts").value(3))
                .andExpect(jsonPath("$.items[0].receivedAt").value("2026-11-01T10:03:00Z"))
                .andExpect(jsonPath("$.items[0].orderNumber").value("OH-100003"))
                .andExpect(jsonPath("$.items[0].reason").value("ADDRESS_UNKNOWN"));
    }

    @Test
    void theFirstUnfinishedMessageOfALeasedLaneRunsAndNoOther() throws Exception {
        seed.message(10, "order.shipped", "OH-100001/P2", "OH-100001", "RECEIVED", null, 0, null);
        assertThat(pages("/ops/messages?state=RUNNING", "id")).containsExactly("6");
        assertThat(pages("/ops/messages?state=WAITING", "id")).isEmpty();
        assertThat(pages("/ops/messages?state=RECEIVED", "id")).containsExactly("10", "4");
        view("/ops/messages/6").andExpect(jsonPath("$.state").value("RUNNING"));
        view("/ops/messages/10").andExpect(jsonPath("$.state").value("RECEIVED"));
    }

    @Test
    void aReasonThatIsOverIsNotTold() throws Exception {
        store.sql("update inbox set reason = 'PARTNER_DOWN' where id = 7").update();
        view("/ops/messages/7").andExpect(jsonPath("$.reason", nullValue()));
    }

    @Test
    void everyStateLeadsToItsMessagesAndTogetherToAll() throws Exception {
        List<String> all = new ArrayList<>();
        for (String state : "UNSORTED RECEIVED RUNNING WAITING PARKED DONE DISCARDED".split(" ")) {
            all.addAll(pages("/ops/messages?limit=2&state=" + state, "id"));
        }
        assertThat(all)
                .containsExactlyInAnyOrderElementsOf(pages("/ops/messages?limit=2&x=1", "id"))
                .hasSize(9);
    }

    @Test
    void messagesOfOneOrder() throws Exception {
        assertThat(pages("/ops/messages?order=OH-100003", "id")).containsExactly("4", "3");
    }

    @Test
    void theEquationCountsBothSidesApart() throws Exception {
        view("/ops/conservation")
                .andExpect(jsonPath("$.received").value(9))
                .andExpect(jsonPath("$.waiting").value(2))
                .andExpect(jsonPath("$.running").value(1))
                .andExpect(jsonPath("$.done").value(4))
                .andExpect(jsonPath("$.parked").value(1))
                .andExpect(jsonPath("$.discarded").value(1))
                .andExpect(jsonPath("$.duplicates").value(1))
                .andExpect(jsonPath("$.balanced").value(true));
    }

    @Test
    void aLostRowUnbalancesTheEquation() throws Exception {
        store.sql("delete from inbox where id = 7").update();
        // A count is allowed to serve a little longer than it took.
        org.awaitility.Awaitility.await().untilAsserted(() -> view("/ops/conservation")
                .andExpect(jsonPath("$.balanced").value(false)));
    }

    @Test
    void deadLettersSayCauseAudienceAndTitle() throws Exception {
        view("/ops/dead-letters")
                .andExpect(jsonPath("$.items", hasSize(1)))
                .andExpect(jsonPath("$.items[0].id").value(Long.toString(letter)))
                .andExpect(jsonPath("$.items[0].messageId").value("3"))
                .andExpect(jsonPath("$.items[0].orderNumber").value("OH-100003"))
                .andExpect(jsonPath("$.items[0].step").value("order-capture.quote-tax"))
                .andExpect(jsonPath("$.items[0].cause").value("ADDRESS_UNKNOWN"))
                .andExpect(jsonPath("$.items[0].audience").value("staff"))
                .andExpect(jsonPath("$.items[0].title").isNotEmpty())
                .andExpect(jsonPath("$.items[0].since").value("2026-11-01T10:30:00Z"));
    }

    @Test
    void endedFailuresAreNoDeadLettersButKeepTheirStatus() throws Exception {
        store.sql("update failures set state = 'REPLAYED', ended_by = 'staff', ended_at = since")
                .update();
        view("/ops/dead-letters").andExpect(jsonPath("$.items", hasSize(0)));
        view("/ops/orders/OH-100003")
                .andExpect(jsonPath("$.deadLetters", hasSize(0)))
                .andExpect(jsonPath("$.failures[0].endedBy").value("staff"));
        view("/ops/dead-letters/{id}", letter)
                .andExpect(jsonPath("$.state").value("REPLAYED"))
                .andExpect(jsonPath("$.endedBy").value("staff"))
                .andExpect(jsonPath("$.message.state").value("PARKED"));
    }

    @Test
    void aReplayIsAcceptedWithALinkToItsStatus() throws Exception {
        when(replay.replay(letter, "staff")).thenReturn(new Replay.Answer(3, "RECEIVED"));
        String status = "/ops/dead-letters/" + letter;
        ask(post("/ops/dead-letters/{id}/replay", letter), "staff")
                .andExpect(status().isAccepted())
                .andExpect(header().string("Location", status))
                .andExpect(jsonPath("$.id").value(Long.toString(letter)))
                .andExpect(jsonPath("$.status").value("RECEIVED"))
                .andExpect(jsonPath("$.links.status").value(status))
                .andExpect(jsonPath("$.links.message").value("/ops/messages/3"))
                .andExpect(jsonPath("$.links.order").value("/ops/orders/OH-100003"));
        view(status).andExpect(status().isOk());
    }

    @ParameterizedTest
    @ValueSource(strings = {"staff", "lead", "engineer", "admin"})
    void staffAndAboveMayReplay(String user) throws Exception {
        when(replay.replay(anyLong(), any())).thenReturn(new Replay.Answer(3, "RECEIVED"));
        ask(post("/ops/dead-letters/{id}/replay", letter), user).andExpect(status().isAccepted());
    }

    @Test
    void aViewerMayNotReplay() throws Exception {
        ask(post("/ops/dead-letters/{id}/replay", letter), "viewer")
                .andExpect(status().isForbidden())
                .andExpect(content().contentTypeCompatibleWith("application/problem+json"))
                .andExpect(jsonPath("$.code").value("ROLE_MISSING"));
        verify(replay, never()).replay(anyLong(), any());
    }

    @Test
    void aReplayThatTheStateForbidsIsAConflict() throws Exception {
        when(replay.replay(letter, "staff")).thenThrow(new Refused("STATE_REFUSED", "Message 3 is running"));
        ask(post("/ops/dead-letters/{id}/replay", letter), "staff")
                .andExpect(status().isConflict())
                .andExpect(jsonPath("$.code").value("CONFLICT"))
                .andExpect(jsonPath("$.detail").value("Message 3 is running"));
    }

    @Test
    void theTrialBalanceIsByCurrencyAndAccount() throws Exception {
        view("/ops/ledger/trial-balance")
                .andExpect(jsonPath("$.currencies.USD.sumMinor").value(0))
                .andExpect(jsonPath("$.currencies.USD.accounts['1050']").value(5940))
                .andExpect(jsonPath("$.currencies.JPY.accounts['1200']").value(-700));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ops/orders?status=LOST",
                "/ops/orders?after=%21%21",
                "/ops/orders?after=bWVzc2FnZXM6MQ",
                "/ops/orders?limit=0",
                "/ops/orders?limit=501",
                "/ops/orders?limit=many",
                "/ops/messages?state=GONE",
                "/ops/messages?order=%27%20or%201%3D1",
                "/ops/messages?after=b3JkZXJzOk9ILTE",
                "/ops/messages?after=bWVzc2FnZXM6eA",
                "/ops/dead-letters?after=x",
                "/ops/dead-letters?limit=-1"
            })
    void aBadParameterIsAProblem(String address) throws Exception {
        mvc.perform(get(java.net.URI.create(address)).with(httpBasic("viewer", ConsoleSlice.PASSWORD)))
                .andExpect(status().isBadRequest())
                .andExpect(content().contentTypeCompatibleWith("application/problem+json"))
                .andExpect(jsonPath("$.type").value("urn:order-hub:problem:bad-parameter"))
                .andExpect(jsonPath("$.title").isNotEmpty())
                .andExpect(jsonPath("$.status").value(400))
                .andExpect(jsonPath("$.detail").isNotEmpty())
                .andExpect(jsonPath("$.instance").value(address.replaceAll("\\?.*", "")))
                .andExpect(jsonPath("$.code").value("BAD_PARAMETER"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ops/orders/OH-1",
                "/ops/nothing",
                "/ops",
                "/ops/messages/99",
                "/ops/messages/x",
                "/ops/dead-letters/99",
                "/ops/dead-letters/99999999999999999999"
            })
    void whatIsNotThereIsAProblem(String address) throws Exception {
        view(address)
                .andExpect(status().isNotFound())
                .andExpect(content().contentTypeCompatibleWith("application/problem+json"))
                .andExpect(jsonPath("$.status").value(404))
                .andExpect(jsonPath("$.instance").value(address))
                .andExpect(jsonPath("$.code").value("NOT_FOUND"));
    }

    @Test
    void aReplayOfNothingIsNotFound() throws Exception {
        ask(post("/ops/dead-letters/99/replay"), "staff").andExpect(status().isNotFound());
    }

    @Test
    void aWrongMethodIsAProblemThatNamesTheRightOnes() throws Exception {
        ask(delete("/ops/orders"), "staff")
                .andExpect(status().isMethodNotAllowed())
                .andExpect(content().contentTypeCompatibleWith("application/problem+json"))
                .andExpect(header().string("Allow", containsString("GET")))
                .andExpect(jsonPath("$.code").value("METHOD_NOT_ALLOWED"));
    }

    @ParameterizedTest
    @CsvSource({"image/png", "text/html"})
    void theDoorsAnswerJsonOrSayTheyDoNot(String accept) throws Exception {
        ask(get("/ops/orders").header("Accept", accept), "viewer")
                .andExpect(status().isNotAcceptable())
                .andExpect(content().contentTypeCompatibleWith("application/problem+json"));
    }
}
