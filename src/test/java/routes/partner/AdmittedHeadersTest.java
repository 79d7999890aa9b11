package routes.partner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;
import routes.mapping.MappingFailure;

class AdmittedHeadersTest {

    private final AdmittedHeaders admitted = new AdmittedHeaders(List.of("Accept", "X-Shopify-*"));

    @Test
    void onlyWhatIsListedCrossesTheDoor() {
        MockHttpServletRequest outside = new MockHttpServletRequest();
        outside.setQueryString("oms-shop=x&CamelHttpUri=y");
        outside.addParameter("oms-shop", "x");
        for (String name : List.of(
                "Accept",
                "x-shopify-topic",
                "Cookie",
                "CamelHttpUri",
                "cAmElFileName",
                "oms-shop",
                "X-Forwarded-For",
                "breadcrumbId",
                "traceparent",
                "org.apache.camel.x")) {
            outside.addHeader(name, "v");
        }
        GuardedRequest inside = new GuardedRequest(outside, new byte[0], admitted);
        assertThat(java.util.Collections.list(inside.getHeaderNames()))
                .containsExactlyInAnyOrder("Accept", "x-shopify-topic");
        assertThat(inside.getHeader("X-SHOPIFY-TOPIC")).isEqualTo("v");
        assertThat(inside.getHeader("Cookie")).isNull();
        assertThat(inside.getHeaders("oms-shop").hasMoreElements()).isFalse();
        assertThat(inside.getQueryString()).isNull();
        assertThat(inside.getParameter("oms-shop")).isNull();
        assertThat(inside.getParameterMap()).isEmpty();
        assertThat(inside.getParameterNames().hasMoreElements()).isFalse();
        assertThat(inside.getParameterValues("oms-shop")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "Camel*", "camelHttpUri", "oms-shop", "", "a b", "x-*-y"})
    void whatWouldSteerTheHubCannotBeListed(String name) {
        assertThatThrownBy(() -> new AdmittedHeaders(List.of(name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("oms.doors.headers");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CamelHttpUri", "Authorization", "Host", "Content-Length", "a b", "a\r\nb", "", "Cookie"})
    void aMappingCannotSteerTheCallOrSayWhoWeAre(String name) {
        assertThatThrownBy(() -> Transport.headerName(name)).isInstanceOf(MappingFailure.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nX: y", "a\nb", "a\u0000b", "caf\u00e9"})
    void aValueCannotBeginAnotherHeader(String value) {
        assertThatThrownBy(() -> Transport.headerValue(value)).isInstanceOf(MappingFailure.class);
        assertThat(Transport.headerValue("snapshot; q=1")).isEqualTo("snapshot; q=1");
        assertThat(Transport.headerName("Isolation")).isEqualTo("Isolation");
    }
}
