package routes.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import routes.deadletter.ValueMapRows.Fault;
import routes.deadletter.ValueMapRows.Finding;
import routes.deadletter.ValueMapRows.Wanted;

class PastedTest {

    private static Pasted read(String text) {
        return Pasted.read(text, Set.of("In the shop"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"A\tX\nB\tY", "A;X\r\nB;Y\r\n", "A,X\rB,Y", "\uFEFFA , X\n\"B\", \"Y\""})
    void twoColumnsComeFromASpreadsheetOrAFile(String text) {
        assertThat(read(text))
                .isEqualTo(new Pasted(List.of(new Wanted(1, "A", "X"), new Wanted(2, "B", "Y")), List.of()));
    }

    @Test
    void theFirstLineSaysWhatStandsBetweenSoThatValuesMayHaveTheOthersInThem() {
        assertThat(read("A;1,B\tX\nB\t\"Y\tZ\"").rows())
                .containsExactly(new Wanted(1, "A;1,B", "X"), new Wanted(2, "B", "Y\tZ"));
        assertThat(read("\"A,1\",\"6\"\" pipe\"\nB,6\" pipe").rows())
                .containsExactly(new Wanted(1, "A,1", "6\" pipe"), new Wanted(2, "B", "6\" pipe"));
    }

    @Test
    void aLineWithoutTwoColumnsIsNamedByItsNumberBlankOnesAndTheHeadingCounted() {
        Pasted pasted = read("In the shop\tThere\nA\tX\n\nB\nC\tY\tZ\n");
        assertThat(pasted.rows()).containsExactly(new Wanted(2, "A", "X"));
        assertThat(pasted.findings())
                .containsExactly(
                        new Finding(4, Fault.COLUMNS, List.of("1")), new Finding(5, Fault.COLUMNS, List.of("3")));
        assertThat(read("A\tX\nIn the shop\tThere").rows()).hasSize(2);
        assertThat(read(" \n").rows()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+49", "-5", "@SUM(A1)", "＝1", "plain", "a \"quoted\" one", "'tis", "a,b;c"})
    void whatIsDownloadedIsNoFormulaAndComesBackAsItWas(String value) {
        String cell = Pasted.guarded(value);
        assertThat(cell)
                .startsWith("\"")
                .doesNotStartWith("\"=")
                .doesNotStartWith("\"+")
                .doesNotStartWith("\"-");
        assertThat(cell).doesNotStartWith("\"@").doesNotStartWith("\"＝");
        assertThat(read(cell + ",X").rows()).containsExactly(new Wanted(1, value, "X"));
    }
}
