/**
 * The house: who lives where, and who may know whom.
 *
 * <p>Directions are YAML ({@code resources/routes}): where a message goes next. Which field becomes which is a mapping
 * ({@code resources/mappings}). What must never be false is Java, here. A package may know those that stand below it on the
 * map, never one above; {@code JavaStyleTest} finds a circle.
 *
 * <pre>
 *   console    api                 people: pages and staff doors; they read everybody's rows through their owners
 *      |        |                  ·  clients: the partner API, by its contract
 *   deadletter   revision          what could not go on, its causes, replay  ·  checking and swapping routes
 *      |            |
 *   partner      order             calls and their journal  ·  the order, its states and verbs
 *      |            |
 *   mapping         +---- stock    their words to ours and back; exact money functions  ·  what lies where, who sends what
 *      |            |
 *      +---- ledger                money, shares, balanced entries, the books on their way to the ERP
 *               |   |
 *               | region           markets: who serves them, in which money, how fast
 *               |   |
 *            inbox  file           durable intake, lanes, turns, the one committer  ·  folders of data files
 *               |
 *             guard                what must not get in or out: card numbers, secrets in logs
 *
 *   sandbox                        five simulated partners; nobody knows it, and it knows partners only by their contracts
 * </pre>
 *
 * <p>Each package in a sentence:
 *
 * <ul>
 *   <li>{@code inbox} takes every message in durably, gives each lane one turn at a time, and writes what a turn decided.
 *   <li>{@code partner} sends what a mapping wrote, never twice: it records the intent, the answer, and asks after a doubt.
 *   <li>{@code mapping} runs the mapping files, compiled at start, on JSON trees and whole minor units; it knows which value
 *       maps there are.
 *   <li>{@code order} is what an order is and what may happen to it; its verbs are each one commit.
 *   <li>{@code ledger} is money: shares that add up, entries that balance.
 *   <li>{@code stock} is what lies where and for whom; it keeps two orders from holding the last unit, and plans who sends.
 *   <li>{@code guard} finds what must not be stored, shown or logged; it knows nobody.
 *   <li>{@code region} and {@code file} are what differs by market, and how such files are read.
 *   <li>{@code deadletter} names causes for people, keeps failures together as incidents, lays repairs over what came, and brings
 *       parked messages back, one or many; it knows who may.
 *   <li>{@code api} lets clients submit orders and follow them; it sees only what is theirs.
 *   <li>{@code console} shows it all to staff; nobody else speaks HTML.
 * </ul>
 *
 * <p>Rows have one owner: SQL is written in {@code inbox}, {@code partner}, {@code order}, {@code ledger},
 * {@code stock}, {@code deadletter} and {@code api}. Time comes from the injected business clock; only leases live by the
 * machine's.
 */
package routes;
