package routes.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class KnownSecretsTest {

    @Test
    void whatIsASecretByItsNameIsHiddenInWhateverIsLogged() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "test",
                        Map.of(
                                "oms.partners.x.secret", "first-of-x",
                                "oms.partners.x.webhook-secrets[1]", "first-of-x-and-more",
                                "oms.partners.y.webhook-secrets", "one-of-two-00,two-of-two-00",
                                "spring.datasource.password", "store-password",
                                "oms.partners.x.url", "https://plain-to-see",
                                "oms.short.secret", "short")));
        KnownSecrets secrets = new KnownSecrets();
        secrets.setEnvironment(environment);
        secrets.postProcessBeanFactory(null);
        assertThat(SafeMessage.safe("a first-of-x-and-more b first-of-x c one-of-two-00 two-of-two-00 store-password"))
                .isEqualTo("a (hidden) b (hidden) c (hidden) (hidden) (hidden)");
        assertThat(SafeMessage.safe("https://plain-to-see is short")).isEqualTo("https://plain-to-see is short");
        assertThat(SafeMessage.safe("card 4111 1111 1111 1111")).isEqualTo("card **** **** **** 1111");
        assertThat(SafeMessage.safe(null)).isNull();
    }
}
