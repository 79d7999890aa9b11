package routes.inbox;

import java.time.Instant;
import java.util.Map;

/** One message to be taken in: raw bytes and what leads it to its lane. */
public final class Take extends Operation<Take.Receipt> {

    /**
     * What a door learns.
     *
     * @param id the stored message, or 0 for a duplicate
     * @param duplicate whether these bytes were taken before under this event id
     * @param orderNumber the order it belongs to, null while nobody knows
     */
    public record Receipt(long id, boolean duplicate, String orderNumber) {}

    final String partner;
    final String shop;
    final String topic;
    final Map<String, String> headers;
    final byte[] body;
    final String sha256;
    final Instant receivedAt;
    private final Lanes lanes;
    String eventId;
    String refPartner;
    String refKind;
    String correlation;
    boolean opensOrder;
    boolean cancels;
    String lane;
    String orderNumber;
    String subject = "";
    int priority = Inbox.NORMAL;
    private boolean sorted;

    long id;
    boolean duplicate;
    boolean flagged;
    boolean room;
    Store.Arrived handed;

    Take(
            Turn cause,
            Lanes lanes,
            String partner,
            String shop,
            String topic,
            String eventId,
            Map<String, String> headers,
            byte[] body,
            String sha256,
            Instant receivedAt) {
        super(cause);
        this.lanes = lanes;
        this.partner = partner;
        this.shop = shop;
        this.topic = topic;
        this.eventId = eventId;
        this.headers = headers;
        this.body = body;
        this.sha256 = sha256;
        this.receivedAt = receivedAt;
    }

    @Override
    protected String kind() {
        return "intake";
    }

    /** Which order it belongs to was found out by sorting it. */
    void place(String order, String about) {
        sorted = true;
        orderNumber = order;
        subject = about;
    }

    /** A group that is written again is sorted again: what a reference led to, or opened, was undone with the first try. */
    void unsort() {
        if (sorted) {
            sorted = false;
            orderNumber = null;
            subject = "";
            lane = null;
        }
    }

    /** The rows are written by {@link Intake} for all takes of a group at once; only the step of the cause rides here. */
    @Override
    protected void write(Batch batch) {
        result(new Receipt(duplicate ? 0 : id, duplicate, orderNumber));
    }

    @Override
    protected void committed() {
        if (handed != null) {
            room = false;
            lanes.begin(lane, handed.fence(), System.nanoTime(), message());
        }
        abandoned();
    }

    @Override
    protected void abandoned() {
        if (room) {
            room = false;
            lanes.giveRoom();
        }
    }

    private Message message() {
        return new Message(
                id,
                partner,
                shop,
                topic,
                eventId,
                lane,
                orderNumber,
                subject,
                priority,
                receivedAt,
                null,
                0,
                0,
                false,
                headers,
                body);
    }
}
