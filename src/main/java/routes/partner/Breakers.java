package routes.partner;

import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import routes.inbox.Batch;
import routes.inbox.Committer;
import routes.inbox.LeaseClock;
import routes.inbox.NotYet;
import routes.inbox.Operation;
import routes.inbox.StoreUnavailable;
import routes.inbox.Turn;

/**
 * Spares a partner that is away, and the attempts of those who would call it. After enough failures in a row nothing is sent
 * any more: messages wait as rows. After a pause the oldest waiting message is the probe, after another pause the next oldest;
 * a probe that fails uses up no attempt of its message. When one gets through, the others follow, the oldest first, ever
 * faster, and newcomers stand behind them. Where a partner takes only so many calls a second, no more are begun, now or ever.
 * The state is a row, so that a restart and other instances know it too.
 */
@Component("breakers")
public class Breakers {

    /** What is known of a partner. */
    public enum State {
        /** All calls go out. */
        CLOSED,
        /** Nothing is sent. */
        OPEN,
        /** Only the probe is sent. */
        PROBING,
        /** Those that waited are let go bit by bit, and newcomers behind them. */
        RAMPING
    }

    /**
     * @param retryAt when the next probe goes
     * @param opened how often in a row the probe failed
     * @param ramp which step of the ramp, from 0
     * @param probe the message that may call while probing; null: whoever comes first. While open, the one that tried last;
     *     while ramping, the last one that was let go
     */
    public record Breaker(
            String partner, State state, Instant since, Instant retryAt, int opened, int ramp, Long probe, String why) {

        static Breaker closed(String partner) {
            return new Breaker(partner, State.CLOSED, Instant.EPOCH, Instant.EPOCH, 0, 0, null, "");
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Breakers.class);

    /** Should everything that lets messages go fail, each looks for itself after this long. */
    private static final Duration LATEST = Duration.ofHours(1);

    private static final Duration PROBE_LIMIT = Duration.ofSeconds(60);

    /** How long a call stands in line for its place in a second. */
    private static final Duration LONGEST_LINE = Duration.ofMillis(1_200);

    /** Clocks strike a little early or late: two of them closer than this are one. */
    private static final Duration ONE_STRIKE = Duration.ofMillis(700);

    /** Shares of the rate, in percent, one after another while nothing fails. */
    private static final int[] RAMP = {10, 25, 50, 100};

    private static final int SECONDS_PER_STEP = 5;

    private final Committer committer;
    private final JdbcClient rows;
    private final MeterRegistry meters;
    private final Transport transport;
    private final int failuresToOpen;
    private final Duration pause;
    private final int perSecond;
    private final Map<String, Breaker> known = new ConcurrentHashMap<>();
    private final Map<String, Integer> inARow = new ConcurrentHashMap<>();
    private final Map<String, Pace> paces = new ConcurrentHashMap<>();
    private final Map<String, List<String>> letGo = new ConcurrentHashMap<>();

    Breakers(
            Committer committer,
            JdbcClient rows,
            MeterRegistry meters,
            Transport transport,
            @Value("${oms.breaker.failures-to-open:20}") int failuresToOpen,
            @Value("${oms.breaker.pause-ms:15000}") long pauseMs,
            @Value("${oms.breaker.release-per-second:50}") int perSecond) {
        this.committer = committer;
        this.rows = rows;
        this.meters = meters;
        this.transport = transport;
        this.failuresToOpen = failuresToOpen;
        this.pause = Duration.ofMillis(pauseMs);
        this.perSecond = perSecond;
    }

    /**
     * @throws PartnerAway when nothing may be sent now on behalf of this turn's message
     * @throws NotYet when too many others stand in line
     */
    void mayCall(Turn turn, String partner) {
        long message = turn.message().id();
        Breaker now = seenBy(message, known.computeIfAbsent(partner, this::stored));
        switch (now.state()) {
            case OPEN -> throw new PartnerAway(partner, LeaseClock.now().plus(LATEST));
            case PROBING -> {
                if (now.probe() != null && now.probe() != message) {
                    throw new PartnerAway(partner, LeaseClock.now().plus(LATEST));
                }
            }
            case RAMPING -> {
                boolean full = now.ramp() >= RAMP.length - 1 && transport.callsPerSecond(partner) == 0;
                if (!full && now.probe() != null && message > now.probe()) {
                    throw later(now);
                }
                crowd(now);
            }
            case CLOSED -> crowd(now);
        }
    }

    /** The probe may be quicker than the news that it is one: it was let go, here or elsewhere, together with the row. */
    private Breaker seenBy(long message, Breaker now) {
        boolean due = now.state() == State.OPEN && !LeaseClock.now().isBefore(now.retryAt());
        boolean another = now.state() == State.PROBING && now.probe() != null && now.probe() != message;
        if (!due && !another) {
            return now;
        }
        Breaker told = stored(now.partner());
        return known.replace(now.partner(), now, told) ? told : known.getOrDefault(now.partner(), told);
    }

    private void crowd(Breaker now) {
        int limit = limit(now);
        if (limit > 0 && pace(now.partner()).crowded(Math.max(1, limit / 2))) {
            throw later(now);
        }
    }

    /**
     * Waits a moment for a place among the partner's calls; the last thing before a request goes out. To be closed when its
     * answer is there.
     *
     * @throws PartnerAway or {@link NotYet} as {@link #mayCall} does
     */
    Pace.Place place(String partner) {
        Breaker now = known.getOrDefault(partner, Breaker.closed(partner));
        int limit = limit(now);
        if (limit == 0) {
            return Pace.Place.FREE;
        }
        Pace.Place place = pace(partner).take(limit, LONGEST_LINE);
        if (place == null) {
            throw later(now);
        }
        return place;
    }

    private Pace pace(String partner) {
        return paces.computeIfAbsent(partner, name -> new Pace());
    }

    /** Calls a second, at most; 0 = as many as come. */
    private int limit(Breaker now) {
        return now.state() == State.RAMPING ? rate(now) : transport.callsPerSecond(now.partner());
    }

    /** Calls a second while those that waited are let go. */
    private int rate(Breaker now) {
        int limit = transport.callsPerSecond(now.partner());
        int full = limit == 0 ? perSecond : Math.min(limit, perSecond);
        return Math.max(1, full * RAMP[Math.min(RAMP.length - 1, now.ramp())] / 100);
    }

    private static RuntimeException later(Breaker now) {
        return now.state() == State.RAMPING
                ? PartnerAway.inLine(now.partner(), LeaseClock.now().plus(LATEST))
                : new NotYet(
                        "PARTNER_BUSY",
                        // Spread over a second, so that they do not all come back at once.
                        LeaseClock.now().plusMillis(1_000 + Math.floorMod(System.nanoTime(), 1_000)),
                        now.partner() + " takes no more calls this second");
    }

    /** What a failed call does to its message: a probe was the hub's question, so its message only waits on. */
    RuntimeException judged(String partner, PartnerFailure failure) {
        return failure.ofProbe() ? new PartnerAway(partner, LeaseClock.now().plus(LATEST)) : failure;
    }

    private Breaker stored(String partner) {
        return all().stream()
                .filter(one -> one.partner().equals(partner))
                .findFirst()
                .orElse(Breaker.closed(partner));
    }

    void answered(String partner) {
        inARow.remove(partner);
        Breaker now = known.get(partner);
        if (now != null && (now.state() == State.PROBING || now.state() == State.OPEN)) {
            LOG.warn("{} answers again", partner);
            set(new Breaker(
                    partner, State.RAMPING, LeaseClock.now(), Instant.EPOCH, 0, 0, now.probe(), "It answers again"));
        }
    }

    /** A refusal is an answer; a partner that asks us to slow down is there. */
    void failed(String partner, PartnerFailure failure) {
        if (!failure.causeCode().equals("PARTNER_DOWN")) {
            if (failure.fate() == PartnerFailure.Fate.REFUSED) {
                answered(partner);
            }
            return;
        }
        Breaker now = known.getOrDefault(partner, Breaker.closed(partner));
        int failures = inARow.merge(partner, 1, Integer::sum);
        if (now.state() == State.PROBING) {
            failure.probing();
            open(now, now.opened() + 1, failure);
        } else if (now.state() == State.RAMPING) {
            // A step back and slower; as many failures in a row as opened it open it again.
            set(new Breaker(
                    partner,
                    State.RAMPING,
                    LeaseClock.now(),
                    now.retryAt(),
                    0,
                    Math.max(0, now.ramp() - 1),
                    now.probe(),
                    now.why()));
        }
        if ((now.state() == State.CLOSED || now.state() == State.RAMPING) && failures >= failuresToOpen) {
            open(now, 1, failure);
        }
    }

    private void open(Breaker before, int opened, PartnerFailure failure) {
        inARow.remove(before.partner());
        Instant now = LeaseClock.now();
        Duration away = pause.multipliedBy(Math.min(8, 1L << Math.min(3, opened - 1)));
        LOG.warn("{} is away; its messages wait, the oldest asks again in {}", before.partner(), away);
        meters.counter("oms.breaker.opened", "partner", before.partner()).increment();
        String why = failure.getMessage();
        set(new Breaker(
                before.partner(),
                State.OPEN,
                before.state() == State.PROBING ? before.since() : now,
                now.plus(away),
                opened,
                0,
                before.state() == State.PROBING ? before.probe() : null,
                why.substring(0, Math.min(500, why.length()))));
    }

    private void set(Breaker breaker) {
        known.put(breaker.partner(), breaker);
        try {
            committer.write(null, "breaker", (batch, operation) -> rows(batch, operation, breaker));
        } catch (StoreUnavailable e) {
            LOG.warn("The state of {} is only known here: {}", breaker.partner(), e.getMessage());
        }
    }

    /** Every partner that is not simply there, by name. */
    public List<Breaker> all() {
        return rows.sql("select partner, state, since, retry_at, opened, ramp, probe, why from breakers"
                        + " where state <> 'CLOSED' order by partner")
                .query((row, n) -> read(row))
                .list();
    }

    /** How many messages wait for a partner; a list of names and counts, for people. */
    public long waiting(String partner) {
        return rows.sql("select count(*) from (select 1 from partner_waits where partner = ? limit 10000) w")
                .param(partner)
                .query(Long.class)
                .single();
    }

    /**
     * Called once a second: lets the probe go when its time has come, and lets go those that wait when the partner is back.
     * Answers the partners that are back and have nobody waiting any more.
     */
    public List<String> tend() {
        List<String> back = new ArrayList<>();
        Instant now = LeaseClock.now();
        for (Breaker row : all()) {
            Breaker mine = known.get(row.partner());
            if (mine == null
                    || row.state() != mine.state() && row.since().isAfter(mine.since())
                    || row.state() == State.RAMPING
                            && mine.state() == State.RAMPING
                            && later(row.probe(), mine.probe())) {
                known.put(row.partner(), row); // another instance, or an earlier life of this one, knows more
            }
        }
        for (Breaker one : known.values()) {
            switch (one.state()) {
                case OPEN -> {
                    if (!now.isBefore(one.retryAt())) {
                        probe(one, now);
                    }
                }
                case PROBING -> {
                    if (now.isAfter(one.retryAt().plus(PROBE_LIMIT))) {
                        probe(one, now); // the probe was parked, discarded or lost its way
                    }
                }
                case RAMPING -> {
                    if (ramp(one, now)) {
                        back.add(one.partner());
                    }
                }
                case CLOSED -> {}
            }
        }
        return back;
    }

    private static boolean later(Long one, Long other) {
        return one != null && (other == null || one > other);
    }

    private void probe(Breaker one, Instant now) {
        // Whoever tried last tries again when all others have: one message that fails for itself must not keep a
        // partner away.
        long last = one.probe() == null ? 0 : one.probe();
        List<Long> probe = committer.write(Release.ofProbe(one.partner(), last)).messages();
        if (probe.isEmpty() && last > 0) {
            probe = committer.write(Release.ofProbe(one.partner(), 0)).messages();
        }
        Breaker probing = new Breaker(
                one.partner(),
                State.PROBING,
                one.since(),
                now,
                one.opened(),
                0,
                probe.isEmpty() ? null : probe.get(0),
                one.why());
        if (probe.isEmpty()) {
            set(probing);
        } else {
            known.replace(one.partner(), one, probing); // its row says so already, and the probe may have been heard
        }
    }

    /** Lets the next ones go; answers whether none is left and the ramp is over. */
    private boolean ramp(Breaker one, Instant now) {
        // A little below the rate: those let go may have to call more than once.
        int most = Math.max(1, rate(one) * 9 / 10);
        Let let =
                committer.write(Release.ofRamp(one.partner(), most, now, letGo.getOrDefault(one.partner(), List.of())));
        if (let == null) {
            known.put(one.partner(), stored(one.partner())); // another instance is at it
            return false;
        }
        letGo.put(one.partner(), let.notTakenUp());
        List<Long> released = let.messages();
        if (let.notTakenUp().isEmpty()) {
            set(new Breaker(one.partner(), State.CLOSED, now, now, 0, 0, null, ""));
            return true;
        }
        Long last = released.isEmpty() ? null : released.get(released.size() - 1);
        Breaker seen = known.getOrDefault(one.partner(), one);
        if (seen.state() != State.RAMPING) {
            return false; // it failed again meanwhile
        }
        boolean next = seen.ramp() < RAMP.length - 1
                && Duration.between(seen.since(), now).toSeconds() >= SECONDS_PER_STEP;
        Breaker then = new Breaker(
                one.partner(),
                State.RAMPING,
                next ? now : seen.since(),
                now,
                0,
                next ? seen.ramp() + 1 : seen.ramp(),
                later(last, seen.probe()) ? last : seen.probe(),
                seen.why());
        if (next) {
            set(then);
        } else {
            known.replace(one.partner(), seen, then); // its row says so already
        }
        return false;
    }

    private static Breaker read(ResultSet row) throws SQLException {
        long probe = row.getLong("probe");
        return new Breaker(
                row.getString("partner"),
                State.valueOf(row.getString("state")),
                row.getObject("since", OffsetDateTime.class).toInstant(),
                row.getObject("retry_at", OffsetDateTime.class).toInstant(),
                row.getInt("opened"),
                row.getInt("ramp"),
                probe == 0 ? null : probe,
                row.getString("why"));
    }

    private static void rows(Batch batch, Operation<?> operation, Breaker breaker) {
        batch.add(
                Batch.FACT,
                operation,
                "insert into breakers (partner, state, since, retry_at, opened, ramp, probe, why)"
                        + " values (?, 'CLOSED', ?, ?, 0, 0, null, '') on conflict do nothing",
                breaker.partner(),
                breaker.since(),
                breaker.retryAt());
        batch.add(
                Batch.MESSAGE,
                operation,
                "update breakers set state = ?, since = ?, retry_at = ?, opened = ?, ramp = ?, probe = ?, why = ?"
                        + " where partner = ?",
                breaker.state().name(),
                breaker.since(),
                breaker.retryAt(),
                breaker.opened(),
                breaker.ramp(),
                breaker.probe(),
                breaker.why(),
                breaker.partner());
    }

    /** @param notTakenUp lanes that were let go, now or before, and that no worker has taken up yet */
    private record Let(List<Long> messages, List<String> notTakenUp) {}

    /**
     * Lets the oldest that wait for a partner go, but never more than one second's worth ahead of the workers: a hub that
     * is slower than the partner would otherwise mix up their sequence. Answers null when another instance just did.
     */
    private static final class Release extends Operation<Let> {

        private final String partner;
        private final long above;
        private final int most;
        private final Instant strike;
        private final List<String> before;

        private Release(String partner, long above, int most, Instant strike, List<String> before) {
            super(null);
            this.partner = partner;
            this.above = above;
            this.most = most;
            this.strike = strike;
            this.before = before;
        }

        static Release ofProbe(String partner, long above) {
            return new Release(partner, above, 1, null, List.of());
        }

        /** @param before lanes let go earlier */
        static Release ofRamp(String partner, int most, Instant strike, List<String> before) {
            return new Release(partner, 0, most, strike, before);
        }

        @Override
        protected String kind() {
            return "release";
        }

        @Override
        protected void write(Batch batch) {}

        @Override
        protected void read(Connection connection) throws SQLException {
            if (strike != null && !mine(connection)) {
                result(null);
                return;
            }
            List<Long> messages = new ArrayList<>();
            List<String> lanes = new ArrayList<>();
            List<String> notTakenUp = notTakenUp(connection);
            int room = most - notTakenUp.size();
            try (PreparedStatement select = connection.prepareStatement("select message_id, lane from partner_waits"
                    + " where partner = ? and message_id > ? order by partner, message_id fetch first ? rows only")) {
                select.setString(1, partner);
                select.setLong(2, above);
                select.setInt(3, Math.max(0, room));
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        messages.add(row.getLong(1));
                        lanes.add(row.getString(2));
                    }
                }
            }
            notTakenUp.addAll(lanes);
            result(new Let(messages, notTakenUp));
            if (!messages.isEmpty()) {
                wake(connection, messages, lanes);
            }
        }

        /** Of several instances one lets messages go at each strike of the clock. */
        private boolean mine(Connection connection) throws SQLException {
            try (PreparedStatement take = connection.prepareStatement(
                    "update breakers set retry_at = ? where partner = ? and state = 'RAMPING' and retry_at <= ?")) {
                take.setObject(1, strike.atOffset(ZoneOffset.UTC));
                take.setString(2, partner);
                take.setObject(3, strike.minus(ONE_STRIKE).atOffset(ZoneOffset.UTC));
                return take.executeUpdate() > 0;
            }
        }

        /** Of those let go earlier. One that had to go back waits among the others again. */
        private List<String> notTakenUp(Connection connection) throws SQLException {
            List<String> lanes = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement("select 1 from lanes where lane = ?"
                    + " and (state = 'READY' or state = 'WAITING' and next_at < ?)")) {
                for (String lane : before) {
                    select.setString(1, lane);
                    select.setObject(2, strike.plusSeconds(2).atOffset(ZoneOffset.UTC));
                    try (ResultSet row = select.executeQuery()) {
                        if (row.next()) {
                            lanes.add(lane);
                        }
                    }
                }
            }
            return lanes;
        }

        /** Spread over the second, so that they come one after another. */
        private void wake(Connection connection, List<Long> messages, List<String> lanes) throws SQLException {
            OffsetDateTime now = LeaseClock.now().atOffset(ZoneOffset.UTC);
            try (PreparedStatement delete = connection.prepareStatement(
                            "delete from partner_waits where partner = ? and message_id = ?");
                    PreparedStatement wake = connection.prepareStatement(
                            "update lanes set next_at = ?, state = ? where lane = ? and state = 'WAITING'");
                    PreparedStatement letGo = connection.prepareStatement(
                            "update breakers set probe = ?, state = ? where partner = ? and state in (?, ?)")) {
                for (int i = 0; i < messages.size(); i++) {
                    delete.setString(1, partner);
                    delete.setLong(2, messages.get(i));
                    delete.addBatch();
                    wake.setObject(1, now.plusNanos(1_000_000_000L * i / messages.size()));
                    wake.setString(2, i == 0 ? "READY" : "WAITING");
                    wake.setString(3, lanes.get(i));
                    wake.addBatch();
                }
                delete.executeBatch();
                wake.executeBatch();
                State then = strike == null ? State.PROBING : State.RAMPING;
                letGo.setLong(1, messages.get(messages.size() - 1));
                letGo.setString(2, then.name());
                letGo.setString(3, partner);
                letGo.setString(4, then.name());
                letGo.setString(5, strike == null ? State.OPEN.name() : then.name());
                letGo.executeUpdate();
            }
        }
    }
}
