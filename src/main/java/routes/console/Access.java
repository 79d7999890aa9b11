package routes.console;

import static org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher.withDefaults;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.autoconfigure.jackson.Jackson2ObjectMapperBuilderCustomizer;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.boot.web.servlet.server.CookieSameSiteSupplier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.logout.LogoutFilter;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.header.writers.CrossOriginOpenerPolicyHeaderWriter.CrossOriginOpenerPolicy;
import org.springframework.security.web.header.writers.CrossOriginResourcePolicyHeaderWriter.CrossOriginResourcePolicy;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.header.writers.StaticHeadersWriter;
import org.springframework.security.web.savedrequest.HttpSessionRequestCache;
import org.springframework.security.web.savedrequest.RequestCache;
import org.springframework.security.web.util.matcher.NegatedRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.OncePerRequestFilter;
import routes.deadletter.AuditTrail;
import routes.deadletter.FailureRows;

/**
 * Who may enter where. People log in by a form and keep a session; programs send HTTP Basic with each request. Whatever no
 * rule names is refused.
 */
@Configuration(proxyBeanMethods = false)
class Access {

    /** Doors that prove their callers themselves (signatures), or are guarded by their port or their token. */
    private static final RequestMatcher OUTSIDE =
            any("/partners/**", "/api/v1/**", "/sandbox/**", "/actuator/**", "/track/**");

    private static final RequestMatcher ASSETS = any("/webjars/**", "/console.css", "/console.svg");

    private static final RequestMatcher STAFF_DOORS = any("/ops/**", "/console/**");

    /** Whoever releases a hold answers for it. */
    private static final RequestMatcher RELEASES = any(
            "/ops/orders/*/lines/*/holds/*/release",
            "/ops/orders/*/holds/*/release",
            "/console/orders/*/holds/*/release",
            "/console/orders/*/lines/*/holds/*/release");

    private static final String CONTENT_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static final int LARGEST_BODY_BYTES = 1_048_576;
    private static final int DEEPEST_JSON = 100;
    private static final int LONGEST_NUMBER = 100;

    private static final String BASIC_CHALLENGE = "Basic realm=\"Order Hub\", charset=\"UTF-8\"";

    private static final Pattern FAILURE = Pattern.compile("/(?:failures|dead-letters)/([0-9]{1,18})(?:/|$)");

    private static final Pattern ORDER = Pattern.compile("/orders/([A-Za-z0-9#._-]{1,40})(?:/|$)");

    private final ObjectMapper json;
    private final AuditTrail trail;
    private final FailureRows failures;

    Access(ObjectMapper json, AuditTrail trail, FailureRows failures) {
        this.json = json;
        this.trail = trail;
        this.failures = failures;
    }

    /** Style, script and icon hold no secrets and may be cached, unlike every page. */
    @Bean
    @Order(1)
    SecurityFilterChain assets(HttpSecurity http) throws Exception {
        return http.securityMatcher(ASSETS)
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .headers(headers -> guarded(headers).cacheControl(HeadersConfigurer.CacheControlConfig::disable))
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain staffDoors(HttpSecurity http, LoginLimit limit) throws Exception {
        return http.securityMatcher(new NegatedRequestMatcher(OUTSIDE))
                .authorizeHttpRequests(
                        requests -> requests.dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.FORWARD)
                                .permitAll()
                                .requestMatchers(any("/", "/login", "/language", "/error"))
                                .permitAll()
                                .requestMatchers(Access::reads)
                                .hasRole("VIEWER")
                                .requestMatchers(RELEASES)
                                .hasRole("LEAD")
                                .requestMatchers(STAFF_DOORS)
                                .hasRole("STAFF")
                                .anyRequest()
                                .denyAll())
                .httpBasic(basic -> basic.authenticationEntryPoint(this::askForLogin))
                .formLogin(form -> form.loginPage("/login").defaultSuccessUrl("/console"))
                .logout(logout -> logout.logoutSuccessUrl("/login?bye"))
                .csrf(csrf -> csrf.requireCsrfProtectionMatcher(Access::needsFormToken))
                .requestCache(cache -> cache.requestCache(pagesOnly()))
                .exceptionHandling(refusals ->
                        refusals.authenticationEntryPoint(this::askForLogin).accessDeniedHandler(this::refuse))
                .headers(Access::guarded)
                .addFilterBefore(new Threshold(limit), LogoutFilter.class)
                .build();
    }

    @Bean
    LoginLimit loginLimit() {
        return new LoginLimit(System::nanoTime);
    }

    /** What the firewall turns away (a method nobody knows, an address with tricks in it) hears why in our own form. */
    @Bean
    RequestRejectedHandler refusedUnseen() {
        return (request, response, why) ->
                Problem.write(request, response, json, Problem.Kind.BAD_REQUEST, "This is no request we read");
    }

    /** What staff's programs send is small and flat; whatever is not is refused while it is read. */
    @Bean
    static Jackson2ObjectMapperBuilderCustomizer limitsOnJson() {
        return builder -> builder.postConfigurer(mapper -> mapper.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEEPEST_JSON)
                        .maxNumberLength(LONGEST_NUMBER)
                        .build()));
    }

    /** Refuses bodies nobody has a use for, and logins that were tried too often, before anything is looked up. */
    private final class Threshold extends OncePerRequestFilter {

        private final LoginLimit limit;

        Threshold(LoginLimit limit) {
            this.limit = limit;
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            if (request.getHeader("Transfer-Encoding") != null) {
                Problem.write(request, response, json, Problem.Kind.LENGTH_REQUIRED, "Send Content-Length");
                return;
            }
            if (request.getContentLengthLong() > LARGEST_BODY_BYTES) {
                response.setHeader("Connection", "close");
                Problem.write(
                        request,
                        response,
                        json,
                        Problem.Kind.TOO_LARGE,
                        "A body has at most " + LARGEST_BODY_BYTES + " bytes");
                return;
            }
            boolean form = HttpMethod.POST.matches(request.getMethod())
                    && request.getRequestURI().equals(request.getContextPath() + "/login");
            String login = form ? request.getParameter("username") : basicName(request.getHeader("Authorization"));
            long wait = login == null ? 0 : limit.waitSeconds(login, request.getRemoteAddr());
            if (wait == 0) {
                chain.doFilter(request, response);
                return;
            }
            Audit.denied(login, "login", "too-many-tries");
            if (form) {
                response.sendRedirect(request.getContextPath() + "/login?wait=" + wait);
                return;
            }
            response.setHeader("Retry-After", String.valueOf(wait));
            Problem.write(
                    request,
                    response,
                    json,
                    Problem.Kind.TOO_MANY_TRIES,
                    "This login was tried too often with a wrong password; wait " + wait + " seconds");
        }

        private static String basicName(String header) {
            if (header == null || !header.regionMatches(true, 0, "Basic ", 0, 6)) {
                return null;
            }
            try {
                String text = new String(
                        Base64.getDecoder().decode(header.substring(6).trim()), StandardCharsets.UTF_8);
                return text.contains(":") ? text.substring(0, text.indexOf(':')) : null;
            } catch (IllegalArgumentException notBase64) {
                return null; // refused by the one who reads it
            }
        }
    }

    /** The session's cookie goes nowhere but to the console's own pages, and never into an address. */
    @Bean
    CookieSameSiteSupplier sessionStaysHere() {
        return CookieSameSiteSupplier.ofLax();
    }

    @Bean
    ServletContextInitializer sessionsByCookieOnly() {
        return context -> {
            context.setSessionTrackingModes(Set.of(SessionTrackingMode.COOKIE));
            context.getSessionCookieConfig().setHttpOnly(true);
        };
    }

    private static HeadersConfigurer<HttpSecurity> guarded(HeadersConfigurer<HttpSecurity> headers) {
        return headers.contentSecurityPolicy(policy -> policy.policyDirectives(CONTENT_POLICY))
                .frameOptions(HeadersConfigurer.FrameOptionsConfig::deny)
                .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.SAME_ORIGIN))
                .crossOriginOpenerPolicy(opener -> opener.policy(CrossOriginOpenerPolicy.SAME_ORIGIN))
                .crossOriginResourcePolicy(resource -> resource.policy(CrossOriginResourcePolicy.SAME_ORIGIN))
                .addHeaderWriter(new StaticHeadersWriter(
                        "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"));
    }

    private static boolean reads(HttpServletRequest request) {
        return HttpMethod.GET.matches(request.getMethod()) || HttpMethod.HEAD.matches(request.getMethod());
    }

    /**
     * A program's Authorization header cannot be forged by a foreign page, so it needs no token. A browser that was once asked
     * for Basic credentials sends them along by itself, though; such a browser also says where the request comes from, and
     * from elsewhere it needs the token it cannot have.
     */
    private static boolean needsFormToken(HttpServletRequest request) {
        if (!CsrfFilter.DEFAULT_CSRF_MATCHER.matches(request)) {
            return false;
        }
        String from = request.getHeader("Sec-Fetch-Site");
        boolean fromElsewhere = from != null && !from.equals("same-origin") && !from.equals("none");
        return fromElsewhere || !hasCredentials(request);
    }

    private static boolean hasCredentials(HttpServletRequest request) {
        return request.getHeader("Authorization") != null;
    }

    /** After the login one lands where one wanted to go, if that was a page; not on a JSON door or half a page. */
    private static RequestCache pagesOnly() {
        HttpSessionRequestCache cache = new HttpSessionRequestCache();
        cache.setMatchingRequestParameterName(null);
        RequestMatcher console = any("/console/**");
        cache.setRequestMatcher(
                request -> reads(request) && !live(request) && !hasCredentials(request) && console.matches(request));
        return cache;
    }

    /** Whether the page's script asks, to renew a part of the page. */
    static boolean live(HttpServletRequest request) {
        return "true".equals(request.getHeader("HX-Request"));
    }

    private void askForLogin(HttpServletRequest request, HttpServletResponse response, AuthenticationException why)
            throws IOException {
        if (live(request)) {
            // The session ended while the page was open: the whole page goes to the login, not just the part.
            response.setHeader("HX-Redirect", request.getContextPath() + "/login");
            Problem.write(request, response, json, Problem.Kind.LOGIN_NEEDED, "The session has ended");
        } else if (wantsPage(request) && !hasCredentials(request)) {
            response.sendRedirect(request.getContextPath() + "/login");
        } else {
            if (hasCredentials(request)) {
                Audit.denied("-", "login", request.getRequestURI());
            }
            response.setHeader("WWW-Authenticate", BASIC_CHALLENGE);
            Problem.write(
                    request,
                    response,
                    json,
                    Problem.Kind.LOGIN_NEEDED,
                    hasCredentials(request) ? "This login is not known here" : "Send HTTP Basic, or log in at /login");
        }
    }

    private void refuse(HttpServletRequest request, HttpServletResponse response, AccessDeniedException why)
            throws IOException {
        Authentication login = SecurityContextHolder.getContext().getAuthentication();
        Audit.denied(login == null ? "-" : login.getName(), request.getMethod(), request.getRequestURI());
        if (login != null) {
            remember(login.getName(), request);
        }
        boolean formExpired = why instanceof CsrfException;
        if (formExpired && login == null && wantsPage(request)) {
            // A form that waited longer than its session: log in and start again.
            response.sendRedirect(request.getContextPath() + "/login?again");
        } else if (wantsPage(request)) {
            response.sendError(HttpServletResponse.SC_FORBIDDEN);
        } else {
            Problem.write(
                    request,
                    response,
                    json,
                    formExpired ? Problem.Kind.FORM_EXPIRED : Problem.Kind.ROLE_MISSING,
                    formExpired
                            ? "Send the form's token, or HTTP Basic instead of a session"
                            : "This needs a role that " + (login == null ? "nobody" : login.getName())
                                    + " does not have");
        }
    }

    /** What was refused is told with the order it was about, where the address says which. */
    private void remember(String who, HttpServletRequest request) {
        String path = request.getRequestURI();
        Matcher failure = FAILURE.matcher(path);
        Matcher order = ORDER.matcher(path);
        String number = null;
        if (failure.find()) {
            number = failures.find(Long.parseLong(failure.group(1)))
                    .map(FailureRows.FailureRow::orderNumber)
                    .orElse(null);
        } else if (order.find()) {
            number = order.group(1);
        }
        trail.denied(who, request.getMethod() + " " + path.substring(path.lastIndexOf('/') + 1), path, number, "role");
    }

    private static boolean wantsPage(HttpServletRequest request) {
        String accept = request.getHeader("Accept");
        return !OpsProblems.concerns(request.getRequestURI())
                && accept != null
                && accept.contains(MediaType.TEXT_HTML_VALUE);
    }

    private static RequestMatcher any(String... patterns) {
        return new OrRequestMatcher(java.util.Arrays.stream(patterns)
                .map(pattern -> (RequestMatcher) withDefaults().matcher(pattern))
                .toList());
    }
}
