package routes.inbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.LoggerFactory;

/**
 * Named places at which a kill test lets the process die as by {@code kill -9}: {@code before-commit:verb},
 * {@code after-call:avalara.commit-tax#3} (the third time) ... With {@code freeze@} in front the process does not die but
 * stands still as by SIGSTOP, until somebody thaws it. Without {@code oms.engine.halt-at} nothing happens.
 */
public final class CrashPoints {

    private static final String FREEZE = "freeze@";

    private static volatile String name = "";
    private static volatile boolean freezes;
    private static final AtomicInteger LEFT = new AtomicInteger();

    private CrashPoints() {}

    static void arm(String where) {
        freezes = where.startsWith(FREEZE);
        String point = freezes ? where.substring(FREEZE.length()) : where;
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
            if (freezes) {
                freeze();
            } else {
                Runtime.getRuntime().halt(137);
            }
        }
    }

    private static void freeze() {
        try {
            new ProcessBuilder(
                            "kill",
                            "-STOP",
                            Long.toString(ProcessHandle.current().pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
