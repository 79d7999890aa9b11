package routes.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.text.Collator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import routes.deadletter.Bulk;
import routes.deadletter.Cause;
import routes.deadletter.Difference;
import routes.deadletter.FailureRows.FailureRow;
import routes.deadletter.Incidents;
import routes.deadletter.Pasted;
import routes.deadletter.Permission;
import routes.deadletter.Preview;
import routes.deadletter.RepairConflict;
import routes.deadletter.Repairs;
import routes.deadletter.Replay;
import routes.deadletter.RowsRefused;
import routes.deadletter.ValueMapRows;
import routes.deadletter.ValueMapRows.Finding;
import routes.deadletter.ValueMapRows.Outlook;
import routes.deadletter.ValueMapRows.Wanted;
import routes.inbox.LeaseClock;
import routes.mapping.ValueMap;
import routes.partner.Breakers;

/** The pages of those who mend: the inbox, incidents, one failure with its form, value maps, replays of many. All work without a script. */
@Controller
@RequestMapping("/console")
class MendPages {

    private static final int ROWS = 50;
    private static final long UNMASKED_SECONDS = 15 * 60;
    private static final String UNMASKED = "unmasked-failure-";
    private static final String FIELD = "field:";

    private final Mending mending;
    private final ValueMapRows maps;
    private final Breakers breakers;
    private final Words words;
    private final MendDoors doors;

    MendPages(Mending mending, Breakers breakers, Words words, MendDoors doors) {
        this.words = words;
        this.mending = mending;
        this.maps = mending.maps;
        this.doors = doors;
        this.breakers = breakers;
    }

    @ModelAttribute
    void head(Model model, Authentication who, HttpServletRequest request) {
        if (who == null) {
            return;
        }
        ConsolePages.head(model, who.getName(), mending.failures.countOpen(), request);
        Map<String, Boolean> may = new TreeMap<>();
        for (Permission permission : Permission.values()) {
            may.put(permission.name(), mending.may(who, permission));
        }
        model.addAttribute("may", may);
    }

    /**
     * A failure as a list shows it, in the reader's words: a page has fifty of them, so nothing is left for the template to
     * work out.
     *
     * @param due and {@code left}: null when nobody waits for it
     */
    public record Line(
            String anchor,
            String href,
            String title,
            String value,
            boolean poison,
            String order,
            String orderHref,
            boolean late,
            String due,
            String left,
            String worth,
            String step,
            String audience) {}

    private Line line(FailureRow row) {
        Cause cause = mending.causes.named(row.cause());
        String title = cause.title(LocaleContextHolder.getLocale());
        return new Line(
                "failure-" + row.id(),
                "/console/failures/" + row.id(),
                title,
                row.valueText(),
                row.poison(),
                row.orderNumber(),
                "/console/orders/" + row.orderNumber(),
                row.dueAt() != null && row.dueAt().isBefore(LeaseClock.now()),
                row.dueAt() == null ? null : row.dueAt().toString(),
                row.dueAt() == null ? null : words.left(row.dueAt()),
                row.currency() == null ? "–" : words.money(row.amountMinor(), row.currency()),
                row.step(),
                words.say("audience", row.audience()));
    }

    @GetMapping("/inbox")
    String inbox(
            @RequestParam(required = false) String audience,
            @RequestParam(required = false) String q,
            @RequestParam(required = false) String after,
            Model model,
            Authentication who,
            HttpServletRequest request) {
        // Whoever others' matters are passed on to sees them all.
        boolean upper = mending.may(who, Permission.POISON) || mending.may(who, Permission.DECIDE);
        String wanted = audience != null ? audience : upper ? "all" : "staff";
        boolean search = q != null && !q.isBlank();
        Cursor.Page<FailureRow> page = search
                ? new Cursor.Page<>(mending.failures.search(q, ROWS), null)
                : Cursor.page(
                        "failures",
                        mending.failures.byPromise(MendDoors.audience(wanted), MendDoors.place(after), ROWS + 1),
                        ROWS,
                        MendDoors::key);
        model.addAttribute("page", page.map(this::line));
        model.addAttribute("audience", wanted);
        model.addAttribute("q", q);
        model.addAttribute("after", after);
        model.addAttribute("proposed", mending.may(who, Permission.DECIDE) ? mending.repairs.proposed() : List.of());
        model.addAttribute("away", breakers.all());
        return Access.live(request) ? "inbox :: live" : "inbox";
    }

    @GetMapping("/incidents")
    String incidents(@RequestParam(required = false) String state, Model model, HttpServletRequest request) {
        List<Incidents.Incident> all = mending.incidents.page(MendDoors.state(state), null, 100);
        model.addAttribute("incidents", all);
        model.addAttribute("titles", titles(all));
        model.addAttribute("state", state == null ? "" : state);
        model.addAttribute("states", Incidents.State.values());
        model.addAttribute("runs", mending.bulk.latest(5));
        return Access.live(request) ? "incidents :: live" : "incidents";
    }

    private Map<String, String> titles(List<Incidents.Incident> incidents) {
        Map<String, String> titles = new LinkedHashMap<>();
        incidents.forEach(one -> titles.put(
                one.fingerprint(), mending.causes.named(one.cause()).title(LocaleContextHolder.getLocale())));
        return titles;
    }

    @GetMapping("/incidents/{fingerprint}")
    String incident(
            @PathVariable String fingerprint,
            @RequestParam(required = false) String after,
            @RequestParam(required = false) String plan,
            Model model,
            Authentication who,
            HttpServletRequest request) {
        Incidents.Incident incident = mending.incidents
                .find(fingerprint)
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        model.addAttribute("incident", incident);
        model.addAttribute("cause", mending.causes.named(incident.cause()));
        model.addAttribute("reader", LocaleContextHolder.getLocale());
        model.addAttribute("together", Words.parts(incident.groupedBy()));
        model.addAttribute(
                "page",
                Cursor.page(
                                "of-incident",
                                mending.failures.ofIncident(fingerprint, Cursor.readId("of-incident", after), ROWS + 1),
                                ROWS,
                                row -> Long.toString(row.id()))
                        .map(this::line));
        model.addAttribute("after", after);
        model.addAttribute("run", mending.bulk.openRun(fingerprint).orElse(null));
        if (plan != null && mending.may(who, Permission.BULK) && incident.failures() > 0) {
            model.addAttribute("plan", mending.plan(fingerprint, who));
        }
        return Access.live(request) ? "incident :: live" : "incident";
    }

    @PostMapping("/incidents/{fingerprint}/state")
    String say(
            @PathVariable String fingerprint,
            @RequestParam String state,
            @RequestParam(required = false) Integer hours,
            @RequestParam(required = false) String note,
            Authentication who,
            RedirectAttributes next) {
        told(
                next,
                "incident.said",
                () -> mending.say(
                        fingerprint,
                        MendDoors.state(state),
                        hours == null ? null : LeaseClock.now().plusSeconds(hours * 3600L),
                        note,
                        who));
        next.addAttribute("fingerprint", fingerprint);
        return "redirect:/console/incidents/{fingerprint}";
    }

    @PostMapping("/incidents/{fingerprint}/replay")
    String replayAll(
            @PathVariable String fingerprint,
            @RequestParam(required = false) String reason,
            Authentication who,
            RedirectAttributes next) {
        try {
            Bulk.Run run = mending.startRun(fingerprint, reason, who);
            next.addAttribute("id", run.id());
            return "redirect:/console/runs/{id}";
        } catch (Problem.Refused refused) {
            refused(next, refused);
            next.addAttribute("fingerprint", fingerprint);
            return "redirect:/console/incidents/{fingerprint}";
        }
    }

    @GetMapping("/runs/{id}")
    String run(@PathVariable long id, Model model, HttpServletRequest request) {
        Bulk.Run run = mending.bulk.find(id).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        model.addAttribute("run", run);
        model.addAttribute("title", mending.causes.named(run.cause()).title(LocaleContextHolder.getLocale()));
        model.addAttribute("items", mending.bulk.items(id, 0, 200));
        model.addAttribute("width", run.planned() == 0 ? 0 : run.ended() * 1000 / run.planned());
        return Access.live(request) ? "run :: live" : "run";
    }

    @PostMapping("/runs/{id}/{word}")
    String steer(@PathVariable long id, @PathVariable String word, Authentication who, RedirectAttributes next) {
        told(next, "run.said", () -> mending.steer(id, word, who));
        next.addAttribute("id", id);
        return "redirect:/console/runs/{id}";
    }

    @GetMapping("/failures/{id}")
    String failure(@PathVariable long id, Model model, Authentication who, HttpServletRequest request) {
        fill(model, id, who, request, Map.of(), null, null);
        return "failure";
    }

    /** Where a form was answered with a page there is none to come back to; the failure is. */
    @GetMapping({"/failures/{id}/repair", "/failures/{id}/story"})
    String failureAgain(@PathVariable long id, RedirectAttributes next) {
        return back(id, next);
    }

    private void fill(
            Model model,
            long id,
            Authentication who,
            HttpServletRequest request,
            Map<String, String> typed,
            Preview.Check check,
            RepairConflict conflict) {
        boolean unmasked = unmasked(request, id);
        Mending.Detail detail = mending.detail(id, who, unmasked);
        Locale reader = LocaleContextHolder.getLocale();
        model.addAttribute("failure", detail.row());
        model.addAttribute("detail", detail);
        model.addAttribute("cause", detail.cause());
        model.addAttribute("reader", reader);
        model.addAttribute("unmasked", unmasked);
        model.addAttribute("typed", typed);
        model.addAttribute("check", check);
        model.addAttribute("changes", check == null ? List.of() : Mending.shown(check.changes(), unmasked));
        model.addAttribute("conflict", conflict);
        model.addAttribute(
                "theirs", conflict == null ? List.<Difference>of() : Mending.shown(conflict.theirs(), unmasked));
        model.addAttribute("countries", countries(reader));
        model.addAttribute("poisonForMe", detail.row().poison() && !mending.may(who, Permission.POISON));
        model.addAttribute("words", Personal.masked(Secrets.blanked(detail.row().detail())));
    }

    /** Codes to names in the reader's language, by name. */
    private static Map<String, String> countries(Locale reader) {
        Map<String, String> byName = new TreeMap<>(Collator.getInstance(reader));
        Map<String, String> names = new LinkedHashMap<>();
        for (String code : Locale.getISOCountries()) {
            byName.put(new Locale.Builder().setRegion(code).build().getDisplayCountry(reader), code);
        }
        byName.forEach((name, code) -> names.put(code, name));
        return names;
    }

    private static boolean unmasked(HttpServletRequest request, long id) {
        HttpSession session = request.getSession(false);
        Object until = session == null ? null : session.getAttribute(UNMASKED + id);
        return until instanceof Instant end && end.isAfter(LeaseClock.now());
    }

    @PostMapping("/failures/{id}/unmask")
    String unmask(
            @PathVariable long id,
            @RequestParam(required = false) String reason,
            Authentication who,
            HttpServletRequest request,
            RedirectAttributes next) {
        told(next, "unmask.done", () -> {
            mending.unmask(id, reason, who);
            request.getSession().setAttribute(UNMASKED + id, LeaseClock.now().plusSeconds(UNMASKED_SECONDS));
        });
        return back(id, next);
    }

    /** One form, two buttons: look what it would change, or do it. */
    @PostMapping("/failures/{id}/repair")
    String repair(
            @PathVariable long id,
            @RequestParam Map<String, String> form,
            Model model,
            Authentication who,
            HttpServletRequest request,
            RedirectAttributes next) {
        Map<String, String> values = new LinkedHashMap<>();
        form.forEach((name, value) -> {
            if (name.startsWith(FIELD)) {
                values.put(name.substring(FIELD.length()), value);
            }
        });
        try {
            if ("check".equals(form.get("do"))) {
                fill(model, id, who, request, values, mending.check(id, values, who), null);
                return "failure";
            }
            int version = Integer.parseInt(form.getOrDefault("version", "0"));
            Repairs.Repair repair = mending.repair(id, values, version, form.get("reason"), who);
            next.addFlashAttribute("told", repair.state().equals("PROPOSED") ? "repair.proposed" : "repair.done");
            return back(id, next);
        } catch (RepairConflict conflict) {
            fill(model, id, who, request, values, null, conflict);
            return "failure";
        } catch (Problem.Refused refused) {
            model.addAttribute("told", "mend.refused");
            model.addAttribute("why", refused.getMessage());
            fill(model, id, who, request, values, null, null);
            return "failure";
        }
    }

    @PostMapping("/repairs/decide")
    String decide(
            @RequestParam String target,
            @RequestParam int version,
            @RequestParam boolean yes,
            Authentication who,
            RedirectAttributes next) {
        told(next, yes ? "decide.yes" : "decide.no", () -> mending.decide(target, version, yes, who));
        return "redirect:/console/inbox";
    }

    @PostMapping("/failures/{id}/replay")
    String replay(
            @PathVariable long id,
            @RequestParam(defaultValue = "this-step") String from,
            @RequestParam(required = false) String step,
            Authentication who,
            RedirectAttributes next) {
        try {
            String status =
                    switch (from) {
                        case "shop" -> {
                            mending.fetchAgain(id, who);
                            yield "FETCHING";
                        }
                        case "step" -> mending.replayFrom(id, step, who).status();
                        default -> mending.replay(id, who).status();
                    };
            next.addFlashAttribute(
                    "told",
                    status.equals("NOT_PARKED")
                            ? "replay.before"
                            : status.equals("FETCHING") ? "replay.fetching" : "replay.asked");
        } catch (Problem.Refused refused) {
            refused(next, refused);
        }
        return back(id, next);
    }

    @PostMapping("/failures/{id}/done")
    String done(
            @PathVariable long id,
            @RequestParam(required = false) String reference,
            @RequestParam(required = false) String reason,
            Authentication who,
            RedirectAttributes next) {
        return ended(id, next, "done.said", () -> mending.doneByHand(id, reference, reason, who));
    }

    @PostMapping("/failures/{id}/discard")
    String discard(
            @PathVariable long id,
            @RequestParam(required = false) String reason,
            Authentication who,
            RedirectAttributes next) {
        return ended(id, next, "discard.said", () -> mending.discard(id, reason, who));
    }

    @PostMapping("/failures/{id}/restore")
    String restore(
            @PathVariable long id,
            @RequestParam(required = false) String reason,
            Authentication who,
            RedirectAttributes next) {
        return ended(id, next, "restore.said", () -> mending.restore(id, reason, who));
    }

    private interface Ending {
        Replay.Answer end();
    }

    private static String ended(long id, RedirectAttributes next, String said, Ending ending) {
        try {
            next.addFlashAttribute(
                    "told",
                    switch (ending.end().status()) {
                        case "NOT_PARKED" -> "replay.before";
                        case "REPLAYING" -> "done.asked";
                        default -> said;
                    });
        } catch (Problem.Refused refused) {
            refused(next, refused);
        }
        return back(id, next);
    }

    @PostMapping("/failures/{id}/story")
    String story(@PathVariable long id, Model model, Authentication who, HttpServletRequest request) {
        model.addAttribute("story", mending.story(id, who));
        fill(model, id, who, request, Map.of(), null, null);
        return "failure";
    }

    /** To the map that something waits for; else to the first. */
    @GetMapping("/value-maps")
    String valueMaps(RedirectAttributes next) {
        return toMap(
                maps.missing().stream()
                        .map(ValueMapRows.Missing::map)
                        .filter(map -> mending.kinds.find(map).isPresent())
                        .findFirst()
                        .orElseGet(() -> mending.kinds.all().get(0).name()),
                next);
    }

    private static String toMap(String map, RedirectAttributes next) {
        next.addAttribute("map", map);
        return "redirect:/console/value-maps/{map}";
    }

    /**
     * @param from a value to be given a row, or whose row is to be changed
     * @param remove a value whose row somebody wants to remove
     */
    @GetMapping("/value-maps/{map}")
    String valueMap(
            @PathVariable String map,
            @RequestParam(required = false) String q,
            @RequestParam(required = false) String after,
            @RequestParam(required = false) String from,
            @RequestParam(required = false) String remove,
            Model model) {
        show(map, q, after, model);
        if (from != null) {
            model.addAttribute("from", from);
            maps.row(map, from).ifPresent(row -> model.addAttribute("to", row.to()));
        }
        model.addAttribute(
                "removing", remove == null ? null : maps.row(map, remove).orElse(null));
        return "value-map";
    }

    private void show(String map, String q, String after, Model model) {
        Locale reader = LocaleContextHolder.getLocale();
        ValueMap kind = kind(map);
        List<ValueMapRows.Missing> missing = maps.missing();
        model.addAttribute("maps", mending.kinds.all());
        model.addAttribute("map", kind);
        model.addAttribute("reader", reader);
        model.addAttribute("strict", maps.strict().contains(map));
        model.addAttribute(
                "waiting",
                missing.stream().collect(Collectors.groupingBy(ValueMapRows.Missing::map, Collectors.counting())));
        model.addAttribute(
                "missing", missing.stream().filter(one -> one.map().equals(map)).toList());
        model.addAttribute("names", countries(reader));
        model.addAttribute(
                "page",
                Cursor.page(
                        "value-map",
                        maps.rows(map, q, Cursor.read("value-map", after), ROWS + 1),
                        ROWS,
                        ValueMapRows.ValueRow::from));
        model.addAttribute("q", q);
        model.addAttribute("after", after);
    }

    private ValueMap kind(String map) {
        return mending.kinds.find(map).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
    }

    @PostMapping("/value-maps/{map}")
    String put(
            @PathVariable String map,
            @RequestParam String from,
            @RequestParam String to,
            @RequestParam(required = false) String reason,
            Authentication who,
            RedirectAttributes next) {
        try {
            List<Bulk.Run> runs = mending.put(map, List.of(new Wanted(0, from, to)), reason, who)
                    .runs();
            if (!runs.isEmpty()) {
                next.addAttribute("id", runs.get(0).id());
                next.addFlashAttribute("told", "values.healing");
                return "redirect:/console/runs/{id}";
            }
            next.addFlashAttribute("told", "values.put");
        } catch (RowsRefused refused) {
            next.addFlashAttribute("told", "mend.refused");
            next.addFlashAttribute("finding", refused.findings().get(0));
            next.addFlashAttribute("from", from);
            next.addFlashAttribute("to", to);
            next.addFlashAttribute("reason", reason);
        } catch (Problem.Refused refused) {
            refused(next, refused);
        }
        return toMap(map, next);
    }

    /** One form, two buttons: look what the rows would change, or save them. What cannot be saved stays in the form. */
    @PostMapping("/value-maps/{map}/many")
    String putMany(
            @PathVariable String map,
            @RequestParam String text,
            @RequestParam(required = false) String reason,
            @RequestParam(name = "do", defaultValue = "save") String what,
            Model model,
            Authentication who,
            RedirectAttributes next) {
        Pasted pasted =
                Pasted.read(text, Set.copyOf(kind(map).left().byLanguage().values()));
        try {
            if (what.equals("save") && pasted.findings().isEmpty()) {
                next.addFlashAttribute("kept", mending.put(map, pasted.rows(), reason, who));
                return toMap(map, next);
            }
            List<Finding> findings = new ArrayList<>(pasted.findings());
            if (findings.isEmpty() || !pasted.rows().isEmpty()) {
                Outlook outlook = mending.look(map, pasted.rows(), who);
                findings.addAll(outlook.findings());
                model.addAttribute("outlook", findings.isEmpty() ? outlook : null);
            }
            findings.sort(Comparator.comparingInt(Finding::line));
            model.addAttribute("findings", findings);
        } catch (RowsRefused refused) {
            model.addAttribute("findings", refused.findings());
        } catch (Problem.Refused refused) {
            model.addAttribute("told", "mend.refused");
            model.addAttribute("why", refused.getMessage());
        }
        show(map, null, null, model);
        model.addAttribute("text", text);
        model.addAttribute("manyReason", reason);
        return "value-map";
    }

    @PostMapping("/value-maps/{map}/remove")
    String remove(
            @PathVariable String map,
            @RequestParam String from,
            @RequestParam(required = false) String reason,
            Authentication who,
            RedirectAttributes next) {
        told(next, "values.removed", () -> next.addFlashAttribute("removed", mending.remove(map, from, reason, who)));
        return toMap(map, next);
    }

    @PostMapping("/value-maps/{map}/strict")
    String strict(
            @PathVariable String map,
            @RequestParam boolean strict,
            @RequestParam(required = false) String reason,
            Authentication who,
            RedirectAttributes next) {
        told(
                next,
                strict ? "values.strict.said" : "values.lenient.said",
                () -> mending.strict(map, strict, reason, who));
        return toMap(map, next);
    }

    @GetMapping(path = "/value-maps/{map}/rows.csv")
    void download(@PathVariable String map, HttpServletResponse answer) throws IOException {
        kind(map);
        doors.csv(map, answer);
    }

    @GetMapping("/audit")
    String audit(
            @RequestParam(required = false) String by,
            @RequestParam(required = false) String act,
            @RequestParam(required = false) String order,
            @RequestParam(required = false) String after,
            Model model,
            Authentication who) {
        model.addAttribute("page", mending.auditPage(by, act, order, after, who));
        model.addAttribute("by", by);
        model.addAttribute("act", act);
        model.addAttribute("order", order);
        model.addAttribute("after", after);
        return "audit";
    }

    private static void told(RedirectAttributes next, String said, Runnable act) {
        try {
            act.run();
            next.addFlashAttribute("told", said);
        } catch (Problem.Refused refused) {
            refused(next, refused);
        }
    }

    private static void refused(RedirectAttributes next, Problem.Refused refused) {
        next.addFlashAttribute("told", "mend.refused");
        next.addFlashAttribute("why", refused.getMessage());
    }

    private static String back(long id, RedirectAttributes next) {
        next.addAttribute("id", id);
        return "redirect:/console/failures/{id}";
    }
}
