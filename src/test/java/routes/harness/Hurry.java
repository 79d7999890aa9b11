package routes.harness;

import java.util.List;

/**
 * Settings that make a run short without making it easier: goods travel in a moment, pauses between tries and the
 * longest wait for an answer are short. Nothing that protects is weakened.
 */
final class Hurry {

    static final List<String> PARTNERS = List.of("shopify", "avalara", "accertify", "warehouse", "erp");

    private Hurry() {}

    static void hub(HubProcess hub) {
        // The process lives for seconds: the second compiler's work would only take the machine from the orders.
        hub.jvm("-XX:TieredStopAtLevel=1");
        hub.with("oms.engine.lease-ms", 6_000).with("oms.retries.scale", 0.2);
        for (var partner : PARTNERS) {
            // The sandbox on this machine answers in milliseconds; a request that was cut off lands at once or never.
            hub.with("oms.partners." + partner + ".timeout-ms", 3_000)
                    .with("oms.partners." + partner + ".settle-ms", 500);
        }
    }

    static void partners(PartnersProcess partners) {
        partners.jvm("-XX:TieredStopAtLevel=1");
        partners.with("oms.sandbox.ship-after-ms", 150).with("oms.sandbox.deliver-after-ms", 150);
    }
}
