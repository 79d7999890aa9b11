package routes.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import routes.inbox.StoreUnavailable;

/**
 * Answers every failure under {@code /ops} as a problem, and people elsewhere with a page. A resolver and not a controller advice, because an unknown path and
 * a wrong method fail before any controller is found.
 */
@Component
class OpsProblems implements HandlerExceptionResolver, Ordered {

    private static final Logger LOG = LoggerFactory.getLogger(OpsProblems.class);

    private final ObjectMapper json;

    OpsProblems(ObjectMapper json) {
        this.json = json;
    }

    static boolean concerns(String path) {
        return path != null && (path.equals("/ops") || path.startsWith("/ops/"));
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 10;
    }

    @Override
    public ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, Object handler, Exception failure) {
        // Who may do what is the security chain's to answer.
        if (failure instanceof AccessDeniedException) {
            return null;
        }
        if (!concerns(request.getRequestURI())) {
            return page(request, response, failure);
        }
        Problem problem = problem(request, response, failure);
        if (problem.status() >= 500) {
            LOG.error("{} {} failed", request.getMethod(), request.getRequestURI(), failure);
        }
        try {
            Problem.write(request, response, json, problem);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
        return new ModelAndView();
    }

    /** People get an error page, not the JSON that everybody else is answered with. */
    private static ModelAndView page(HttpServletRequest request, HttpServletResponse response, Exception failure) {
        int status = failure instanceof Problem.Refused refused
                ? refused.kind().status()
                : failure instanceof ErrorResponse answer
                        ? answer.getStatusCode().value()
                        : 0;
        String accept = request.getHeader("Accept");
        if (status == 0 || accept == null || !accept.contains(MediaType.TEXT_HTML_VALUE)) {
            return null;
        }
        try {
            response.sendError(status);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
        return new ModelAndView();
    }

    private static Problem problem(HttpServletRequest request, HttpServletResponse response, Exception failure) {
        String path = request.getRequestURI();
        if (failure instanceof Problem.Refused refused) {
            return Problem.of(refused.kind(), refused.kind().status(), refused.getMessage(), path);
        }
        if (failure instanceof MethodArgumentTypeMismatchException mismatch) {
            return Problem.of(
                    Problem.Kind.BAD_PARAMETER,
                    400,
                    "\"" + mismatch.getName() + "\" has a value of the wrong type",
                    path);
        }
        if (failure instanceof HttpMessageNotReadableException) {
            return Problem.of(Problem.Kind.BAD_REQUEST, 400, "The body is not the JSON this door reads", path);
        }
        if (failure instanceof HttpRequestMethodNotSupportedException wrong && wrong.getSupportedMethods() != null) {
            response.setHeader("Allow", String.join(", ", wrong.getSupportedMethods()));
            return Problem.of(
                    Problem.Kind.METHOD_NOT_ALLOWED,
                    405,
                    "This door knows " + String.join(", ", wrong.getSupportedMethods()),
                    path);
        }
        if (failure instanceof ErrorResponse answer) {
            int status = answer.getStatusCode().value();
            Problem.Kind kind = Problem.Kind.of(status);
            String detail = status == 404 ? "No such door" : answer.getBody().getDetail();
            return Problem.of(kind, status, detail == null ? kind.title() : detail, path);
        }
        if (failure instanceof StoreUnavailable
                || failure instanceof CannotGetJdbcConnectionException
                || failure instanceof DataAccessResourceFailureException
                || failure instanceof TransientDataAccessException) {
            response.setHeader("Retry-After", "5");
            return Problem.of(Problem.Kind.UNAVAILABLE, 503, "The store does not answer; try again shortly", path);
        }
        // What failed inside is for the log, not for whoever asks.
        return Problem.of(Problem.Kind.INTERNAL, 500, "The hub's log says more", path);
    }
}
