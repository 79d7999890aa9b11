package routes.deadletter;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.file.BrokenDataFile;
import routes.inbox.Batch;
import routes.inbox.Committer;
import routes.inbox.LeaseClock;
import routes.inbox.Operation;
import routes.inbox.Refused;
import routes.mapping.ValueMap;
import routes.mapping.ValueMaps;
import routes.mapping.ValueRows;
import routes.mapping.ValueUnmapped;

/**
 * The rows of value maps, which staff keep. Mappings ask them from memory; a change is seen by this process at once, by
 * others within seconds.
 */
@Component
@EnableConfigurationProperties(ValueMapRows.Settings.class)
public class ValueMapRows implements ValueRows {

    /**
     * @param needsRow by map: values that must not be passed on before staff say what they stand for, though the map is not
     *     strict
     */
    @ConfigurationProperties("oms.value-maps")
    public record Settings(Map<String, Set<String>> needsRow) {
        public Settings {
            needsRow = needsRow == null ? Map.of() : Map.copyOf(needsRow);
        }
    }

    /** One row: what {@code from} stands for, and who said so. */
    public record ValueRow(String map, String from, String to, String who, String reason, Instant at) {}

    /** A value that messages wait for. */
    public record Missing(String map, String value, String fingerprint, long messages) {}

    /** @param line where it stood in what was sent, counted from 1; 0 where it came alone */
    public record Wanted(int line, String from, String to) {}

    /** @param before what the row says today; null when there is none */
    public record Change(Wanted row, String before) {}

    /** @param same how many of the wanted rows are there already */
    public record Outlook(List<Change> changes, int same, List<Finding> findings) {

        public int added() {
            return (int)
                    changes.stream().filter(change -> change.before() == null).count();
        }
    }

    /** What keeps a row from being written. */
    public enum Fault {
        /** There are not two columns: how many there are. */
        COLUMNS,
        /** A side is empty, too long, or has a line break or the like in it: how long it may be. */
        LENGTH,
        /** The value stands in another line, too: the value, and which line. */
        TWICE,
        /** Another value stands for the same in a map that is read backwards, too: that value, and for what. */
        TAKEN,
        /** What it shall stand for is not on the map's list: what it is, and one that is on it. */
        UNLISTED,
        /** The value is itself on the list: the value. */
        LISTED,
        /** There are more than can be written at once: how many can. */
        MANY,
        /** There is no row at all. */
        NOTHING
    }

    /** @param about what the fault is about, in the order its description names it */
    public record Finding(int line, Fault fault, List<String> about) {

        Finding(Wanted row, Fault fault, Object... about) {
            this(row.line(), fault, List.of(about).stream().map(String::valueOf).toList());
        }
    }

    private record Known(long version, Set<String> strict, Map<String, String> there, Map<String, String> back) {}

    public static final int MOST_AT_ONCE = 5_000;
    static final int LONGEST_VALUE = 200;

    private static final long FRESH_NANOS = 2_000_000_000L;
    private static final int MOST_MISSING = 500;
    private static final int CHUNK = 500;
    private static final char ESCAPE = '!';

    private final JdbcClient rows;
    private final Committer committer;
    private final Settings settings;
    private final ValueMaps maps;
    private volatile Known known;
    private volatile long lookedNanos;

    /** @throws BrokenDataFile when a map and the cause that asks for its rows do not find each other */
    ValueMapRows(JdbcClient rows, Committer committer, Settings settings, Causes causes, ValueMaps maps) {
        this.rows = rows;
        this.committer = committer;
        this.settings = settings;
        this.maps = maps;
        for (Cause cause : causes.all()) {
            if (cause.valueMap() != null && maps.find(cause.valueMap()).isEmpty()) {
                throw new BrokenDataFile("causes/" + file(cause.code()) + ": value-map: there is no value-maps/"
                        + cause.valueMap() + ".yaml; write it, or name another");
            }
        }
        for (ValueMap map : maps.all()) {
            String code = new ValueUnmapped(map.name(), "").causeCode();
            if (!map.name().equals(causes.named(code).valueMap())) {
                throw new BrokenDataFile(
                        "value-maps/" + map.name() + ".yaml: staff are not asked for its rows; write causes/"
                                + file(code) + " with value-map: " + map.name());
            }
        }
    }

    private static String file(String code) {
        return code.toLowerCase(Locale.ROOT).replace('_', '-') + ".yaml";
    }

    @Override
    public Optional<String> there(String map, String value, boolean needed) {
        Known now = known();
        String found = now.there().get(key(map, value));
        if (found == null && (needed || needsRow(now, map, value))) {
            // Before a message is stopped: another hub may have been told of the row just now.
            lookedNanos = System.nanoTime() - FRESH_NANOS;
            found = known().there().get(key(map, value));
            if (found == null) {
                throw new ValueUnmapped(map, value);
            }
        }
        return Optional.ofNullable(found);
    }

    private boolean needsRow(Known now, String map, String value) {
        return now.strict().contains(map) || wanted(map).contains(value);
    }

    private Set<String> wanted(String map) {
        return settings.needsRow().getOrDefault(map, Set.of());
    }

    @Override
    public Optional<String> back(String map, String value) {
        return Optional.ofNullable(known().back().get(key(map, value)));
    }

    /** Names of the maps in which every value needs a row, because staff say so. */
    public Set<String> strict() {
        return new TreeSet<>(rows.sql("select name from value_maps where strict")
                .query(String.class)
                .list());
    }

    /**
     * A page of a map's rows, by value.
     *
     * @param words only rows that have them on either side, in capitals or not; null or blank for all
     * @param after only rows behind this value; null from the first
     */
    public List<ValueRow> rows(String map, String words, String after, int limit) {
        String like = words == null || words.isBlank() ? "%" : "%" + escaped(words.strip()) + "%";
        return rows.sql(
                        "select map, from_value, to_value, who, reason, at from value_rows where map = ? and from_value > ?"
                                + " and (lower(from_value) like lower(?) escape '" + ESCAPE
                                + "' or lower(to_value) like lower(?)"
                                + " escape '" + ESCAPE + "') order by map, from_value fetch first ? rows only")
                .params(map, after == null ? "" : after, like, like, limit)
                .query(ValueMapRows::row)
                .list();
    }

    private static String escaped(String words) {
        return words.replaceAll("[" + ESCAPE + "%_]", ESCAPE + "$0");
    }

    /** A value's row. */
    public Optional<ValueRow> row(String map, String from) {
        return rows.sql(
                        "select map, from_value, to_value, who, reason, at from value_rows where map = ? and from_value = ?")
                .params(map, from)
                .query(ValueMapRows::row)
                .optional();
    }

    private static ValueRow row(ResultSet row, int n) throws SQLException {
        return new ValueRow(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getObject(6, OffsetDateTime.class).toInstant());
    }

    /** The values of all maps that messages wait for, those that most wait for first, from the kept counts of their incidents. */
    public List<Missing> missing() {
        return rows.sql("select i.fingerprint, i.failures, f.value_map, f.value_text from incidents i join failures f"
                        + " on f.id = (select min(x.id) from failures x where x.fingerprint = i.fingerprint and x.state = 'OPEN')"
                        + " where i.failures > 0 and f.value_map is not null order by i.failures desc fetch first "
                        + MOST_MISSING + " rows only")
                .query((row, n) -> new Missing(row.getString(3), row.getString(4), row.getString(1), row.getLong(2)))
                .list();
    }

    /**
     * What writing these rows would change, and what keeps it from being written. Nothing is written.
     *
     * @throws Refused ORDER_UNKNOWN when there is no such map
     */
    public Outlook outlook(String map, List<Wanted> wanted) {
        ValueMap kept = map(map);
        List<Finding> findings = new ArrayList<>();
        if (wanted.isEmpty() || wanted.size() > MOST_AT_ONCE) {
            findings.add(
                    wanted.isEmpty()
                            ? new Finding(0, Fault.NOTHING, List.of())
                            : new Finding(0, Fault.MANY, List.of(String.valueOf(MOST_AT_ONCE))));
            return new Outlook(List.of(), 0, findings);
        }
        Map<String, Wanted> byValue = new TreeMap<>();
        for (Wanted one : wanted) {
            Wanted row = new Wanted(
                    one.line(),
                    one.from().strip(),
                    kept.listed(one.to()).orElse(one.to().strip()));
            fault(kept, row, byValue.get(row.from()))
                    .ifPresentOrElse(findings::add, () -> byValue.put(row.from(), row));
        }
        Map<String, String> before = pairs(map, "from_value", byValue.keySet());
        if (kept.bothWays()) {
            findings.addAll(taken(map, byValue));
        }
        List<Change> changes = byValue.values().stream()
                .filter(row -> !row.to().equals(before.get(row.from())))
                .map(row -> new Change(row, before.get(row.from())))
                .sorted((one, other) -> one.row().line() - other.row().line())
                .toList();
        findings.sort((one, other) -> one.line() - other.line());
        return new Outlook(changes, byValue.size() - changes.size(), findings);
    }

    private static Optional<Finding> fault(ValueMap map, Wanted row, Wanted earlier) {
        if (!fits(row.from()) || !fits(row.to())) {
            return Optional.of(new Finding(row, Fault.LENGTH, LONGEST_VALUE));
        }
        if (earlier != null) {
            return Optional.of(new Finding(row, Fault.TWICE, row.from(), earlier.line()));
        }
        if (map.listed(row.from()).isPresent()) {
            return Optional.of(new Finding(row, Fault.LISTED, row.from()));
        }
        if (map.closed() && !map.values().contains(row.to())) {
            return Optional.of(new Finding(
                    row, Fault.UNLISTED, row.to(), map.values().iterator().next()));
        }
        return Optional.empty();
    }

    private static boolean fits(String value) {
        return !value.isEmpty()
                && value.length() <= LONGEST_VALUE
                && value.chars().noneMatch(Character::isISOControl);
    }

    /** Rows after which two values would stand for the same, others that are there already included. */
    private List<Finding> taken(String map, Map<String, Wanted> byValue) {
        Map<String, String> others = new HashMap<>();
        pairs(map, "to_value", byValue.values().stream().map(Wanted::to).toList())
                .forEach((from, to) -> {
                    if (!byValue.containsKey(from)) {
                        others.put(to, from);
                    }
                });
        List<Finding> taken = new ArrayList<>();
        byValue.values().stream()
                .sorted((one, other) -> one.line() - other.line())
                .forEach(row -> {
                    String other = others.putIfAbsent(row.to(), row.from());
                    if (other != null) {
                        taken.add(new Finding(row, Fault.TAKEN, other, row.to()));
                    }
                });
        return taken;
    }

    /** Those of a map's rows that have one of these values on a side. */
    private Map<String, String> pairs(String map, String side, Collection<String> values) {
        Map<String, String> pairs = new HashMap<>();
        List<String> all = List.copyOf(new HashSet<>(values));
        for (int i = 0; i < all.size(); i += CHUNK) {
            rows.sql("select from_value, to_value from value_rows where map = :map and " + side + " in (:values)")
                    .param("map", map)
                    .param("values", all.subList(i, Math.min(all.size(), i + CHUNK)))
                    .query(row -> {
                        pairs.put(row.getString(1), row.getString(2));
                    });
        }
        return pairs;
    }

    /**
     * Says what values stand for, anew or otherwise than before: all of them or none.
     *
     * @return what that changed
     * @throws RowsRefused naming each row that cannot be written
     * @throws Refused ORDER_UNKNOWN when there is no such map
     */
    public Outlook put(String map, List<Wanted> wanted, String who, String reason) {
        Outlook outlook = outlook(map, wanted);
        if (!outlook.findings().isEmpty()) {
            throw new RowsRefused(outlook.findings());
        }
        write(batchOf -> outlook.changes().forEach(change -> {
            String from = change.row().from();
            batchOf.add(Batch.GUARD, "delete from value_rows where map = ? and from_value = ?", map, from);
            batchOf.add(
                    Batch.FACT,
                    "insert into value_rows (map, from_value, to_value, who, reason, at) values (?, ?, ?, ?, ?, ?)",
                    map,
                    from,
                    change.row().to(),
                    who,
                    reason,
                    LeaseClock.now());
        }));
        return outlook;
    }

    /**
     * Takes a row away.
     *
     * @throws Refused ORDER_UNKNOWN when there is no such row
     */
    public void remove(String map, String from) {
        if (row(map, from).isEmpty()) {
            throw new Refused("ORDER_UNKNOWN", "The value map " + map + " has no row for \"" + from + "\"");
        }
        write(batchOf -> batchOf.add(Batch.FACT, "delete from value_rows where map = ? and from_value = ?", map, from));
    }

    /**
     * Says whether every value needs a row, so that one without stops its message.
     *
     * @throws Refused ORDER_UNKNOWN when there is no such map; STATE_REFUSED for one that is bound to a list
     */
    public void strict(String map, boolean strict) {
        if (map(map).closed()) {
            throw new Refused("STATE_REFUSED", "In this map every value needs a row that is not on its list");
        }
        write(batchOf -> {
            batchOf.add(
                    Batch.GUARD, "insert into value_maps (name, strict) values (?, false) on conflict do nothing", map);
            batchOf.add(Batch.FACT, "update value_maps set strict = ? where name = ?", strict, map);
        });
    }

    /** Whether a value may pass without a row of its own. */
    boolean passes(String map, String value) {
        return !map(map).closed() && !needsRow(known(), map, value);
    }

    private ValueMap map(String name) {
        return maps.find(name).orElseThrow(() -> new Refused("ORDER_UNKNOWN", "There is no value map " + name));
    }

    private Known known() {
        Known now = known;
        long time = System.nanoTime();
        if (now != null && time - lookedNanos < FRESH_NANOS) {
            return now;
        }
        long version = rows.sql("select coalesce(max(n), 0) from kept_counts where name = 'value-rows'")
                .query(Long.class)
                .single();
        lookedNanos = time;
        if (now == null || now.version() != version) {
            now = read(version);
            known = now;
        }
        return now;
    }

    private Known read(long version) {
        Map<String, String> there = new HashMap<>();
        Map<String, String> back = new HashMap<>();
        Set<String> twice = new HashSet<>();
        rows.sql("select map, from_value, to_value from value_rows").query(row -> {
            there.put(key(row.getString(1), row.getString(2)), row.getString(3));
            if (back.put(key(row.getString(1), row.getString(3)), row.getString(2)) != null) {
                twice.add(key(row.getString(1), row.getString(3)));
            }
        });
        twice.forEach(back::remove);
        return new Known(version, strict(), there, back);
    }

    private static String key(String map, String value) {
        return map + "\n" + value;
    }

    private void write(Statements statements) {
        committer.write(new Write(statements));
        known = null;
    }

    private interface Statements {
        void in(BatchOf batch);
    }

    private record BatchOf(Batch batch, Operation<?> operation) {
        void add(int rank, String sql, Object... values) {
            batch.add(rank, operation, sql, values);
        }
    }

    private static final class Write extends Operation<Void> {

        private final Statements statements;

        Write(Statements statements) {
            super(null);
            this.statements = statements;
        }

        @Override
        protected String kind() {
            return "value-map";
        }

        @Override
        protected void write(Batch batch) {
            BatchOf ours = new BatchOf(batch, this);
            statements.in(ours);
            ours.add(Batch.FACT, "insert into kept_counts (name, n) values ('value-rows', 0) on conflict do nothing");
            ours.add(Batch.MESSAGE, "update kept_counts set n = n + 1 where name = 'value-rows'");
        }
    }
}
