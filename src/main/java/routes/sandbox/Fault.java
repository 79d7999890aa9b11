package routes.sandbox;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What can go wrong at a partner. The words are the kebab-case forms of these names. */
enum Fault {
    /** A business refusal in the partner's own words, for the reason that the order gives where it gives one; nothing is done. */
    REFUSE,
    /** The partner does not know our key any more; nothing is done. */
    KEY_REVOKED,
    /** The connection is closed without a byte of an answer; nothing is done. */
    REFUSE_CONNECTION,
    /** No answer until the caller gives up; nothing is done. */
    TIME_OUT,
    /** Done, but no answer. */
    COMMIT_THEN_TIME_OUT,
    /** No answer, and done only later: {@code oms.sandbox.late-commit-ms}. */
    LATE_COMMIT,
    /** The shop's own way to say "too fast": 200 with THROTTLED; nothing is done. Other partners answer 429. */
    THROTTLED,
    /** 429 with Retry-After; nothing is done. */
    STATUS_429,
    /** 500; nothing is done. */
    STATUS_500,
    /** 503 with Retry-After; nothing is done. */
    STATUS_503,
    /** Done, but the answer is not what was agreed. */
    GARBAGE,
    /** Done at once, answered after {@code oms.sandbox.slow-ms}. */
    SLOW,
    /** Done, but the answer names another order, document or journal. */
    WRONG_ID,
    /** Done, but the answer names one unit of the currency more. */
    OTHER_AMOUNT,
    /** A webhook comes twice: the same event, two deliveries. */
    DUPLICATE_WEBHOOK,
    /** A webhook is held back, so that later ones overtake it. */
    OUT_OF_ORDER_WEBHOOK,
    /** A webhook never comes. */
    DROP_WEBHOOK,
    /** Of every hundred webhooks as many never come as the order's {@code percent} says. */
    DROP_WEBHOOKS,
    /** A webhook never comes, and the shop has deleted the subscription it was for. */
    DELETE_SUBSCRIPTION;

    /** Whether it befalls what the partner sends, rather than what it is asked. */
    boolean ofWebhooks() {
        return switch (this) {
            case DUPLICATE_WEBHOOK, OUT_OF_ORDER_WEBHOOK, DROP_WEBHOOK, DROP_WEBHOOKS, DELETE_SUBSCRIPTION -> true;
            default -> false;
        };
    }

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<Fault> of(String word) {
        return Arrays.stream(values())
                .filter(fault -> fault.word().equals(word))
                .findFirst();
    }
}
