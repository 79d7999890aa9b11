package routes.inbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Puts the engine together and starts it after the routes, so that no lane runs before its steps exist. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(EngineSettings.class)
class EngineConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(EngineConfiguration.class);

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

    @Bean
    Inbox inbox(Committer committer, Lanes lanes) {
        return new Inbox(committer, lanes);
    }

    @Bean
    Consumers consumers(
            @Lazy CamelContext camel, Committer committer, @Lazy Preparation preparation, @Lazy Judge judge) {
        return new Consumers(camel, committer, preparation, judge);
    }

    @Bean("inbox-component")
    InboxComponent inboxComponent(Inbox inbox, Consumers consumers) {
        return new InboxComponent(inbox, consumers);
    }

    @Bean
    Steps steps() {
        return new Steps();
    }

    @Bean
    SmartLifecycle engine(
            Committer committer,
            Lanes lanes,
            ObjectProvider<Consumers> consumers,
            Store store,
            EngineSettings settings,
            JdbcClient rows) {
        return new SmartLifecycle() {

            private ScheduledExecutorService sorter;

            @Override
            public void start() {
                try {
                    if (!settings.haltAt().isBlank()) {
                        CrashPoints.arm(settings.haltAt());
                    }
                    committer.start();
                    lanes.start(committer, consumers.getObject());
                } catch (Exception e) {
                    throw new IllegalStateException("The engine cannot start", e);
                }
                sorter = Executors.newSingleThreadScheduledExecutor(task -> {
                    Thread thread = new Thread(task, "sorter");
                    thread.setDaemon(true);
                    return thread;
                });
                sorter.scheduleWithFixedDelay(this::sort, 1, 1, TimeUnit.SECONDS);
            }

            private void sort() {
                try {
                    boolean any = rows.sql("select id from inbox where state = 'UNSORTED' fetch first 1 rows only")
                            .query(Long.class)
                            .optional()
                            .isPresent();
                    if (any) {
                        committer.write(
                                new Sorter(store, Instant.now().minusSeconds(settings.unsortedParkAfterSeconds())));
                    }
                } catch (RuntimeException e) {
                    LOG.warn("Unsorted messages could not be tried again: {}", e.toString());
                }
            }

            @Override
            public void stop() {
                sorter.shutdownNow();
                lanes.stop();
                committer.stop();
                sorter = null;
            }

            @Override
            public boolean isRunning() {
                return sorter != null;
            }

            /** After Camel's routes, before the web server opens its doors. */
            @Override
            public int getPhase() {
                return Integer.MAX_VALUE - 3000;
            }
        };
    }
}
