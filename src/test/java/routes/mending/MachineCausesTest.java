package routes.mending;

/** Failures of the machine, on the embedded store. */
class MachineCausesTest extends MachineCauses {}
