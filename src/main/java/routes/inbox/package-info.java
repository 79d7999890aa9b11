/**
 * The engine: every message is taken in durably, put into its lane, worked one at a time there, and ends as a row that says so.
 *
 * <pre>
 *   in       InboxComponent, DoorProducer, KafkaFront, Delivery   what a door took in, on stable storage before its answer
 *            Inbox, Take, Intake, Sorter, Correlations            one row each; known events are dropped; references lead to lanes
 *   lanes    Lanes, Claim, Leases, LeaseClock, LeaseLost          who may work a lane, for how long, and from when on no more
 *   turn     Consumers, Turn, Message, Steps, Preparation, Nodes  one message at its step, on one thread
 *   end      Ending, Parking, NotYet, Verdict, Resumption         done, waiting, parked, discarded; and back again
 *   commit   Committer, Operation, Batch                          everything durable, many at once, fences first
 *   stores   Store, AnyStore, H2Store, PostgresStore              the two dialects; all else is one SQL text
 *   time     Deadlines, CancelRequests                            what is due becomes a message; a cancel is seen at once
 *   truth    Conservation, Vitals, MessageRows                    the equation, and what tells that it does not hold
 * </pre>
 *
 * <p>It knows nothing of orders but their numbers. Promises P1, P3, P4 and half of P6 are kept here; {@code EngineTest} and the
 * kill tests switch each of them off to see that it matters.
 */
package routes.inbox;
