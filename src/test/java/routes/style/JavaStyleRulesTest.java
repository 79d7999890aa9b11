package routes.style;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;

/** Each rule on Java is broken here, and must find it. */
class JavaStyleRulesTest {

    static class RouteInJava extends RouteBuilder {
        @Override
        public void configure() {}
    }

    /** Not annotated itself, or tests that start the hub would find it by its package. */
    static class DoorOutsideTheConsole {
        @GetMapping("/x")
        String x() {
            return "";
        }
    }

    record RowsOutsideTheirHome(JdbcClient store) {}

    static class OrderManager {}

    static class OrderServiceImpl {}

    static class TimeFromTheMachine {
        Instant now() {
            return Instant.now();
        }
    }

    static class MillisFromTheMachine {
        long now() {
            return System.currentTimeMillis();
        }
    }

    static class TimeFromTheClock {
        List<Object> now(Clock clock) {
            return List.of(clock.instant(), Instant.now(clock), LocalDate.now(clock), System.nanoTime());
        }
    }

    @Test
    void routesInJavaAreFound() throws ClassNotFoundException {
        assertThat(breaks(JavaStyleTest.routesAreWrittenInYaml, RouteInJava.class))
                .isTrue();
    }

    @Test
    void doorsOutsideTheConsoleAreFound() throws ClassNotFoundException {
        assertThat(breaks(JavaStyleTest.webAnnotationsLiveInTheConsole, DoorOutsideTheConsole.class))
                .isTrue();
    }

    @Test
    void sqlOutsideItsHomesIsFound() throws ClassNotFoundException {
        assertThat(breaks(JavaStyleTest.sqlLivesWhereRowsLive, RowsOutsideTheirHome.class))
                .isTrue();
        assertThat(breaks(JavaStyleTest.sqlLivesWhereRowsLive, Class.forName("routes.ledger.TrialBalance")))
                .isFalse();
    }

    @Test
    void emptyWordsInNamesAreFound() throws ClassNotFoundException {
        assertThat(breaks(JavaStyleTest.namesAreDomainWords, OrderManager.class))
                .isTrue();
        assertThat(breaks(JavaStyleTest.namesAreDomainWords, OrderServiceImpl.class))
                .isTrue();
        assertThat(breaks(JavaStyleTest.namesAreDomainWords, TimeFromTheClock.class))
                .isFalse();
    }

    @Test
    void floatingMoneyIsFound() throws ClassNotFoundException {
        assertThat(breaks(JavaStyleTest.moneyNeverFloats, Class.forName("routes.ledger.FloatingPrice")))
                .isTrue();
        assertThat(breaks(JavaStyleTest.moneyNeverFloats, Class.forName("routes.ledger.Money")))
                .isFalse();
    }

    @Test
    void timeFromTheMachineIsFound() throws ClassNotFoundException {
        assertThat(breaks(JavaStyleTest.timeComesFromTheClock, TimeFromTheMachine.class))
                .isTrue();
        assertThat(breaks(JavaStyleTest.timeComesFromTheClock, MillisFromTheMachine.class))
                .isTrue();
        assertThat(breaks(JavaStyleTest.timeComesFromTheClock, TimeFromTheClock.class))
                .isFalse();
    }

    @Test
    void aCircleOfPackagesIsFound() throws ClassNotFoundException {
        Class<?> there = Class.forName("routes.file.CircleThere");
        Class<?> back = Class.forName("routes.region.CircleBack");
        assertThat(breaks(JavaStyleTest.packagesKnowEachOtherOneWay, there, back))
                .isTrue();
        assertThat(breaks(JavaStyleTest.packagesKnowEachOtherOneWay, there)).isFalse();
    }

    private static boolean breaks(ArchRule rule, Class<?>... types) {
        JavaClasses classes = new ClassFileImporter().importClasses(types);
        return rule.evaluate(classes).hasViolation();
    }
}
