package routes.partner;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads what was changed at partners for an order, for flows that must know before they decide. */
@Component("effects")
public class Effects {

    private final JdbcClient rows;

    Effects(JdbcClient rows) {
        this.rows = rows;
    }

    /**
     * The matters for which an operation may have been carried out, or still may be: it was answered, or nobody knows.
     *
     * @param operation the operation without its partner, such as {@code place-order}
     * @return subjects, such as F1
     */
    public List<String> standing(String orderNumber, String operation) {
        return rows.sql("select subject from effects where order_number = ? and operation like ? and outcome in"
                        + " ('INTENDED', 'UNKNOWN', 'ANSWERED')")
                .param(orderNumber)
                .param("%." + operation)
                .query(String.class)
                .list();
    }
}
