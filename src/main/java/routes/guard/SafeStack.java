package routes.guard;

import ch.qos.logback.classic.spi.IThrowableProxy;
import org.springframework.boot.logging.logback.ExtendedWhitespaceThrowableProxyConverter;

/** The stack trace below a log line, without secrets and card numbers in its messages. */
public final class SafeStack extends ExtendedWhitespaceThrowableProxyConverter {

    @Override
    protected String throwableProxyToString(IThrowableProxy failure) {
        return SafeMessage.safe(super.throwableProxyToString(failure));
    }
}
