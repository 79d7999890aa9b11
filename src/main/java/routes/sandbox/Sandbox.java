package routes.sandbox;

import jakarta.servlet.http.HttpServlet;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.boot.web.servlet.context.ServletWebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Puts the sandbox together: in the hub's process, in one of its own (profile {@code partners}), or, at a hub whose
 * partners live elsewhere, only its clock and doors that pass everything on.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("oms.sandbox.enabled")
@EnableConfigurationProperties(SandboxSettings.class)
public class Sandbox {

    private static final String PREFIX = "/sandbox/*";

    private final SandboxSettings settings;
    private final Environment environment;
    private final AtomicInteger ownPort = new AtomicInteger();

    /** Fails the start when it would simulate partners of a real shop. */
    Sandbox(SandboxSettings settings, Environment environment) {
        if (environment.acceptsProfiles(Profiles.of("production"))) {
            throw new IllegalStateException("oms.sandbox.enabled must be false in profile production");
        }
        this.settings = settings;
        this.environment = environment;
    }

    /** The business clock; everything that waits for days can be made to wait for a moment. */
    @Bean
    @Primary
    public MovableClock sandboxClock() {
        return new MovableClock(folder().resolve("clock"));
    }

    /** The five partners, where they are to live in this process. */
    @Bean(destroyMethod = "close")
    @Conditional(PartnersLiveHere.class)
    LocalPartners localPartners(MovableClock clock) {
        return new LocalPartners(folder(), clock, settings);
    }

    @Bean
    ServletRegistrationBean<HttpServlet> sandboxControlDoor(
            ObjectProvider<LocalPartners> partners, MovableClock clock) {
        var here = partners.getIfAvailable();
        return here == null
                ? registration(passOn(clock), "sandboxControl", PREFIX)
                : registration(new ControlDoor(here, new ClockDoor(clock, this::otherHub)), "sandboxControl", PREFIX);
    }

    @Bean
    ServletRegistrationBean<HttpServlet> sandboxPartnerDoor(
            ObjectProvider<LocalPartners> partners, MovableClock clock) {
        var here = partners.getIfAvailable();
        var door = here == null ? passOn(clock) : here.partnerDoor();
        return registration(door, "sandboxPartners", PartnerDoor.PREFIX + "*");
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> sandboxConnections() {
        return factory -> factory.addContextValves(new Connections());
    }

    /** Webhooks start when the doors are open, so that the first ones find the hub. */
    @Bean
    ApplicationListener<ServletWebServerInitializedEvent> sandboxStart(ObjectProvider<LocalPartners> partners) {
        return event -> {
            if ("management".equals(event.getApplicationContext().getServerNamespace())) return;
            ownPort.set(event.getWebServer().getPort());
            partners.ifAvailable(here -> here.start(hubUrl()));
        };
    }

    private HttpServlet passOn(MovableClock clock) {
        return new ElsewhereDoor(settings.url(), new ClockDoor(clock, settings::url));
    }

    private static ServletRegistrationBean<HttpServlet> registration(HttpServlet door, String name, String path) {
        var registration = new ServletRegistrationBean<>(door, path);
        registration.setName(name);
        registration.setLoadOnStartup(1);
        return registration;
    }

    private Path folder() {
        var data = environment.getProperty("oms.data-dir", environment.getProperty("OMS_DATA_DIR", "./data"));
        return Path.of(data).resolve("sandbox");
    }

    /** The hub's address when it is another process, else null. */
    private String otherHub() {
        var own = List.of(environment.getProperty("server.port", "8080"), String.valueOf(ownPort.get()));
        return isLocal(hubUrl(), own) ? null : hubUrl();
    }

    private static boolean isLocal(String url, List<String> ports) {
        var address = URI.create(url);
        return List.of("127.0.0.1", "localhost", "[::1]").contains(address.getHost())
                && ports.contains(String.valueOf(address.getPort()));
    }

    /** Unless {@code oms.sandbox.url} names another process. */
    static final class PartnersLiveHere implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            var environment = context.getEnvironment();
            var url = environment.getProperty("oms.sandbox.url", "");
            return url.isBlank()
                    || environment.acceptsProfiles(Profiles.of("partners"))
                    || isLocal(url, List.of(environment.getProperty("server.port", "8080")));
        }
    }

    /** Where the hub is; port 0 in the settings stands for the port this process got. */
    private String hubUrl() {
        var url = settings.hubUrl();
        if (url.isBlank() || url.endsWith(":0")) return "http://127.0.0.1:" + ownPort.get();
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }
}
