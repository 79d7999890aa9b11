package routes.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.stereotype.Component;
import routes.deadletter.AuditTrail;
import routes.deadletter.Bulk;
import routes.deadletter.Cause;
import routes.deadletter.Causes;
import routes.deadletter.Difference;
import routes.deadletter.FailureRows;
import routes.deadletter.FailureRows.FailureRow;
import routes.deadletter.Healing;
import routes.deadletter.Incidents;
import routes.deadletter.Permission;
import routes.deadletter.Preview;
import routes.deadletter.Refetch;
import routes.deadletter.Repairs;
import routes.deadletter.Replay;
import routes.deadletter.Roles;
import routes.deadletter.RowsRefused;
import routes.deadletter.ValueMapRows;
import routes.deadletter.ValueMapRows.Outlook;
import routes.deadletter.ValueMapRows.ValueRow;
import routes.deadletter.ValueMapRows.Wanted;
import routes.inbox.Refused;
import routes.inbox.Resumption;
import routes.mapping.ValueMaps;
import routes.partner.CallRows;
import routes.partner.Effects;

/**
 * What staff do about failures, for pages and JSON doors alike: who may is asked first, what was asked is written down,
 * allowed or not, and then it is done.
 */
@Component
class Mending {

    private static final int LONGEST_REASON = 500;
    private static final int AUDIT_ROWS = 100;

    final FailureRows failures;
    final Incidents incidents;
    final Repairs repairs;
    final Bulk bulk;
    final Healing healing;
    final Refetch refetch;
    final Replay replay;
    final AuditTrail audit;
    final Causes causes;
    final ValueMapRows maps;
    final ValueMaps kinds;
    private final Preview preview;
    private final Roles roles;
    private final CallRows calls;

    Mending(
            FailureRows failures,
            Incidents incidents,
            Repairs repairs,
            Bulk bulk,
            Healing healing,
            Refetch refetch,
            Replay replay,
            AuditTrail audit,
            Causes causes,
            ValueMapRows maps,
            ValueMaps kinds,
            Preview preview,
            Roles roles,
            CallRows calls) {
        this.failures = failures;
        this.incidents = incidents;
        this.repairs = repairs;
        this.bulk = bulk;
        this.healing = healing;
        this.refetch = refetch;
        this.replay = replay;
        this.audit = audit;
        this.causes = causes;
        this.maps = maps;
        this.kinds = kinds;
        this.preview = preview;
        this.roles = roles;
        this.calls = calls;
    }

    /** Whether somebody may; what pages ask before they draw a button. */
    boolean may(Authentication who, Permission permission) {
        return who != null
                && who.getAuthorities().stream()
                        .map(GrantedAuthority::getAuthority)
                        .filter(role -> role.startsWith("ROLE_"))
                        .anyMatch(role -> roles.may(role.substring("ROLE_".length()), permission));
    }

    /**
     * One try at a partner.
     *
     * @param request and {@code answer}: secrets blanked, personal data hidden unless it was asked for
     */
    record Attempt(
            String operation,
            String outcome,
            Integer status,
            String detail,
            int tookMs,
            Instant at,
            String mappingRevision,
            JsonNode request,
            JsonNode answer) {}

    /** A field of the form; {@code hidden} when its value is somebody's and was not asked for. */
    record FormField(
            String pointer,
            String label,
            String type,
            String lookUp,
            boolean required,
            int longest,
            String value,
            boolean hidden) {}

    /** @param closed why there is no form; null when there is one */
    record Form(String target, int version, List<FormField> fields, String closed, boolean anyHidden) {}

    /**
     * A failure with all one needs to mend it.
     *
     * @param together what it has in common with those it stands with
     * @param undone what it asked a partner to do, which somebody may do there by hand; null for nothing of the kind
     * @param stack for engineers only; null for others
     */
    record Detail(
            FailureRow row,
            Cause cause,
            Map<String, String> together,
            Form form,
            List<Repairs.Repair> repairs,
            List<Replay.Step> steps,
            List<Attempt> attempts,
            List<FailureRow> before,
            String fetchRefusal,
            Effects.Undone undone,
            Optional<Incidents.Incident> incident,
            List<AuditTrail.Line> audit,
            String stack) {}

    FailureRow find(long id) {
        return failures.find(id)
                .orElseThrow(() -> new Problem.Refused(Problem.Kind.NOT_FOUND, "No failure has the id " + id));
    }

    Detail detail(long id, Authentication who, boolean unmasked) {
        FailureRow row = find(id);
        Cause cause = causes.named(row.cause());
        Locale reader = LocaleContextHolder.getLocale();
        Repairs.Form form = repairs.form(row);
        List<FormField> fields = form.fields().stream()
                .map(field -> {
                    boolean hidden = !unmasked && Personal.at(field.pointer()) && field.value() != null;
                    return new FormField(
                            field.pointer(),
                            field.field().label(reader),
                            field.field().type(),
                            field.field().lookUp(),
                            field.field().required(),
                            field.field().longest(),
                            hidden ? Personal.HIDDEN : field.value(),
                            hidden);
                })
                .toList();
        List<Attempt> attempts = calls.ofMessage(row.messageId()).stream()
                .map(call -> new Attempt(
                        call.operation(),
                        call.outcome(),
                        call.status(),
                        shown(call.detail(), unmasked),
                        call.tookMs(),
                        call.at(),
                        call.mappingRevision(),
                        shown(Secrets.shown(call.request()), unmasked),
                        shown(Secrets.shown(call.answer()), unmasked)))
                .toList();
        boolean engineer = may(who, Permission.POISON);
        return new Detail(
                row,
                cause,
                Words.parts(row.groupedBy()),
                new Form(
                        form.target(),
                        form.version(),
                        fields,
                        form.closed(),
                        fields.stream().anyMatch(FormField::hidden)),
                form.earlier(),
                row.open() ? replay.steps(id) : List.of(),
                attempts,
                failures.ofMessage(row.messageId()),
                refetch.refusal(row),
                row.open() ? replay.undone(id).orElse(null) : null,
                incidents.find(row.fingerprint()),
                row.orderNumber() == null ? List.of() : audit.ofOrder(row.orderNumber()),
                engineer ? shown(failures.trace(id), unmasked) : null);
    }

    private static JsonNode shown(JsonNode tree, boolean unmasked) {
        return unmasked ? tree : Personal.masked(tree);
    }

    private static String shown(String words, boolean unmasked) {
        return words == null ? null : unmasked ? Secrets.blanked(words) : Personal.masked(Secrets.blanked(words));
    }

    /** What a repair would change in what the partner is sent; nothing is sent and nothing stored. */
    Preview.Check check(long id, Map<String, String> values, Authentication who) {
        FailureRow row = find(id);
        return act(who, Permission.REPAIR, "check-first", row, "", () -> preview.check(row, values));
    }

    Repairs.Repair repair(long id, Map<String, String> values, int seen, String why, Authentication who) {
        FailureRow row = find(id);
        String reason = reason(why);
        return act(
                who,
                Permission.REPAIR,
                "repair",
                row,
                String.join(", ", values.keySet()) + ": " + reason,
                () -> repairs.repair(row, values, seen, who.getName(), reason));
    }

    Repairs.Repair decide(String target, int version, boolean yes, Authentication who) {
        String order = target.startsWith("order:") ? target.substring("order:".length()) : null;
        return act(
                who,
                Permission.DECIDE,
                yes ? "accept-repair" : "refuse-repair",
                target + "/" + version,
                order,
                "",
                () -> repairs.decide(target, version, yes, who.getName()));
    }

    Replay.Answer replay(long id, Authentication who) {
        FailureRow row = find(id);
        boolean engineer = may(who, Permission.POISON);
        return act(
                who,
                Permission.REPLAY,
                "replay",
                row,
                "this step",
                () -> replay.replay(row.id(), who.getName(), new Resumption.Way("unchanged", null, false, engineer)));
    }

    Replay.Answer replayFrom(long id, String step, Authentication who) {
        FailureRow row = find(id);
        return act(
                who,
                Permission.CHOOSE_STEP,
                "replay-from",
                row,
                step,
                () -> replay.replayFrom(row.id(), step, who.getName()));
    }

    long fetchAgain(long id, Authentication who) {
        FailureRow row = find(id);
        return act(who, Permission.REPLAY, "fetch-again", row, "", () -> refetch.ask(row, who.getName())
                .id());
    }

    Replay.Answer doneByHand(long id, String reference, String why, Authentication who) {
        FailureRow row = find(id);
        return act(
                who,
                Permission.DONE_BY_HAND,
                "done-by-hand",
                row,
                reference + ": " + why,
                () -> replay.doneByHand(row.id(), who.getName(), reference, why == null ? "" : why));
    }

    Replay.Answer discard(long id, String why, Authentication who) {
        FailureRow row = find(id);
        String reason = reason(why);
        return act(
                who, Permission.DISCARD, "discard", row, reason, () -> replay.discard(row.id(), who.getName(), reason));
    }

    Replay.Answer restore(long id, String why, Authentication who) {
        FailureRow row = find(id);
        return act(
                who,
                Permission.DISCARD,
                "restore",
                row,
                why == null ? "" : why,
                () -> replay.restore(row.id(), who.getName(), why == null ? "" : why));
    }

    /** Somebody looks at personal data, and says why. */
    void unmask(long id, String why, Authentication who) {
        FailureRow row = find(id);
        String reason = reason(why);
        act(who, Permission.UNMASK, "unmask", row, reason, () -> true);
    }

    /** What rows would change; nothing is written, and what keeps them from being written stands in the answer. */
    Outlook look(String map, List<Wanted> rows, Authentication who) {
        known(map);
        return act(
                who,
                Permission.VALUE_MAPS,
                "check-first",
                "value-maps/" + map,
                null,
                rows.size() + " rows",
                () -> maps.outlook(map, rows));
    }

    /** @throws RowsRefused when one of them cannot be written; then none is */
    Healing.Kept put(String map, List<Wanted> rows, String why, Authentication who) {
        known(map);
        String reason = reason(why);
        return act(
                who,
                Permission.VALUE_MAPS,
                "value-map",
                "value-maps/" + map,
                null,
                told(maps.outlook(map, rows)) + ": " + reason,
                () -> healing.put(map, rows, who.getName(), reason));
    }

    private static String told(Outlook outlook) {
        String all = outlook.changes().stream()
                .map(one -> one.row().from() + " = " + one.row().to()
                        + (one.before() == null ? "" : " (was " + one.before() + ")"))
                .collect(Collectors.joining(", "));
        int rows = outlook.changes().size();
        return all.length() <= LONGEST_REASON ? all : rows + " rows: " + all.substring(0, LONGEST_REASON - 50) + " ...";
    }

    /** @return the row that is gone, for whoever wants it back */
    ValueRow remove(String map, String from, String why, Authentication who) {
        known(map);
        String reason = reason(why);
        ValueRow row = maps.row(map, from)
                .orElseThrow(() -> new Problem.Refused(
                        Problem.Kind.NOT_FOUND, "The value map " + map + " has no row for \"" + from + "\""));
        return act(
                who,
                Permission.VALUE_MAPS,
                "value-map-remove",
                "value-maps/" + map,
                null,
                row.from() + " = " + row.to() + ": " + reason,
                () -> {
                    maps.remove(map, from);
                    return row;
                });
    }

    List<Bulk.Run> strict(String map, boolean strict, String why, Authentication who) {
        known(map);
        String reason = reason(why);
        return act(
                who,
                Permission.VALUE_MAPS,
                strict ? "value-map-strict" : "value-map-lenient",
                "value-maps/" + map,
                null,
                reason,
                () -> healing.strict(map, strict, who.getName()));
    }

    private void known(String map) {
        if (kinds.find(map).isEmpty()) {
            throw new Problem.Refused(Problem.Kind.NOT_FOUND, "There is no value map " + map);
        }
    }

    Bulk.Plan plan(String fingerprint, Authentication who) {
        return act(who, Permission.BULK, "plan", "incidents/" + fingerprint, null, "", () -> bulk.plan(fingerprint));
    }

    Bulk.Run startRun(String fingerprint, String why, Authentication who) {
        String reason = reason(why);
        return act(who, Permission.BULK, "replay-many", "incidents/" + fingerprint, null, reason, () -> {
            Bulk.Run run = bulk.prepare(fingerprint, "bulk", who.getName(), reason);
            bulk.start(run.id());
            return bulk.find(run.id()).orElseThrow();
        });
    }

    Bulk.Run steer(long run, String word, Authentication who) {
        return act(who, Permission.BULK, "run-" + word, "runs/" + run, null, "", () -> {
            switch (word) {
                case "start" -> bulk.start(run);
                case "pause" -> bulk.pause(run);
                case "cancel" -> bulk.cancel(run);
                default -> throw new Problem.Refused(
                        Problem.Kind.BAD_PARAMETER, "A run can be started, paused or cancelled");
            }
            return bulk.find(run).orElseThrow();
        });
    }

    void say(String fingerprint, Incidents.State state, Instant until, String note, Authentication who) {
        act(
                who,
                Permission.INCIDENTS,
                "incident-" + state.name().toLowerCase(Locale.ROOT),
                "incidents/" + fingerprint,
                null,
                note == null ? "" : note,
                () -> {
                    incidents.say(fingerprint, state, until, note, who.getName());
                    return true;
                });
    }

    /** A poisoned message as a story file, for engineers. */
    String story(long id, Authentication who) {
        FailureRow row = find(id);
        return act(
                who,
                Permission.POISON,
                "take-out-story",
                row,
                "",
                () -> StoryFile.of(row, failures.message(row.messageId())));
    }

    /** Who did what: a page, the latest first. That it was read stands in it, once for each look from the top. */
    Cursor.Page<AuditTrail.Line> auditPage(String who, String act, String order, String after, Authentication reader) {
        Long below = Cursor.readId("audit", after);
        if (below == null || !may(reader, Permission.AUDIT)) {
            act(
                    reader,
                    Permission.AUDIT,
                    "read-audit",
                    "audit",
                    null,
                    Stream.of(who, act, order)
                            .filter(one -> one != null && !one.isBlank())
                            .collect(Collectors.joining(", ")),
                    () -> true);
        }
        return Cursor.page(
                "audit",
                audit.page(who, act, order, below, AUDIT_ROWS + 1),
                AUDIT_ROWS,
                line -> Long.toString(line.id()));
    }

    private <T> T act(
            Authentication who, Permission permission, String act, FailureRow row, String detail, Supplier<T> what) {
        return act(who, permission, act, "failures/" + row.id(), row.orderNumber(), detail, what);
    }

    private <T> T act(
            Authentication who,
            Permission permission,
            String act,
            String subject,
            String order,
            String detail,
            Supplier<T> what) {
        if (!may(who, permission)) {
            audit.denied(who.getName(), act, subject, order, "needs " + permission.word());
            Audit.denied(who.getName(), act, subject);
            throw new Problem.Refused(
                    Problem.Kind.ROLE_MISSING,
                    "This needs the permission " + permission.word() + ", which " + who.getName() + " does not have");
        }
        audit.allowed(who.getName(), act, subject, order, detail);
        Audit.allowed(who.getName(), act, subject);
        try {
            return what.get();
        } catch (Refused refused) {
            throw new Problem.Refused(
                    switch (refused.causeCode()) {
                        case "ORDER_UNKNOWN" -> Problem.Kind.NOT_FOUND;
                        case "FIELD_LOCKED", "FIELD_WRONG" -> Problem.Kind.FIELD_REFUSED;
                        case "FOUR_EYES" -> Problem.Kind.FOUR_EYES;
                        case "POISON" -> Problem.Kind.POISON;
                        default -> Problem.Kind.STATE_REFUSED;
                    },
                    refused.getMessage());
        }
    }

    private static String reason(String why) {
        String text = why == null ? "" : why.strip();
        if (text.isEmpty() || text.length() > LONGEST_REASON) {
            throw new Problem.Refused(
                    Problem.Kind.BAD_REQUEST, "\"reason\" must be 1 to " + LONGEST_REASON + " characters");
        }
        return text;
    }

    /** Pairs for people: what a repair changed, hidden where it is somebody's. */
    static List<Difference> shown(List<Difference> changes, boolean unmasked) {
        return unmasked
                ? changes
                : changes.stream()
                        .map(one -> Personal.at(one.pointer())
                                ? new Difference(
                                        one.pointer(),
                                        one.before() == null ? null : Personal.HIDDEN,
                                        one.after() == null ? null : Personal.HIDDEN)
                                : one)
                        .toList();
    }
}
