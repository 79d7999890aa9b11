package routes.style;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No cause without a failure that really ends by its name; and what counts as a proof, tried on causes of its own. */
class ProofsTest {

    private static final String PARKED =
            "when: {place: {}}\nthen: {parked: {cause: MOON_TOO_CLOSE, audience: staff}}\nand:\n";
    private static final String MENDED = "  - {when: {replay: 1}, then: {parked: false}}\n";

    @TempDir
    Path temp;

    @BeforeEach
    void folders() throws IOException {
        for (String folder : List.of("causes", "stories", "tests")) {
            Files.createDirectory(temp.resolve(folder));
        }
        cause("moon-too-close", "staff");
    }

    @Test
    void everyCauseIsProvedByAFailureThatReallyHappens() throws IOException {
        assertThat(Proofs.lacking(
                        Path.of("src/main/resources/causes"),
                        Path.of("src/test/resources/stories"),
                        Path.of("src/test/java")))
                .isEmpty();
    }

    @Test
    void aCauseWithoutAProofIsNamedWithItsFileAndWhatToWrite() throws IOException {
        assertThat(lacking())
                .singleElement()
                .asString()
                .contains(
                        "causes/moon-too-close.yaml",
                        "{parked: {cause: MOON_TOO_CLOSE, audience: staff}}",
                        "@Pro" + "ves(");
    }

    @Test
    void aStoryThatMendsItProvesIt() throws IOException {
        write("stories/it.yaml", PARKED + MENDED);
        assertThat(lacking()).isEmpty();
    }

    @Test
    void aStoryThatLeavesItParkedProvesNothing() throws IOException {
        write("stories/it.yaml", PARKED + "  - {when: {replay: 1}, then: {answer: 202}}\n");
        assertThat(lacking()).hasSize(1);
    }

    @Test
    void beforeSomebodyElseItIsNotProved() throws IOException {
        write("stories/it.yaml", PARKED.replace("staff", "engineer") + MENDED);
        assertThat(lacking()).hasSize(1);
        write("stories/it.yaml", PARKED.replace(", audience: staff", "") + MENDED);
        assertThat(lacking()).hasSize(1);
    }

    @Test
    void whatEndsByItselfIsProvedByItsReason() throws IOException {
        String story =
                "when: {place: {}}\nthen: {message: {state: DISCARDED, reason: MOON_TOO_CLOSE}, parked: false}\n";
        write("stories/it.yaml", story);
        assertThat(lacking()).hasSize(1);
        cause("moon-too-close", "auto");
        assertThat(lacking()).isEmpty();
    }

    @Test
    void whatWaitsIsProvedByMeetingItThere() throws IOException {
        String story = "when: {place: {}, meet: {state: WAITING, reason: MOON_TOO_CLOSE}}\nthen: {parked: false}\n";
        write("stories/it.yaml", story);
        assertThat(lacking()).hasSize(1);
        cause("moon-too-close", "auto");
        assertThat(lacking()).isEmpty();
    }

    @Test
    void aTestThatSaysSoProvesItAndNeverOneThatIsNotThere() throws IOException {
        write("tests/ItTest.java", "@Pro" + "ves({\"MOON_TOO_CLOSE\"})");
        assertThat(lacking()).isEmpty();
        write("tests/ItTest.java", "@Pro" + "ves({\"MOON_TOO_CLOSE\", \"MOON_TOO_FAR\"})");
        assertThat(lacking()).singleElement().asString().contains("ItTest.java", "MOON_TOO_FAR");
    }

    private void cause(String name, String audience) throws IOException {
        write("causes/" + name + ".yaml", "code: MOON_TOO_CLOSE\naudience: " + audience + "\n");
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(temp.resolve(file), text);
    }

    private List<String> lacking() throws IOException {
        return Proofs.lacking(temp.resolve("causes"), temp.resolve("stories"), temp.resolve("tests"));
    }
}
