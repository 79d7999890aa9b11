package routes.harness;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** The hub and its partners, each a process of its own that knows the other's address, on a store of its own, in a hurry. */
final class TwoProcesses implements AutoCloseable {

    private final HubProcess hub;
    private final PartnersProcess partners;
    private final String jdbc;

    /**
     * @param store {@code h2} or {@code postgres}
     * @param purpose what they are for; part of their logs' names
     */
    TwoProcesses(String store, String purpose) {
        var name = purpose + "-" + store + "-" + ProcessHandle.current().pid() + "-" + Ports.free();
        var home = Path.of("target", "harness", name).toAbsolutePath();
        if (store.equals("postgres")) {
            jdbc = Postgres.installed().orElseThrow().freshDatabase(purpose);
            hub = HubProcess.on(jdbc, name, home.resolve("hub"));
        } else {
            jdbc = "jdbc:h2:file:" + home.resolve("hub").resolve("hub")
                    + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;USER=sa";
            hub = HubProcess.embedded(name, home.resolve("hub"));
        }
        partners = new PartnersProcess(name + "-partners", home.resolve("partners")).callingBack(hub);
        hub.facing(partners);
        Hurry.partners(partners);
        Hurry.hub(hub);
    }

    HubProcess hub() {
        return hub;
    }

    PartnersProcess partners() {
        return partners;
    }

    void start() {
        partners.start();
        hub.start();
    }

    /** The hub's own rows; with the embedded store only once the hub has ended. */
    Connection rows() throws SQLException {
        return DriverManager.getConnection(jdbc);
    }

    World world() {
        return new World(hub.doors(), partners.doors());
    }

    @Override
    public void close() {
        hub.close();
        partners.close();
    }
}
