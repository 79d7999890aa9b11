package routes.console;

import java.time.Instant;
import org.springframework.stereotype.Component;
import routes.deadletter.FailureRows.FailureRow;

/** Says a failure in the words of the cause catalogue. */
@Component
class DeadLetters {

    /**
     * A failure in a list.
     *
     * @param orderNumber null while the message belongs to no order
     * @param cause a code of the catalogue
     * @param audience who can mend it: staff or engineer, or auto when it mends itself
     * @param title the cause in words; the code where the catalogue has none
     * @param detail what was seen this time
     * @param state OPEN until it is replayed, superseded or discarded
     */
    public record DeadLetter(
            String id,
            String messageId,
            String orderNumber,
            String step,
            String cause,
            String audience,
            String title,
            Instant since,
            String detail,
            String state) {}

    DeadLetter shown(FailureRow row) {
        return new DeadLetter(
                Long.toString(row.id()),
                Long.toString(row.messageId()),
                row.orderNumber(),
                row.step(),
                row.cause(),
                "engineer",
                row.cause(),
                row.since(),
                row.detail(),
                row.state());
    }
}
