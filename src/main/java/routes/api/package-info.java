/**
 * The partner API: what clients may ask of the hub at {@code /api/v1}, by the contract {@code openapi/partner-api.yaml}. It
 * knows who a client is and what it may see; what an order is and what becomes of it is decided behind the inbox, as for
 * every other message. The only rows of its own tell when a key was last used.
 */
package routes.api;
