package routes.partner;

import java.time.Instant;
import routes.inbox.Caused;

/**
 * The partner is known to be away, so nothing was sent. The message waits as a row and is let go with the others once the
 * partner is back; this uses up no attempt.
 */
public final class PartnerAway extends RuntimeException implements Caused {

    private static final long serialVersionUID = 1L;

    private final String partner;
    private final transient Instant latest;

    PartnerAway(String partner, Instant latest) {
        super(partner + " is away; nothing is sent until it answers again", null, false, false);
        this.partner = partner;
        this.latest = latest;
    }

    public String partner() {
        return partner;
    }

    /** When the message is looked at again even if nobody lets it go. */
    public Instant latest() {
        return latest;
    }

    @Override
    public String causeCode() {
        return "PARTNER_AWAY";
    }
}
