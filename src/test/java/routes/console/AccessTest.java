package routes.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.reset;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.httpBasic;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.redirectedUrl;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureMockMvc;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.RequestPostProcessor;
import routes.deadletter.Replay;
import routes.inbox.Refused;
import routes.inbox.Take;
import routes.order.Holds;

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
class AccessTest {

    @Autowired
    private MockMvc mvc;

    @Autowired
    private Seed seed;

    @MockitoBean
    private Replay replay;

    @Autowired
    private Holds holds;

    private long letter;

    @BeforeEach
    void seed() {
        seed.empty();
        reset(holds);
        letter = seed.morning();
        when(replay.replay(anyLong(), any())).thenReturn(new Replay.Answer(3, "RECEIVED"));
    }

    /** Logs in by the form and keeps the session, as a browser does. */
    private MockHttpSession loggedIn(String user) throws Exception {
        return (MockHttpSession) mvc.perform(post("/login")
                        .param("username", user)
                        .param("password", ConsoleSlice.PASSWORD)
                        .with(csrf()))
                .andExpect(redirectedUrl("/console"))
                .andReturn()
                .getRequest()
                .getSession();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ops/orders",
                "/ops/orders/OH-100001",
                "/ops/messages",
                "/ops/conservation",
                "/ops/dead-letters",
                "/ops/ledger/trial-balance",
                "/ops/nothing",
                "/ops"
            })
    void everyStaffDoorAsksForALogin(String address) throws Exception {
        mvc.perform(get(address))
                .andExpect(status().isUnauthorized())
                .andExpect(header().string("WWW-Authenticate", containsString("Basic")))
                .andExpect(content().contentTypeCompatibleWith("application/problem+json"))
                .andExpect(jsonPath("$.status").value(401))
                .andExpect(jsonPath("$.code").value("LOGIN_NEEDED"))
                .andExpect(jsonPath("$.instance").value(address));
    }

    @Test
    void aWrongPasswordIsRefusedAndANobodyToo() throws Exception {
        mvc.perform(get("/ops/orders").with(httpBasic("viewer", "guess"))).andExpect(status().isUnauthorized());
        mvc.perform(get("/ops/orders").with(httpBasic("root", ConsoleSlice.PASSWORD)))
                .andExpect(status().isUnauthorized())
                .andExpect(jsonPath("$.code").value("LOGIN_NEEDED"));
    }

    @Test
    void whoGuessesIsToldToWait() throws Exception {
        for (int i = 0; i < 5; i++) {
            mvc.perform(get("/ops/orders").with(from("192.0.2.1")).with(httpBasic("lead", "guess" + i)))
                    .andExpect(status().isUnauthorized());
        }
        mvc.perform(get("/ops/orders").with(from("192.0.2.1")).with(httpBasic("lead", ConsoleSlice.PASSWORD)))
                .andExpect(status().isTooManyRequests())
                .andExpect(header().string("Retry-After", not("0")))
                .andExpect(content().contentTypeCompatibleWith("application/problem+json"))
                .andExpect(jsonPath("$.code").value("TOO_MANY_TRIES"));
        mvc.perform(post("/login")
                        .with(from("192.0.2.1"))
                        .param("username", "lead")
                        .param("password", ConsoleSlice.PASSWORD)
                        .with(csrf()))
                .andExpect(status().is3xxRedirection())
                .andExpect(header().string("Location", containsString("/login?wait=")));
        mvc.perform(get("/login").param("wait", "60"))
                .andExpect(status().isOk())
                .andExpect(content().string(containsString("Too many wrong passwords")));
        mvc.perform(get("/ops/orders").with(from("192.0.2.2")).with(httpBasic("lead", ConsoleSlice.PASSWORD)))
                .andExpect(status().isOk());
    }

    @Test
    void wrongPasswordsInTheFormCountToo() throws Exception {
        for (int i = 0; i < 5; i++) {
            mvc.perform(post("/login")
                            .with(from("192.0.2.3"))
                            .param("username", "staff")
                            .param("password", "guess")
                            .with(csrf()))
                    .andExpect(redirectedUrl("/login?error"));
        }
        mvc.perform(post("/login")
                        .with(from("192.0.2.3"))
                        .param("username", "staff")
                        .param("password", ConsoleSlice.PASSWORD)
                        .with(csrf()))
                .andExpect(header().string("Location", containsString("/login?wait=")));
    }

    @Test
    void bodiesNobodyNeedsAreRefusedUnread() throws Exception {
        String door = "/ops/orders/OH-100002/holds/ADDUP/release";
        mvc.perform(post(door)
                        .with(httpBasic("lead", ConsoleSlice.PASSWORD))
                        .contentType("application/json")
                        .content(new byte[1_048_577]))
                .andExpect(status().isPayloadTooLarge())
                .andExpect(jsonPath("$.code").value("TOO_LARGE"));
        mvc.perform(post(door)
                        .with(httpBasic("lead", ConsoleSlice.PASSWORD))
                        .header("Transfer-Encoding", "chunked")
                        .contentType("application/json")
                        .content("{}"))
                .andExpect(status().isLengthRequired());
        String deep = "{\"reason\":" + "[".repeat(200) + "]".repeat(200) + "}";
        mvc.perform(post(door)
                        .with(httpBasic("lead", ConsoleSlice.PASSWORD))
                        .contentType("application/json")
                        .content(deep))
                .andExpect(status().isBadRequest());
        verify(holds, never()).release(any(), any(), any(), any());
    }

    private static RequestPostProcessor from(String address) {
        return request -> {
            request.setRemoteAddr(address);
            return request;
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"viewer", "staff", "lead", "engineer", "admin"})
    void everybodyReads(String user) throws Exception {
        mvc.perform(get("/ops/orders").with(httpBasic(user, ConsoleSlice.PASSWORD)))
                .andExpect(status().isOk());
        mvc.perform(get("/console").session(loggedIn(user)))
                .andExpect(status().isOk())
                .andExpect(content().string(containsString(user)));
    }

    @Test
    void peopleAreSentToTheLoginAndThenWhereTheyWanted() throws Exception {
        MockHttpSession session =
                (MockHttpSession) mvc.perform(get("/console/orders/OH-100001").header("Accept", "text/html"))
                        .andExpect(redirectedUrl("/login"))
                        .andReturn()
                        .getRequest()
                        .getSession();
        mvc.perform(post("/login")
                        .session(session)
                        .param("username", "staff")
                        .param("password", ConsoleSlice.PASSWORD)
                        .with(csrf()))
                .andExpect(redirectedUrl("http://localhost/console/orders/OH-100001"));
    }

    @Test
    void aLivePartWhoseSessionEndedSendsTheWholePageToTheLogin() throws Exception {
        mvc.perform(get("/console").header("HX-Request", "true").header("Accept", "text/html"))
                .andExpect(status().isUnauthorized())
                .andExpect(header().string("HX-Redirect", "/login"));
    }

    @Test
    void programsGetNoSession() throws Exception {
        assertThat(mvc.perform(get("/ops/orders").with(httpBasic("viewer", ConsoleSlice.PASSWORD)))
                        .andReturn()
                        .getRequest()
                        .getSession(false))
                .isNull();
        assertThat(mvc.perform(get("/ops/orders")).andReturn().getRequest().getSession(false))
                .isNull();
        assertThat(mvc.perform(get("/console").with(httpBasic("viewer", ConsoleSlice.PASSWORD)))
                        .andExpect(status().isOk())
                        .andReturn()
                        .getRequest()
                        .getSession(false))
                .isNull();
    }

    @Test
    void aSessionNeedsTheFormsTokenToChangeAnything() throws Exception {
        MockHttpSession session = loggedIn("staff");
        mvc.perform(post("/ops/dead-letters/{id}/replay", letter).session(session))
                .andExpect(status().isForbidden())
                .andExpect(jsonPath("$.code").value("FORM_EXPIRED"));
        mvc.perform(post("/console/dead-letters/{id}/replay", letter).session(session))
                .andExpect(status().isForbidden());
        verify(replay, never()).replay(anyLong(), any());
        mvc.perform(post("/console/dead-letters/{id}/replay", letter)
                        .session(session)
                        .with(csrf()))
                .andExpect(redirectedUrl("/console/dead-letters"));
        verify(replay).replay(letter, "staff");
    }

    @Test
    void credentialsThatABrowserSendsForAForeignPageNeedTheTokenToo() throws Exception {
        mvc.perform(post("/ops/dead-letters/{id}/replay", letter)
                        .with(httpBasic("staff", ConsoleSlice.PASSWORD))
                        .header("Sec-Fetch-Site", "cross-site"))
                .andExpect(status().isForbidden());
        verify(replay, never()).replay(anyLong(), any());
        mvc.perform(post("/ops/dead-letters/{id}/replay", letter).with(httpBasic("staff", ConsoleSlice.PASSWORD)))
                .andExpect(status().isAccepted());
    }

    @Test
    void aViewersButtonIsRefusedByTheDoorToo() throws Exception {
        mvc.perform(post("/console/dead-letters/{id}/replay", letter)
                        .session(loggedIn("viewer"))
                        .with(csrf()))
                .andExpect(status().isForbidden());
        verify(replay, never()).replay(anyLong(), any());
    }

    @Test
    void onlyALeadReleasesAHoldAndOnlyWithTheFormsToken() throws Exception {
        String door = "/ops/orders/OH-100002/holds/ADDUP/release";
        String form = "/console/orders/OH-100002/holds/ADDUP/release";
        when(holds.release(any(), any(), any(), any())).thenReturn(new Take.Receipt(77, false, "OH-100002"));
        mvc.perform(post(door)
                        .with(httpBasic("staff", ConsoleSlice.PASSWORD))
                        .contentType("application/json")
                        .content("{\"reason\":\"why not\"}"))
                .andExpect(status().isForbidden());
        mvc.perform(post(form)
                        .session(loggedIn("staff"))
                        .param("reason", "why not")
                        .with(csrf()))
                .andExpect(status().isForbidden());
        mvc.perform(post(form).session(loggedIn("lead")).param("reason", "why not"))
                .andExpect(status().isForbidden());
        verify(holds, never()).release(any(), any(), any(), any());
        mvc.perform(post(form)
                        .session(loggedIn("lead"))
                        .param("reason", " asked ")
                        .with(csrf()))
                .andExpect(redirectedUrl("/console/orders/OH-100002"));
        verify(holds).release("OH-100002", "ADDUP", "lead", "asked");
        mvc.perform(post(door)
                        .with(httpBasic("admin", ConsoleSlice.PASSWORD))
                        .contentType("application/json")
                        .content("{\"reason\":\"asked\"}"))
                .andExpect(status().isAccepted())
                .andExpect(header().string("Location", "/ops/messages/77"))
                .andExpect(jsonPath("$.links.order").value("/ops/orders/OH-100002"));
    }

    @Test
    void aReleaseThatCannotBeIsAProblem() throws Exception {
        String door = "/ops/orders/OH-100002/holds/ADDUP/release";
        for (String[] wrong :
                new String[][] {{"{", "400"}, {"", "400"}, {"{}", "400"}, {"{\"reason\":\" \"}", "400"}}) {
            mvc.perform(post(door)
                            .with(httpBasic("lead", ConsoleSlice.PASSWORD))
                            .contentType("application/json")
                            .content(wrong[0]))
                    .andExpect(status().is(Integer.parseInt(wrong[1])))
                    .andExpect(content().contentTypeCompatibleWith("application/problem+json"));
        }
        when(holds.release(any(), any(), any(), any())).thenThrow(new Refused("STATE_REFUSED", "a cent is missing"));
        mvc.perform(post(door)
                        .with(httpBasic("lead", ConsoleSlice.PASSWORD))
                        .contentType("application/json")
                        .content("{\"reason\":\"asked\"}"))
                .andExpect(status().isConflict())
                .andExpect(jsonPath("$.code").value("STATE_REFUSED"))
                .andExpect(jsonPath("$.detail").value("a cent is missing"));
    }

    @Test
    void theFormBesideAHoldSaysWhyItsButtonIsOff() throws Exception {
        mvc.perform(get("/console/orders/OH-100002").session(loggedIn("staff")))
                .andExpect(status().isOk())
                .andExpect(content().string(containsString("Leads and above may release holds.")))
                .andExpect(content().string(containsString("disabled=\"disabled\"")));
        mvc.perform(get("/console/orders/OH-100002").session(loggedIn("lead")))
                .andExpect(content().string(containsString("The order goes on from where it stands.")))
                .andExpect(content().string(containsString("name=\"_csrf\"")))
                .andExpect(content().string(not(containsString("disabled=\"disabled\""))));
    }

    @Test
    void loggingOutEndsTheSession() throws Exception {
        MockHttpSession session = loggedIn("staff");
        mvc.perform(post("/logout")
                        .session(session)
                        .header("Accept", "text/html")
                        .with(csrf()))
                .andExpect(redirectedUrl("/login?bye"));
        assertThat(session.isInvalid()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/partners/shopify/webhooks", "/sandbox/shop/orders", "/actuator/health", "/track/abc"})
    void doorsThatGuardThemselvesAreLeftAlone(String address) throws Exception {
        mvc.perform(post(address))
                .andExpect(status().isNotFound())
                .andExpect(header().doesNotExist("WWW-Authenticate"))
                .andExpect(header().doesNotExist("Content-Security-Policy"));
    }

    @Test
    void whatNoRuleNamesIsRefused() throws Exception {
        mvc.perform(get("/anything")).andExpect(status().isUnauthorized());
        mvc.perform(post("/elsewhere").with(httpBasic("admin", ConsoleSlice.PASSWORD)))
                .andExpect(status().isForbidden());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/login", "/console.css", "/webjars/htmx.org/dist/htmx.min.js", "/ops/orders"})
    void everyAnswerForbidsFramesForeignScriptsAndGuessing(String address) throws Exception {
        mvc.perform(get(address).with(httpBasic("viewer", ConsoleSlice.PASSWORD)))
                .andExpect(status().isOk())
                .andExpect(header().string("X-Frame-Options", "DENY"))
                .andExpect(header().string("X-Content-Type-Options", "nosniff"))
                .andExpect(header().string("Content-Security-Policy", containsString("script-src 'self'")))
                .andExpect(header().string("Content-Security-Policy", not(containsString("unsafe"))));
    }

    @Test
    void pagesAreNotCachedButStyleMayBe() throws Exception {
        mvc.perform(get("/ops/orders").with(httpBasic("viewer", ConsoleSlice.PASSWORD)))
                .andExpect(header().string("Cache-Control", containsString("no-store")));
        mvc.perform(get("/console.css")).andExpect(header().doesNotExist("Cache-Control"));
    }

    @Test
    void theFrontDoorLeadsToTheConsole() throws Exception {
        mvc.perform(get("/")).andExpect(redirectedUrl("/console"));
    }
}
