package routes.console;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes who asked for what and whether it was allowed, one line each, to a log of its own: {@code oms.audit}. */
final class Audit {

    private static final Logger LOG = LoggerFactory.getLogger("oms.audit");

    private Audit() {}

    static void allowed(String who, String act, String on) {
        LOG.info("allowed who={} act={} on={}", plain(who), plain(act), plain(on));
    }

    static void denied(String who, String act, String on) {
        LOG.warn("denied who={} act={} on={}", plain(who), plain(act), plain(on));
    }

    /** A login or a path comes from outside: it must not be able to write log lines of its own. */
    private static String plain(String text) {
        if (text == null) {
            return "-";
        }
        String shortened = text.length() > 200 ? text.substring(0, 200) : text;
        return shortened.replaceAll("[^\\x21-\\x7e]", "?");
    }
}
