package routes.harness;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/**
 * What most would write: the same web server, the same signature check, and for each request one row and one commit that
 * is on disk before the answer. The bench measures the hub's door beside it, in the same run on the same machine.
 */
final class Yardstick {

    private Yardstick() {}

    /** Arguments: port, JDBC address. Runs until it is killed. */
    public static void main(String[] args) throws LifecycleException, SQLException, IOException {
        var embedded = args[1].startsWith("jdbc:h2:");
        var config = new HikariConfig();
        config.setJdbcUrl(args[1]);
        if (embedded) config.setUsername("sa");
        config.setMaximumPoolSize(32);
        config.setAutoCommit(false);
        var store = new HikariDataSource(config);
        try (var connection = store.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create table messages (id bigint primary key, event_id varchar(300) not null,"
                    + " topic varchar(120) not null, sha256 varchar(64) not null, received_at timestamp with time zone"
                    + " not null, body " + (embedded ? "varbinary(2000000)" : "bytea") + " not null)");
            connection.commit();
        }
        var ids = new AtomicLong();
        var tomcat = new Tomcat();
        tomcat.setBaseDir(
                Files.createTempDirectory(Path.of("target"), "yardstick").toString());
        var connector = new Connector();
        connector.setPort(Integer.parseInt(args[0]));
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("maxThreads", "200");
        tomcat.setConnector(connector);
        var context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "door", new HttpServlet() {
            @Override
            protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
                var body = request.getInputStream().readAllBytes();
                var signed = Doors.hmac(Doors.SHOP_SECRET, body);
                if (!MessageDigest.isEqual(
                        signed.getBytes(),
                        request.getHeader("X-Shopify-Hmac-Sha256").getBytes())) {
                    response.setStatus(401);
                    return;
                }
                try (var connection = store.getConnection()) {
                    insert(connection, ids.incrementAndGet(), request, body);
                    connection.commit();
                    if (embedded) {
                        try (var statement = connection.createStatement()) {
                            statement.execute("checkpoint sync");
                        }
                    }
                    response.setStatus(200);
                } catch (SQLException e) {
                    response.setStatus(503);
                }
            }
        });
        context.addServletMappingDecoded("/*", "door");
        tomcat.start();
        tomcat.getServer().await();
    }

    private static void insert(Connection connection, long id, HttpServletRequest request, byte[] body)
            throws SQLException {
        try (var row = connection.prepareStatement("insert into messages values (?, ?, ?, ?, ?, ?)")) {
            row.setLong(1, id);
            row.setString(2, request.getHeader("X-Shopify-Event-Id"));
            row.setString(3, request.getHeader("X-Shopify-Topic"));
            row.setString(4, Integer.toHexString(java.util.Arrays.hashCode(body)));
            row.setTimestamp(5, Timestamp.from(Instant.now()));
            row.setBytes(6, body);
            row.executeUpdate();
        }
    }
}
