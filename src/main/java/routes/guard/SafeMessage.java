package routes.guard;

import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;

/** What a log line says, without secrets and card numbers; {@code logback-spring.xml} puts it in the place of {@code %m}. */
public final class SafeMessage extends MessageConverter {

    @Override
    public String convert(ILoggingEvent event) {
        return safe(super.convert(event));
    }

    static String safe(String text) {
        return text == null ? null : CardNumbers.masked(KnownSecrets.hidden(text));
    }
}
