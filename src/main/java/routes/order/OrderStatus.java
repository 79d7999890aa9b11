package routes.order;

import routes.order.Order.FulfilmentOrder;
import routes.order.Order.Line;
import routes.order.Order.Parcel;

/** Where an order is in its story, in the order of the story. */
public enum OrderStatus {
    RECEIVED,
    VALIDATED,
    SCREENING,
    IN_REVIEW,
    REJECTED,
    APPROVED,
    ON_HOLD,
    ALLOCATED,
    RELEASED,
    PART_SHIPPED,
    SHIPPED,
    DELIVERED,
    COMPLETED,
    CANCELLED;

    static OrderStatus of(Order order) {
        if (order.held("CANCELLED_IN_SHOP")) {
            return CANCELLED;
        }
        if (order.held("FRAUD_REJECTED")) {
            return REJECTED;
        }
        if (order.held("FRAUD_REVIEW")) {
            return IN_REVIEW;
        }
        if (order.held()) {
            return ON_HOLD;
        }
        if (order.fulfilmentOrders().isEmpty()) {
            return order.fraud() != null ? APPROVED : order.tax() != null ? SCREENING : VALIDATED;
        }
        if (order.parcels().isEmpty()) {
            boolean sent = order.fulfilmentOrders().stream().noneMatch(f -> f.state() == FulfilmentOrder.State.PLANNED);
            return sent ? RELEASED : ALLOCATED;
        }
        boolean allShipped = order.lines().stream()
                .filter(Line::requiresShipping)
                .allMatch(line -> order.parcels().stream()
                                .mapToInt(p -> p.units(line.number()))
                                .sum()
                        >= line.quantity());
        if (!allShipped) {
            return PART_SHIPPED;
        }
        if (order.parcels().stream().anyMatch(p -> p.deliveredAt() == null)) {
            return SHIPPED;
        }
        boolean captured = Boolean.TRUE.equals(order.capturedAtOrder());
        boolean settled = order.parcels().stream().allMatch((Parcel p) -> p.settled(captured));
        return settled && order.entriesBooked() >= order.entriesMade() ? COMPLETED : DELIVERED;
    }
}
