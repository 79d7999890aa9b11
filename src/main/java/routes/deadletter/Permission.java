package routes.deadletter;

import java.util.Locale;

/** What somebody may do; a role is a list of these ({@code roles/<role>.yaml}). */
public enum Permission {
    /** See lists, stories and failures, personal data masked. */
    READ,
    /** Try a failed step again, or fetch the order again and start over. */
    REPLAY,
    /** Correct what a cause lets one correct. */
    REPAIR,
    /** Say yes or no to another person's repair of money. */
    DECIDE,
    /** Say that something was done by hand. */
    DONE_BY_HAND,
    /** Discard a message, or restore it. */
    DISCARD,
    /** Keep value maps. */
    VALUE_MAPS,
    /** Replay many at once. */
    BULK,
    /** Say what becomes of an incident. */
    INCIDENTS,
    /** See personal data, with a reason. */
    UNMASK,
    /** Go on at another step. */
    CHOOSE_STEP,
    /** Try again what is locked as poison, and take it out as a story. */
    POISON,
    /** Read who did what. */
    AUDIT;

    /** The word in files: replay, done-by-hand ... */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
