/**
 * Money and the books.
 *
 * <pre>
 *   Money         whole minor units and their currency: exact in, exact out, one way of rounding
 *   Allocation    sharing money out so that the shares add up
 *   ParcelShares  what one parcel carries of its order's money
 *   Account       the chart;  Entry  a balanced movement;  Entries  which event makes which entry
 *   Books         entries on their way to the ERP, one company at a time
 *   TrialBalance  everything added up;  EntryRows  one order's entries, for people
 * </pre>
 *
 * <p>Money, shares and entries know nobody: amounts come in as numbers, entries go out as records, and the order's verbs
 * write them in the same commit as what caused them. An entry that does not balance cannot be made.
 */
package routes.ledger;
