package routes.deadletter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.deadletter.FailureRows.FailureRow;
import routes.inbox.Batch;
import routes.inbox.Committer;
import routes.inbox.LeaseClock;
import routes.inbox.Operation;
import routes.inbox.Overlay;
import routes.inbox.Refused;
import routes.inbox.Resumption;
import routes.inbox.Turn;
import routes.order.Corrections;

/**
 * Repairs: a patch beside the untouched original, each with a version. What may be mended is what the cause's file names,
 * checked here whatever a form sent. A repair that touches money waits for a second person.
 */
@Component("repairs")
public class Repairs {

    /**
     * A repair.
     *
     * @param target {@code message:<id>} or {@code order:<number>}
     * @param state PROPOSED until a second person says yes, ACCEPTED, APPLIED, REFUSED
     */
    public record Repair(
            String target,
            int version,
            Long failureId,
            Long messageId,
            String orderNumber,
            String patch,
            List<Difference> diff,
            String reason,
            String state,
            String who,
            Instant at,
            String decidedBy) {}

    /** @param value as it stands, repairs included; null where there is none */
    public record FormField(Cause.Field field, String value) {

        public String pointer() {
            return field.pointer();
        }
    }

    /**
     * What a failure's form shows.
     *
     * @param version what the editor has seen; sent back with the repair
     * @param closed why nothing can be mended here; null when it can
     */
    public record Form(String target, int version, List<FormField> fields, String closed, List<Repair> earlier) {}

    private static final TypeReference<List<Difference>> DIFFERENCES = new TypeReference<>() {};
    private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());
    private static final Pattern EMAIL = Pattern.compile("[^@\\s]{1,64}+@[^@\\s.]{1,63}+\\.[^@\\s]{1,190}+");
    private static final Pattern PHONE = Pattern.compile("[+0-9][0-9 ()/.-]{4,48}");
    private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,3})?");

    private final FailureRows failures;
    private final Causes causes;
    private final Corrections corrections;
    private final Committer committer;
    private final JdbcClient rows;
    private final ObjectMapper json;

    Repairs(
            FailureRows failures,
            Causes causes,
            Corrections corrections,
            Committer committer,
            JdbcClient rows,
            ObjectMapper json) {
        this.failures = failures;
        this.causes = causes;
        this.corrections = corrections;
        this.committer = committer;
        this.rows = rows;
        this.json = json;
    }

    /** What may be mended of a failure, with what stands there now. */
    public Form form(FailureRow failure) {
        List<Cause.Field> fields = causes.named(failure.cause()).fields();
        if (fields.isEmpty()) {
            return new Form(null, 0, List.of(), "This cause has nothing that is mended by a form", List.of());
        }
        String target = target(failure, fields);
        Optional<JsonNode> document = document(failure, fields);
        if (document.isEmpty()) {
            return new Form(target, 0, List.of(), "What would be mended is not there or cannot be read", List.of());
        }
        List<FormField> shown = fields.stream()
                .filter(field -> fits(document.get(), field))
                .map(field -> new FormField(field, text(document.get().at(field.pointer()))))
                .toList();
        List<Repair> earlier = of(target);
        return new Form(target, earlier.isEmpty() ? 0 : earlier.get(0).version(), shown, null, earlier);
    }

    /** Messages of the same cause have shapes of their own: a field whose object is not there is another partner's. */
    private static boolean fits(JsonNode document, Cause.Field field) {
        return field.in() == Cause.Field.Where.ORDER
                || document.at(field.pointer().substring(0, field.pointer().lastIndexOf('/')))
                        .isObject();
    }

    private static String text(JsonNode node) {
        return node.isMissingNode() || node.isNull() ? null : node.asText();
    }

    /** All repairs of a target, the latest first. */
    public List<Repair> of(String target) {
        return rows.sql(
                        "select target, version, failure_id, message_id, order_number, patch, diff, reason, state, who, at,"
                                + " decided_by from repairs where target = ? order by version desc fetch first 50 rows only")
                .param(target)
                .query((row, n) -> read(row))
                .list();
    }

    /** Repairs that wait for a second person, the oldest first. */
    public List<Repair> proposed() {
        return rows.sql(
                        "select target, version, failure_id, message_id, order_number, patch, diff, reason, state, who, at,"
                                + " decided_by from repairs where state = 'PROPOSED' order by at fetch first 100 rows only")
                .query((row, n) -> read(row))
                .list();
    }

    /**
     * The patch that a form's values make.
     *
     * @param values by pointer; a blank one takes the field away
     * @throws Refused FIELD_LOCKED for what the cause does not name, FIELD_WRONG for what cannot be meant
     */
    public JsonNode patch(FailureRow failure, Map<String, String> values) {
        Form form = form(failure);
        if (form.closed() != null) {
            throw new Refused("FIELD_LOCKED", form.closed());
        }
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, String> one : values.entrySet()) {
            FormField known = form.fields().stream()
                    .filter(field -> field.pointer().equals(one.getKey()))
                    .findFirst()
                    .orElseThrow(() -> new Refused("FIELD_LOCKED", "Nobody may change " + one.getKey() + " here"));
            String value = one.getValue() == null ? "" : one.getValue().strip();
            if (value.equals(known.value() == null ? "" : known.value())) {
                continue;
            }
            check(known.field(), value);
            put(patch, known.pointer(), value);
        }
        return patch;
    }

    private static void check(Cause.Field field, String value) {
        String name = field.label(Locale.ENGLISH);
        if (value.isEmpty() && field.required()) {
            throw new Refused("FIELD_WRONG", name + " is needed");
        }
        if (value.length() > field.longest()) {
            throw new Refused("FIELD_WRONG", name + " may have " + field.longest() + " characters at most");
        }
        boolean fits = value.isEmpty()
                || switch (field.type()) {
                    case "email" -> EMAIL.matcher(value).matches();
                    case "phone" -> PHONE.matcher(value).matches();
                    case "country" -> COUNTRIES.contains(value);
                    case "money" -> AMOUNT.matcher(value).matches();
                    default -> value.chars().noneMatch(Character::isISOControl);
                };
        if (!fits) {
            throw new Refused("FIELD_WRONG", name + " cannot be \"" + value + "\"");
        }
    }

    private static void put(ObjectNode patch, String pointer, String value) {
        String[] names = pointer.substring(1).split("/");
        ObjectNode at = patch;
        for (int i = 0; i < names.length - 1; i++) {
            String name = unescaped(names[i]);
            at = at.has(name) ? (ObjectNode) at.get(name) : at.putObject(name);
        }
        String last = unescaped(names[names.length - 1]);
        if (value.isEmpty()) {
            at.putNull(last);
        } else {
            at.put(last, value);
        }
    }

    private static String unescaped(String name) {
        return name.replace("~1", "/").replace("~0", "~");
    }

    /**
     * Repairs what a failure failed of, and lets it run again as soon as that is in force.
     *
     * @param seen the version the editor saw
     * @return the repair; PROPOSED when a second person must say yes first
     * @throws RepairConflict when somebody else was first
     * @throws Refused FIELD_LOCKED, FIELD_WRONG or STATE_REFUSED
     */
    public Repair repair(FailureRow failure, Map<String, String> values, int seen, String who, String why) {
        List<Cause.Field> fields = causes.named(failure.cause()).fields();
        if (fields.isEmpty()) {
            throw new Refused("FIELD_LOCKED", "This cause has nothing that is mended by a form");
        }
        String target = target(failure, fields);
        if (of(target).stream().anyMatch(one -> one.version() > seen)) {
            throw first(target, seen);
        }
        if (!failure.open()) {
            throw new Refused("STATE_REFUSED", "It is not parked any more");
        }
        JsonNode patch = patch(failure, values);
        if (patch.isEmpty()) {
            throw new Refused("FIELD_WRONG", "Nothing was changed");
        }
        JsonNode before = document(failure, fields).orElseThrow();
        if (target.startsWith("order:")) {
            corrections.check(before, patch);
        }
        boolean money = fields.stream()
                .anyMatch(field -> field.money() && !patch.at(field.pointer()).isMissingNode());
        List<Difference> diff = Difference.between(before, Overlay.over(before, patch));
        Repair repair = new Repair(
                target,
                seen + 1,
                failure.id(),
                target.startsWith("message:") ? failure.messageId() : null,
                failure.orderNumber(),
                Overlay.text(patch),
                diff,
                why,
                money ? "PROPOSED" : "ACCEPTED",
                who,
                LeaseClock.now(),
                null);
        try {
            lay(repair, write(diff), money ? null : composed(repair));
        } catch (RepairConflict conflict) {
            throw first(target, seen);
        }
        if (!money) {
            goOn(repair, who);
        }
        return repair;
    }

    /**
     * A second person says yes or no to a repair that touches money.
     *
     * @throws Refused FOUR_EYES when it is the same person, STATE_REFUSED when it is decided already
     */
    public Repair decide(String target, int version, boolean yes, String who) {
        Repair repair = of(target).stream()
                .filter(one -> one.version() == version && one.state().equals("PROPOSED"))
                .findFirst()
                .orElseThrow(() -> new Refused("STATE_REFUSED", "There is nothing to decide"));
        if (repair.who().equals(who)) {
            throw new Refused("FOUR_EYES", "Somebody other than " + who + " must decide this");
        }
        decide(repair, yes, who, yes ? composed(repair) : null);
        if (yes) {
            goOn(repair, who);
        }
        return repair;
    }

    /** The route's last line: what it asked for is in force, so what waited for it runs again. */
    public void applied() {
        Turn turn = Turn.current();
        JsonNode wish = Overlay.tree(new String(turn.message().body(), StandardCharsets.UTF_8));
        rows.sql("update repairs set state = 'APPLIED' where target = ? and version = ? and state = 'ACCEPTED'")
                .params(
                        "order:" + turn.message().orderNumber(),
                        wish.path("version").asInt())
                .update();
        failures.find(wish.path("failure").asLong())
                .filter(FailureRow::open)
                .ifPresent(failure -> committer.write(new Resumption(
                        failure.messageId(), turn.message().who(), new Resumption.Way("repaired", null, false, true))));
    }

    /** Should the hub have stopped between a repair and its message, the message is sent after all. Called now and then. */
    void sendForgotten() {
        rows.sql(
                        "select r.target, r.version, r.failure_id, r.message_id, r.order_number, r.patch, r.diff, r.reason, r.state,"
                                + " r.who, r.at, r.decided_by from repairs r where r.state = 'ACCEPTED' and r.message_id is null"
                                + " and r.at < ? and not exists (select 1 from seen s where s.event_id ="
                                + " 'correction:' || r.order_number || ':' || cast(r.version as varchar(10)))"
                                + " fetch first 100 rows only")
                .param(LeaseClock.now().minusSeconds(10).atOffset(ZoneOffset.UTC))
                .query((row, n) -> read(row))
                .list()
                .forEach(repair -> goOn(repair, repair.who()));
    }

    private void goOn(Repair repair, String who) {
        if (repair.target().startsWith("order:")) {
            corrections.ask(
                    repair.orderNumber(),
                    repair.version(),
                    Overlay.tree(repair.patch()),
                    repair.failureId(),
                    repair.who(),
                    repair.reason());
        } else {
            committer.write(new Resumption(repair.messageId(), who, new Resumption.Way("repaired", null, false, true)));
        }
    }

    private RepairConflict first(String target, int seen) {
        List<Repair> since =
                of(target).stream().filter(one -> one.version() > seen).toList();
        List<Difference> theirs =
                since.stream().flatMap(one -> one.diff().stream()).toList();
        return new RepairConflict(
                since.stream().map(Repair::who).distinct().collect(Collectors.joining(", ")),
                since.isEmpty() ? seen : since.get(0).version(),
                theirs);
    }

    private static String target(FailureRow failure, List<Cause.Field> fields) {
        return fields.get(0).in() == Cause.Field.Where.ORDER
                ? "order:" + failure.orderNumber()
                : "message:" + failure.messageId();
    }

    /** What is mended, as it is in force now. */
    Optional<JsonNode> document(FailureRow failure, List<Cause.Field> fields) {
        if (fields.get(0).in() == Cause.Field.Where.ORDER) {
            return failure.orderNumber() == null ? Optional.empty() : corrections.document(failure.orderNumber());
        }
        return rows.sql(
                        "select b.body, o.patch from inbox_bodies b left join overlays o on o.message_id = b.id where b.id = ?")
                .param(failure.messageId())
                .query((row, n) -> {
                    try {
                        JsonNode body = Overlay.tree(new String(row.getBytes(1), StandardCharsets.UTF_8));
                        return row.getString(2) == null ? body : Overlay.over(body, Overlay.tree(row.getString(2)));
                    } catch (IllegalArgumentException notJson) {
                        return JsonNodeFactory.instance.missingNode();
                    }
                })
                .optional()
                .map(JsonNode.class::cast)
                .filter(JsonNode::isObject);
    }

    /** The whole patch of a message once this repair is laid on top; null for an order. */
    private String composed(Repair repair) {
        if (repair.messageId() == null) {
            return null;
        }
        JsonNode patch = Overlay.tree(repair.patch());
        return rows.sql("select patch from overlays where message_id = ?")
                .param(repair.messageId())
                .query(String.class)
                .optional()
                .map(before -> Overlay.text(Overlay.compose(Overlay.tree(before), patch)))
                .orElse(repair.patch());
    }

    private String write(List<Difference> diff) {
        try {
            return json.writeValueAsString(diff);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private Repair read(ResultSet row) throws SQLException {
        try {
            return new Repair(
                    row.getString(1),
                    row.getInt(2),
                    row.getObject(3, Long.class),
                    row.getObject(4, Long.class),
                    row.getString(5),
                    row.getString(6),
                    json.readValue(row.getString(7), DIFFERENCES),
                    row.getString(8),
                    row.getString(9),
                    row.getString(10),
                    row.getObject(11, OffsetDateTime.class).toInstant(),
                    row.getString(12));
        } catch (JsonProcessingException e) {
            throw new SQLException(e);
        }
    }

    /** Writes a new repair, refused when its version is taken. */
    private void lay(Repair repair, String diff, String overlay) {
        committer.write(null, "repair", (batch, operation) -> {
            batch.add(
                    Batch.GUARD,
                    operation,
                    changed -> {
                        if (changed == 0) {
                            operation.refuse(new RepairConflict("", repair.version(), List.of()));
                        }
                    },
                    "insert into repairs (target, version, failure_id, message_id, order_number, patch, diff, reason, state,"
                            + " who, at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
                    repair.target(),
                    repair.version(),
                    repair.failureId(),
                    repair.messageId(),
                    repair.orderNumber(),
                    repair.patch(),
                    diff,
                    repair.reason(),
                    repair.state(),
                    repair.who(),
                    repair.at());
            overlay(batch, operation, repair, overlay);
        });
    }

    private void decide(Repair repair, boolean yes, String who, String overlay) {
        committer.write(null, "repair", (batch, operation) -> {
            batch.add(
                    Batch.GUARD,
                    operation,
                    changed -> {
                        if (changed == 0) {
                            operation.refuse(new Refused("STATE_REFUSED", "It was decided meanwhile"));
                        }
                    },
                    "update repairs set state = ?, decided_by = ?, decided_at = ? where target = ? and version = ?"
                            + " and state = 'PROPOSED'",
                    yes ? "ACCEPTED" : "REFUSED",
                    who,
                    LeaseClock.now(),
                    repair.target(),
                    repair.version());
            overlay(batch, operation, repair, overlay);
        });
    }

    private static void overlay(Batch batch, Operation<?> operation, Repair repair, String overlay) {
        if (overlay != null) {
            batch.add(Batch.FACT, operation, "delete from overlays where message_id = ?", repair.messageId());
            batch.add(
                    Batch.FACT,
                    operation,
                    "insert into overlays (message_id, version, patch) values (?, ?, ?)",
                    repair.messageId(),
                    repair.version(),
                    overlay);
        }
    }
}
