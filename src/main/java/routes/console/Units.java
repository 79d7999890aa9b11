package routes.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What became of the units of one order line. Always ordered = open + shipped + cancelled; released counts what the
 * warehouse was ever asked for, delivered what of the shipped has arrived.
 *
 * @param line the line's number
 */
public record Units(
        int line,
        String sku,
        String title,
        long ordered,
        long open,
        long released,
        long shipped,
        long delivered,
        long cancelled) {

    /** Works the units out of an order's document. */
    static List<Units> of(JsonNode order) {
        boolean dead =
                Set.of("CANCELLED", "REJECTED").contains(order.path("status").asText());
        List<Units> all = new ArrayList<>();
        for (JsonNode line : order.path("lines")) {
            int number = line.path("number").asInt();
            long ordered = line.path("quantity").asLong();
            long released = 0;
            for (JsonNode fulfilment : order.path("fulfilmentOrders")) {
                if (released(fulfilment)) {
                    released += quantity(fulfilment, number);
                }
            }
            long shipped = 0;
            long delivered = 0;
            for (JsonNode parcel : order.path("parcels")) {
                long units = quantity(parcel, number);
                shipped += parcel.hasNonNull("shippedAt") ? units : 0;
                delivered += parcel.hasNonNull("deliveredAt") ? units : 0;
            }
            long cancelled =
                    line.hasNonNull("cancelled") ? line.path("cancelled").asLong() : dead ? ordered - shipped : 0;
            all.add(new Units(
                    number,
                    line.path("sku").asText(""),
                    line.path("title").asText(""),
                    ordered,
                    ordered - shipped - cancelled,
                    released,
                    shipped,
                    delivered,
                    cancelled));
        }
        return List.copyOf(all);
    }

    private static boolean released(JsonNode fulfilment) {
        return !"PLANNED".equals(fulfilment.path("state").asText("PLANNED"));
    }

    private static long quantity(JsonNode holder, int line) {
        long units = 0;
        for (JsonNode part : holder.path("lines")) {
            units += part.path("line").asInt() == line ? part.path("quantity").asLong() : 0;
        }
        return units;
    }
}
