package routes.deadletter;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Which failures are one matter. What they have in common is kept as words, so that a person can see why they stand
 * together; the hash of those words, behind the version of this rule, is the fingerprint.
 *
 * @param text {@code 1-} and 16 hex digits
 * @param parts JSON: what they have in common
 */
record Fingerprint(String text, String parts) {

    static final int VERSION = 1;

    private static final String OURS = "routes.";

    private static final Pattern UUID_LIKE =
            Pattern.compile("(?i)\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b");
    private static final Pattern ADDRESS = Pattern.compile("[\\w.+-]+@[\\w.-]+");
    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"|'[^']*'");
    private static final Pattern ID = Pattern.compile("\\b[\\w./#:-]*\\d[\\w./#:-]*\\b");

    /** A cause with a name: the same cause, at the same operation, for the same value. */
    static Fingerprint named(String cause, String step, String operation, Integer status, String map, String value) {
        ObjectNode parts = JsonNodeFactory.instance.objectNode();
        parts.put("cause", cause);
        if (map != null) {
            parts.put("map", map);
            parts.put("value", value);
            return of(parts);
        }
        if (operation != null) {
            parts.put("operation", operation);
            if (status != null && status != 0) {
                parts.put("status", status);
            }
        } else {
            parts.put("step", step);
        }
        return of(parts);
    }

    /** No name: the same exception from the same line of ours, with the same words once what differs is blanked. */
    static Fingerprint unnamed(
            String code, String step, String operation, Integer status, String node, Throwable failure) {
        Throwable root = failure;
        for (int depth = 0; root.getCause() != null && depth < 50; depth++) {
            root = root.getCause();
        }
        ObjectNode parts = JsonNodeFactory.instance.objectNode();
        parts.put("cause", code);
        parts.put("exception", root.getClass().getName());
        for (StackTraceElement frame : root.getStackTrace()) {
            if (frame.getClassName().startsWith(OURS)) {
                parts.put("line", frame.getClassName() + "." + frame.getMethodName());
                break;
            }
        }
        parts.put("step", step);
        parts.put("node", node);
        parts.put("operation", operation);
        parts.put("status", status);
        parts.put("words", blanked(String.valueOf(root.getMessage())));
        return of(parts);
    }

    /** Words without what differs from one order to the next: ids, numbers, addresses, quoted values. */
    static String blanked(String words) {
        String text = words.length() > 300 ? words.substring(0, 300) : words;
        text = UUID_LIKE.matcher(text).replaceAll("*");
        text = ADDRESS.matcher(text).replaceAll("*");
        text = QUOTED.matcher(text).replaceAll("*");
        return ID.matcher(text).replaceAll("*");
    }

    private static Fingerprint of(ObjectNode parts) {
        String text = parts.toString();
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return new Fingerprint(
                    VERSION + "-" + HexFormat.of().formatHex(hash).substring(0, 16), text);
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException(never);
        }
    }
}
