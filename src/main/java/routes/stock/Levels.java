package routes.stock;

import java.util.Collection;
import java.util.Map;
import java.util.Set;

/**
 * What was free where, at one moment. A place whose list was never read counts as unlimited; a place whose list was read
 * has nothing of what it does not name.
 *
 * @param free units by place and article, where a warehouse told of them; below zero where more is promised than is there
 * @param polled places whose whole list has been read
 */
public record Levels(Map<Place, Integer> free, Set<String> polled) {

    /** More than any order wants. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** An article at a place. */
    public record Place(String node, String sku) {}

    public Levels {
        free = Map.copyOf(free);
        polled = Set.copyOf(polled);
    }

    /** Nobody has ever been asked. */
    public static Levels unlimited() {
        return new Levels(Map.of(), Set.of());
    }

    /** Units of an article that are free at a place, never below zero; {@link #UNLIMITED} where nobody was asked. */
    public int available(String node, String sku) {
        Integer known = free.get(new Place(node, sku));
        if (known != null) {
            return Math.max(0, known);
        }
        return polled.contains(node) ? 0 : UNLIMITED;
    }

    /** Whether all of these places have been asked and none of them has ever heard of the article. */
    public boolean unknown(Collection<String> nodes, String sku) {
        return !nodes.isEmpty()
                && nodes.stream().allMatch(node -> polled.contains(node) && !free.containsKey(new Place(node, sku)));
    }
}
