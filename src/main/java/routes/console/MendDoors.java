package routes.console;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import routes.deadletter.AuditTrail;
import routes.deadletter.Bulk;
import routes.deadletter.FailureRows.FailureRow;
import routes.deadletter.FailureRows.Place;
import routes.deadletter.Healing;
import routes.deadletter.Incidents;
import routes.deadletter.Pasted;
import routes.deadletter.Preview;
import routes.deadletter.RepairConflict;
import routes.deadletter.Repairs;
import routes.deadletter.Replay;
import routes.deadletter.RowsRefused;
import routes.deadletter.ValueMapRows;
import routes.deadletter.ValueMapRows.Wanted;
import routes.mapping.ValueMap;
import routes.partner.Breakers;

/** The doors for those who mend, for programs. What pages do is done here, too. */
@RestController
@RequestMapping(path = "/ops", produces = MediaType.APPLICATION_JSON_VALUE)
class MendDoors {

    private static final int ROWS = 50;
    private static final int MAP_ROWS = 200;
    private static final int CSV_ROWS = 1_000;

    private final Mending mending;
    private final ValueMapRows maps;
    private final Breakers breakers;
    private final Words words;

    MendDoors(Mending mending, Breakers breakers, Words words) {
        this.mending = mending;
        this.maps = mending.maps;
        this.words = words;
        this.breakers = breakers;
    }

    /** {@code {"items": [...], "next": ... }}: what is due first stands first. {@code q} searches instead. */
    @GetMapping("/failures")
    Cursor.Page<FailureRow> failures(
            @RequestParam(required = false) String audience,
            @RequestParam(required = false) String q,
            @RequestParam(required = false) String after) {
        if (q != null && !q.isBlank()) {
            return new Cursor.Page<>(mending.failures.search(q, ROWS), null);
        }
        List<FailureRow> rows = mending.failures.byPromise(audience(audience), place(after), ROWS + 1);
        return Cursor.page("failures", rows, ROWS, MendDoors::key);
    }

    static String audience(String word) {
        if (word == null || word.isEmpty() || word.equals("all")) {
            return null;
        }
        if (!List.of("staff", "lead", "engineer", "auto").contains(word)) {
            throw new Problem.Refused(Problem.Kind.BAD_PARAMETER, "\"audience\" is staff, lead, engineer, auto or all");
        }
        return word;
    }

    static String key(FailureRow row) {
        Place place = Place.of(row);
        return place.dueAt() + "|" + place.amountMinor() + "|" + place.id();
    }

    static Place place(String after) {
        String key = Cursor.read("failures", after);
        if (key == null) {
            return null;
        }
        try {
            String[] parts = key.split("\\|");
            return new Place(Instant.parse(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
        } catch (RuntimeException notOurs) {
            throw new Problem.Refused(
                    Problem.Kind.BAD_PARAMETER, "\"after\" must be the \"next\" of an earlier page of this list");
        }
    }

    /** A failure without what only pages need. */
    record FailureDetail(
            FailureRow failure,
            String title,
            String sentence,
            String mends,
            Map<String, String> together,
            Mending.Form form,
            List<Replay.Step> steps,
            List<Mending.Attempt> attempts,
            String fetchRefusal,
            String stack) {}

    @GetMapping("/failures/{id}")
    FailureDetail failure(@PathVariable long id, Authentication who) {
        return shown(mending.detail(id, who, false));
    }

    /** @param reason the person's own words, 1 to 500 characters */
    record Reason(String reason) {}

    /** The same with personal data; the reason is written down. */
    @PostMapping("/failures/{id}/unmasked")
    FailureDetail unmasked(@PathVariable long id, @RequestBody Reason why, Authentication who) {
        mending.unmask(id, why.reason(), who);
        return shown(mending.detail(id, who, true));
    }

    private static FailureDetail shown(Mending.Detail detail) {
        Locale reader = LocaleContextHolder.getLocale();
        return new FailureDetail(
                detail.row(),
                detail.cause().title(reader),
                detail.cause().sentence(reader),
                detail.cause().mends(reader),
                detail.together(),
                detail.form(),
                detail.steps(),
                detail.attempts(),
                detail.fetchRefusal(),
                detail.stack());
    }

    /** @param values by JSON pointer; @param version the form's, as the editor saw it */
    record RepairWish(Map<String, String> values, Integer version, String reason) {
        RepairWish {
            values = values == null ? Map.of() : values;
        }
    }

    @PostMapping("/failures/{id}/check")
    Preview.Check check(@PathVariable long id, @RequestBody RepairWish wish, Authentication who) {
        return mending.check(id, wish.values(), who);
    }

    @PostMapping("/failures/{id}/repair")
    ResponseEntity<Object> repair(@PathVariable long id, @RequestBody RepairWish wish, Authentication who) {
        try {
            Repairs.Repair repair =
                    mending.repair(id, wish.values(), wish.version() == null ? 0 : wish.version(), wish.reason(), who);
            return ResponseEntity.accepted()
                    .location(URI.create("/ops/failures/" + id))
                    .body(repair);
        } catch (RepairConflict conflict) {
            Map<String, Object> problem = new LinkedHashMap<>();
            problem.put("type", "urn:order-hub:problem:repaired-meanwhile");
            problem.put("title", "Somebody else repaired this first");
            problem.put("status", 409);
            problem.put("detail", conflict.getMessage());
            problem.put("instance", "/ops/failures/" + id + "/repair");
            problem.put("code", "REPAIRED_MEANWHILE");
            problem.put("who", conflict.who());
            problem.put("version", conflict.version());
            problem.put("theirs", conflict.theirs());
            return ResponseEntity.status(HttpStatus.CONFLICT)
                    .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                    .body(problem);
        }
    }

    @GetMapping("/repairs")
    List<Repairs.Repair> proposed() {
        return mending.repairs.proposed();
    }

    /** @param yes whether it may be */
    record Decision(String target, int version, boolean yes) {}

    @PostMapping("/repairs/decide")
    Repairs.Repair decide(@RequestBody Decision decision, Authentication who) {
        return mending.decide(decision.target(), decision.version(), decision.yes(), who);
    }

    /** @param from {@code this-step} (or nothing), {@code step} with its {@code step}, or {@code shop}: fetch and start over */
    record ReplayWish(String from, String step) {}

    @PostMapping("/failures/{id}/replay")
    ResponseEntity<Replay.Answer> replay(
            @PathVariable long id, @RequestBody(required = false) ReplayWish wish, Authentication who) {
        String from = wish == null || wish.from() == null ? "this-step" : wish.from();
        Replay.Answer answer =
                switch (from) {
                    case "this-step" -> mending.replay(id, who);
                    case "step" -> mending.replayFrom(id, wish.step(), who);
                    case "shop" -> new Replay.Answer(mending.fetchAgain(id, who), "FETCHING");
                    default -> throw new Problem.Refused(
                            Problem.Kind.BAD_PARAMETER, "\"from\" is this-step, step or shop");
                };
        return ResponseEntity.accepted()
                .location(URI.create("/ops/failures/" + id))
                .body(answer);
    }

    /** @param reference where it can be seen at the partner */
    record Done(String reference, String reason) {}

    @PostMapping("/failures/{id}/done")
    Replay.Answer done(@PathVariable long id, @RequestBody Done done, Authentication who) {
        return mending.doneByHand(id, done.reference(), done.reason(), who);
    }

    @PostMapping("/failures/{id}/discard")
    Replay.Answer discard(@PathVariable long id, @RequestBody Reason why, Authentication who) {
        return mending.discard(id, why.reason(), who);
    }

    @PostMapping("/failures/{id}/restore")
    Replay.Answer restore(@PathVariable long id, @RequestBody(required = false) Reason why, Authentication who) {
        return mending.restore(id, why == null ? "" : why.reason(), who);
    }

    @PostMapping(path = "/failures/{id}/story", produces = "application/yaml")
    String story(@PathVariable long id, Authentication who) {
        return mending.story(id, who);
    }

    @GetMapping("/incidents")
    List<Incidents.Incident> incidents(
            @RequestParam(required = false) String state, @RequestParam(required = false) String audience) {
        return mending.incidents.page(state(state), audience(audience), 100);
    }

    static Incidents.State state(String word) {
        try {
            return word == null || word.isEmpty() ? null : Incidents.State.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw new Problem.Refused(
                    Problem.Kind.BAD_PARAMETER, "\"state\" is open, acknowledged, snoozed, resolved or ignored");
        }
    }

    @GetMapping("/incidents/{fingerprint}")
    Incidents.Incident incident(@PathVariable String fingerprint) {
        return mending.incidents
                .find(fingerprint)
                .orElseThrow(() -> new Problem.Refused(Problem.Kind.NOT_FOUND, "No such incident"));
    }

    @GetMapping("/incidents/{fingerprint}/failures")
    Cursor.Page<FailureRow> failuresOf(@PathVariable String fingerprint, @RequestParam(required = false) String after) {
        List<FailureRow> rows = mending.failures.ofIncident(fingerprint, Cursor.readId("of-incident", after), ROWS + 1);
        return Cursor.page("of-incident", rows, ROWS, row -> Long.toString(row.id()));
    }

    /** @param until for snoozed */
    record Say(String state, Instant until, String note) {}

    @PostMapping("/incidents/{fingerprint}/state")
    Incidents.Incident say(@PathVariable String fingerprint, @RequestBody Say say, Authentication who) {
        mending.say(fingerprint, state(say.state()), say.until(), say.note(), who);
        return incident(fingerprint);
    }

    /**
     * A map, its texts in the reader's language.
     *
     * @param values what may stand on the right; empty for anything
     * @param strict whether every value needs a row
     * @param waiting how many values messages wait for
     */
    record MapKind(
            String name,
            String title,
            String purpose,
            String left,
            String right,
            boolean bothWays,
            Collection<String> values,
            boolean strict,
            long waiting) {}

    @GetMapping("/value-maps")
    List<MapKind> maps() {
        Locale reader = LocaleContextHolder.getLocale();
        Set<String> strict = maps.strict();
        List<ValueMapRows.Missing> missing = maps.missing();
        return mending.kinds.all().stream()
                .map(map -> new MapKind(
                        map.name(),
                        map.title(reader),
                        map.purpose(reader),
                        map.left(reader),
                        map.right(reader),
                        map.bothWays(),
                        map.values(),
                        map.closed() || strict.contains(map.name()),
                        missing.stream()
                                .filter(one -> one.map().equals(map.name()))
                                .count()))
                .toList();
    }

    /** What a map holds, and what waits for a row; {@code next} is the {@code after} of the next page. */
    record MapPage(List<ValueMapRows.ValueRow> rows, String next, List<ValueMapRows.Missing> missing) {}

    @GetMapping("/value-maps/{map}")
    MapPage map(
            @PathVariable String map,
            @RequestParam(required = false) String q,
            @RequestParam(required = false) String after) {
        kind(map);
        Cursor.Page<ValueMapRows.ValueRow> page = Cursor.page(
                "value-map",
                maps.rows(map, q, Cursor.read("value-map", after), MAP_ROWS + 1),
                MAP_ROWS,
                ValueMapRows.ValueRow::from);
        return new MapPage(
                page.items(),
                page.next(),
                maps.missing().stream().filter(one -> one.map().equals(map)).toList());
    }

    private ValueMap kind(String map) {
        return mending.kinds
                .find(map)
                .orElseThrow(() -> new Problem.Refused(Problem.Kind.NOT_FOUND, "There is no value map " + map));
    }

    record MapRow(String from, String to, String reason) {}

    /** @param run the run that heals what waited; null when nothing did */
    record Healed(String map, String from, String to, Long run) {}

    @PostMapping("/value-maps/{map}")
    ResponseEntity<Object> put(@PathVariable String map, @RequestBody MapRow row, Authentication who) {
        return kept(map, List.of(wanted(0, row.from(), row.to())), row.reason(), who, kept -> {
            List<Bulk.Run> runs = kept.runs();
            return new Healed(
                    map,
                    row.from(),
                    row.to(),
                    runs.isEmpty() ? null : runs.get(0).id());
        });
    }

    record MapRows(List<MapRow> rows, String reason) {}

    /** @param runs those that heal what waited */
    record AllKept(String map, int added, int changed, int same, List<Long> runs) {}

    /** All of the rows or none: a problem names each that cannot be written, by its place in the list. */
    @PostMapping("/value-maps/{map}/rows")
    ResponseEntity<Object> putAll(@PathVariable String map, @RequestBody MapRows many, Authentication who) {
        List<Wanted> rows = new ArrayList<>();
        for (MapRow row : many.rows() == null ? List.<MapRow>of() : many.rows()) {
            rows.add(wanted(rows.size() + 1, row.from(), row.to()));
        }
        return kept(
                map,
                rows,
                many.reason(),
                who,
                kept -> new AllKept(
                        map,
                        kept.outlook().added(),
                        kept.outlook().changes().size() - kept.outlook().added(),
                        kept.outlook().same(),
                        kept.runs().stream().map(Bulk.Run::id).toList()));
    }

    private static Wanted wanted(int line, String from, String to) {
        if (from == null || to == null) {
            throw new Problem.Refused(Problem.Kind.BAD_REQUEST, "\"from\" and \"to\" are needed");
        }
        return new Wanted(line, from, to);
    }

    private ResponseEntity<Object> kept(
            String map, List<Wanted> rows, String reason, Authentication who, Function<Healing.Kept, Object> answer) {
        try {
            return ResponseEntity.ok(answer.apply(mending.put(map, rows, reason, who)));
        } catch (RowsRefused refused) {
            Problem.Kind kind = Problem.Kind.FIELD_REFUSED;
            List<String> each = refused.findings().stream().map(words::finding).toList();
            Map<String, Object> problem = new LinkedHashMap<>();
            problem.put("type", Problem.type(kind));
            problem.put("title", kind.title());
            problem.put("status", kind.status());
            problem.put("detail", each.get(0));
            problem.put("instance", "/ops/value-maps/" + map);
            problem.put("code", kind.name());
            problem.put("findings", each);
            return ResponseEntity.status(kind.status())
                    .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                    .body(problem);
        }
    }

    /** @param from whose row is to go */
    record Removal(String from, String reason) {}

    /** Answers the row that is gone. */
    @PostMapping("/value-maps/{map}/remove")
    ValueMapRows.ValueRow remove(@PathVariable String map, @RequestBody Removal removal, Authentication who) {
        if (removal.from() == null) {
            throw new Problem.Refused(Problem.Kind.BAD_REQUEST, "\"from\" is needed");
        }
        return mending.remove(map, removal.from(), removal.reason(), who);
    }

    /** @param strict whether every value needs a row */
    record Strictness(Boolean strict, String reason) {}

    /** @param runs those that replay what may pass without a row now */
    record Said(String map, boolean strict, List<Long> runs) {}

    @PostMapping("/value-maps/{map}/strict")
    Said strict(@PathVariable String map, @RequestBody Strictness said, Authentication who) {
        if (said.strict() == null) {
            throw new Problem.Refused(Problem.Kind.BAD_REQUEST, "\"strict\" is true or false");
        }
        List<Bulk.Run> runs = mending.strict(map, said.strict(), said.reason(), who);
        return new Said(map, said.strict(), runs.stream().map(Bulk.Run::id).toList());
    }

    /** All rows of a map, for a spreadsheet. */
    @GetMapping(path = "/value-maps/{map}/rows.csv", produces = "text/csv;charset=UTF-8")
    void download(@PathVariable String map, HttpServletResponse answer) throws IOException {
        kind(map);
        csv(map, answer);
    }

    /** Values are guarded, so that a spreadsheet takes none for a formula; it knows UTF-8 by the mark at the beginning. */
    void csv(String map, HttpServletResponse answer) throws IOException {
        Locale reader = LocaleContextHolder.getLocale();
        answer.setContentType("text/csv;charset=UTF-8");
        answer.setHeader("Content-Disposition", "attachment; filename=\"" + map + ".csv\"");
        Writer out = answer.getWriter();
        out.write("\uFEFF" + cells(kind(map).left(reader), kind(map).right(reader)));
        String after = null;
        List<ValueMapRows.ValueRow> page;
        do {
            page = maps.rows(map, null, after, CSV_ROWS);
            for (ValueMapRows.ValueRow row : page) {
                out.write(cells(row.from(), row.to()));
                after = row.from();
            }
        } while (page.size() == CSV_ROWS);
        out.flush();
    }

    private static String cells(String left, String right) {
        return Pasted.guarded(left) + "," + Pasted.guarded(right) + "\r\n";
    }

    @PostMapping("/incidents/{fingerprint}/plan")
    Bulk.Plan plan(@PathVariable String fingerprint, Authentication who) {
        return mending.plan(fingerprint, who);
    }

    @PostMapping("/incidents/{fingerprint}/replay")
    ResponseEntity<Bulk.Run> replayAll(@PathVariable String fingerprint, @RequestBody Reason why, Authentication who) {
        Bulk.Run run = mending.startRun(fingerprint, why.reason(), who);
        return ResponseEntity.accepted()
                .location(URI.create("/ops/runs/" + run.id()))
                .body(run);
    }

    @GetMapping("/runs")
    List<Bulk.Run> runs() {
        return mending.bulk.latest(ROWS);
    }

    @GetMapping("/runs/{id}")
    Bulk.Run run(@PathVariable long id) {
        return mending.bulk.find(id).orElseThrow(() -> new Problem.Refused(Problem.Kind.NOT_FOUND, "No such run"));
    }

    @GetMapping("/runs/{id}/items")
    List<Bulk.RunItem> items(@PathVariable long id, @RequestParam(defaultValue = "0") int after) {
        return mending.bulk.items(id, after, 500);
    }

    @PostMapping("/runs/{id}/{word}")
    Bulk.Run steer(@PathVariable long id, @PathVariable String word, Authentication who) {
        return mending.steer(id, word, who);
    }

    /** A partner that is not simply there; {@code waiting} counts to 10,000. */
    record Away(Breakers.Breaker breaker, long waiting) {}

    @GetMapping("/breakers")
    List<Away> breakers() {
        return breakers.all().stream()
                .map(one -> new Away(one, breakers.waiting(one.partner())))
                .toList();
    }

    /** The latest first; {@code next} of a page is the {@code after} of the one behind it. */
    @GetMapping("/audit")
    Cursor.Page<AuditTrail.Line> audit(
            @RequestParam(required = false) String who,
            @RequestParam(required = false) String act,
            @RequestParam(required = false) String order,
            @RequestParam(required = false) String after,
            Authentication reader) {
        return mending.auditPage(who, act, order, after, reader);
    }

    @GetMapping("/orders/{number}/audit")
    List<AuditTrail.Line> auditOf(@PathVariable String number) {
        return mending.audit.ofOrder(number);
    }
}
