package routes.console;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Everything that happened to an order on one line of time: what was told, what was said to partners, what changed, what it moved. */
final class Timeline {

    private Timeline() {}

    /** What an item is; where two happened at once, a cause stands before its effect. */
    public enum Kind {
        MESSAGE,
        CALL,
        HISTORY,
        ENTRY,
        FAILURE
    }

    /**
     * One item; exactly one of the last five is there.
     *
     * @param id unique on the page and the same each time it is drawn, so that an opened item stays open
     */
    public record Item(
            Instant at,
            Kind kind,
            String id,
            OrderStory.Message message,
            OrderStory.Call call,
            OrderStory.Happening happening,
            OrderStory.Entry entry,
            DeadLetters.DeadLetter failure) {}

    static List<Item> of(OrderStory.Detail order) {
        List<Item> items = new ArrayList<>();
        order.messages()
                .forEach(message -> items.add(new Item(
                        message.receivedAt(),
                        Kind.MESSAGE,
                        "message-" + message.id(),
                        message,
                        null,
                        null,
                        null,
                        null)));
        order.partnerCalls()
                .forEach(call ->
                        items.add(new Item(call.at(), Kind.CALL, "call-" + call.id(), null, call, null, null, null)));
        order.history()
                .forEach(happening -> items.add(new Item(
                        happening.at(), Kind.HISTORY, "history-" + happening.id(), null, null, happening, null, null)));
        order.entries()
                .forEach(entry -> items.add(
                        new Item(entry.postedAt(), Kind.ENTRY, "entry-" + entry.id(), null, null, null, entry, null)));
        order.failures()
                .forEach(failure -> items.add(new Item(
                        failure.since(), Kind.FAILURE, "failure-" + failure.id(), null, null, null, null, failure)));
        items.sort(Comparator.comparing(Item::at).thenComparing(Item::kind));
        return items;
    }
}
