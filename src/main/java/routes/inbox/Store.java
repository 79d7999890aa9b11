package routes.inbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Where the engine's two stores differ; all else is one SQL text. */
interface Store {

    /** A lane taken by this instance. */
    record Grant(String lane, long fence) {}

    /** New messages of one lane in this commit; {@code room} says whether a worker stands ready for it. */
    record Arrival(String lane, int messages, int priority, boolean room) {}

    /** @param mine whether the lane was idle, is leased to us now and holds only the messages just written */
    record Arrived(long fence, boolean mine) {}

    /** Commits and, unless told that a power cut may undo it, forces the commit to stable storage. */
    void commit(Connection connection, boolean durable) throws SQLException;

    /** The stored fences of these lanes, held still until the commit. */
    Map<String, Long> fences(Connection connection, Collection<String> lanes) throws SQLException;

    /** The next values of a sequence. */
    long[] next(Connection connection, String sequence, int n) throws SQLException;

    /** Adds messages to lanes: an idle lane becomes ready, or leased where a worker stands ready. */
    Map<String, Arrived> arrive(Connection connection, Collection<Arrival> arrivals) throws SQLException;

    /** Takes up to n runnable lanes, the most urgent first or, so that nobody starves, the oldest first. */
    List<Grant> claim(Connection connection, int n, boolean oldestFirst) throws SQLException;

    /** Keeps our leases; answers how many. */
    int renew(Connection connection) throws SQLException;

    /** Frees the lanes of those who no longer renew. */
    int reap(Connection connection) throws SQLException;

    /** At start: frees the lanes an earlier run of this instance held (embedded: every lane). */
    int takeOwn(Connection connection) throws SQLException;

    /** Whether this failure is of the kind that another try cures (deadlock between instances). */
    boolean passing(SQLException failure);
}
