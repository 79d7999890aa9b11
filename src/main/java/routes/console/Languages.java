package routes.console;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.springframework.web.servlet.LocaleResolver;
import org.springframework.web.servlet.i18n.AcceptHeaderLocaleResolver;

/** The languages the console speaks. To add one: a file {@code messages/messages_<language>.properties} and its name here. */
@Configuration(proxyBeanMethods = false)
class Languages {

    @Bean
    MessageSource messageSource() {
        ResourceBundleMessageSource texts = new ResourceBundleMessageSource();
        texts.setBasename("messages/messages");
        texts.setDefaultEncoding(StandardCharsets.UTF_8.name());
        // The server's own language must not decide what a reader without a known one sees.
        texts.setFallbackToSystemLocale(false);
        return texts;
    }

    /** Only languages with texts, so that dates and words of one page are in the same one; countries decide the figures. */
    @Bean
    LocaleResolver localeResolver() {
        AcceptHeaderLocaleResolver resolver = new AcceptHeaderLocaleResolver();
        resolver.setDefaultLocale(Locale.ENGLISH);
        resolver.setSupportedLocales(List.of(
                Locale.ENGLISH,
                Locale.UK,
                Locale.US,
                Locale.GERMAN,
                Locale.GERMANY,
                Locale.forLanguageTag("de-AT"),
                Locale.forLanguageTag("de-CH")));
        return resolver;
    }
}
