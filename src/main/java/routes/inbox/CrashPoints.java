package routes.inbox;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.LoggerFactory;

/**
 * Named places at which a kill test lets the process die as by {@code kill -9}: {@code before-commit:verb},
 * {@code after-call:avalara.commit-tax#3} (the third time) ... Without {@code oms.engine.halt-at} nothing happens.
 */
public final class CrashPoints {

    private static volatile String name = "";
    private static final AtomicInteger LEFT = new AtomicInteger();

    private CrashPoints() {}

    static void arm(String point) {
        int times = point.lastIndexOf('#');
        LEFT.set(times < 0 ? 1 : Integer.parseInt(point.substring(times + 1)));
        name = times < 0 ? point : point.substring(0, times);
    }

    /** Dies here when this is the armed point; {@code halt} runs no shutdown hook and flushes nothing. */
    public static void pass(String moment, String what) {
        String armed = name;
        if (armed.isEmpty() || !armed.equals(moment + ":" + what)) {
            return;
        }
        if (LEFT.decrementAndGet() == 0) {
            LoggerFactory.getLogger(CrashPoints.class).warn("Halting at {}", armed);
            Runtime.getRuntime().halt(137);
        }
    }
}
