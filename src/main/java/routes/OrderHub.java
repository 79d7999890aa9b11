package routes;

import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** Starts the hub; {@code package-info.java} has the map of the house. */
@SpringBootApplication
public class OrderHub {

    public static void main(String[] args) {
        SpringApplication.run(OrderHub.class, args);
    }

    /** The business clock: promises, deadlines, dates on documents. The sandbox has one that can be moved. */
    @Bean
    @ConditionalOnProperty(name = "oms.sandbox.enabled", havingValue = "false")
    Clock businessClock() {
        return Clock.systemUTC();
    }
}
