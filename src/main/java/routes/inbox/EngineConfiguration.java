package routes.inbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Puts the engine together and starts it after the routes, so that no lane runs before its steps exist. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({EngineSettings.class, KafkaSettings.class})
class EngineConfiguration {

    @Bean
    Store store(DataSource dataSource, EngineSettings settings) throws Exception {
        String url = dataSource.unwrap(HikariDataSource.class).getJdbcUrl();
        return url.startsWith("jdbc:postgresql:") ? new PostgresStore(settings) : new H2Store(settings);
    }

    @Bean
    Lanes lanes(DataSource dataSource, Store store, EngineSettings settings, JdbcClient rows, ObjectMapper json) {
        return new Lanes(dataSource, store, settings, new MessageReader(rows, json));
    }

    @Bean
    Committer committer(DataSource dataSource, Store store, EngineSettings settings, ObjectMapper json, Lanes lanes) {
        return new Committer(dataSource, store, settings, new Intake(store, json, lanes));
    }

    /** Not named inbox: Camel would take a bean of that name for the component. */
    @Bean
    Inbox messages(Committer committer, Lanes lanes) {
        return new Inbox(committer, lanes);
    }

    @Bean
    Consumers consumers(Committer committer, @Lazy Preparation preparation, @Lazy Judge judge, MeterRegistry meters) {
        return new Consumers(committer, preparation, judge, meters);
    }

    @Bean("inbox-component")
    InboxComponent inboxComponent(Inbox inbox, Consumers consumers, KafkaFront front) {
        return new InboxComponent(inbox, consumers, front);
    }

    @Bean
    KafkaFront kafkaFront(Inbox inbox, KafkaSettings settings, ObjectMapper json, @Lazy CamelContext camel) {
        return new KafkaFront(inbox, settings, json, camel);
    }

    @Bean
    Nodes nodes() {
        return new Nodes();
    }

    @Bean
    Steps steps() {
        return new Steps();
    }

    @Bean
    Engine engine(
            Committer committer,
            Lanes lanes,
            Consumers consumers,
            Store store,
            EngineSettings settings,
            JdbcClient rows) {
        return new Engine(committer, lanes, consumers, store, settings, rows);
    }
}
