/**
 * The order: what it is, which states it has, and what may happen to it.
 *
 * <pre>
 *   what it is     Order, OrderStatus, OrderDocuments, AddUp
 *   verbs          Orders (taking it in), Screening (fraud), Fulfilments (goods), Settlements (money, tax, news),
 *                  Cancellations; each one commit, carried out by Verbs on a Draft, written as a Change
 *   plans          Planning, Kept           which place sends what, and what that means for the stock
 *   people's       Holds, Cases, CancelRequest, Corrections   what staff and clients ask of it; it waits in the inbox as all else
 *   polls          Polls, Watermarks, WebhookWatch            what is asked because a webhook may never come
 *   outside        Outbox                   events for others, written with the verb
 *   for people     OrderRows, HistoryRows, ShopOrders
 * </pre>
 *
 * <p>A verb works out what changes from the order as it is now, refuses what must not happen, naming the state it saw, and run
 * again for the same message it answers the same. Verbs of one order meet at its version. Entries, references, reservations,
 * deadlines and the event are part of the same commit.
 */
package routes.order;
