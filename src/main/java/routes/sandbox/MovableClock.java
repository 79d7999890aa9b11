package routes.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * The business clock of the sandbox: runs like the system's, in UTC, ahead by what {@link #advance} added. The
 * difference is kept in a file, so that a killed process does not fall back in time.
 */
public final class MovableClock extends Clock {

    private final Path file;
    private volatile Duration ahead;

    /**
     * @param file keeps how far this clock is ahead; written on each move
     * @throws UncheckedIOException when the file cannot be read
     */
    public MovableClock(Path file) {
        this.file = file;
        try {
            ahead = Files.exists(file) ? Duration.parse(Files.readString(file).strip()) : Duration.ZERO;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Moves the clock forward, for good.
     *
     * @throws IllegalArgumentException when it would go backwards
     */
    public synchronized void advance(Duration by) {
        if (by.isNegative()) throw new IllegalArgumentException("the business clock never goes backwards: " + by);
        keep(ahead.plus(by));
        ahead = ahead.plus(by);
    }

    /** How far this clock is ahead of the system's. */
    public Duration ahead() {
        return ahead;
    }

    @Override
    public Instant instant() {
        return Instant.now().plus(ahead);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        var movable = this;
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return zone;
            }

            @Override
            public Clock withZone(ZoneId other) {
                return movable.withZone(other);
            }

            @Override
            public Instant instant() {
                return movable.instant();
            }
        };
    }

    private void keep(Duration value) {
        try {
            Files.createDirectories(file.getParent());
            var fresh = file.resolveSibling(file.getFileName() + ".new");
            try (var channel = FileChannel.open(
                    fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(value.toString().getBytes(StandardCharsets.UTF_8)));
                channel.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
