package routes;

import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import routes.sandbox.PartnersProcess;

/** Starts the hub; {@code package-info.java} has the map of the house. */
@SpringBootApplication
public class OrderHub {

    /** Threads that carry virtual ones, at least: one that waits for a class to be loaded keeps its carrier. */
    private static final int LEAST_CARRIERS = 16;

    private static final String CARRIERS = "jdk.virtualThreadScheduler.parallelism";

    public static void main(String[] args) {
        if (System.getProperty(CARRIERS) == null) {
            int carriers = Math.max(LEAST_CARRIERS, Runtime.getRuntime().availableProcessors());
            System.setProperty(CARRIERS, String.valueOf(carriers));
        }
        SpringApplication.run(onlyPartners(args) ? PartnersProcess.class : OrderHub.class, args);
    }

    /** Profile {@code partners}: the simulated partners as a process of their own, from the same jar. */
    private static boolean onlyPartners(String[] args) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(args));
        return environment.getProperty("spring.profiles.active", "").contains("partners");
    }

    /** The business clock: promises, deadlines, dates on documents. The sandbox has one that can be moved. */
    @Bean
    @ConditionalOnProperty(name = "oms.sandbox.enabled", havingValue = "false")
    Clock businessClock() {
        return Clock.systemUTC();
    }
}
