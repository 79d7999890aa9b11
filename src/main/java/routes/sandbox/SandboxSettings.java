package routes.sandbox;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The sandbox's knobs.
 *
 * @param enabled simulated partners are wanted; refused in profile {@code production}
 * @param url where the simulated partners live; empty or our own address: in this process
 * @param hubUrl where webhooks go; empty: this process
 * @param ordersPerMinute demo orders the shop places by itself, 0 = off
 * @param shipAfterMs from the warehouse's yes to the parcel leaving
 * @param pickAfterMs scenario {@code slow-pick}: how long an order lies untouched, and can be recalled, before that
 * @param deliverAfterMs from leaving to the customer's door
 * @param reviewAfterMs from "review" to the analyst's resolution
 * @param cancelAfterMs how long the shop's asynchronous cancel takes
 * @param changeAfterMs scenarios {@code edited} and {@code cancelled}: from placing the order to its change
 * @param refundAfterMs from a refund to the bank's answer; until then it is pending
 * @param tellsOwnChanges the shop says of captures and fulfilments too that the order changed, though the hub asked for them
 * @param lateCommitMs fault {@code late-commit}: how late
 * @param slowMs fault {@code slow}: how slow
 * @param holdMs faults without an answer: the connection is cut after this, should the caller not give up before
 * @param outOfOrderMs fault {@code out-of-order-webhook}: how long one is held back, so that later ones overtake it
 * @param webhooksAtOnce webhooks in flight at the same time
 * @param throttlePoints the shop's leaky bucket: points it holds
 * @param throttlePointsPerSecond the shop's leaky bucket: points that come back each second
 * @param authorizationDays how long the shop may capture an authorised payment, by the business clock
 * @param shopDomain the shop's domain, sent with its webhooks
 */
@ConfigurationProperties("oms.sandbox")
public record SandboxSettings(
        @DefaultValue("false") boolean enabled,
        @DefaultValue("") String url,
        @DefaultValue("") String hubUrl,
        @DefaultValue("0") int ordersPerMinute,
        @DefaultValue("1000") long shipAfterMs,
        @DefaultValue("30000") long pickAfterMs,
        @DefaultValue("2000") long deliverAfterMs,
        @DefaultValue("3000") long reviewAfterMs,
        @DefaultValue("500") long cancelAfterMs,
        @DefaultValue("1500") long changeAfterMs,
        @DefaultValue("500") long refundAfterMs,
        @DefaultValue("true") boolean tellsOwnChanges,
        @DefaultValue("2500") long lateCommitMs,
        @DefaultValue("3000") long slowMs,
        @DefaultValue("60000") long holdMs,
        @DefaultValue("5000") long outOfOrderMs,
        @DefaultValue("32") int webhooksAtOnce,
        @DefaultValue("1000000") long throttlePoints,
        @DefaultValue("100000") long throttlePointsPerSecond,
        @DefaultValue("30") int authorizationDays,
        @DefaultValue("demo.myshopify.com") String shopDomain) {}
