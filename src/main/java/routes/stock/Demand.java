package routes.stock;

import java.util.List;

/**
 * What is to be sent, and how the shop would send it.
 *
 * @param country ISO 3166 code of where it goes
 * @param region code of the state or province, or null
 * @param serviceLevel as the order has it
 * @param lines what needs shipping, each line once
 * @param shopsChoice from where the shop would send which units; may name places that are not ours
 */
public record Demand(String country, String region, String serviceLevel, List<Line> lines, List<Choice> shopsChoice) {

    public Demand {
        lines = List.copyOf(lines);
        shopsChoice = List.copyOf(shopsChoice);
    }

    /**
     * Units of one order line that are still to be sent.
     *
     * @param quantity at least 1
     * @param valueMinor what these units are worth to the customer, together, in minor units
     */
    public record Line(int line, String sku, int quantity, long valueMinor) {

        public Line {
            if (quantity < 1) {
                throw new IllegalArgumentException("Line " + line + " wants " + quantity + " units");
            }
        }
    }

    /** {@code quantity} units of a line that the shop would send from {@code node}. */
    public record Choice(String node, int line, int quantity) {}
}
