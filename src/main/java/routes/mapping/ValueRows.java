package routes.mapping;

import java.util.Optional;

/** The rows that staff keep in value maps: which of their words is which of ours. */
public interface ValueRows {

    /** Where nobody keeps any. */
    ValueRows NONE = new ValueRows() {
        @Override
        public Optional<String> there(String map, String value, boolean needed) {
            if (needed) {
                throw new ValueUnmapped(map, value);
            }
            return Optional.empty();
        }

        @Override
        public Optional<String> back(String map, String value) {
            return Optional.empty();
        }
    };

    /**
     * What a row says that a value stands for.
     *
     * @param needed whether it must have a row whatever staff say; they may say so of others
     * @throws ValueUnmapped where it must have a row and has none
     */
    Optional<String> there(String map, String value, boolean needed);

    /** The value whose row says that it stands for this. */
    Optional<String> back(String map, String value);
}
