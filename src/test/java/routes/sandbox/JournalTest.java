package routes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    @TempDir
    private Path folder;

    @Test
    void isOnDiskWhenTheWaitEnds() throws IOException {
        try (var journal = opened(new ArrayList<>())) {
            journal.append(Json.object().put("n", 1), List.of(effect("K-1")), null);
            journal.awaitDisk();
            assertThat(Files.readString(folder.resolve("events.jsonl")))
                    .contains("\"n\":1")
                    .endsWith("\n");
            assertThat(Files.readString(folder.resolve("effects.jsonl")))
                    .contains("K-1")
                    .endsWith("\n");
            assertThat(journal.effects(null, null, "K-1", 0, 10).path("items")).hasSize(1);
        }
    }

    @Test
    void bringsEverythingBackInItsOrder() throws Exception {
        try (var journal = opened(new ArrayList<>())) {
            var writers = new ArrayList<Thread>();
            for (var w = 0; w < 8; w++) {
                var thread = new Thread(() -> {
                    for (var i = 0; i < 200; i++) {
                        journal.append(Json.object().put("n", i), List.of(effect("K-" + i)), null);
                        journal.awaitDisk();
                    }
                });
                writers.add(thread);
                thread.start();
            }
            for (var thread : writers) thread.join();
        }
        var seen = new ArrayList<Integer>();
        try (var journal = opened(seen)) {
            assertThat(seen).hasSize(1_600);
            assertThat(journal.effects(null, null, "K-199", 0, 100).path("items"))
                    .hasSize(8);
            var page = journal.effects("p", null, null, 0, 1_000);
            var rest = journal.effects("p", null, null, page.path("next").asLong(), 1_000);
            assertThat(page.path("items").size() + rest.path("items").size()).isEqualTo(1_600);
            assertThat(rest.path("next").isNull()).isTrue();
        }
        assertThat(Files.readAllLines(folder.resolve("effects.jsonl"))).hasSize(1_600);
    }

    @Test
    void cutsOffALineThatACrashLeftUnfinished() throws IOException {
        try (var journal = opened(new ArrayList<>())) {
            journal.append(Json.object().put("n", 1), List.of(), null);
        }
        Files.writeString(folder.resolve("events.jsonl"), "{\"n\":2,\"eff", StandardOpenOption.APPEND);
        var seen = new ArrayList<Integer>();
        try (var journal = opened(seen)) {
            journal.append(Json.object().put("n", 3), List.of(), null);
        }
        seen.clear();
        opened(seen).close();
        assertThat(seen).containsExactly(1, 3);
    }

    @Test
    void completesTheLedgerWhereTheCrashCameBetweenTheTwoFiles() throws IOException {
        try (var journal = opened(new ArrayList<>())) {
            journal.append(Json.object().put("n", 1), List.of(effect("K-1")), null);
            journal.append(Json.object().put("n", 2), List.of(effect("K-2")), null);
        }
        var ledger = folder.resolve("effects.jsonl");
        var first = Files.readAllLines(ledger).get(0);
        Files.writeString(ledger, first + "\n{\"partner");
        opened(new ArrayList<>()).close();
        assertThat(Files.readAllLines(ledger)).hasSize(2).last().asString().contains("K-2");
    }

    @Test
    void runsWhatFollowsOnlyOnceItIsOnDisk() throws Exception {
        try (var journal = opened(new ArrayList<>())) {
            var afterwards = new CountDownLatch(1);
            var found = new ArrayList<Boolean>();
            journal.append(Json.object().put("n", 7), List.of(), () -> {
                try {
                    found.add(Files.readString(folder.resolve("events.jsonl")).contains("\"n\":7"));
                } catch (IOException e) {
                    found.add(false);
                }
                afterwards.countDown();
            });
            afterwards.await();
            assertThat(found).containsExactly(true);
        }
    }

    private Journal opened(List<Integer> seen) {
        var journal = new Journal(folder);
        journal.replay(event -> seen.add(event.path("n").asInt()));
        return journal;
    }

    private static Effect effect(String key) {
        return new Effect("p", "o", key, Instant.EPOCH, 1L, "USD", "s");
    }
}
