package routes.inbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the head of a lane: its first unfinished message, and what was already done for it. */
final class MessageReader {

    /** @param done the committed verbs of this message and walk, as {@link Turn#key} names them */
    record Head(Message message, Set<String> done) {}

    private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};

    private final JdbcClient rows;
    private final ObjectMapper json;

    MessageReader(JdbcClient rows, ObjectMapper json) {
        this.rows = rows;
        this.json = json;
    }

    Head head(String lane) {
        List<Message> heads = rows.sql(
                        """
                        select i.id, i.partner, i.shop, i.topic, i.event_id, i.lane, i.order_number, i.subject, i.priority,
                               i.received_at, i.step, i.walk, i.attempts, b.headers, b.body, o.patch
                        from inbox i join inbox_bodies b on b.id = i.id left join overlays o on o.message_id = i.id
                        where i.id = (select min(id) from inbox where lane = ? and state in ('RECEIVED', 'WAITING'))
                        """)
                .param(lane)
                .query((row, n) -> message(row))
                .list();
        if (heads.isEmpty()) {
            return null;
        }
        Message message = heads.get(0);
        Set<String> done = new HashSet<>();
        int[] all = {0};
        if (message.step() != null) {
            rows.sql("select walk, step, verb, subject from history where message_id = ?")
                    .param(message.id())
                    .query(row -> {
                        all[0]++;
                        if (row.getInt(1) == message.walk()) {
                            done.add(Turn.key(row.getString(2), row.getString(3), row.getString(4)));
                        }
                    });
        }
        return new Head(all[0] == 0 ? message : begun(message), done);
    }

    private static Message begun(Message m) {
        return new Message(
                m.id(),
                m.partner(),
                m.shop(),
                m.topic(),
                m.eventId(),
                m.lane(),
                m.orderNumber(),
                m.subject(),
                m.priority(),
                m.receivedAt(),
                m.step(),
                m.walk(),
                m.attempts(),
                true,
                m.headers(),
                m.body());
    }

    private Message message(ResultSet row) throws SQLException {
        try {
            return new Message(
                    row.getLong(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getString(5),
                    row.getString(6),
                    row.getString(7),
                    row.getString(8),
                    row.getInt(9),
                    row.getObject(10, OffsetDateTime.class).toInstant(),
                    row.getString(11),
                    row.getInt(12),
                    row.getInt(13),
                    false,
                    json.readValue(row.getString(14), HEADERS),
                    repaired(row.getBytes(15), row.getString(16)));
        } catch (JsonProcessingException e) {
            throw new SQLException(e);
        }
    }

    /** What staff mended is laid over the bytes as they came, each time anew. */
    private static byte[] repaired(byte[] body, String patch) {
        return patch == null ? body : Overlay.over(body, patch);
    }
}
