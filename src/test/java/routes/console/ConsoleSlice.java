package routes.console;

import static org.mockito.Mockito.mock;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.http.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcClientAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcTemplateAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.autoconfigure.thymeleaf.ThymeleafAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.DispatcherServletAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.ServletWebServerFactoryAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.WebMvcAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import routes.deadletter.AuditTrail;
import routes.deadletter.Causes;
import routes.deadletter.FailureRows;
import routes.file.Languages;
import routes.inbox.Conservation;
import routes.inbox.DeadlineRows;
import routes.inbox.KafkaFront;
import routes.inbox.MessageRows;
import routes.ledger.EntryRows;
import routes.ledger.TrialBalance;
import routes.order.HistoryRows;
import routes.order.Holds;
import routes.order.OrderRows;
import routes.partner.CallRows;

/**
 * The console and what it reads, over a real H2 file, without the engine and its routes. No annotation makes it a
 * configuration: the hub's own scan must not find it.
 */
@ImportAutoConfiguration({
    PropertyPlaceholderAutoConfiguration.class,
    DataSourceAutoConfiguration.class,
    DataSourceTransactionManagerAutoConfiguration.class,
    JdbcTemplateAutoConfiguration.class,
    JdbcClientAutoConfiguration.class,
    FlywayAutoConfiguration.class,
    JacksonAutoConfiguration.class,
    HttpMessageConvertersAutoConfiguration.class,
    ServletWebServerFactoryAutoConfiguration.class,
    DispatcherServletAutoConfiguration.class,
    WebMvcAutoConfiguration.class,
    ErrorMvcAutoConfiguration.class,
    ThymeleafAutoConfiguration.class,
    SecurityAutoConfiguration.class,
    SecurityFilterAutoConfiguration.class
})
@Import({
    Access.class,
    StaffUsers.class,
    Languages.class,
    ReadersLanguage.class,
    Words.class,
    OpsProblems.class,
    ErrorPages.class,
    OpsDoors.class,
    ConsolePages.class,
    OrderStory.class,
    DeadLetters.class,
    Causes.class,
    AuditTrail.class,
    FailureRows.class,
    MessageRows.class,
    Conservation.class,
    DeadlineRows.class,
    EntryRows.class,
    TrialBalance.class,
    OrderRows.class,
    HistoryRows.class,
    CallRows.class
})
class ConsoleSlice {

    static final String PASSWORD = "a-password-for-tests";

    /** Settings of every test that uses this slice: a store of its own, and nothing of the hub's own settings. */
    static final String NO_SETTINGS = "spring.config.location=optional:classpath:/no-settings/";

    static final String STORE = "spring.datasource.url=jdbc:h2:file:./target/console-tests/${random.uuid}/oms;"
            + "MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH";

    static final String TABLES =
            "spring.flyway.locations=classpath:db/migration/common,classpath:db/migration/{vendor}";

    static final String LOGIN = "oms.sandbox.password=" + PASSWORD;

    /** As the hub has it: it must not turn the console's pages into JSON. */
    static final String PROBLEMS = "spring.mvc.problemdetails.enabled=true";

    /** Asks the engine, which is not here. */
    @Bean
    Holds holds() {
        return mock(Holds.class);
    }

    /** There is no Kafka. */
    @Bean
    KafkaFront kafkaFront() {
        return mock(KafkaFront.class);
    }

    @Bean
    Seed seed(JdbcClient store) {
        return new Seed(store);
    }
}
