package routes.harness;

/**
 * Settings that make a run short without making it easier: goods travel in a moment, pauses between tries are short.
 * Nothing that protects is weakened.
 */
final class Hurry {

    private Hurry() {}

    static void hub(HubProcess hub) {
        // The process lives for seconds: the second compiler's work would only take the machine from the orders.
        hub.jvm("-XX:TieredStopAtLevel=1");
        hub.with("oms.engine.lease-ms", 6_000);
    }

    static void partners(PartnersProcess partners) {
        partners.jvm("-XX:TieredStopAtLevel=1");
        partners.with("oms.sandbox.ship-after-ms", 150).with("oms.sandbox.deliver-after-ms", 150);
    }
}
