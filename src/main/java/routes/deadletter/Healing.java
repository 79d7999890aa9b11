package routes.deadletter;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.deadletter.Cause.Replays;
import routes.deadletter.ValueMapRows.Outlook;
import routes.deadletter.ValueMapRows.Wanted;
import routes.inbox.LeaseClock;
import routes.inbox.Refused;
import routes.partner.Breakers;

/**
 * What lets messages run again without anybody pressing a button: a row that a value map was lacking, a partner that answers
 * again. Both go through a {@link Bulk} run, so that a wrong row costs one try.
 */
@Component("healing")
public class Healing {

    private static final Logger LOG = LoggerFactory.getLogger(Healing.class);

    /** What was parked because a partner was down lies this long before it is tried again by itself. */
    private static final long REST_SECONDS = 60;

    private static final int MOST_A_DAY = 5;

    private final ValueMapRows maps;
    private final Bulk bulk;
    private final Breakers breakers;
    private final Causes causes;
    private final Incidents incidents;
    private final Repairs repairs;
    private final JdbcClient rows;

    Healing(
            ValueMapRows maps,
            Bulk bulk,
            Breakers breakers,
            Causes causes,
            Incidents incidents,
            Repairs repairs,
            JdbcClient rows) {
        this.maps = maps;
        this.bulk = bulk;
        this.breakers = breakers;
        this.causes = causes;
        this.incidents = incidents;
        this.repairs = repairs;
        this.rows = rows;
    }

    /** @param runs those that replay what waited for the rows; none when nothing did */
    public record Kept(Outlook outlook, List<Bulk.Run> runs) {}

    /**
     * Says what values stand for, all of them or none, and lets everything that waits for one of them go on.
     *
     * @throws RowsRefused as {@link ValueMapRows#put} does
     */
    public Kept put(String map, List<Wanted> wanted, String who, String reason) {
        Outlook outlook = maps.put(map, wanted, who, reason);
        Map<String, String> rows = new HashMap<>();
        wanted.forEach(row -> rows.put(row.from().strip(), row.to().strip()));
        return new Kept(outlook, heal(map, rows::containsKey, who, value -> value + " is " + rows.get(value)));
    }

    /**
     * Says whether every value of a map needs a row; what may pass without one from now on goes on.
     *
     * @return the runs that replay it
     * @throws Refused as {@link ValueMapRows#strict} does
     */
    public List<Bulk.Run> strict(String map, boolean strict, String who) {
        maps.strict(map, strict);
        return strict
                ? List.of()
                : heal(map, value -> maps.passes(map, value), who, value -> value + " stands for itself");
    }

    private List<Bulk.Run> heal(String map, Predicate<String> which, String who, UnaryOperator<String> why) {
        List<Bulk.Run> runs = new ArrayList<>();
        // By the failures themselves: the newest may not be folded into their incident yet.
        rows
                .sql("select distinct value_text, fingerprint from failures where state = 'OPEN' and value_map = ?"
                        + " order by value_text")
                .param(map)
                .query((row, n) -> Map.entry(row.getString(1), row.getString(2)))
                .list()
                .stream()
                .filter(waiting -> which.test(waiting.getKey()))
                .forEach(waiting -> run(waiting.getValue(), who, map + ": " + why.apply(waiting.getKey()))
                        .ifPresent(runs::add));
        return runs;
    }

    private Optional<Bulk.Run> run(String fingerprint, String who, String why) {
        try {
            Optional<Bulk.Run> under = bulk.openRun(fingerprint);
            if (under.isPresent()) {
                bulk.cancel(under.get().id());
            }
            Bulk.Run run = bulk.prepare(fingerprint, "value-map", who, why);
            bulk.start(run.id());
            return bulk.find(run.id());
        } catch (Refused meanwhile) {
            LOG.info("What waited went on by itself, or by somebody else: {}", meanwhile.getMessage());
            return Optional.empty();
        }
    }

    /** Called once a second: partners' waiting messages, and every so often what was parked while a partner was down. */
    public void tend() {
        breakers.tend();
        if (LeaseClock.now().getEpochSecond() % 10 == 0) {
            replayParkedOfPartnersThatAreBack();
            repairs.sendForgotten();
        }
    }

    private void replayParkedOfPartnersThatAreBack() {
        List<String> away =
                breakers.all().stream().map(Breakers.Breaker::partner).toList();
        for (Incidents.Incident incident : incidents.page(null, "auto", 50)) {
            if (incident.failures() == 0
                    || causes.named(incident.cause()).replays() != Replays.PARTNER_BACK
                    || incident.lastAt().plusSeconds(REST_SECONDS).isAfter(LeaseClock.now())) {
                continue;
            }
            String partner = rows.sql(
                            "select coalesce(partner, '') from failures where fingerprint = ? and state = 'OPEN'"
                                    + " order by fingerprint, state, id fetch first 1 rows only")
                    .param(incident.fingerprint())
                    .query(String.class)
                    .optional()
                    .orElse("");
            int today = rows.sql("select count(*) from bulk_runs where fingerprint = ? and how = 'partner-back'"
                            + " and asked_at > ?")
                    .params(
                            incident.fingerprint(),
                            LeaseClock.now().minusSeconds(86_400).atOffset(ZoneOffset.UTC))
                    .query(Integer.class)
                    .single();
            if (partner.isEmpty() || away.contains(partner) || today >= MOST_A_DAY) {
                continue;
            }
            try {
                Bulk.Run run =
                        bulk.prepare(incident.fingerprint(), "partner-back", "hub", partner + " may answer again");
                bulk.start(run.id());
                LOG.info("Run {} tries again what was parked while {} was down", run.id(), partner);
            } catch (Refused underWay) {
                LOG.debug("{}", underWay.getMessage());
            }
        }
    }
}
