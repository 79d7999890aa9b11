package routes.inbox;

import java.time.Instant;

/**
 * What is known of a message that is about to be parked.
 *
 * @param cause a code of the cause catalogue
 * @param audience who mends it: auto, staff or engineer
 * @param detail what was seen, in words
 * @param exception the trace, shortened
 * @param fingerprint which failures are the same matter, with the version of the rule in front: {@code 1-0a1b...}
 * @param groupedBy JSON: from what the fingerprint was made, for people
 * @param partner whom the last call went to, with its {@code operation} and HTTP {@code status}; null without one
 * @param node where in the routes it failed: {@code route, node, file:line}; null when not seen
 * @param revisions which versions of the mappings were at work
 * @param dueAt when it should be mended
 * @param currency of {@code amountMinor}, what the order is worth; null while there is no order
 * @param valueMap which value map lacks {@code valueText}; null for other failures
 * @param sameWay how many replays of unchanged input ended just so
 * @param poison whether staff may not replay it any more
 */
public record Parking(
        String cause,
        String audience,
        String detail,
        String exception,
        String fingerprint,
        String groupedBy,
        String partner,
        String operation,
        Integer status,
        String node,
        String revisions,
        Instant dueAt,
        String currency,
        long amountMinor,
        String valueMap,
        String valueText,
        int sameWay,
        boolean poison) {

    private static final Instant NEVER = Instant.parse("9999-12-31T00:00:00Z");

    /** A failure of which nothing but its cause is known. */
    static Parking bare(String cause, String detail, String exception) {
        return new Parking(
                cause,
                "engineer",
                detail,
                exception,
                "1-unsorted",
                "{}",
                null,
                null,
                null,
                null,
                null,
                NEVER,
                null,
                0,
                null,
                null,
                0,
                false);
    }
}
