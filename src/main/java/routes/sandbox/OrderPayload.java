package routes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import routes.sandbox.ShopOrder.Address;
import routes.sandbox.ShopOrder.Line;
import routes.sandbox.ShopOrder.Share;
import routes.sandbox.ShopOrder.Tax;

/** An order as the shop's webhooks of 2026-07 show it: REST-shaped, money as text, ids as numbers above 2^53. */
final class OrderPayload {

    private static final ZoneId SHOP_ZONE = ZoneId.of("America/New_York");

    private final OrderState state;
    private final ShopOrder order;
    private final String placedAt;

    private OrderPayload(OrderState state) {
        this.state = state;
        this.order = state.order();
        this.placedAt = time(order.placedAt());
    }

    /** The payload of {@code orders/create}, {@code orders/updated} and {@code orders/cancelled}. */
    static ObjectNode of(OrderState state) {
        return new OrderPayload(state).json();
    }

    /** The payload of an order in which nothing has happened since it was placed. */
    static ObjectNode created(ShopOrder order) {
        return of(new OrderState(order, Duration.ofDays(30)));
    }

    /** The payload of {@code refunds/create}. */
    static ObjectNode refund(OrderState state, OrderState.Refund refund) {
        return new OrderPayload(state).refund(refund);
    }

    /** The payload of {@code orders/edited}: which lines, and by how much; not what the order is now. */
    static ObjectNode edit(ShopOrder order, JsonNode event) {
        var at = time(Instant.parse(event.path("at").asText()));
        var json = Json.object();
        var edit = json.putObject("order_edit");
        edit.put("id", order.id() + 500);
        edit.putNull("app_id");
        edit.put("created_at", at);
        edit.put("committed_at", at);
        edit.put("notify_customer", false);
        edit.put("order_id", order.id());
        edit.put("staff_note", "");
        edit.putNull("user_id");
        var lines = edit.putObject("line_items");
        var additions = lines.putArray("additions");
        event.path("add").forEach(line -> additions
                .addObject()
                .put("id", line.path("id").longValue())
                .put("delta", line.path("quantity").intValue()));
        var removals = lines.putArray("removals");
        event.path("remove").forEach(one -> removals.addObject()
                .put("id", order.lines().get(one.path("line").intValue()).id())
                .put("delta", one.path("quantity").intValue()));
        var discounts = edit.putObject("discounts").putObject("line_item");
        discounts.putArray("additions");
        discounts.putArray("removals");
        var shipping = edit.putObject("shipping_lines");
        shipping.putArray("additions");
        shipping.putArray("removals");
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
        json.put("cancel_reason", state.cancelReason == null ? null : state.cancelReason.toLowerCase(Locale.ROOT));
        json.put("cancelled_at", state.cancelledAt == null ? null : time(state.cancelledAt));
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
        moneyAndSet(json, "current_subtotal_price", state.currentSubtotalMinor());
        json.putNull("current_total_additional_fees_set");
        moneyAndSet(json, "current_total_discounts", order.discountMinor());
        setOrNull(json, "current_total_duties_set", order.dutyMinor());
        var unlike = order.shownTotalMinor() - order.totalMinor();
        moneyAndSet(json, "current_total_price", state.currentTotalMinor() + unlike);
        moneyAndSet(json, "current_total_tax", state.currentTaxMinor());
        json.put("customer_locale", "en");
        json.putNull("device_id");
        json.set("discount_codes", discountCodes());
        json.put("duties_included", false);
        json.put("email", order.email());
        json.put("estimated_taxes", false);
        json.put("financial_status", state.financialStatus().toLowerCase(Locale.ROOT));
        json.put("fulfillment_status", fulfilmentStatus());
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
        setOrNull(json, "original_total_duties_set", order.dutyMinor());
        var gateways = json.putArray("payment_gateway_names");
        state.gateways().forEach(gateways::add);
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
        json.put("total_outstanding", money(Math.max(0, state.currentTotalMinor() - state.capturedMinor())));
        moneyAndSet(json, "total_price", order.shownTotalMinor());
        set(json, "total_shipping_price_set", order.shipping().netMinor());
        moneyAndSet(json, "total_tax", order.taxMinor());
        json.put("total_tip_received", money(order.tipMinor()));
        json.put(
                "total_weight",
                order.lines().stream()
                        .mapToLong(line -> (long) line.grams() * line.quantity())
                        .sum());
        json.put("updated_at", time(state.updatedAt));
        json.putNull("user_id");
        json.set("billing_address", address());
        json.set("customer", customer());
        json.set("discount_applications", discountApplications());
        json.putArray("fulfillments");
        var lines = json.putArray("line_items");
        for (var i = 0; i < order.lines().size(); i++)
            lines.add(line(order.lines().get(i), i));
        json.putNull("payment_terms");
        var refunds = json.putArray("refunds");
        state.refunds.forEach(refund -> refunds.add(refund(refund)));
        json.set("shipping_address", address());
        json.putArray("shipping_lines").add(shippingLine());
        json.putArray("returns");
        json.putArray("line_item_groups");
        return json;
    }

    private String fulfilmentStatus() {
        return switch (state.fulfilmentStatus()) {
            case "FULFILLED" -> "fulfilled";
            case "PARTIALLY_FULFILLED" -> "partial";
            default -> null;
        };
    }

    private ObjectNode refund(OrderState.Refund refund) {
        var at = time(refund.at());
        var json = Json.object();
        json.put("id", refund.id());
        json.put("order_id", order.id());
        json.put("created_at", at);
        json.put("note", refund.note());
        json.putNull("user_id");
        json.put("processed_at", at);
        json.putArray("duties");
        set(json, "total_duties_set", 0);
        json.putNull("return");
        json.putArray("refund_shipping_lines");
        json.put("restock", !refund.lines().isEmpty());
        json.put("admin_graphql_api_id", ShopOrder.gid("Refund", refund.id()));
        json.putArray("order_adjustments");
        var lines = json.putArray("refund_line_items");
        for (var removed : refund.lines()) {
            var line = order.lines().get(removed.line());
            var share = new long[] {removed.quantity(), line.quantity() - removed.quantity()};
            var subtotal = Amounts.split(line.grossMinor() - line.discountMinor(), share)[0];
            var tax = Amounts.split(line.taxMinor(), share)[0];
            var one = lines.addObject();
            one.put("id", refund.id() + 50 + lines.size());
            one.put("quantity", removed.quantity());
            one.put("line_item_id", line.id());
            one.put("location_id", removed.location() == null ? null : Long.valueOf(removed.location()));
            one.put("restock_type", removed.restock().toLowerCase(Locale.ROOT));
            // These two are numbers where all other money is text.
            one.put("subtotal", Amounts.decimal(subtotal, order.currency()));
            one.put("total_tax", Amounts.decimal(tax, order.currency()));
            set(one, "subtotal_set", subtotal);
            set(one, "total_tax_set", tax);
            one.set("line_item", line(line, removed.line()));
        }
        var moves = json.putArray("transactions");
        for (var id : refund.transactions()) {
            var move = state.transaction(id);
            moves.addObject()
                    .put("id", move.id())
                    .put("order_id", order.id())
                    .put("kind", "refund")
                    .put("gateway", move.gateway())
                    .put("status", move.shownStatus().toLowerCase(Locale.ROOT))
                    .put("created_at", time(move.at()))
                    .put("test", true)
                    .put("parent_id", move.parent())
                    .put("amount", money(move.amountMinor()))
                    .put("currency", order.currency())
                    .put("admin_graphql_api_id", ShopOrder.gid("OrderTransaction", move.id()));
        }
        return json;
    }

    private ObjectNode line(Line line, int position) {
        var json = Json.object();
        json.put("id", line.id());
        json.put("admin_graphql_api_id", ShopOrder.gid("LineItem", line.id()));
        json.putArray("attributed_staffs");
        json.put("current_quantity", state.current(position));
        json.put("fulfillable_quantity", state.open(position));
        json.put("fulfillment_service", "manual");
        json.putNull("fulfillment_status");
        json.put("gift_card", line.giftCard());
        json.put("grams", line.grams());
        json.put("name", line.title());
        moneyAndSet(json, "price", line.unitMinor());
        json.put("product_exists", true);
        json.put("product_id", Shop.productId(line.sku()));
        json.putArray("properties");
        json.put("quantity", line.quantity());
        json.put("requires_shipping", !line.giftCard());
        json.putNull("sales_line_item_group_id");
        json.put("sku", line.sku());
        json.put("taxable", !line.giftCard());
        json.put("title", line.title());
        // What codes and rules take off stands in the allocations; this field is the older, line-only discount.
        moneyAndSet(json, "total_discount", 0);
        json.put("variant_id", Shop.variantId(line.sku()));
        json.put("variant_inventory_management", "shopify");
        json.putNull("variant_title");
        json.put("vendor", "Order Hub Demo");
        json.set("tax_lines", taxes(line.taxes()));
        var duties = json.putArray("duties");
        if (line.dutyMinor() > 0) {
            var duty = duties.addObject();
            duty.put("id", String.valueOf(line.id() + 20));
            duty.put("harmonized_system_code", "691200");
            duty.put("country_code_of_origin", "CN");
            duty.set("shop_money", amount(line.dutyMinor()));
            duty.set("presentment_money", amount(line.dutyMinor()));
            duty.putArray("tax_lines");
            duty.put("admin_graphql_api_id", ShopOrder.gid("Duty", line.id() + 20));
        }
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
        json.put("country_code", order.shownCountryCode());
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

    private void setOrNull(ObjectNode json, String field, long minor) {
        if (minor == 0) json.putNull(field);
        else set(json, field, minor);
    }

    private void set(ObjectNode json, String field, long minor) {
        json.putObject(field).<ObjectNode>set("shop_money", amount(minor)).set("presentment_money", amount(minor));
    }

    private ObjectNode amount(long minor) {
        return Json.object().put("amount", money(minor)).put("currency_code", order.currency());
    }
}
