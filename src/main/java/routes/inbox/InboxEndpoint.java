package routes.inbox;

import java.util.Arrays;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/** One use of the inbox in a route; the settings below are its parameters in YAML. */
public final class InboxEndpoint extends DefaultEndpoint {

    private final String name;
    private String topics;
    private String correlation;
    private String reference;
    private boolean opensOrder;
    private boolean perShop;
    private String cancels = "";
    private String part;
    private String topic;
    private String eventId;
    private String shop;
    private String keep = "";
    private boolean told;
    private String subject = "";
    private String lane;

    InboxEndpoint(String uri, InboxComponent component, String name) {
        super(uri, component);
        this.name = name;
    }

    @Override
    public Producer createProducer() {
        return name.startsWith(Inbox.HUB + ".")
                ? new FollowUpProducer(this, name.substring(Inbox.HUB.length() + 1))
                : new DoorProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        InboxConsumer consumer = new InboxConsumer(this, processor);
        configureConsumer(consumer);
        return consumer;
    }

    InboxComponent inboxComponent() {
        return (InboxComponent) getComponent();
    }

    /** The partner: the name up to its first dot. */
    String partner() {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** Whose reference the correlation is: {@code kind} of the partner's own, or {@code owner/kind}. */
    String referencePartner() {
        int slash = reference.indexOf('/');
        return slash < 0 ? partner() : reference.substring(0, slash);
    }

    String referenceKind() {
        return reference.substring(reference.indexOf('/') + 1);
    }

    public String getTopics() {
        return topics;
    }

    /** Consumer: the partner's topics, separated by commas. */
    public void setTopics(String topics) {
        this.topics = topics;
    }

    public String getCorrelation() {
        return correlation;
    }

    /**
     * Consumer: where the value is that leads to an order: a JSON pointer into the body, an {@code <element>} of it, or
     * {@code header:<name>} where the door knows it and the body does not say it.
     */
    public void setCorrelation(String correlation) {
        this.correlation = correlation;
    }

    public String getReference() {
        return reference;
    }

    /** Consumer: what kind of reference that is, {@code order} or {@code hub/fulfilment-order}. */
    public void setReference(String reference) {
        this.reference = reference;
    }

    public boolean isOpensOrder() {
        return opensOrder;
    }

    /** Consumer: whether an unknown reference opens an order. */
    public void setOpensOrder(boolean opensOrder) {
        this.opensOrder = opensOrder;
    }

    public String getPart() {
        return part;
    }

    /** Door: the header that says that only a part of the order is to be cancelled. */
    public void setPart(String part) {
        this.part = part;
    }

    public String getCancels() {
        return cancels;
    }

    /** Consumer: those of its topics that want the whole order cancelled; that is seen at once, whatever waits. */
    public void setCancels(String cancels) {
        this.cancels = cancels;
    }

    /** Whether messages of this topic want the whole order cancelled. */
    boolean cancels(String someTopic) {
        return Arrays.asList(cancels.split(",")).contains(someTopic);
    }

    public boolean isPerShop() {
        return perShop;
    }

    /** Consumer: whether a reference means something only within the partner's tenant that sent it. */
    public void setPerShop(boolean perShop) {
        this.perShop = perShop;
    }

    /** The correlation by which a matter is known; null where there is none. */
    String correlation(String shop, String found) {
        return found == null || !perShop ? found : shop + "/" + found;
    }

    public String getTopic() {
        return topic;
    }

    /** Door: the header that names the topic, or a fixed topic behind {@code =}. */
    public void setTopic(String topic) {
        this.topic = topic;
    }

    public String getEventId() {
        return eventId;
    }

    /** Door: the header with the event's id; without one the body's hash serves. */
    public void setEventId(String eventId) {
        this.eventId = eventId;
    }

    public String getShop() {
        return shop;
    }

    /** Door: the header that names the partner's tenant. */
    public void setShop(String shop) {
        this.shop = shop;
    }

    public String getKeep() {
        return keep;
    }

    /** Door: further headers to keep with the message, separated by commas; nothing else crosses. */
    public void setKeep(String keep) {
        this.keep = keep;
    }

    public boolean isTold() {
        return told;
    }

    /** Door: whether its caller is told what became of the message (the variable {@code receipt}), so that it never waits in Kafka. */
    public void setTold(boolean told) {
        this.told = told;
    }

    public String getSubject() {
        return subject;
    }

    /** Follow-up: the matter inside the order it is about. */
    public void setSubject(String subject) {
        this.subject = subject;
    }

    public String getLane() {
        return lane;
    }

    /** Follow-up: the lane inside the order it waits in, where that is not the matter's own. */
    public void setLane(String lane) {
        this.lane = lane;
    }
}
