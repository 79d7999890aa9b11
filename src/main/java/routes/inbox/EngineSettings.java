package routes.inbox;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The engine's knobs ({@code oms.engine.*}); each name carries its unit, application.yaml says why.
 *
 * @param instance this process's name among those that share a store; stable over a restart
 * @param inFlight lanes worked at once; 0 = by the JDK: 512 on virtual threads, 64 on platform threads
 * @param groupMax operations written in one commit at most
 * @param queueMax operations waiting for the committer at most; beyond it doors answer 503
 * @param leaseMs how long a lane stays with a worker that no longer renews
 * @param pollMs how often the claimer looks for runnable lanes when nobody wakes it
 * @param unsortedParkAfterSeconds when a message whose order nobody knows is parked
 * @param haltAt a crash point for kill tests, never set in production
 * @param fence whether stale workers are kept out (off only in a negative control)
 * @param sync whether every commit of the embedded store is forced to disk (off only in a negative control)
 */
@ConfigurationProperties("oms.engine")
public record EngineSettings(
        @DefaultValue("hub") String instance,
        @DefaultValue("0") int inFlight,
        @DefaultValue("256") int groupMax,
        @DefaultValue("4096") int queueMax,
        @DefaultValue("30000") int leaseMs,
        @DefaultValue("20") int pollMs,
        @DefaultValue("900") int unsortedParkAfterSeconds,
        @DefaultValue("") String haltAt,
        @DefaultValue("true") boolean fence,
        @DefaultValue("true") boolean sync) {}
