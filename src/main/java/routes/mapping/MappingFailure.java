package routes.mapping;

import routes.inbox.Caused;

/**
 * A message could not be turned: it is unreadable, lacks a field, or says something that must not be guessed at. The
 * cause is a word of the cause catalogue; the message names the mapping's file and the place in it.
 */
public class MappingFailure extends RuntimeException implements Caused {

    private static final long serialVersionUID = 1L;

    private final String cause;

    /**
     * @param cause a word of the cause catalogue: UNREADABLE, FIELD_MISSING, MAPPING_BROKEN, MONEY_WRONG,
     *     PARTNER_REFUSED ...
     * @param message one sentence for the person who mends it
     */
    public MappingFailure(String cause, String message) {
        this(cause, message, null);
    }

    public MappingFailure(String cause, String message, Throwable because) {
        super(message, because);
        this.cause = cause;
    }

    /** The word of the cause catalogue. */
    @Override
    public String causeCode() {
        return cause;
    }

    /** The same failure, saying in which file it happened. */
    MappingFailure in(String file) {
        return new MappingFailure(cause, file + ": " + getMessage(), this);
    }
}
