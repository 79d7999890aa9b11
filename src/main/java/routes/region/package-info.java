/**
 * Where we sell: one market per file, with its currency, tax habits, languages, partners by role, books, service levels,
 * tolerances and nodes.
 *
 * <p>Flows speak of roles; the market says which partner has the role. What differs from market to market is a line in a
 * file here, never an {@code if} in a verb.
 */
package routes.region;
