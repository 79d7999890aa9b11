package routes.deadletter;

import java.util.List;
import routes.inbox.Caused;

/** Somebody else repaired the same thing first; the second sees what the first did before going on. */
public final class RepairConflict extends RuntimeException implements Caused {

    private static final long serialVersionUID = 1L;

    private final String who;
    private final int version;
    private final transient List<Difference> theirs;

    RepairConflict(String who, int version, List<Difference> theirs) {
        super(who + " changed this meanwhile (version " + version + ")", null, false, false);
        this.who = who;
        this.version = version;
        this.theirs = theirs == null ? List.of() : List.copyOf(theirs);
    }

    /** Who was first. */
    public String who() {
        return who;
    }

    /** What to name as the version seen, to go on from theirs. */
    public int version() {
        return version;
    }

    /** What the first one changed. */
    public List<Difference> theirs() {
        return theirs;
    }

    @Override
    public String causeCode() {
        return "REPAIRED_MEANWHILE";
    }
}
