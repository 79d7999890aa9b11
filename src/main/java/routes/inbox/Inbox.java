package routes.inbox;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The one door into the hub's store: everything that happens, partners' webhooks and our own follow-ups alike, is a
 * message taken here. {@code take} answers only when the message is on stable storage (promise P1).
 */
public final class Inbox {

    /** Who sends our own follow-ups. */
    public static final String HUB = "hub";

    /** The header of a person's request that names the person. */
    public static final String WHO = "oms-who";

    /** The header of a message whose body holds what looks like the number of a payment card. */
    public static final String CARD_NUMBER = "oms-card-number";

    static final int NORMAL = 5;

    private final Committer committer;
    private final Lanes lanes;

    Inbox(Committer committer, Lanes lanes) {
        this.committer = committer;
        this.lanes = lanes;
    }

    static String lane(String orderNumber, String subject) {
        return subject.isEmpty() ? orderNumber : orderNumber + "/" + subject;
    }

    /** Takes a partner's message. */
    public Take.Receipt take(Delivery delivery) {
        return committer.write(partners(delivery));
    }

    /**
     * Takes many side by side; answers when all are on stable storage.
     *
     * @throws StoreUnavailable when one of them is not: taking all of them again stores none twice
     */
    void takeAll(List<Delivery> deliveries) {
        Collection<RuntimeException> refused = committer
                .writeAll(deliveries.stream().map(this::partners).toList())
                .values();
        for (RuntimeException why : refused) {
            if (why != null) {
                throw why;
            }
        }
    }

    private Take partners(Delivery delivery) {
        String sha256 = sha256(delivery.body());
        String event =
                delivery.eventId() == null || delivery.eventId().isBlank() ? "sha256:" + sha256 : delivery.eventId();
        Take take = new Take(
                null,
                lanes,
                delivery.partner(),
                delivery.shop(),
                delivery.topic(),
                event,
                delivery.headers(),
                delivery.body(),
                sha256,
                delivery.receivedAt());
        take.refPartner = delivery.refPartner();
        take.refKind = delivery.refKind();
        take.correlation = delivery.correlation();
        take.opensOrder = delivery.opensOrder();
        take.cancels = delivery.cancels();
        if (delivery.correlation() == null) {
            // Unreadable, or nothing to lead it: it gets a lane of its own, where its consumer names the trouble. Of
            // its
            // own, not its body's: another event with the same empty body is another matter and waits for nobody's
            // repair.
            String own = String.join("\n", delivery.shop(), delivery.topic(), event, sha256);
            take.lane = delivery.partner() + ":"
                    + sha256(own.getBytes(StandardCharsets.UTF_8)).substring(0, 20);
        }
        return take;
    }

    /**
     * Takes a follow-up of the hub's own; taking it twice for the same cause and walk stores it once.
     *
     * @param step the step it runs
     * @param orderNumber the order it belongs to, or null for none
     * @param subject the matter inside the order
     * @param lane the lane it waits in; null = the matter's own
     */
    public Take.Receipt follow(String step, String orderNumber, String subject, String lane) {
        Turn cause = Turn.current();
        cause.mayGoOn();
        String event = cause.message().id() + "." + cause.message().walk() + ":" + subject;
        return own(cause, step, orderNumber, subject, lane, cause.urgency(), event);
    }

    /** Takes a message a clock sends; {@code event} tells one tick from the next. */
    public Take.Receipt tick(String step, String lane, String subject, String event) {
        return own(null, step, null, subject, lane, NORMAL, event);
    }

    /**
     * Takes what a person asks for: it waits in the order's own lane like everything else that happens to the order.
     *
     * @param step the step that carries it out
     * @param subject what it is about inside the order
     * @param who the person's login, found again in the message's headers
     * @param detail JSON text, the message's body
     * @param cancels whether it wants the whole order cancelled, which is seen at once, whatever waits
     */
    public Take.Receipt request(
            String step, String orderNumber, String subject, String who, String detail, boolean cancels) {
        String event = UUID.randomUUID().toString();
        return request(step, orderNumber, subject, orderNumber, who, detail, event, cancels);
    }

    /**
     * As above, for what must not wait behind the order's own messages: verbs meet at the order's version.
     *
     * @param lane where it waits; null = the matter's own
     * @param event tells one wish from the next; the same wish twice is stored once
     */
    public Take.Receipt request(
            String step, String orderNumber, String subject, String lane, String who, String detail, String event) {
        return request(step, orderNumber, subject, lane, who, detail, event, false);
    }

    private Take.Receipt request(
            String step,
            String orderNumber,
            String subject,
            String lane,
            String who,
            String detail,
            String event,
            boolean cancels) {
        byte[] body = detail.getBytes(StandardCharsets.UTF_8);
        Map<String, String> headers = Map.of(WHO, who);
        Take take = new Take(null, lanes, HUB, "", step, event, headers, body, sha256(body), Instant.now());
        take.orderNumber = orderNumber;
        take.subject = subject;
        take.lane = lane == null ? orderNumber : lane;
        take.cancels = cancels;
        return committer.write(take);
    }

    /** Takes what is due because time has passed; {@code event} tells this time from another of the same step. */
    public Take.Receipt remind(String step, String orderNumber, String subject, String event) {
        return own(null, step, orderNumber, subject, orderNumber, NORMAL, event);
    }

    private Take.Receipt own(
            Turn cause, String step, String orderNumber, String subject, String lane, int priority, String event) {
        byte[] nothing = {};
        Take take = new Take(cause, lanes, HUB, "", step, event, Map.of(), nothing, sha256(nothing), Instant.now());
        take.orderNumber = orderNumber;
        take.subject = subject;
        take.lane = lane;
        take.priority = priority;
        return committer.write(take);
    }

    static String sha256(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
