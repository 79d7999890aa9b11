package routes.deadletter;

import java.util.List;
import routes.deadletter.ValueMapRows.Finding;

/** Rows that are not written, none of them, because of those that are named here. */
public class RowsRefused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Finding> findings;

    RowsRefused(List<Finding> findings) {
        super("Rows that cannot be written: " + findings);
        this.findings = List.copyOf(findings);
    }

    /** At least one, by line. */
    public List<Finding> findings() {
        return findings;
    }
}
