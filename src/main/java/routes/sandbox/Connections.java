package routes.sandbox;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/** Lets the sandbox close a connection without a byte of an answer, which the servlet API cannot. */
final class Connections extends ValveBase {

    private static final String REQUEST = Connections.class.getName();

    Connections() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        if (request.getDecodedRequestURI().startsWith(PartnerDoor.PREFIX)) request.setAttribute(REQUEST, request);
        getNext().invoke(request, response);
    }

    /** Closes the caller's connection; whatever is written afterwards is swallowed. */
    static void cut(ServletRequest request) {
        if (request.getAttribute(REQUEST) instanceof Request connection) {
            connection.getCoyoteRequest().action(ActionCode.CLOSE_NOW, null);
        }
    }
}
