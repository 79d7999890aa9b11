package routes.deadletter;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.inbox.Batch;
import routes.inbox.Committer;
import routes.inbox.LeaseClock;
import routes.inbox.Operation;
import routes.inbox.Refused;
import routes.mapping.ValueMaps;
import routes.mapping.ValueUnmapped;

/**
 * The value maps that staff keep. Mappings ask them from memory; a change is seen by this process at once, by others within
 * seconds.
 */
@Component
@EnableConfigurationProperties(ValueMapRows.Settings.class)
public class ValueMapRows implements ValueMaps {

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

    /** @param strict a value without a row stops its message; else it stands for itself */
    public record ValueMap(String name, boolean strict) {}

    /** One row: what {@code from} stands for, and who said so. */
    public record ValueRow(String map, String from, String to, String who, String reason, Instant at) {}

    /** A value that messages wait for. */
    public record Missing(String map, String value, String fingerprint, long messages) {}

    private record Known(
            long version, Map<String, Boolean> strict, Map<String, String> there, Map<String, String> back) {}

    private static final long FRESH_NANOS = 2_000_000_000L;
    private static final int LONGEST_VALUE = 200;

    private final JdbcClient rows;
    private final Committer committer;
    private final Settings settings;
    private final Causes causes;
    private volatile Known known;
    private volatile long lookedNanos;

    ValueMapRows(JdbcClient rows, Committer committer, Settings settings, Causes causes) {
        this.rows = rows;
        this.committer = committer;
        this.settings = settings;
        this.causes = causes;
    }

    @Override
    public String lookUp(String map, String value) {
        Known now = known();
        String found = now.there().get(key(map, value));
        if (found != null) {
            return found;
        }
        if (Boolean.TRUE.equals(now.strict().get(map))
                || settings.needsRow().getOrDefault(map, Set.of()).contains(value)) {
            throw new ValueUnmapped(map, value);
        }
        return value;
    }

    @Override
    public String lookBack(String map, String value) {
        return known().back().getOrDefault(key(map, value), value);
    }

    /** The maps that some mapping asks, by name: those of which a cause says what it means when a row is lacking. */
    public List<ValueMap> maps() {
        Set<String> asked = causes.all().stream()
                .map(Cause::valueMap)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        return rows
                .sql("select name, strict from value_maps order by name")
                .query((row, n) -> new ValueMap(row.getString(1), row.getBoolean(2)))
                .list()
                .stream()
                .filter(map -> asked.contains(map.name()))
                .toList();
    }

    /** A page of a map's rows, by value. */
    public List<ValueRow> rows(String map, String after, int limit) {
        return rows.sql(
                        "select map, from_value, to_value, who, reason, at from value_rows where map = ? and from_value > ?"
                                + " order by map, from_value fetch first ? rows only")
                .params(map, after == null ? "" : after, limit)
                .query((row, n) -> new ValueRow(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getObject(6, OffsetDateTime.class).toInstant()))
                .list();
    }

    /** The values that messages wait for, from the kept counts of their incidents. */
    public List<Missing> missing(String map) {
        return rows.sql(
                        "select i.fingerprint, i.failures, f.value_text from incidents i join failures f on f.id ="
                                + " (select min(x.id) from failures x where x.fingerprint = i.fingerprint and x.state = 'OPEN')"
                                + " where i.failures > 0 and f.value_map = ? order by i.failures desc fetch first 100 rows only")
                .param(map)
                .query((row, n) -> new Missing(map, row.getString(3), row.getString(1), row.getLong(2)))
                .list();
    }

    /**
     * Says what a value stands for, anew or otherwise than before.
     *
     * @throws Refused STATE_REFUSED when the map is unknown, a side is empty, or another value stands for the same already
     */
    public void put(String map, String from, String to, String who, String reason) {
        if (maps().stream().noneMatch(one -> one.name().equals(map))) {
            throw new Refused("STATE_REFUSED", "There is no value map " + map);
        }
        String value = from.strip();
        String means = to.strip();
        if (value.isEmpty() || means.isEmpty() || value.length() > LONGEST_VALUE || means.length() > LONGEST_VALUE) {
            throw new Refused("STATE_REFUSED", "Both sides need 1 to " + LONGEST_VALUE + " characters");
        }
        List<String> same = rows.sql(
                        "select from_value from value_rows where map = ? and to_value = ? and from_value <> ?")
                .params(map, means, value)
                .query(String.class)
                .list();
        if (!same.isEmpty()) {
            throw new Refused(
                    "STATE_REFUSED",
                    "\"" + same.get(0) + "\" stands for \"" + means
                            + "\" already; what comes back could not be told apart");
        }
        committer.write(new Change("put", map, value, means, who, reason));
        known = null;
    }

    /** Takes a row away. */
    public void remove(String map, String from, String who) {
        committer.write(new Change("delete", map, from, null, who, ""));
        known = null;
    }

    /** Whether a value without a row stops its message. */
    public void strict(String map, boolean strict) {
        committer.write(new Change(strict ? "strict" : "lenient", map, null, null, null, null));
        known = null;
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
        Map<String, Boolean> strict = new HashMap<>();
        maps().forEach(map -> strict.put(map.name(), map.strict()));
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
        return new Known(version, strict, there, back);
    }

    private static String key(String map, String value) {
        return map + "\n" + value;
    }

    private static final class Change extends Operation<Void> {

        private final String what;
        private final String map;
        private final String from;
        private final String to;
        private final String who;
        private final String reason;

        Change(String what, String map, String from, String to, String who, String reason) {
            super(null);
            this.what = what;
            this.map = map;
            this.from = from;
            this.to = to;
            this.who = who;
            this.reason = reason;
        }

        @Override
        protected String kind() {
            return "value-map";
        }

        @Override
        protected void write(Batch batch) {
            switch (what) {
                case "delete" -> batch.add(
                        Batch.FACT, this, "delete from value_rows where map = ? and from_value = ?", map, from);
                case "strict", "lenient" -> batch.add(
                        Batch.FACT,
                        this,
                        "update value_maps set strict = ? where name = ?",
                        what.equals("strict"),
                        map);
                default -> {
                    batch.add(Batch.GUARD, this, "delete from value_rows where map = ? and from_value = ?", map, from);
                    batch.add(
                            Batch.FACT,
                            this,
                            "insert into value_rows (map, from_value, to_value, who, reason, at) values (?, ?, ?, ?, ?, ?)",
                            map,
                            from,
                            to,
                            who,
                            reason,
                            LeaseClock.now());
                }
            }
            batch.add(
                    Batch.FACT,
                    this,
                    "insert into kept_counts (name, n) values ('value-rows', 0) on conflict do nothing");
            batch.add(Batch.MESSAGE, this, "update kept_counts set n = n + 1 where name = 'value-rows'");
        }
    }
}
