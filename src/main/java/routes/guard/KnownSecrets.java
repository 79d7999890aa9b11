package routes.guard;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Pattern;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.stereotype.Component;

/**
 * The values of all settings that are secrets by their names, learned before anything starts, so that no log line can hold
 * one. It is the second lock: nobody is to write one in the first place.
 */
@Component
public class KnownSecrets implements BeanFactoryPostProcessor, EnvironmentAware {

    /** What stands instead. */
    public static final String HIDDEN = "(hidden)";

    /** Shorter ones would blank ordinary words. */
    private static final int SHORTEST = 8;

    private static final Pattern INDEX = Pattern.compile("\\[\\d{1,4}]");
    private static final List<String> ENDS = List.of("secret", "secrets", "password", "token", "apikey", "privatekey");

    /** The longest first: one may begin with another. */
    private static final Set<String> VALUES = new ConcurrentSkipListSet<>(
            Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));

    private ConfigurableEnvironment environment;

    @Override
    public void setEnvironment(Environment environment) {
        this.environment = (ConfigurableEnvironment) environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> listed) {
                for (String name : listed.getPropertyNames()) {
                    if (secret(name)) {
                        learn(environment.getProperty(name));
                    }
                }
            }
        }
    }

    private static boolean secret(String name) {
        String plain =
                INDEX.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("").replaceAll("[-_.]", "");
        return ENDS.stream().anyMatch(plain::endsWith);
    }

    /** Never show this again; several, parted by commas, each by itself. */
    static void learn(String value) {
        if (value == null) {
            return;
        }
        for (String one : value.split(",")) {
            if (one.trim().length() >= SHORTEST) {
                VALUES.add(one.trim());
            }
        }
    }

    /** The same text without any of them. */
    public static String hidden(String text) {
        String out = text;
        for (String secret : VALUES) {
            if (out.contains(secret)) {
                out = out.replace(secret, HIDDEN);
            }
        }
        return out;
    }
}
