package routes.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import routes.deadletter.FailureRows;
import routes.inbox.Conservation;
import routes.inbox.DeadlineRows;
import routes.inbox.MessageRows;
import routes.inbox.MessageRows.State;
import routes.order.HistoryRows;
import routes.order.OrderRows;
import routes.partner.CallRows;

/** What people are shown is read the same from both stores, and the equation is one moment's on both. */
class BothStoresTest {

    private static EmbeddedPostgres postgres;

    private DataSource source;
    private JdbcClient store;

    enum Kind {
        H2,
        POSTGRESQL
    }

    @BeforeAll
    static void start() throws IOException {
        postgres = EmbeddedPostgres.start();
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    private void open(Kind kind) {
        source = kind == Kind.POSTGRESQL
                ? postgres.getPostgresDatabase()
                : JdbcConnectionPool.create(
                        "jdbc:h2:mem:" + UUID.randomUUID()
                                + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1",
                        "sa",
                        "");
        // The tables only: PostgreSQL's indexes ask for a compression that Maven's binaries lack, and change no answer.
        Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/migration/common")
                .load()
                .migrate();
        store = JdbcClient.create(source);
        new Seed(store).empty();
    }

    @AfterEach
    void close() {
        if (source instanceof JdbcConnectionPool pool) {
            pool.dispose();
        }
    }

    @ParameterizedTest
    @EnumSource
    void rowsReadTheSame(Kind kind) {
        open(kind);
        Seed seed = new Seed(store);
        long letter = seed.morning();
        seed.orders(5, "RELEASED");

        OrderRows orders = new OrderRows(store);
        assertThat(orders.page("RELEASED", "OH-200004", 2))
                .extracting(OrderRows.OrderRow::number)
                .containsExactly("OH-200003", "OH-200002");
        assertThat(orders.page(null, null, 500)).hasSize(9);
        assertThat(orders.find("OH-100001")).get().satisfies(order -> {
            assertThat(order.row().placedAt()).isEqualTo(Seed.START);
            assertThat(order.document()).contains("MUG-1");
        });

        MessageRows messages = new MessageRows(store);
        assertThat(messages.page(State.RUNNING, null, null, 9))
                .extracting(MessageRows.MessageRow::id)
                .containsExactly(6L);
        assertThat(messages.page(State.RUNNING, "OH-100003", 7L, 9)).isEmpty();
        assertThat(messages.page(State.WAITING, null, null, 9)).isEmpty();
        assertThat(messages.page(State.RECEIVED, "OH-100003", 5L, 9)).hasSize(1);
        assertThat(messages.page(null, null, 4L, 2))
                .extracting(MessageRows.MessageRow::id)
                .containsExactly(3L, 2L);
        assertThat(messages.find(6))
                .get()
                .extracting(MessageRows.MessageRow::state)
                .isEqualTo(State.RUNNING);
        assertThat(messages.find(99)).isEmpty();

        assertThat(new HistoryRows(store).ofOrder("OH-100001"))
                .extracting(HistoryRows.HistoryRow::verb)
                .containsExactly("accepted", "taxed", "screened", "released", "captured");
        assertThat(new CallRows(store).ofOrder("OH-100001"))
                .extracting(CallRows.CallRow::status)
                .containsExactly(200, 200, null, 200);
        assertThat(new DeadlineRows(store).ofOrder("OH-100001")).hasSize(1);

        FailureRows failures = new FailureRows(store);
        assertThat(failures.open(letter + 1, 1)).hasSize(1);
        assertThat(failures.open(letter, 1)).isEmpty();
        assertThat(failures.ofOrder("OH-100003")).hasSize(1);
        assertThat(failures.countOpen()).isOne();
        assertThat(failures.find(letter))
                .get()
                .extracting(FailureRows.FailureRow::open)
                .isEqualTo(true);

        Conservation.Equation equation = new Conservation(store).now();
        assertThat(equation).isEqualTo(new Conservation.Equation(9, 2, 1, 4, 1, 1, 1));
        assertThat(equation.balanced()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void anEmptyStoreIsBalanced(Kind kind) {
        open(kind);
        assertThat(new Conservation(store).now()).isEqualTo(new Conservation.Equation(0, 0, 0, 0, 0, 0, 0));
    }

    /** Intake and endings commit all the while; no reading may see one side without the other. */
    @ParameterizedTest
    @EnumSource
    void theEquationHoldsInEveryReadingWhileMessagesComeAndGo(Kind kind) {
        open(kind);
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Void> work = CompletableFuture.runAsync(() -> comeAndGo(over));
        try {
            for (int i = 0; i < 300; i++) {
                Conservation.Equation equation = new Conservation(store).now();
                assertThat(equation.balanced()).as("%s", equation).isTrue();
            }
        } finally {
            over.set(true);
            work.join();
        }
        assertThat(new Conservation(store).now().received()).isPositive();
    }

    private void comeAndGo(AtomicBoolean over) {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            for (int id = 1; !over.get(); id += 3) {
                for (String sql : List.of(
                        "insert into intakes values (" + id + ", 3, now())",
                        "insert into inbox (id, partner, shop, topic, event_id, lane, subject, priority, received_at,"
                                + " state, walk, attempts) select " + id
                                + " + v.n, 'p', 's', 't', 'e', 'L' || v.n, '', 5,"
                                + " now(), 'RECEIVED', 1, 0 from (values (0), (1), (2)) v (n)",
                        "update inbox set state = 'DONE' where id = " + (id - 3))) {
                    connection.createStatement().executeUpdate(sql);
                }
                connection.commit();
            }
        } catch (SQLException broken) {
            throw new IllegalStateException(broken);
        }
    }
}
