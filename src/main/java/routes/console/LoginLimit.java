package routes.console;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.springframework.context.event.EventListener;
import org.springframework.security.authentication.event.AbstractAuthenticationEvent;
import org.springframework.security.authentication.event.AbstractAuthenticationFailureEvent;
import org.springframework.security.authentication.event.AuthenticationSuccessEvent;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/**
 * How often a password may be guessed: five wrong ones of one login from one address, then one a minute; fifty from one
 * address, then ten a minute. Only wrong tries are counted, and a right one clears its login. It lives in memory: each
 * instance counts for itself.
 */
final class LoginLimit {

    private static final int TRIES_OF_A_LOGIN = 5;
    private static final int TRIES_OF_AN_ADDRESS = 50;
    private static final long A_LOGIN_GETS_ONE_PER_NANOS = 60_000_000_000L;
    private static final long AN_ADDRESS_GETS_ONE_PER_NANOS = 6_000_000_000L;
    private static final int MOST_REMEMBERED = 10_000;

    /** Wrong tries that still count, as time: each weighs what it takes to be forgotten. */
    private record Tries(long untilForgotten) {}

    private final LongSupplier nanos;
    private final Map<String, Tries> logins = new ConcurrentHashMap<>();
    private final Map<String, Tries> addresses = new ConcurrentHashMap<>();

    LoginLimit(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** How many seconds this login has to wait at this address before it may be tried; 0 when it may be now. */
    long waitSeconds(String login, String address) {
        long now = nanos.getAsLong();
        long wait = Math.max(
                wait(logins.get(key(login, address)), now, TRIES_OF_A_LOGIN, A_LOGIN_GETS_ONE_PER_NANOS),
                wait(addresses.get(address), now, TRIES_OF_AN_ADDRESS, AN_ADDRESS_GETS_ONE_PER_NANOS));
        return (wait + 999_999_999L) / 1_000_000_000L;
    }

    private static long wait(Tries tries, long now, int most, long each) {
        return tries == null ? 0 : Math.max(0, tries.untilForgotten() - now - (most - 1) * each);
    }

    void wrong(String login, String address) {
        long now = nanos.getAsLong();
        count(logins, key(login, address), now, A_LOGIN_GETS_ONE_PER_NANOS);
        count(addresses, address, now, AN_ADDRESS_GETS_ONE_PER_NANOS);
    }

    private static void count(Map<String, Tries> all, String key, long now, long each) {
        if (all.size() >= MOST_REMEMBERED) {
            all.values().removeIf(tries -> tries.untilForgotten() - now <= 0);
        }
        if (all.size() < MOST_REMEMBERED || all.containsKey(key)) {
            all.merge(
                    key,
                    new Tries(now + each),
                    (before, one) ->
                            new Tries((before.untilForgotten() - now > 0 ? before.untilForgotten() : now) + each));
        }
    }

    int remembered() {
        return logins.size() + addresses.size();
    }

    void right(String login, String address) {
        logins.remove(key(login, address));
    }

    private static String key(String login, String address) {
        String name = login.length() <= 100 ? login : login.substring(0, 100);
        return name + " " + address;
    }

    @EventListener
    void refused(AbstractAuthenticationFailureEvent event) {
        wrong(event.getAuthentication().getName(), address(event));
    }

    @EventListener
    void accepted(AuthenticationSuccessEvent event) {
        right(event.getAuthentication().getName(), address(event));
    }

    private static String address(AbstractAuthenticationEvent event) {
        return event.getAuthentication().getDetails() instanceof WebAuthenticationDetails details
                ? String.valueOf(details.getRemoteAddress())
                : "";
    }
}
