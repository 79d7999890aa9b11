package routes.mapping;

/** What staff keep beside the mappings: which of their words is which of ours, value by value. */
public interface ValueMaps {

    /** Where nobody keeps any: every value stands for itself. */
    ValueMaps NONE = new ValueMaps() {
        @Override
        public String lookUp(String map, String value) {
            return value;
        }

        @Override
        public String lookBack(String map, String value) {
            return value;
        }
    };

    /**
     * What a value stands for.
     *
     * @param map {@code sku}, {@code shipping-method} or {@code tax-code}
     * @return the row's other side; the value itself where there is no row and the map is not strict
     * @throws ValueUnmapped where the map must have a row and has none
     */
    String lookUp(String map, String value);

    /** What was looked up when this came out; the value itself where that is not one row's. */
    String lookBack(String map, String value);
}
