/**
 * Five simulated partners that keep the real contracts, with faults and a movable clock.
 *
 * <p>Nothing here is shared with the hub's own code: what tests the hub must not inherit its mistakes. All state is
 * rebuilt from one append-only file, so that a partner outlives {@code kill -9} the way a real one would.
 */
package routes.sandbox;
