package routes.harness;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The hub as a process of its own: on the embedded store in its data folder, or on a PostgreSQL database. */
public final class HubProcess extends JarProcess {

    private final Map<String, String> own = new LinkedHashMap<>();

    private HubProcess(String name, Path data) {
        super(name, data);
        own.put("oms.sandbox.orders-per-minute", "0");
    }

    /** A hub with the embedded store under {@code data}. */
    public static HubProcess embedded(String name, Path data) {
        return new HubProcess(name, data);
    }

    /** A hub on the store at this JDBC address. */
    public static HubProcess on(String jdbc, String name, Path data) {
        var hub = new HubProcess(name, data);
        hub.own.put("oms.store.url", jdbc);
        return hub;
    }

    /** Points the hub at partners that run elsewhere; its own stay off. */
    public HubProcess facing(PartnersProcess partners) {
        own.put("oms.sandbox.url", partners.url());
        return this;
    }

    /** One more setting, as {@code --name=value}. */
    public HubProcess with(String setting, Object value) {
        put(setting, value);
        return this;
    }

    /** Takes a setting away again, for the next start. */
    public HubProcess without(String setting) {
        drop(setting);
        return this;
    }

    /** Runs on this JDK. */
    public HubProcess onJdk(Path home) {
        on(home);
        return this;
    }

    /** This hub's store, beside it; an embedded one only while the hub is down. */
    Connection store() throws SQLException {
        var jdbc = own.getOrDefault(
                "oms.store.url",
                "jdbc:h2:file:" + data().resolve("hub").toAbsolutePath()
                        + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;IFEXISTS=TRUE");
        return jdbc.startsWith("jdbc:h2:")
                ? DriverManager.getConnection(jdbc, "sa", "")
                : DriverManager.getConnection(jdbc);
    }

    /** The doors of this hub. */
    public Doors doors() {
        return new Doors(url(), PASSWORD);
    }

    @Override
    Map<String, String> ownSettings() {
        return own;
    }
}
