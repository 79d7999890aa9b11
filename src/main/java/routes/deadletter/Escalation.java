package routes.deadletter;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import routes.inbox.LeaseClock;

/**
 * What nobody took within its cause's time limit is passed upwards: from staff to leads, and after as long again to
 * engineers. Somebody takes a failure by looking after its incident (or letting that rest, or ignoring it) and by a repair
 * that waits for a second person. Each step stands in the order's history and in the audit.
 */
@Component("escalation")
public class Escalation {

    /** From whom, to whom, after how many time limits. */
    private record Rung(String from, String to, int limits) {}

    private record Lying(long id, long messageId, String order, String fingerprint, int walk, String step) {}

    private static final Logger LOG = LoggerFactory.getLogger(Escalation.class);
    private static final List<Rung> LADDER = List.of(new Rung("lead", "engineer", 2), new Rung("staff", "lead", 1));
    private static final int MOST_AT_ONCE = 200;
    private static final int MOST_NAMED = 5;

    private final JdbcClient rows;
    private final Causes causes;
    private final AuditTrail audit;
    private final TransactionTemplate together;

    Escalation(JdbcClient rows, Causes causes, AuditTrail audit, PlatformTransactionManager transactions) {
        this.rows = rows;
        this.causes = causes;
        this.audit = audit;
        this.together = new TransactionTemplate(transactions);
    }

    /** Called now and then; answers how many were passed upwards. */
    public int tend() {
        int passed = 0;
        Instant now = LeaseClock.now();
        for (Cause cause : causes.all()) {
            for (Rung rung : LADDER) {
                Duration patience = cause.timeLimit().multipliedBy(rung.limits());
                List<Long> ids = new ArrayList<>();
                for (Lying one : lying(cause, rung, now.minus(patience))) {
                    if (Boolean.TRUE.equals(together.execute(status -> pass(one, rung, cause, patience)))) {
                        ids.add(one.id());
                    }
                }
                tell(ids, cause, rung, patience);
                passed += ids.size();
            }
        }
        return passed;
    }

    private List<Lying> lying(Cause cause, Rung rung, Instant before) {
        return rows.sql("select f.id, f.message_id, f.order_number, f.fingerprint, f.walk, f.step from failures f"
                        + " where f.state = 'OPEN' and f.audience = ? and f.cause = ? and f.since < ?"
                        + " and not exists (select 1 from incidents i where i.fingerprint = f.fingerprint"
                        + " and i.state in ('ACKNOWLEDGED', 'SNOOZED', 'IGNORED'))"
                        + " and not exists (select 1 from repairs r where r.failure_id = f.id and r.state = 'PROPOSED')"
                        + " order by f.state, f.audience, f.cause, f.since fetch first ? rows only")
                .params(rung.from(), cause.code(), at(before), MOST_AT_ONCE)
                .query((row, n) -> new Lying(
                        row.getLong(1),
                        row.getLong(2),
                        row.getString(3),
                        row.getString(4),
                        row.getInt(5),
                        row.getString(6)))
                .list();
    }

    private boolean pass(Lying one, Rung rung, Cause cause, Duration patience) {
        if (rows.sql("update failures set audience = ? where id = ? and state = 'OPEN' and audience = ?")
                        .params(rung.to(), one.id(), rung.from())
                        .update()
                == 0) {
            return false; // somebody ended it, or another instance was first
        }
        rows.sql("update incidents set audience = ? where fingerprint = ? and audience = ?")
                .params(rung.to(), one.fingerprint(), rung.from())
                .update();
        String note = cause.code() + ": nobody took it within " + patience + ", so it is passed on from " + rung.from()
                + " to " + rung.to();
        if (one.order() != null) {
            rows.sql("insert into history (order_number, message_id, walk, step, verb, subject, note, who, at)"
                            + " values (?, ?, ?, ?, 'passed-upwards', ?, ?, 'hub', ?) on conflict do nothing")
                    .params(
                            one.order(),
                            one.messageId(),
                            one.walk(),
                            one.step(),
                            one.id() + "-" + rung.to(),
                            note,
                            at(LeaseClock.now()))
                    .update();
        }
        audit.allowed("hub", "pass-upwards", "failures/" + one.id(), one.order(), note);
        return true;
    }

    /** One line however many they are: each of them stands in the audit. */
    private static void tell(List<Long> ids, Cause cause, Rung rung, Duration patience) {
        if (!ids.isEmpty()) {
            LOG.warn(
                    "{} of {} lay for more than {} and are passed on from {} to {}, failures {}{}. What mends them: {}",
                    ids.size(),
                    cause.code(),
                    patience,
                    rung.from(),
                    rung.to(),
                    ids.subList(0, Math.min(MOST_NAMED, ids.size())),
                    ids.size() > MOST_NAMED ? " and more" : "",
                    cause.mends(Locale.ENGLISH));
        }
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
