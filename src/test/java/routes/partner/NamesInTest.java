package routes.partner;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

/** A name server in a test's hand: where the host names that end in {@code .example.com} lead to. */
@TestConfiguration
public class NamesInTest {

    private static final String HERE = "127.0.0.1";
    private static final AtomicReference<String> LEAD = new AtomicReference<>(HERE);

    /** From now on they lead to that address. */
    public static void leadTo(String address) {
        LEAD.set(address);
    }

    /** From now on they lead to this machine. */
    public static void leadHere() {
        LEAD.set(HERE);
    }

    @Bean
    Outbound outbound() {
        return new Outbound(
                true,
                List.of(),
                host -> host.endsWith(".example.com")
                        ? new InetAddress[] {InetAddress.getByName(LEAD.get())}
                        : InetAddress.getAllByName(host));
    }
}
