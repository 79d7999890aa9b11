package routes.inbox;

import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Starts and stops the engine: the committer before anything can be taken in, the lanes when every step exists. */
public final class Engine implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    private final Committer committer;
    private final Lanes lanes;
    private final Consumers consumers;
    private final Store store;
    private final EngineSettings settings;
    private final JdbcClient rows;
    private volatile boolean ready;
    private ScheduledExecutorService sorter;

    Engine(
            Committer committer,
            Lanes lanes,
            Consumers consumers,
            Store store,
            EngineSettings settings,
            JdbcClient rows) {
        this.committer = committer;
        this.lanes = lanes;
        this.consumers = consumers;
        this.store = store;
        this.settings = settings;
        this.rows = rows;
    }

    /** Whether the doors may let messages in: the routes behind them have started. */
    public boolean ready() {
        return ready;
    }

    @Override
    public void start() {
        if (!settings.haltAt().isBlank()) {
            CrashPoints.arm(settings.haltAt());
        }
        committer.start();
    }

    @EventListener
    void routesStarted(ApplicationReadyEvent event) throws Exception {
        consumers.warnOfMissing(rows.sql("select distinct coalesce(step, topic) from inbox where state in"
                        + " ('RECEIVED', 'WAITING', 'PARKED') and (partner = 'hub' or step is not null)")
                .query(String.class)
                .list());
        lanes.start(committer, consumers);
        sorter = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "sorter");
            thread.setDaemon(true);
            return thread;
        });
        sorter.scheduleWithFixedDelay(this::sort, 1, 1, TimeUnit.SECONDS);
        ready = true;
    }

    private void sort() {
        try {
            boolean any = rows.sql("select id from inbox where state = 'UNSORTED' fetch first 1 rows only")
                    .query(Long.class)
                    .optional()
                    .isPresent();
            if (any) {
                committer.write(new Sorter(store, Instant.now().minusSeconds(settings.unsortedParkAfterSeconds())));
            }
        } catch (RuntimeException e) {
            LOG.warn("Unsorted messages could not be tried again: {}", e.toString());
        }
    }

    @Override
    public void stop() {
        ready = false;
        if (sorter != null) {
            sorter.shutdownNow();
        }
        lanes.stop();
        committer.stop();
    }

    @Override
    public boolean isRunning() {
        return committer.open();
    }

    @Override
    public int getPhase() {
        return 0;
    }
}
