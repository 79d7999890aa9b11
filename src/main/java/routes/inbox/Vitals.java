package routes.inbox;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/**
 * What tells whether the hub is well: its doors are open, every route runs, and the equation holds. A difference between
 * what was received and where it is raises the alarm here, in the metrics and in the log.
 */
@Component("engineHealth")
class Vitals implements HealthIndicator {

    private static final Logger LOG = LoggerFactory.getLogger(Vitals.class);

    private final Engine engine;
    private final Conservation conservation;
    private final CamelContext camel;
    private long checkedNanos = System.nanoTime() - TimeUnit.MINUTES.toNanos(1);
    private long missing;

    Vitals(
            Engine engine,
            Committer committer,
            Lanes lanes,
            Conservation conservation,
            @Lazy CamelContext camel,
            MeterRegistry meters) {
        this.engine = engine;
        this.conservation = conservation;
        this.camel = camel;
        Gauge.builder("oms.equation.difference.messages", this, Vitals::difference)
                .description("received minus where it is now; anything but 0 is an alarm")
                .register(meters);
        Gauge.builder("oms.committer.waiting.operations", committer, Committer::backlog)
                .register(meters);
        Gauge.builder("oms.lanes.free.workers", lanes, Lanes::free).register(meters);
        meters.more().counter("oms.committer.commits", Tags.empty(), committer, Committer::groups);
        meters.more().counter("oms.committer.operations", Tags.empty(), committer, Committer::operations);
    }

    @Override
    public Health health() {
        long stopped = camel.getRoutes().stream()
                .filter(Route::isAutoStartup)
                .map(Route::getRouteId)
                .filter(this::stands)
                .count();
        boolean well = engine.ready() && stopped == 0;
        return (well ? Health.up() : Health.down())
                .withDetail("doors", engine.ready() ? "open" : "closed")
                .withDetail("routesStopped", stopped)
                .withDetail("equationDifference", difference())
                .build();
    }

    private boolean stands(String route) {
        return !camel.getRouteController().getRouteStatus(route).isStarted();
    }

    /** Counted at most every five seconds: a scrape must not cost more than the work it watches. */
    private synchronized double difference() {
        if (System.nanoTime() - checkedNanos > TimeUnit.SECONDS.toNanos(5)) {
            checkedNanos = System.nanoTime();
            Conservation.Equation now = conservation.now();
            missing = now.received() - now.accounted();
            if (missing != 0) {
                LOG.error("The equation does not hold: {} messages are nowhere ({})", missing, now);
            }
        }
        return missing;
    }
}
