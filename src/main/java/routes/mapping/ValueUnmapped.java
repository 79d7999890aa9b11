package routes.mapping;

import java.util.Locale;

/** A value stands in a map that must say what it means elsewhere, and does not. The cause is {@code SKU_UNMAPPED} and its like. */
public final class ValueUnmapped extends MappingFailure {

    private static final long serialVersionUID = 1L;

    private final String map;
    private final String value;

    public ValueUnmapped(String map, String value) {
        this(map, value, "The value map \"" + map + "\" has no row for \"" + value + "\"", null);
    }

    private ValueUnmapped(String map, String value, String message, Throwable because) {
        super(map.toUpperCase(Locale.ROOT).replace('-', '_') + "_UNMAPPED", message, because);
        this.map = map;
        this.value = value;
    }

    /** {@code sku}, {@code shipping-method} ... */
    public String map() {
        return map;
    }

    public String value() {
        return value;
    }

    @Override
    MappingFailure in(String file) {
        return new ValueUnmapped(map, value, file + ": " + getMessage(), this);
    }
}
