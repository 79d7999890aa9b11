package routes.partner;

import java.time.Instant;
import routes.inbox.Caused;

/**
 * The partner is known to be away, or only just back, so nothing was sent. The message waits as a row and is let go with the others once the
 * partner is back; this uses up no attempt.
 */
public final class PartnerAway extends RuntimeException implements Caused {

    private static final long serialVersionUID = 1L;

    private final String partner;
    private final transient Instant latest;
    private final boolean back;

    private PartnerAway(String partner, Instant latest, boolean back, String why) {
        super(partner + why, null, false, false);
        this.partner = partner;
        this.latest = latest;
        this.back = back;
    }

    PartnerAway(String partner, Instant latest) {
        this(partner, latest, false, " is away; nothing is sent until it answers again");
    }

    /** The partner answers again, but others have waited for longer: this one waits for its turn among them. */
    static PartnerAway inLine(String partner, Instant latest) {
        return new PartnerAway(partner, latest, true, " is back; those that waited longer go first");
    }

    /** Whether it is known to answer again, so that waiting is short. */
    public boolean back() {
        return back;
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
