/**
 * What could not go on, and how people bring it back.
 *
 * <pre>
 *   why        Causes, Cause, Diagnosis, Fingerprint     a cause is a file; what nothing knows is an engineer's
 *   rows       FailureRows, Incidents                    each failure, and those that are one matter
 *   judging    Policies                                  wait as a row, go without, or park with a cause
 *   mending    Repairs, RepairConflict, Difference       a versioned patch beside the untouched original
 *              Preview                                   what the partner would be sent instead
 *              ValueMapRows, Pasted, Healing             one row, or many at once, lets all go on that waited for it
 *   back       Replay, Refetch, Bulk                     this step, a chosen one, from the shop; many behind a canary
 *   who may    Roles, Permission, AuditTrail             deny by default; allowed or not, it is written down first
 * </pre>
 *
 * <p>Promises P6 and P8 are kept here: a replay repeats no finished call, and asked twice it changes nothing the second time.
 */
package routes.deadletter;
