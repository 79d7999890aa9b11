package routes.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BucketTest {

    private final AtomicLong nanos = new AtomicLong(-7);
    private final Bucket bucket = new Bucket(3, nanos::get);

    @Test
    void aMinutesQuotaMayBeSpentAtOnceAndComesBackEvenly() {
        assertThat(bucket.draw()).isEqualTo(new Bucket.Draw(3, 2, 20, 0));
        assertThat(bucket.draw()).isEqualTo(new Bucket.Draw(3, 1, 40, 0));
        assertThat(bucket.draw()).isEqualTo(new Bucket.Draw(3, 0, 60, 0));
        assertThat(bucket.draw()).isEqualTo(new Bucket.Draw(3, 0, 60, 20));
        after(19);
        assertThat(bucket.draw()).isEqualTo(new Bucket.Draw(3, 0, 41, 1));
        after(1);
        assertThat(bucket.draw().allowed()).isTrue();
        assertThat(bucket.draw().allowed()).isFalse();
    }

    @Test
    void aLongPauseBringsBackNoMoreThanTheQuota() {
        bucket.draw();
        after(100_000);
        assertThat(bucket.draw()).isEqualTo(new Bucket.Draw(3, 2, 20, 0));
    }

    @Test
    void aQuotaOfNothingIsAMistake() {
        assertThatThrownBy(() -> new Bucket(0, nanos::get)).hasMessageContaining("requests-per-minute");
    }

    private void after(long seconds) {
        nanos.addAndGet(seconds * 1_000_000_000L);
    }
}
