package routes;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the hub; {@code package-info.java} has the map of the house. */
@SpringBootApplication
public class OrderHub {

    public static void main(String[] args) {
        SpringApplication.run(OrderHub.class, args);
    }
}
