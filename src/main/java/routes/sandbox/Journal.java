package routes.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happened at the partners, append-only and on stable storage: {@code events.jsonl} (everything needed to
 * rebuild their state) and {@code effects.jsonl} (the ledger of effects, for people and tests to read).
 *
 * <p>One thread writes: it takes what waits, writes it, forces it to disk, and only then lets the answers go. An event
 * carries its effects in its own line, so that state and ledger cannot disagree: at start, effects that the second
 * file has not yet are appended to it.
 */
final class Journal implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private final FileChannel events;
    private final FileChannel effectLines;
    private final Path eventFile;
    private final Object lock = new Object();
    private final Thread writer;
    private Group open = new Group();
    private Group writing;
    private boolean closed;

    private final List<Effect> effects = new ArrayList<>();
    private final Map<String, List<Integer>> effectsByKey = new HashMap<>();

    /** What is written and forced together. */
    private static final class Group {
        final ByteArrayOutputStream events = new ByteArrayOutputStream();
        final ByteArrayOutputStream effectLines = new ByteArrayOutputStream();
        final List<Effect> effects = new ArrayList<>();
        final List<Runnable> afterwards = new ArrayList<>();
        final CountDownLatch onDisk = new CountDownLatch(1);
        volatile IOException failure;
    }

    /**
     * Opens or creates both files and cuts off a last line that a crash left unfinished.
     *
     * @throws UncheckedIOException when the folder cannot be written
     */
    Journal(Path folder) {
        try {
            Files.createDirectories(folder);
            eventFile = folder.resolve("events.jsonl");
            events = openForAppend(eventFile);
            effectLines = openForAppend(folder.resolve("effects.jsonl"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        writer = new Thread(this::writeForEver, "sandbox-journal");
        writer.setDaemon(true);
    }

    /** Hands every event ever written to {@code rebuild}, completes the ledger of effects, starts to accept new ones. */
    void replay(Consumer<ObjectNode> rebuild) {
        try (BufferedReader lines = Files.newBufferedReader(eventFile)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var event = (ObjectNode) Json.read(line.getBytes(StandardCharsets.UTF_8));
                event.path("effects").forEach(effect -> remember(Effect.of(effect)));
                rebuild.accept(event);
            }
            long known = countLines(effectLines);
            for (var i = known; i < effects.size(); i++) {
                effectLines.write(ByteBuffer.wrap(line(effects.get((int) i).json())));
            }
            effectLines.force(false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        writer.start();
    }

    /**
     * Queues an event; call it under the lock of what it changes, so that the file has the order of the changes.
     *
     * @param effects what was carried out by it; in the ledger as soon as it is on disk
     * @param afterwards runs once it is on disk, on the writing thread: hand over, do not work
     */
    void append(ObjectNode event, List<Effect> effects, Runnable afterwards) {
        if (!effects.isEmpty()) {
            var list = event.putArray("effects");
            effects.forEach(effect -> list.add(effect.json()));
        }
        var line = line(event);
        var ledger = effects.stream().map(effect -> line(effect.json())).toList();
        synchronized (lock) {
            if (closed) throw new IllegalStateException("the sandbox is shutting down");
            open.events.writeBytes(line);
            ledger.forEach(open.effectLines::writeBytes);
            open.effects.addAll(effects);
            if (afterwards != null) open.afterwards.add(afterwards);
            lock.notifyAll();
        }
    }

    /** Returns when everything appended so far is on disk; an answer, a look-up's too, leaves only after this. */
    void awaitDisk() {
        Group last;
        synchronized (lock) {
            last = open.events.size() > 0 ? open : writing;
        }
        if (last == null) return;
        try {
            last.onDisk.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the disk", e);
        }
        if (last.failure != null) throw new UncheckedIOException("the sandbox cannot write", last.failure);
    }

    /** Effects after position {@code after}, at most {@code limit}, filtered; positions count from 1. */
    ObjectNode effects(String partner, String operation, String key, long after, int limit) {
        var answer = Json.object();
        var items = answer.putArray("items");
        synchronized (effects) {
            var candidates = key == null ? null : effectsByKey.getOrDefault(key, List.of());
            var size = candidates == null ? effects.size() : candidates.size();
            var position = 0L;
            for (var i = candidates == null ? (int) Math.min(after, size) : 0; i < size; i++) {
                var index = candidates == null ? i : candidates.get(i);
                var effect = effects.get(index);
                if (index < after
                        || partner != null && !partner.equals(effect.partner())
                        || operation != null && !operation.equals(effect.operation())) continue;
                if (items.size() == limit) {
                    answer.put("next", String.valueOf(position));
                    return answer;
                }
                position = index + 1L;
                items.add(effect.json());
            }
        }
        answer.putNull("next");
        return answer;
    }

    /** Writes what waits and closes the files. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        try {
            if (writer.isAlive()) writer.join(5_000);
            events.close();
            effectLines.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeForEver() {
        while (true) {
            Group group;
            synchronized (lock) {
                while (open.events.size() == 0 && !closed) {
                    try {
                        lock.wait();
                    } catch (InterruptedException e) {
                        return;
                    }
                }
                if (open.events.size() == 0) return;
                group = open;
                writing = group;
                open = new Group();
            }
            try {
                write(events, group.events);
                if (!group.effects.isEmpty()) write(effectLines, group.effectLines);
                group.effects.forEach(this::remember);
            } catch (IOException e) {
                LOG.error("the sandbox cannot write its journal", e);
                group.failure = e;
            }
            synchronized (lock) {
                writing = null;
            }
            group.onDisk.countDown();
            if (group.failure == null) group.afterwards.forEach(Runnable::run);
        }
    }

    private void remember(Effect effect) {
        synchronized (effects) {
            effectsByKey
                    .computeIfAbsent(effect.key(), key -> new ArrayList<>(2))
                    .add(effects.size());
            effects.add(effect);
        }
    }

    private static void write(FileChannel file, ByteArrayOutputStream lines) throws IOException {
        var buffer = ByteBuffer.wrap(lines.toByteArray());
        while (buffer.hasRemaining()) file.write(buffer);
        file.force(false);
    }

    private static byte[] line(ObjectNode json) {
        var bytes = Json.bytes(json);
        var line = Arrays.copyOf(bytes, bytes.length + 1);
        line[bytes.length] = '\n';
        return line;
    }

    private static FileChannel openForAppend(Path path) throws IOException {
        var file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        var whole = file.size();
        var last = ByteBuffer.allocate(1);
        while (whole > 0) {
            last.clear();
            file.read(last, whole - 1);
            if (last.get(0) == '\n') break;
            whole--;
        }
        file.truncate(whole);
        file.position(whole);
        return file;
    }

    private static long countLines(FileChannel file) throws IOException {
        var buffer = ByteBuffer.allocate(1 << 16);
        var lines = 0L;
        for (var at = 0L; at < file.size(); ) {
            buffer.clear();
            var read = file.read(buffer, at);
            if (read < 0) break;
            for (var i = 0; i < read; i++) if (buffer.get(i) == '\n') lines++;
            at += read;
        }
        return lines;
    }
}
