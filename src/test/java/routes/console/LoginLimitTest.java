package routes.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoginLimitTest {

    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong now = new AtomicLong(-5 * SECOND);
    private final LoginLimit limit = new LoginLimit(now::get);

    @Test
    void fiveWrongPasswordsThenOneAMinute() {
        for (int i = 0; i < 5; i++) {
            assertThat(limit.waitSeconds("staff", "a")).isZero();
            limit.wrong("staff", "a");
        }
        assertThat(limit.waitSeconds("staff", "a")).isEqualTo(60);
        assertThat(limit.waitSeconds("staff", "b")).as("elsewhere").isZero();
        assertThat(limit.waitSeconds("lead", "a")).as("somebody else").isZero();
        now.addAndGet(60 * SECOND);
        assertThat(limit.waitSeconds("staff", "a")).isZero();
        limit.wrong("staff", "a");
        assertThat(limit.waitSeconds("staff", "a")).isEqualTo(60);
        now.addAndGet(3600 * SECOND);
        for (int i = 0; i < 5; i++) {
            assertThat(limit.waitSeconds("staff", "a")).isZero();
            limit.wrong("staff", "a");
        }
    }

    @Test
    void aRightPasswordClearsItsLogin() {
        for (int i = 0; i < 4; i++) {
            limit.wrong("staff", "a");
        }
        limit.right("staff", "a");
        for (int i = 0; i < 4; i++) {
            limit.wrong("staff", "a");
        }
        assertThat(limit.waitSeconds("staff", "a")).isZero();
    }

    @Test
    void anAddressCannotTryAllLogins() {
        for (int i = 0; i < 50; i++) {
            assertThat(limit.waitSeconds("staff" + i, "a")).isZero();
            limit.wrong("staff" + i, "a");
        }
        assertThat(limit.waitSeconds("staff50", "a")).isEqualTo(6);
        assertThat(limit.waitSeconds("staff50", "b")).isZero();
    }

    @Test
    void whatIsRememberedIsBounded() {
        for (int i = 0; i < 30_000; i++) {
            limit.wrong("guess" + i, "address" + i);
        }
        assertThat(limit.remembered()).isLessThanOrEqualTo(20_000);
    }
}
