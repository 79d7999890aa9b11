package routes.partner;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The request headers a door lets through; all others are as if they had not been sent. Names are compared without regard to
 * case; {@code X-Shopify-*} admits all that begin so. What steers Camel or is the hub's own is never admitted.
 */
public final class AdmittedHeaders {

    private final Set<String> names;
    private final List<String> beginnings;

    public AdmittedHeaders(List<String> admitted) {
        List<String> lower = admitted.stream()
                .map(name -> name.trim().toLowerCase(Locale.ROOT))
                .toList();
        for (String name : lower) {
            if (!name.matches("[a-z0-9-]+\\*?") || steers(name) || name.equals("*")) {
                throw new IllegalArgumentException("oms.doors.headers: \"" + name + "\" cannot be admitted");
            }
        }
        names = lower.stream().filter(name -> !name.endsWith("*")).collect(Collectors.toUnmodifiableSet());
        beginnings = lower.stream()
                .filter(name -> name.endsWith("*"))
                .map(name -> name.substring(0, name.length() - 1))
                .toList();
    }

    private static boolean steers(String name) {
        return name.startsWith("camel") || name.startsWith("org.apache.camel") || name.startsWith("oms-");
    }

    /** Whether a header of this name crosses the door. */
    public boolean admit(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return !steers(lower) && (names.contains(lower) || beginnings.stream().anyMatch(lower::startsWith));
    }
}
