package routes.deadletter;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import routes.deadletter.ValueMapRows.Fault;
import routes.deadletter.ValueMapRows.Finding;
import routes.deadletter.ValueMapRows.Wanted;

/**
 * Two columns as somebody pastes them from a spreadsheet or a file. The first line says what stands between them: a tab, else
 * a semicolon, else a comma. A side that begins with a quote is read as RFC 4180 has it, and what {@link #guarded} put in
 * front of a value is taken off again, so that what was downloaded can be pasted.
 *
 * @param rows one for each line that has two columns
 * @param findings lines that have not
 */
public record Pasted(List<Wanted> rows, List<Finding> findings) {

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** What a spreadsheet takes for the beginning of something to reckon, full-width signs included. */
    private static final String RECKONED = "=+-@\t\r＝＋－＠";

    /**
     * Reads what was pasted; blank lines count as lines and are passed over.
     *
     * @param headings a first line that has one of these on the left is a heading, and passed over, too
     */
    public static Pasted read(String text, Set<String> headings) {
        List<Wanted> rows = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        char between = 0;
        int number = 0;
        for (String line : text.replaceFirst("^" + BYTE_ORDER_MARK, "").split("\r\n|\r|\n", -1)) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            boolean first = between == 0;
            between = first ? between(line) : between;
            List<String> cells = cells(line, between);
            if (first && headings.contains(cells.get(0))) {
                continue;
            }
            if (cells.size() == 2) {
                rows.add(new Wanted(number, cells.get(0), cells.get(1)));
            } else {
                findings.add(new Finding(number, Fault.COLUMNS, List.of(String.valueOf(cells.size()))));
            }
        }
        return new Pasted(rows, findings);
    }

    private static char between(String quoted) {
        String line = quoted.replaceAll("\"[^\"]*\"", "");
        return line.indexOf('\t') >= 0 ? '\t' : line.indexOf(';') >= 0 ? ';' : ',';
    }

    private static List<String> cells(String line, char between) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted && c == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                cell.append(c);
                i++;
            } else if (c == '"' && (quoted || cell.toString().isBlank())) {
                quoted = !quoted;
            } else if (c == between && !quoted) {
                cells.add(bare(cell));
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(bare(cell));
        return cells;
    }

    private static String bare(CharSequence cell) {
        String value = cell.toString().strip();
        return value.length() > 1 && value.charAt(0) == '\'' && RECKONED.indexOf(value.charAt(1)) >= 0
                ? value.substring(1)
                : value;
    }

    /** A value as a cell of a CSV file that no spreadsheet takes for a formula. */
    public static String guarded(String value) {
        String safe = !value.isEmpty() && RECKONED.indexOf(value.charAt(0)) >= 0 ? "'" + value : value;
        return "\"" + safe.replace("\"", "\"\"") + "\"";
    }
}
