/**
 * What goes to partners, and what of theirs is let in.
 *
 * <pre>
 *   out      PartnerComponent, Calls, Transport, GraphQlAnswers   one try; what it means is for policies to judge
 *            Journal, Effects, CallRows                           the intent before the call, the answer with what is made of it
 *            Breakers, PartnerAway                                a partner that is away is left in peace, and then asked by one
 *            Outbound                                             where the hub may call at all
 *   in       Doors, AdmittedHeaders, GuardedRequest, LastResort   method, type, size, headers: nothing else reaches a route
 *            Signatures, SignatureRefused                         who said it
 *            Problems                                             what a door answers
 * </pre>
 *
 * <p>Nothing is done twice (promise P2): a call that changes something has a key and an intent, and after a doubt the partner is
 * asked before it is called again. No partner's name stands here; settings and routes have them.
 */
package routes.partner;
