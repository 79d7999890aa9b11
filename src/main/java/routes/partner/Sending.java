package routes.partner;

/**
 * What must be true of an order for an effect to be sent at all.
 *
 * @param unlessCancelled nobody wants the order cancelled
 * @param version the order is still the one of this version, from which the request was made; null where that is no matter
 */
record Sending(boolean unlessCancelled, Integer version) {}
