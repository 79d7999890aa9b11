package routes.mending;

import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import routes.harness.Postgres;

/** Failures of the machine, on PostgreSQL. */
class PostgresMachineCausesTest extends MachineCauses {

    @DynamicPropertySource
    static void store(DynamicPropertyRegistry registry) {
        var url = Postgres.any().freshDatabase("machine");
        registry.add("oms.store.url", () -> url);
    }
}
