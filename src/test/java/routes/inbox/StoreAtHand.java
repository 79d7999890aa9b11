package routes.inbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;
import routes.harness.Postgres;

/** A real store with its one committer and nothing else, for tests of what rides in a commit. */
public final class StoreAtHand implements AutoCloseable {

    /** Which one. */
    public enum On {
        H2,
        POSTGRES
    }

    private final HikariDataSource dataSource;
    private final Committer committer;

    public StoreAtHand(On on, Path folder) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(
                on == On.H2
                        ? "jdbc:h2:file:" + folder.resolve("hub")
                                + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DB_CLOSE_ON_EXIT=FALSE"
                        : Postgres.any().freshDatabase("rows"));
        if (on == On.H2) {
            config.setUsername("sa");
            config.setPassword("");
        }
        config.setMaximumPoolSize(4);
        dataSource = new HikariDataSource(config);
        Flyway.configure()
                .dataSource(dataSource)
                .locations("classpath:db/migration/common", "classpath:db/migration/{vendor}")
                .load()
                .migrate();
        committer = another(on);
    }

    /** The committer of another instance at the same store. */
    public Committer another(On on) {
        EngineSettings settings = new EngineSettings("one", 8, 64, 1000, 1000, 20, 900, "", true, true);
        ObjectMapper json = new ObjectMapper();
        Store store = on == On.H2 ? new H2Store(settings) : new PostgresStore(settings);
        Lanes lanes = new Lanes(dataSource, store, settings, new MessageReader(JdbcClient.create(dataSource), json));
        Committer another = new Committer(dataSource, store, settings, new Intake(store, json, lanes));
        another.start();
        return another;
    }

    public Committer committer() {
        return committer;
    }

    public JdbcClient rows() {
        return JdbcClient.create(dataSource);
    }

    @Override
    public void close() {
        committer.stop();
        dataSource.close();
    }
}
