package routes.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.ModelAndView;

/** Answers what nobody else answered: a page for people in the console, a problem for every program. */
@Controller
class ErrorPages implements ErrorController {

    private final ObjectMapper json;

    ErrorPages(ObjectMapper json) {
        this.json = json;
    }

    @RequestMapping("/error")
    ModelAndView answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Object said = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        Object asked = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        // Asked for directly there is no error to show.
        int status = said instanceof Integer code ? code : 404;
        String path = asked == null ? request.getRequestURI() : asked.toString();
        String accept = request.getHeader("Accept");
        if (accept != null && accept.contains(MediaType.TEXT_HTML_VALUE) && !OpsProblems.concerns(path)) {
            response.setStatus(status);
            ModelAndView page = new ModelAndView("error");
            page.addObject("status", status);
            page.addObject("kind", Problem.Kind.of(status).name());
            return page;
        }
        Problem.Kind kind = Problem.Kind.of(status);
        Problem.write(request, response, json, Problem.of(kind, status, kind.title(), path));
        return null;
    }
}
