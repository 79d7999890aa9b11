package routes.partner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.HttpHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import routes.partner.Outbound.AddressRefused;

class OutboundTest {

    private static Outbound outside(String leadsTo, String... allowed) {
        return new Outbound(false, List.of(allowed), host -> new InetAddress[] {InetAddress.getByName(leadsTo)});
    }

    private static HttpRoute route(Outbound outbound, String url) throws Exception {
        return outbound.route(HttpHost.create(url));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.9.9.9",
                "0.0.0.0",
                "10.0.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "100.64.0.1",
                "169.254.169.254",
                "198.18.0.1",
                "224.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "fe80::1",
                "fc00::1",
                "fd12::1",
                "fd00:ec2::254",
                "ff02::1",
                "::ffff:10.0.0.1",
                "64:ff9b::a9fe:a9fe",
                "2002:0a00:0001::1",
                "::127.0.0.1",
                "100.100.100.200",
                "168.63.129.16",
                "192.0.0.192"
            })
    void aNameThatLeadsBesideUsIsNotCalled(String address) {
        assertThatThrownBy(() -> route(outside(address), "https://partner.example"))
                .isInstanceOf(AddressRefused.class)
                .hasMessageContaining("partner.example leads to");
    }

    @ParameterizedTest
    @ValueSource(strings = {"93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "11.0.0.1"})
    void aPublicAddressIsCalledAndNoOther(String address) throws Exception {
        HttpRoute route = route(outside(address), "https://partner.example:8443");
        assertThat(route.getTargetHost().getAddress()).isEqualTo(InetAddress.getByName(address));
        assertThat(route.getTargetHost().getHostName()).isEqualTo("partner.example");
        assertThat(route.getTargetHost().getPort()).isEqualTo(8443);
        assertThat(route.isSecure()).isTrue();
    }

    @Test
    void oneWrongAddressAmongSeveralIsEnough() {
        Outbound outbound = new Outbound(false, List.of(), host ->
                new InetAddress[] {InetAddress.getByName("93.184.216.34"), InetAddress.getByName("10.0.0.1")});
        assertThatThrownBy(() -> route(outbound, "https://partner.example")).isInstanceOf(AddressRefused.class);
    }

    /** A name server that says something else the second time is not asked a second time. */
    @Test
    void theAddressJudgedIsTheAddressCalled() throws Exception {
        List<String> answers = new ArrayList<>(List.of("93.184.216.34", "127.0.0.1"));
        Outbound outbound =
                new Outbound(false, List.of(), host -> new InetAddress[] {InetAddress.getByName(answers.remove(0))});
        HttpRoute route = route(outbound, "https://partner.example");
        assertThat(route.getTargetHost().getAddress().getHostAddress()).isEqualTo("93.184.216.34");
        assertThat(answers).hasSize(1);
    }

    @Test
    void whatIsAllowedByASettingIsCalled() throws Exception {
        assertThat(route(outside("10.1.2.3", "10.1.0.0/16"), "https://erp.example"))
                .isNotNull();
        assertThatThrownBy(() -> route(outside("10.2.2.3", "10.1.0.0/16"), "https://erp.example"))
                .isInstanceOf(AddressRefused.class);
        assertThat(route(outside("10.1.2.3", "10.1.0.0/16", "http://erp.example:8080"), "http://erp.example:8080"))
                .isNotNull();
        assertThatThrownBy(() -> route(outside("93.184.216.34"), "http://erp.example"))
                .isInstanceOf(AddressRefused.class)
                .hasMessageContaining("without TLS");
        for (String wrong : List.of("10.1.0.0/33", "erp.example", "10.1.0.0/x", "https://erp.example")) {
            assertThatThrownBy(() -> outside("10.1.2.3", wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("oms.outbound.allowed");
        }
    }

    @Test
    void theSandboxIsCalledHereButNotTheMachinesOwnSecrets() throws Exception {
        Outbound sandbox =
                new Outbound(true, List.of(), host -> new InetAddress[] {InetAddress.getByName("127.0.0.1")});
        assertThat(route(sandbox, "http://127.0.0.1:8080")).isNotNull();
        Outbound cloud =
                new Outbound(true, List.of(), host -> new InetAddress[] {InetAddress.getByName("169.254.169.254")});
        assertThatThrownBy(() -> route(cloud, "http://metadata.internal")).isInstanceOf(AddressRefused.class);
    }

    @Test
    void anUnknownHostIsSaidByTheConnection() throws Exception {
        Outbound outbound = new Outbound(false, List.of(), host -> {
            throw new UnknownHostException(host);
        });
        assertThat(route(outbound, "https://nobody.example").getTargetHost().getAddress())
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "https://partner.example/base, true",
        "https://93.184.216.34, true",
        "http://partner.example, false",
        "ftp://partner.example, false",
        "https://user:word@partner.example, false",
        "https://10.0.0.1, false",
        "https://[::1]:8080, false",
        "https://169.254.169.254/latest, false",
        "https:///nothing, false",
        "partner.example, false",
        "'https://a b', false"
    })
    void aSettingThatLeadsNowhereGoodStopsTheStart(String url, boolean right) {
        Outbound outbound = outside("93.184.216.34");
        if (right) {
            assertThatCode(() -> outbound.checkUrl("oms.partners.x.url", url)).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> outbound.checkUrl("oms.partners.x.url", url))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("oms.partners.x.url")
                    .hasMessageNotContaining("word");
        }
    }

    /** The real client, configured as camel-http configures it. */
    @Test
    void aRedirectIsNotFollowed() throws Exception {
        List<String> asked = new ArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().getPath());
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.start();
        try {
            HttpClientBuilder builder = HttpClientBuilder.create();
            new Outbound(true, List.of(), InetAddress::getAllByName).configureHttpClient(builder);
            try (var client = builder.build()) {
                int status = client.execute(
                        new HttpGet("http://127.0.0.1:" + server.getAddress().getPort() + "/here"),
                        answer -> answer.getCode());
                assertThat(status).isEqualTo(302);
            }
            assertThat(asked).containsExactly("/here");
        } finally {
            server.stop(0);
        }
    }
}
