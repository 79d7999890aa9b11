/**
 * What must not get in or out, wherever it turns up: numbers of payment cards, and secrets in logs. It knows nobody of the
 * house, so that everybody may ask it.
 */
package routes.guard;
