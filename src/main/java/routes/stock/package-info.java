/**
 * What lies where, for whom, and from where an order is best sent.
 *
 * <pre>
 *   Stock      levels per place and article; reserving, releasing and shipping ride in the commit of an order's verb
 *   Levels     what is free, at one moment
 *   StockPoll  a warehouse's list of levels, read page by page
 *   Sourcing   which place sends what: a pure function of order, stock and the market's rules
 *   SourcingRules, AllRules   those rules, as {@code sourcing:} in the market's file says them
 *   Demand, Plan              what Sourcing is asked, and what it answers
 * </pre>
 *
 * <p>The store's word is final, not the plan's: two orders may plan the same last unit, and one of them is refused when it
 * reserves ({@link routes.stock.StockTaken}) and plans anew.
 */
package routes.stock;
