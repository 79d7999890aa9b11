package routes.partner;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.guard.CardNumbers;
import routes.inbox.Batch;
import routes.inbox.CancelRequests;
import routes.inbox.Committer;
import routes.inbox.LeaseClock;
import routes.inbox.NotYet;
import routes.inbox.Operation;
import routes.inbox.Turn;
import routes.mapping.Reading;

/**
 * The journal of what is changed at partners: an intent is on record before the call, the answer is written with the
 * verb that uses it. What lies between is what must be asked before it is done again (promise P2).
 */
@Component
class Journal {

    enum Outcome {
        INTENDED,
        NOT_SENT,
        UNKNOWN,
        REFUSED,
        /** Somebody says that it was done at the partner without us; it is asked about and never sent on that word. */
        BY_HAND,
        ANSWERED
    }

    /** One thing changed at a partner. */
    record Effect(
            String key, int version, String request, Outcome outcome, String answer, int attempts, Instant sentAt) {}

    private final Committer committer;
    private final JdbcClient rows;
    private final ObjectMapper json;

    Journal(Committer committer, JdbcClient rows, ObjectMapper json) {
        this.committer = committer;
        this.rows = rows;
        this.json = json;
    }

    /** The business key of an effect, without its version: the same matter, whichever message asks for it. */
    static String key(Turn turn, String operation, String subject) {
        String order = turn.message().orderNumber();
        return (order == null ? turn.message().lane() : order) + "/" + operation + "/" + subject;
    }

    /** Puts the intent on record; false when this effect was intended before. */
    boolean intend(
            Turn turn, String key, int version, String operation, String subject, String request, Sending sending) {
        return committer.write(new Operation<Boolean>(turn) {

            @Override
            protected String kind() {
                return "intent";
            }

            @Override
            protected void write(Batch batch) {
                guard(batch, this, turn, sending, this::refuse);
                batch.add(
                        Batch.FACT,
                        this,
                        changed -> result(changed > 0),
                        "insert into effects (effect_key, order_number, operation, subject, version, message_id, step,"
                                + " request, outcome, attempts, sent_at) values (?, ?, ?, ?, ?, ?, ?, ?, 'INTENDED', 1, ?)"
                                + " on conflict do nothing",
                        key + "/" + version,
                        turn.message().orderNumber() == null
                                ? ""
                                : turn.message().orderNumber(),
                        operation,
                        subject,
                        version,
                        turn.message().id(),
                        turn.step(),
                        request,
                        LeaseClock.now());
            }
        });
    }

    /**
     * Refuses an intent that must not be sent now. That the order changed is looked for after the verbs of the same commit
     * have changed it: a cancel of some units that was decided since the request was made has lifted its wish already.
     */
    private static void guard(
            Batch batch, Operation<?> operation, Turn turn, Sending sending, Consumer<RuntimeException> refuse) {
        String order = turn.message().orderNumber();
        if (sending.unlessCancelled()) {
            CancelRequests.refuseWhileOneStands(batch, operation, order, refuse);
        }
        if (sending.version() != null) {
            batch.add(
                    Batch.YIELD,
                    operation,
                    same -> {
                        if (same == 0) {
                            refuse.accept(new NotYet(
                                    "ORDER_CHANGED",
                                    LeaseClock.now(),
                                    "Order " + order + " has changed since this was made ready"));
                        }
                    },
                    "update orders set version = version where number = ? and version = ?",
                    order,
                    sending.version());
        }
    }

    /** Records that an intended effect is sent once more. */
    void resend(Turn turn, Effect effect, Sending sending) {
        committer.write(new Operation<Void>(turn) {

            @Override
            protected String kind() {
                return "intent";
            }

            @Override
            protected void write(Batch batch) {
                guard(batch, this, turn, sending, this::refuse);
                batch.add(
                        Batch.FACT,
                        this,
                        "update effects set outcome = 'INTENDED', attempts = attempts + 1, sent_at = ? where effect_key = ?",
                        LeaseClock.now(),
                        effect.key());
            }
        });
    }

    /** Records that an effect was certainly not carried out. */
    void notSent(Turn turn, Effect effect) {
        committer.write(
                turn,
                "intent",
                (batch, operation) -> batch.add(
                        Batch.FACT,
                        operation,
                        "update effects set outcome = 'NOT_SENT' where effect_key = ? and outcome in ('INTENDED', 'UNKNOWN',"
                                + " 'BY_HAND')",
                        effect.key()));
    }

    /** The latest version of an effect. */
    Optional<Effect> latest(Turn turn, String operation, String subject) {
        String order = turn.message().orderNumber();
        return rows.sql("select effect_key, version, request, outcome, answer, attempts, sent_at from effects"
                        + " where order_number = ? and operation = ? and subject = ? and effect_key = ? || '/' || version"
                        + " order by version desc fetch first 1 rows only")
                .params(order == null ? "" : order, operation, subject, key(turn, operation, subject))
                .query((row, n) -> new Effect(
                        row.getString(1),
                        row.getInt(2),
                        row.getString(3),
                        Outcome.valueOf(row.getString(4)),
                        row.getString(5),
                        row.getInt(6),
                        row.getObject(7, OffsetDateTime.class).toInstant()))
                .optional();
    }

    /** Lets what came of an effect ride with the turn's next commit. */
    void settle(Turn turn, String effectKey, Outcome outcome, JsonNode answer) {
        String text = answer == null ? null : text(answer);
        Instant now = LeaseClock.now();
        turn.ride((batch, operation) -> batch.add(
                Batch.FACT,
                operation,
                "update effects set outcome = ?, answer = ?, settled_at = ? where effect_key = ?",
                outcome.name(),
                text,
                now,
                effectKey));
    }

    /** Lets the record of one attempt, reads included, ride with the turn's next commit. */
    void called(
            Turn turn,
            String effectKey,
            String operation,
            String request,
            String answer,
            PartnerFailure failure,
            Duration took,
            String revision) {
        String step = turn.step();
        // A record for people. What an effect sends, and what it was answered, is its own already: not written twice.
        boolean answered = failure == null;
        String sent = effectKey == null ? CardNumbers.masked(request) : null;
        String shown = answer == null || effectKey != null && answered ? null : CardNumbers.masked(answer);
        String why = failure == null ? null : CardNumbers.masked(failure.getMessage());
        Instant now = LeaseClock.now();
        turn.ride((batch, writing) -> batch.add(
                Batch.FACT,
                writing,
                "insert into partner_calls (effect_key, message_id, order_number, step, operation, request, answer,"
                        + " status, outcome, detail, took_ms, at, mapping_revision)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                effectKey,
                turn.message().id(),
                turn.message().orderNumber(),
                step,
                operation,
                sent,
                shown,
                answered ? 200 : failure.status(),
                answered ? "ANSWERED" : failure.fate().name(),
                why == null ? null : why.substring(0, Math.min(500, why.length())),
                (int) took.toMillis(),
                now,
                revision));
    }

    String text(JsonNode node) {
        try {
            return json.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads stored text back digit by digit: what is sent again must be what was recorded. */
    JsonNode tree(String text) {
        return Reading.json(text.getBytes(StandardCharsets.UTF_8));
    }
}
