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
    BACKORDERED,
    ALLOCATED,
    CANCEL_REQUESTED,
    RELEASED,
    PART_SHIPPED,
    SHIPPED,
    DELIVERED,
    COMPLETED,
    CANCELLED;

    static OrderStatus of(Order order) {
        if (order.held("FRAUD_REJECTED") && order.parcels().isEmpty()) {
            return REJECTED;
        }
        if (nothingLeft(order)) {
            return CANCELLED;
        }
        if (order.held("CANCEL_PENDING")) {
            return CANCEL_REQUESTED;
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
            return unshipped(order);
        }
        boolean allShipped = order.lines().stream()
                .filter(Line::requiresShipping)
                .allMatch(line -> order.shipped(line.number()) >= line.wanted());
        if (!allShipped) {
            return PART_SHIPPED;
        }
        if (order.parcels().stream().anyMatch(p -> p.deliveredAt() == null)) {
            return SHIPPED;
        }
        boolean settled = order.parcels().stream().allMatch(Parcel::settled)
                && order.cancellations().stream().allMatch(OrderStatus::over);
        return settled && order.entriesBooked() >= order.entriesMade() ? COMPLETED : DELIVERED;
    }

    private static boolean over(Order.Cancellation cancellation) {
        return cancellation.state() == Order.Cancellation.State.DONE
                || cancellation.state() == Order.Cancellation.State.REFUSED;
    }

    /** Whether every unit that was to be sent was cancelled. */
    private static boolean nothingLeft(Order order) {
        return order.cancellations().stream().anyMatch(Order.Cancellation::effective)
                && order.parcels().isEmpty()
                && order.lines().stream().filter(Line::requiresShipping).allMatch(line -> line.wanted() == 0);
    }

    private static OrderStatus unshipped(Order order) {
        boolean backordered = false;
        boolean planned = false;
        for (FulfilmentOrder one : order.fulfilmentOrders()) {
            backordered |= one.state() == FulfilmentOrder.State.BACKORDERED;
            planned |= one.state() == FulfilmentOrder.State.PLANNED;
        }
        return planned ? ALLOCATED : backordered ? BACKORDERED : RELEASED;
    }
}
