package routes.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/** A simulated partner: answers calls by its real contract and remembers what it did. */
interface Partner {

    /** As in the hub's settings: shopify, avalara, accertify, warehouse, erp. */
    String name();

    /** What a call is about, in the words of the hub's route ids: {@code quote-tax}, {@code place-order} ... */
    String operation(Call call);

    /** Does it and answers; the answer must not leave before {@link Journal#awaitDisk()}. */
    Answer answer(Call call);

    /** The partner's own way to say no to this operation; does nothing. */
    Answer refusal(String operation);

    /** The reasons for a refusal that it has words of its own for. */
    default Set<String> reasons() {
        return Set.of();
    }

    /**
     * The same for one of its {@link #reasons}.
     *
     * @param because null for no reason
     */
    default Answer refusal(String operation, String because) {
        return refusal(operation);
    }

    /** The partner's own way to say 429, 500 or 503; does nothing. */
    Answer trouble(int status);

    /** Changes the state by one event of this partner, when it happens and when it is remembered after a start. */
    void apply(ObjectNode event);

    /** Takes up what was under way when the process ended: goods to ship, resolutions to send. */
    default void resume() {}
}
