package routes.console;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.LocaleResolver;
import org.springframework.web.util.WebUtils;
import routes.file.Languages;

/**
 * In which language a reader is spoken to: the one chosen on a page, else the first of the browser's that we have. The
 * browser's country decides dates and figures.
 */
@Controller(DispatcherServlet.LOCALE_RESOLVER_BEAN_NAME)
class ReadersLanguage implements LocaleResolver {

    private static final String COOKIE = "language";
    private static final Duration KEPT = Duration.ofDays(365);

    private final Languages languages;

    ReadersLanguage(Languages languages) {
        this.languages = languages;
    }

    /** A reader's choice; the browser goes back to the page it was made on. */
    @PostMapping("/language")
    String choose(@RequestParam String language, HttpServletRequest request, HttpServletResponse response) {
        if (!languages.speaks(language)) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST);
        }
        response.addHeader(
                HttpHeaders.SET_COOKIE,
                ResponseCookie.from(COOKIE, language)
                        .path(request.getContextPath() + "/")
                        .maxAge(KEPT)
                        .httpOnly(true)
                        .secure(request.isSecure())
                        .sameSite("Lax")
                        .build()
                        .toString());
        return "redirect:" + pageBefore(request.getHeader(HttpHeaders.REFERER), request.getContextPath());
    }

    /** Where one came from, if that is a page of ours, without the house it says it is in; else the console. */
    static String pageBefore(String referer, String context) {
        try {
            URI from = new URI(Objects.requireNonNullElse(referer, ""));
            String path = Objects.requireNonNullElse(from.getRawPath(), "");
            String page = path.startsWith(context) ? path.substring(context.length()) : "";
            if (page.equals("/login") || page.equals("/console") || page.startsWith("/console/")) {
                return page + (from.getRawQuery() == null ? "" : "?" + from.getRawQuery());
            }
        } catch (URISyntaxException noAddress) {
            // as if none had been sent
        }
        return "/console";
    }

    /** Only languages with texts, so that dates and words of one page are in the same one. */
    @Override
    public Locale resolveLocale(HttpServletRequest request) {
        Cookie cookie = WebUtils.getCookie(request, COOKIE);
        String chosen = cookie != null && languages.speaks(cookie.getValue()) ? cookie.getValue() : null;
        // Without the header the server's own language would speak for the reader.
        List<Locale> wished = request.getHeader(HttpHeaders.ACCEPT_LANGUAGE) == null
                ? List.of()
                : Collections.list(request.getLocales());
        return wished.stream()
                .filter(one -> chosen == null
                        ? languages.speaks(one.getLanguage())
                        : one.getLanguage().equals(chosen))
                .findFirst()
                // Nothing but the country: calendars and digits are not chosen so.
                .map(one -> new Locale.Builder()
                        .setLanguage(one.getLanguage())
                        .setRegion(one.getCountry())
                        .build())
                .orElseGet(() -> Locale.forLanguageTag(chosen == null ? Languages.ENGLISH : chosen));
    }

    /** A reader chooses at {@code /language}, once for all pages. */
    @Override
    public void setLocale(HttpServletRequest request, HttpServletResponse response, Locale locale) {
        throw new UnsupportedOperationException("The language is chosen at /language");
    }

    @Bean
    static MessageSource messageSource() {
        ResourceBundleMessageSource texts = new ResourceBundleMessageSource();
        texts.setBasename("messages/messages");
        texts.setDefaultEncoding(StandardCharsets.UTF_8.name());
        // The server's own language must not decide what a reader without a known one sees.
        texts.setFallbackToSystemLocale(false);
        return texts;
    }
}
