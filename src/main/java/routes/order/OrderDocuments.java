package routes.order;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads and writes an order as the document it is stored as. */
@Component
class OrderDocuments {

    private final JdbcClient rows;
    private final ObjectMapper json;

    OrderDocuments(JdbcClient rows, ObjectMapper json) {
        this.rows = rows;
        this.json = json;
    }

    Optional<Order> find(String number) {
        return rows.sql("select document from orders where number = ?")
                .param(number)
                .query(String.class)
                .optional()
                .map(this::order);
    }

    /** Whether the shop had cancelled it before we ever opened it: whatever else is told of it is older than that. */
    boolean goneBeforeOpened(String number) {
        return rows.sql("select id from inbox where order_number = ? and state = 'DISCARDED'"
                        + " and reason = 'CANCELLED_BEFORE_OPENED' order by id fetch first 1 rows only")
                .param(number)
                .query(Long.class)
                .optional()
                .isPresent();
    }

    Order order(String document) {
        try {
            return json.readValue(document, Order.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A stored order cannot be read", e);
        }
    }

    String document(Order order) {
        try {
            return json.writeValueAsString(order);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An order cannot be written", e);
        }
    }
}
