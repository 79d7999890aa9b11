package routes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import routes.sandbox.ShopOrder.Address;
import routes.sandbox.ShopOrder.Line;
import routes.sandbox.ShopOrder.Share;
import routes.sandbox.ShopOrder.Tax;

/** An order as the shop's webhooks of 2026-07 show it: REST-shaped, money as text, ids as numbers above 2^53. */
final class OrderPayload {

    private static final ZoneId SHOP_ZONE = ZoneId.of("America/New_York");

    private final ShopOrder order;
    private final String placedAt;

    private OrderPayload(ShopOrder order) {
        this.order = order;
        this.placedAt = time(order.placedAt());
    }

    /** The payload of {@code orders/create}. */
    static ObjectNode created(ShopOrder order) {
        return new OrderPayload(order).json();
    }

    /** The payload of {@code orders/cancelled}. */
    static ObjectNode cancelled(ShopOrder order, Instant at, String reason) {
        var json = created(order);
        json.put("cancelled_at", time(at));
        json.put("cancel_reason", reason.toLowerCase(java.util.Locale.ROOT));
        json.put("updated_at", time(at));
        json.put("financial_status", "voided");
        return json;
    }

    /** Seconds and the shop's own offset, as it writes them. */
    static String time(Instant at) {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                at.truncatedTo(ChronoUnit.SECONDS).atZone(SHOP_ZONE));
    }

    private ObjectNode json() {
        var json = Json.object();
        json.put("id", order.id());
        json.put("admin_graphql_api_id", ShopOrder.gid("Order", order.id()));
        json.put("app_id", 580111);
        json.put("browser_ip", "203.0.113.9");
        json.put("buyer_accepts_marketing", false);
        json.putNull("cancel_reason");
        json.putNull("cancelled_at");
        json.putNull("cart_token");
        json.putNull("checkout_token");
        json.putNull("client_details");
        json.putNull("closed_at");
        json.put("confirmation_number", "C" + order.number());
        json.put("confirmed", true);
        json.put("contact_email", order.email());
        json.put("created_at", placedAt);
        json.put("currency", order.currency());
        set(json, "current_shipping_price_set", order.shipping().netMinor());
        moneyAndSet(json, "current_subtotal_price", order.subtotalMinor());
        json.putNull("current_total_additional_fees_set");
        moneyAndSet(json, "current_total_discounts", order.discountMinor());
        json.putNull("current_total_duties_set");
        moneyAndSet(json, "current_total_price", order.shownTotalMinor());
        moneyAndSet(json, "current_total_tax", order.taxMinor());
        json.put("customer_locale", "en");
        json.putNull("device_id");
        json.set("discount_codes", discountCodes());
        json.put("duties_included", false);
        json.put("email", order.email());
        json.put("estimated_taxes", false);
        json.put("financial_status", order.paidAtOnce() ? "paid" : "authorized");
        json.putNull("fulfillment_status");
        json.putNull("landing_site");
        json.putNull("landing_site_ref");
        json.putNull("location_id");
        json.put("merchant_business_entity_id", "MTU0ODM4MDAwOQ");
        json.putNull("merchant_of_record_app_id");
        json.put("name", order.name());
        json.putNull("note");
        json.putArray("note_attributes");
        json.put("number", order.number() - 1000);
        json.put("order_number", order.number());
        json.put("order_status_url", "https://shop.example.com/orders/" + token() + "/authenticate?key=sandbox");
        json.putNull("original_total_additional_fees_set");
        json.putNull("original_total_duties_set");
        json.putArray("payment_gateway_names").add(Shop.GATEWAY);
        json.putNull("phone");
        json.putNull("po_number");
        json.put("presentment_currency", order.currency());
        json.put("processed_at", placedAt);
        json.putNull("reference");
        json.putNull("referring_site");
        json.putNull("source_identifier");
        json.put("source_name", "web");
        json.putNull("source_url");
        moneyAndSet(json, "subtotal_price", order.subtotalMinor());
        json.put("tags", "");
        json.put("tax_exempt", false);
        json.set("tax_lines", orderTaxes());
        json.put("taxes_included", order.taxIncluded());
        json.put("test", true);
        json.put("token", token());
        set(json, "total_cash_rounding_payment_adjustment_set", 0);
        set(json, "total_cash_rounding_refund_adjustment_set", 0);
        moneyAndSet(json, "total_discounts", order.discountMinor());
        moneyAndSet(
                json,
                "total_line_items_price",
                order.lines().stream().mapToLong(Line::grossMinor).sum());
        json.put("total_outstanding", money(order.paidAtOnce() ? 0 : order.totalMinor()));
        moneyAndSet(json, "total_price", order.shownTotalMinor());
        set(json, "total_shipping_price_set", order.shipping().netMinor());
        moneyAndSet(json, "total_tax", order.taxMinor());
        json.put("total_tip_received", money(0));
        json.put(
                "total_weight",
                order.lines().stream()
                        .mapToLong(line -> (long) line.grams() * line.quantity())
                        .sum());
        json.put("updated_at", placedAt);
        json.putNull("user_id");
        json.set("billing_address", address());
        json.set("customer", customer());
        json.set("discount_applications", discountApplications());
        json.putArray("fulfillments");
        var lines = json.putArray("line_items");
        order.lines().forEach(line -> lines.add(line(line)));
        json.putNull("payment_terms");
        json.putArray("refunds");
        json.set("shipping_address", address());
        json.putArray("shipping_lines").add(shippingLine());
        json.putArray("returns");
        json.putArray("line_item_groups");
        return json;
    }

    private ObjectNode line(Line line) {
        var json = Json.object();
        json.put("id", line.id());
        json.put("admin_graphql_api_id", ShopOrder.gid("LineItem", line.id()));
        json.putArray("attributed_staffs");
        json.put("current_quantity", line.quantity());
        json.put("fulfillable_quantity", line.quantity());
        json.put("fulfillment_service", "manual");
        json.putNull("fulfillment_status");
        json.put("gift_card", false);
        json.put("grams", line.grams());
        json.put("name", line.title());
        moneyAndSet(json, "price", line.unitMinor());
        json.put("product_exists", true);
        json.put("product_id", Shop.productId(line.sku()));
        json.putArray("properties");
        json.put("quantity", line.quantity());
        json.put("requires_shipping", true);
        json.putNull("sales_line_item_group_id");
        json.put("sku", line.sku());
        json.put("taxable", true);
        json.put("title", line.title());
        // What codes and rules take off stands in the allocations; this field is the older, line-only discount.
        moneyAndSet(json, "total_discount", 0);
        json.put("variant_id", Shop.variantId(line.sku()));
        json.put("variant_inventory_management", "shopify");
        json.putNull("variant_title");
        json.put("vendor", "Order Hub Demo");
        json.set("tax_lines", taxes(line.taxes()));
        json.putArray("duties");
        json.set("discount_allocations", allocations(line.allocations()));
        return json;
    }

    private ObjectNode shippingLine() {
        var shipping = order.shipping();
        var json = Json.object();
        json.put("id", shipping.id());
        json.putNull("carrier_identifier");
        json.put("code", shipping.code());
        set(json, "current_discounted_price_set", shipping.netMinor());
        moneyAndSet(json, "discounted_price", shipping.netMinor());
        json.put("is_removed", false);
        json.putNull("phone");
        moneyAndSet(json, "price", shipping.priceMinor());
        json.putNull("requested_fulfillment_service_id");
        json.put("source", "shopify");
        json.put("title", shipping.title());
        json.set("tax_lines", taxes(shipping.taxes()));
        json.set("discount_allocations", allocations(shipping.allocations()));
        return json;
    }

    private ArrayNode taxes(List<Tax> taxes) {
        var list = Json.array();
        for (var tax : taxes) {
            var json = list.addObject();
            json.put("channel_liable", false);
            moneyAndSet(json, "price", tax.amountMinor());
            json.put("rate", tax.rate());
            json.put("title", tax.title());
        }
        return list;
    }

    private ArrayNode orderTaxes() {
        var sums = new LinkedHashMap<String, Tax>();
        order.lines().forEach(line -> line.taxes().forEach(tax -> sums.merge(tax.title(), tax, OrderPayload::sum)));
        order.shipping().taxes().forEach(tax -> sums.merge(tax.title(), tax, OrderPayload::sum));
        return taxes(List.copyOf(sums.values()));
    }

    private static Tax sum(Tax one, Tax other) {
        return new Tax(one.title(), one.rate(), one.amountMinor() + other.amountMinor());
    }

    private ArrayNode allocations(List<Share> shares) {
        var list = Json.array();
        for (var share : shares) {
            var json = list.addObject();
            moneyAndSet(json, "amount", share.amountMinor());
            json.put("discount_application_index", share.discount());
        }
        return list;
    }

    private ArrayNode discountApplications() {
        var list = Json.array();
        for (var discount : order.discounts()) {
            var json = list.addObject();
            json.put("target_type", discount.targetType());
            json.put("type", discount.type());
            json.put("value", discount.value());
            json.put("value_type", discount.valueType());
            json.put("allocation_method", "entitled".equals(discount.selection()) ? "each" : "across");
            json.put("target_selection", discount.selection());
            json.put("discount_code".equals(discount.type()) ? "code" : "title", discount.title());
        }
        return list;
    }

    private ArrayNode discountCodes() {
        var list = Json.array();
        if (order.discountCode() != null) {
            var amount = order.lines().stream()
                    .flatMap(line -> line.allocations().stream())
                    .filter(share ->
                            order.discounts().get(share.discount()).title().equals(order.discountCode()))
                    .mapToLong(Share::amountMinor)
                    .sum();
            list.addObject()
                    .put("code", order.discountCode())
                    .put("amount", money(amount))
                    .put("type", "percentage");
        }
        return list;
    }

    private ObjectNode address() {
        Address address = order.address();
        var json = Json.object();
        json.put("first_name", order.person().firstName());
        json.put("address1", address.address1());
        json.put("phone", order.person().phone());
        json.put("city", address.city());
        json.put("zip", address.zip());
        json.put("province", address.province());
        json.put("country", address.country());
        json.put("last_name", order.person().lastName());
        json.putNull("address2");
        json.putNull("company");
        json.putNull("latitude");
        json.putNull("longitude");
        json.put("name", order.person().firstName() + " " + order.person().lastName());
        json.put("country_code", address.countryCode());
        json.put("province_code", address.provinceCode());
        return json;
    }

    private ObjectNode customer() {
        var id = order.id() + 900;
        var json = Json.object();
        json.put("id", id);
        json.put("created_at", placedAt);
        json.put("updated_at", placedAt);
        json.put("first_name", order.person().firstName());
        json.put("last_name", order.person().lastName());
        json.put("state", "disabled");
        json.putNull("note");
        json.put("verified_email", true);
        json.putNull("multipass_identifier");
        json.put("tax_exempt", false);
        json.put("email", order.email());
        json.put("phone", order.person().phone());
        json.put("currency", order.currency());
        json.putArray("tax_exemptions");
        json.put("admin_graphql_api_id", ShopOrder.gid("Customer", id));
        var home = address();
        home.put("id", order.id() + 901);
        home.put("customer_id", id);
        home.put("country_name", order.address().country());
        home.put("default", true);
        home.remove(List.of("latitude", "longitude"));
        json.set("default_address", home);
        return json;
    }

    private String token() {
        return Long.toHexString(order.id() * 31);
    }

    private String money(long minor) {
        return Amounts.text(minor, order.currency());
    }

    private void moneyAndSet(ObjectNode json, String field, long minor) {
        json.put(field, money(minor));
        set(json, field + "_set", minor);
    }

    private void set(ObjectNode json, String field, long minor) {
        JsonNode money = Json.object().put("amount", money(minor)).put("currency_code", order.currency());
        json.putObject(field).<ObjectNode>set("shop_money", money).set("presentment_money", money.deepCopy());
    }
}
