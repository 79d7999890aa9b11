package routes.console;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;

/** The people who may log in: one for each role, all with the sandbox's password. */
@Configuration(proxyBeanMethods = false)
class StaffUsers {

    /** From the least to the most: each may do what those before it may. The login's name is the role's in lower case. */
    static final List<String> ROLES = List.of("VIEWER", "STAFF", "LEAD", "ENGINEER", "ADMIN");

    private static final Logger LOG = LoggerFactory.getLogger(StaffUsers.class);

    /** No letters that look like others: the password is read from a log and typed. */
    private static final String LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

    private static final int MADE_UP_LENGTH = 24;

    @Bean
    PasswordEncoder passwords() {
        return new Fingerprint();
    }

    /**
     * @param password empty: one is made up and printed, but only where the sandbox is on. Without a sandbox there is nobody
     *     to print it for, and no login works until a password is set.
     */
    @Bean
    UserDetailsService staff(
            PasswordEncoder passwords,
            @Value("${oms.sandbox.password:}") String password,
            @Value("${oms.sandbox.enabled:true}") boolean sandbox) {
        InMemoryUserDetailsManager users = new InMemoryUserDetailsManager();
        String secret = password.isBlank() ? madeUp() : password;
        if (password.isBlank() && !sandbox) {
            LOG.warn("No staff password is set (OMS_SANDBOX_PASSWORD): nobody can log in to the console");
            return users;
        }
        if (password.isBlank()) {
            LOG.info("Console login: user viewer, staff, lead, engineer or admin, password {}", secret);
        }
        String kept = passwords.encode(secret);
        for (String role : ROLES) {
            users.createUser(user(role, kept));
        }
        return users;
    }

    private static UserDetails user(String role, String kept) {
        List<String> roles = new ArrayList<>(ROLES.subList(0, ROLES.indexOf(role) + 1));
        return User.withUsername(role.toLowerCase(java.util.Locale.ROOT))
                .password(kept)
                .roles(roles.toArray(String[]::new))
                .build();
    }

    private static String madeUp() {
        SecureRandom random = new SecureRandom();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < MADE_UP_LENGTH; i++) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.toString();
    }

    /**
     * Keeps SHA-256 of the password instead of a deliberately slow hash. A slow hash protects a stolen table of passwords;
     * here there is no table: the password comes from the environment and lives in memory only. What it would cost is real:
     * a program with HTTP Basic is checked on every request, and 60 ms of CPU each time is more than the rest of the answer.
     */
    static final class Fingerprint implements PasswordEncoder {

        @Override
        public String encode(CharSequence password) {
            return HexFormat.of().formatHex(sha256(password));
        }

        /** Compares in constant time, so that the answer's delay tells nothing about how much was right. */
        @Override
        public boolean matches(CharSequence password, String kept) {
            return MessageDigest.isEqual(
                    encode(password).getBytes(StandardCharsets.US_ASCII), kept.getBytes(StandardCharsets.US_ASCII));
        }

        private static byte[] sha256(CharSequence text) {
            try {
                return MessageDigest.getInstance("SHA-256")
                        .digest(text.toString().getBytes(StandardCharsets.UTF_8));
            } catch (NoSuchAlgorithmException impossible) {
                throw new IllegalStateException("Every Java has SHA-256", impossible);
            }
        }
    }
}
