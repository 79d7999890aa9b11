package routes.deadletter;

import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.deadletter.Cause.Replays;
import routes.deadletter.ValueMapRows.Missing;
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

    /**
     * Says what a value stands for, and lets everything that waits for it go on.
     *
     * @return the run that replays them; empty when nothing waits
     * @throws Refused STATE_REFUSED as {@link ValueMapRows#put} does
     */
    public Optional<Bulk.Run> put(String map, String from, String to, String who, String reason) {
        maps.put(map, from, to, who, reason);
        // The incident is looked up by the failures themselves: the newest may not be folded into it yet.
        List<String> waiting = rows.sql("select fingerprint from failures where state = 'OPEN' and value_map = ?"
                        + " and value_text = ? order by state, value_map, value_text, id fetch first 1 rows only")
                .params(map, from.strip())
                .query(String.class)
                .list();
        if (waiting.isEmpty()) {
            return Optional.empty();
        }
        Optional<Bulk.Run> under = bulk.openRun(waiting.get(0));
        if (under.isPresent()) {
            bulk.cancel(under.get().id());
        }
        Bulk.Run run = bulk.prepare(waiting.get(0), "value-map", who, map + ": " + from.strip() + " is " + to.strip());
        bulk.start(run.id());
        return bulk.find(run.id());
    }

    /** The values of a map that messages wait for. */
    public List<Missing> missing(String map) {
        return maps.missing(map);
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
