/**
 * Everything that runs the hub from outside: a real PostgreSQL server, the packaged jar as processes that can be killed
 * and frozen, the doors a person or a partner would use, and the reckoning of what must have happened against what
 * did. The kill test and the bench are mains in here; the README has their commands.
 */
package routes.harness;
