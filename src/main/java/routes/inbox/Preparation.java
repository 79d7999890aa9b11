package routes.inbox;

import org.apache.camel.Exchange;

/** Lays the order and its variables before a step that is entered in the middle of a story. */
public interface Preparation {

    void prepare(Turn turn, Exchange exchange);
}
