/**
 * What people and their programs see of the hub: the staff doors under {@code /ops} (JSON), the console under
 * {@code /console} (pages), and the login in front of both. Reads what the other packages' rows say; the only thing it
 * changes is a replay, and that through {@code routes.deadletter}.
 */
package routes.console;
