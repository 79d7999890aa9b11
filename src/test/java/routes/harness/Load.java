package routes.harness;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * An open-loop load generator for one door: requests are due at fixed times whether or not earlier ones were answered,
 * and each latency counts from the moment its request was due. A server that stalls cannot slow its own exam down.
 *
 * <p>Plain blocking sockets and prepared bytes: on a machine shared with the server the generator must cost little.
 */
final class Load {

    /** What one run gave. */
    record Result(
            long answered, long refused, double perSecond, double p50Millis, double p99Millis, double maxMillis) {}

    private final URI door;
    private final int connections;
    private final LongFunction<Map.Entry<Map<String, String>, byte[]>> request;
    private final AtomicLong numbers;

    /**
     * @param request headers and body of the n-th request
     * @param numbers gives each request its number, so that several runs never send the same one
     */
    Load(URI door, int connections, AtomicLong numbers, LongFunction<Map.Entry<Map<String, String>, byte[]>> request) {
        this.door = door;
        this.connections = connections;
        this.numbers = numbers;
        this.request = request;
    }

    /** As fast as the door answers, for so long. */
    Result asFastAsItGoes(Duration length) {
        return run(length, 0);
    }

    /** At a fixed rate, for so long. */
    Result atRate(Duration length, double perSecond) {
        return run(length, perSecond);
    }

    private Result run(Duration length, double perSecond) {
        // Each connection prepares and signs its next request before that is due: only sending and waiting is timed.
        var histogram = new ConcurrentHistogram(Duration.ofMinutes(2).toNanos() / 1_000, 3);
        var refused = new AtomicLong();
        var slots = new AtomicLong();
        var start = System.nanoTime() + 50_000_000;
        var end = start + length.toNanos();
        List<Thread> threads = new ArrayList<>();
        for (int at = 0; at < connections; at++) {
            var thread = new Thread(() -> connection(start, end, perSecond, slots, histogram, refused), "load-" + at);
            threads.add(thread);
            thread.start();
        }
        for (var thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        var seconds = (System.nanoTime() - start) / 1e9;
        return result(histogram, refused.get(), seconds);
    }

    private void connection(
            long start, long end, double perSecond, AtomicLong slots, Histogram histogram, AtomicLong refused) {
        Wire wire = null;
        try {
            while (true) {
                var bytes = bytes(request.apply(numbers.incrementAndGet()));
                if (wire == null) wire = new Wire(door);
                long due;
                if (perSecond > 0) {
                    due = start + (long) (slots.getAndIncrement() * 1e9 / perSecond);
                    if (due >= end) return;
                    while (System.nanoTime() < due) LockSupport.parkNanos(due - System.nanoTime());
                } else {
                    due = System.nanoTime();
                    if (due >= end) return;
                }
                wire.out.write(bytes);
                if (wire.status() == 200) histogram.recordValue((System.nanoTime() - due) / 1_000);
                else refused.incrementAndGet();
                if (wire.ended) {
                    wire.close();
                    wire = null;
                }
            }
        } catch (IOException e) {
            refused.incrementAndGet();
        } finally {
            if (wire != null) wire.close();
        }
    }

    private byte[] bytes(Map.Entry<Map<String, String>, byte[]> what) {
        var head = new StringBuilder("POST " + door.getPath() + " HTTP/1.1\r\nHost: " + door.getAuthority() + "\r\n");
        what.getKey()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Content-Length: ").append(what.getValue().length).append("\r\n\r\n");
        var first = head.toString().getBytes(StandardCharsets.ISO_8859_1);
        var all = new byte[first.length + what.getValue().length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(what.getValue(), 0, all, first.length, what.getValue().length);
        return all;
    }

    /** One connection; servers end theirs after so many requests, and say so. */
    private static final class Wire {

        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;
        private boolean ended;

        Wire(URI door) throws IOException {
            socket = new Socket(door.getHost(), door.getPort());
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(60_000);
            in = new BufferedInputStream(socket.getInputStream(), 8_192);
            out = socket.getOutputStream();
        }

        /** Reads one answer to its end and gives its status. */
        int status() throws IOException {
            var line = line();
            var status = Integer.parseInt(line.substring(9, 12));
            long length = 0;
            var chunked = false;
            while (!(line = line()).isEmpty()) {
                var lower = line.toLowerCase(Locale.ROOT);
                if (lower.startsWith("content-length:"))
                    length = Long.parseLong(lower.substring(15).strip());
                if (lower.startsWith("transfer-encoding:")) chunked = lower.contains("chunked");
                if (lower.startsWith("connection:")) ended = lower.contains("close");
            }
            if (!chunked) {
                in.skipNBytes(length);
                return status;
            }
            long chunk;
            do {
                chunk = Long.parseLong(line().split(";")[0].strip(), 16);
                in.skipNBytes(chunk);
                line();
            } while (chunk > 0);
            return status;
        }

        private String line() throws IOException {
            var text = new StringBuilder(64);
            for (int each = in.read(); each != '\n'; each = in.read()) {
                if (each < 0) throw new IOException("the server hung up");
                if (each != '\r') text.append((char) each);
            }
            return text.toString();
        }

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                ended = true;
            }
        }
    }

    private static Result result(Histogram histogram, long refused, double seconds) {
        return new Result(
                histogram.getTotalCount(),
                refused,
                Math.round(histogram.getTotalCount() / seconds * 10) / 10.0,
                histogram.getValueAtPercentile(50) / 1_000.0,
                histogram.getValueAtPercentile(99) / 1_000.0,
                histogram.getMaxValue() / 1_000.0);
    }
}
