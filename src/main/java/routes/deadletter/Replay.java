package routes.deadletter;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.inbox.Committer;
import routes.inbox.Refused;
import routes.inbox.Resumption;

/** Lets a dead letter run again from the step that failed; what was done before is kept (promise P6). */
@Component
public class Replay {

    /** @param status {@code REPLAYING}, or {@code NOT_PARKED} when somebody replayed or ended it before */
    public record Answer(long messageId, String status) {}

    private final Committer committer;
    private final JdbcClient rows;

    Replay(Committer committer, JdbcClient rows) {
        this.committer = committer;
        this.rows = rows;
    }

    /**
     * Replays one failure.
     *
     * @throws Refused when there is no such failure
     */
    public Answer replay(long failureId, String who) {
        long message = rows.sql("select message_id from failures where id = ?")
                .param(failureId)
                .query(Long.class)
                .optional()
                .orElseThrow(() -> new Refused("UNKNOWN", "There is no dead letter " + failureId));
        boolean resumed = committer.write(new Resumption(message, who));
        return new Answer(message, resumed ? "REPLAYING" : "NOT_PARKED");
    }
}
