package routes.inbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import org.springframework.jdbc.core.simple.JdbcClient;
import routes.harness.Postgres;
import routes.harness.Tables;

/** A real store with its one committer and nothing else, for tests of what rides in a commit. */
public final class StoreAtHand implements AutoCloseable {

    /** Which one. */
    public enum On {
        H2,
        POSTGRES
    }

    final HikariDataSource dataSource;
    private final boolean fence;
    private final Instance first;

    /** What a process has of its own at the store. */
    record Instance(Store store, Lanes lanes, Committer committer) {}

    public StoreAtHand(On on, Path folder) {
        this(on, folder, true);
    }

    /** @param fence whether stale workers are kept out */
    StoreAtHand(On on, Path folder, boolean fence) {
        this.fence = fence;
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
        config.setConnectionTimeout(5_000); // a test that takes all of them waits so long
        dataSource = new HikariDataSource(config);
        Tables.make(dataSource);
        first = instance(on);
    }

    private Instance instance(On on) {
        EngineSettings settings = new EngineSettings("one", 8, 64, 1000, 1000, 20, 900, "", fence, true);
        ObjectMapper json = new ObjectMapper();
        Store store = on == On.H2 ? new H2Store(settings) : new PostgresStore(settings);
        Lanes lanes = new Lanes(dataSource, store, settings, new MessageReader(JdbcClient.create(dataSource), json));
        Committer committer = new Committer(dataSource, store, settings, new Intake(store, json, lanes));
        committer.start();
        return new Instance(store, lanes, committer);
    }

    /** The committer of another instance at the same store. */
    public Committer another(On on) {
        return instance(on).committer();
    }

    Instance instance() {
        return first;
    }

    public Committer committer() {
        return first.committer();
    }

    public JdbcClient rows() {
        return JdbcClient.create(dataSource);
    }

    @Override
    public void close() {
        first.committer().stop();
        dataSource.close();
    }
}
