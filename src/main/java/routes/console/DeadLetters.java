package routes.console;

import java.time.Instant;
import java.util.Locale;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.stereotype.Component;
import routes.deadletter.Cause;
import routes.deadletter.Causes;
import routes.deadletter.FailureRows.FailureRow;

/** Says a failure in the words of the cause catalogue. */
@Component
class DeadLetters {

    private final Causes causes;

    DeadLetters(Causes causes) {
        this.causes = causes;
    }

    /**
     * A failure in a list.
     *
     * @param orderNumber null while the message belongs to no order
     * @param cause a code of the catalogue
     * @param audience who can mend it: staff or engineer, or auto when it mends itself
     * @param title the cause in a few words of the reader's language
     * @param sentence what such a cause means, and {@code mends} what to do about it
     * @param detail what was seen this time
     * @param state OPEN until it is replayed, superseded or discarded
     * @param endedBy who ended it; null, like {@code endedAt}, while it is open
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
            String sentence,
            String mends,
            String detail,
            String state,
            Instant endedAt,
            String endedBy) {}

    DeadLetter shown(FailureRow row) {
        Cause cause = causes.named(row.cause());
        Locale reader = LocaleContextHolder.getLocale();
        return new DeadLetter(
                Long.toString(row.id()),
                Long.toString(row.messageId()),
                row.orderNumber(),
                row.step(),
                row.cause(),
                cause.audience().word(),
                cause.title(reader),
                row.since(),
                cause.sentence(reader),
                cause.mends(reader),
                Secrets.blanked(row.detail()),
                row.state(),
                row.endedAt(),
                row.endedBy());
    }
}
