package routes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Business Central's API v2.0, its journals: open one, write lines, {@code Microsoft.NAV.post} all of them, read the
 * ledger. Each document must balance. There is no idempotency key: lines written twice stand twice, and a journal
 * posted again with new lines posts again.
 */
final class BusinessCentral implements Partner {

    static final String NAME = "erp";
    static final String TOKEN = "erp-sandbox-token";

    private static final String ROOT = "/v2.0/";
    private static final Pattern COMPANY = Pattern.compile("companies\\(([0-9a-fA-F-]{36})\\)/(.+)");
    private static final Pattern JOURNAL = Pattern.compile("journals\\(([0-9a-fA-F-]{36})\\)(?:/(.+))?");
    private static final Pattern LINE = Pattern.compile("journalLines\\(([0-9a-fA-F-]{36})\\)");
    private static final Pattern ENTRY = Pattern.compile("generalLedgerEntries\\(([0-9a-fA-F-]{36})\\)");
    private static final String NO_ID = "00000000-0000-0000-0000-000000000000";
    private static final int PAGE = 20_000;

    private static final Set<String> JOURNAL_FIELDS =
            Set.of("code", "displayName", "templateDisplayName", "balancingAccountId");
    private static final Set<String> LINE_FIELDS = Set.of(
            "journalId",
            "lineNumber",
            "accountType",
            "accountId",
            "accountNumber",
            "postingDate",
            "documentNumber",
            "externalDocumentNumber",
            "amount",
            "description",
            "comment",
            "taxCode",
            "balanceAccountType",
            "balancingAccountId",
            "balancingAccountNumber");
    private static final Set<String> SHOWN_LINE_FIELDS = with(LINE_FIELDS, "id", "journalDisplayName");
    private static final Set<String> SHOWN_JOURNAL_FIELDS =
            with(JOURNAL_FIELDS, "id", "lastModifiedDateTime", "balancingAccountNumber");
    private static final Set<String> ENTRY_FIELDS = Set.of(
            "id",
            "entryNumber",
            "postingDate",
            "documentNumber",
            "documentType",
            "accountId",
            "accountNumber",
            "description",
            "debitAmount",
            "creditAmount");
    private static final Map<String, Integer> LONGEST = Map.of(
            "code", 10,
            "displayName", 50,
            "documentNumber", 20,
            "externalDocumentNumber", 35,
            "description", 100,
            "accountNumber", 20);
    private static final Set<String> ACCOUNT_TYPES = Set.of(
            "G/L Account", "G_x002F_L_x0020_Account", "Customer", "Vendor", "Bank Account", "Fixed Asset", "Employee");

    /** Accounting has closed the period that the lines are dated in. */
    static final String PERIOD_CLOSED = "period-closed";

    /** A business error in the partner's own envelope. */
    private static final class Refused extends Exception {
        private final int status;
        private final String code;

        Refused(int status, String code, String message) {
            super(message);
            this.status = status;
            this.code = code;
        }

        ObjectNode json() {
            var error = Json.object().put("code", code).put("message", getMessage() + "  CorrelationId:  sandbox.");
            return Json.object().set("error", error);
        }
    }

    /** One company's books; guarded by itself. */
    private static final class Books {
        final String id;
        final String currency;
        final Map<String, ObjectNode> journals = new LinkedHashMap<>();
        final Map<String, Map<String, ObjectNode>> lines = new LinkedHashMap<>();
        final List<ObjectNode> entries = new ArrayList<>();
        final Map<String, List<ObjectNode>> byDocument = new LinkedHashMap<>();

        Books(String id, String currency) {
            this.id = id;
            this.currency = currency;
        }
    }

    /** Journals and open lines as they were; entries only ever grow, so their number is enough. */
    private record Before(Map<String, ObjectNode> journals, Map<String, Map<String, ObjectNode>> lines, int entries) {
        static Before of(Books books) {
            var lines = new LinkedHashMap<String, Map<String, ObjectNode>>();
            books.lines.forEach((id, open) -> lines.put(id, new LinkedHashMap<>(open)));
            return new Before(new LinkedHashMap<>(books.journals), lines, books.entries.size());
        }
    }

    /** One request, alone or out of a batch. */
    private record Asked(String method, String url, Map<String, String> query, String ifMatch, JsonNode body) {}

    private record Result(int status, JsonNode body) {}

    /** What a request changes; kept back until all of its batch is known to go through. */
    private static final class Changes {
        final ArrayNode list = Json.array();
        final List<Effect> effects = new ArrayList<>();
    }

    private final Webhooks journal;
    private final Clock clock;
    private final Map<String, Books> companies = Map.of(
            "11111111-1111-4111-8111-111111111111", new Books("11111111-1111-4111-8111-111111111111", "USD"),
            "22222222-2222-4222-8222-222222222222", new Books("22222222-2222-4222-8222-222222222222", "EUR"),
            "33333333-3333-4333-8333-333333333333", new Books("33333333-3333-4333-8333-333333333333", "JPY"),
            "44444444-4444-4444-8444-444444444444", new Books("44444444-4444-4444-8444-444444444444", "GBP"));

    BusinessCentral(Webhooks journal, Clock clock) {
        this.journal = journal;
        this.clock = clock;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String operation(Call call) {
        var post = call.method().equals("POST");
        if (call.path().endsWith("$batch")) {
            var first = call.json().path("requests").path(0);
            return operation(
                    first.path("method").asText("POST").equalsIgnoreCase("POST"),
                    first.path("url").asText());
        }
        return operation(post, call.path());
    }

    private static String operation(boolean post, String path) {
        var bare = path.replaceFirst("\\?.*", "");
        if (bare.endsWith("Microsoft.NAV.post")) return "post-journal";
        if (bare.contains("generalLedgerEntries")) return "find-posting";
        if (bare.contains("journalLines")) return post ? "write-lines" : "find-lines";
        if (bare.contains("journals")) return post ? "open-journal" : "find-journal";
        return "unknown";
    }

    @Override
    public Answer answer(Call call) {
        if (!call.bearer(TOKEN)) {
            var message = "The credentials provided are incorrect";
            return Answer.json(401, new Refused(401, "Authentication_InvalidCredentials", message).json());
        }
        if (call.path().equals(ROOT + "$batch")) return batch(call);
        var body = call.body().length == 0 ? Json.MAPPER.missingNode() : call.json();
        var asked = new Asked(
                call.method(), call.path(), call.query(), call.headers().get("if-match"), body);
        try {
            var books = books(asked.url());
            synchronized (books) {
                var changes = new Changes();
                var result = carriedOut(books, asked, changes);
                keep(books, changes);
                return answer(result, asked);
            }
        } catch (Refused refused) {
            return Answer.json(refused.status, refused.json());
        }
    }

    @Override
    public Answer refusal(String operation) {
        return Answer.json(400, new Refused(400, "Application_DialogException", "Refused by the sandbox.").json());
    }

    @Override
    public Set<String> reasons() {
        return Set.of(PERIOD_CLOSED);
    }

    @Override
    public Answer refusal(String operation, String because) {
        if (!PERIOD_CLOSED.equals(because)) return refusal(operation);
        var message = "Posting Date is not within your range of allowed posting dates in Gen. Journal Line Journal"
                + " Template Name='GENERAL',Journal Batch Name='DEFAULT',Line No.='10000'.";
        return Answer.json(400, new Refused(400, "Application_DialogException", message).json());
    }

    @Override
    public Answer trouble(int status) {
        var code = status == 429 ? "Application_TooManyRequests" : "Internal_ServerError";
        return Answer.json(status, new Refused(status, code, "The service is temporarily unavailable.").json());
    }

    @Override
    public void apply(ObjectNode event) {
        var books = companies.get(event.path("company").asText());
        synchronized (books) {
            event.path("changes").forEach(change -> apply(books, change));
        }
    }

    /**
     * Many requests at once. They run in turn and stop at the first that fails. With {@code Isolation: snapshot} all
     * of them are then undone, though those before the failed one still say 2xx, as the real ones do.
     */
    private Answer batch(Call call) {
        var requests = call.json().path("requests");
        if (!requests.isArray()) {
            var message = "The request body has no array 'requests'.";
            return Answer.json(400, new Refused(400, "BadRequest", message).json());
        }
        var together = call.header("isolation").equalsIgnoreCase("snapshot");
        var goesOn = call.header("prefer").contains("odata.continue-on-error") && !together;
        var responses = Json.array();
        var references = new java.util.LinkedHashSet<String>();
        try {
            var books = books(absolute(requests.path(0).path("url").asText()));
            synchronized (books) {
                var changes = new Changes();
                // What the batch did so far must be seen by its later requests: change, and undo if need be.
                var before = together ? Before.of(books) : null;
                for (var request : requests) {
                    var asked = asked(request);
                    var own = together ? changes : new Changes();
                    try {
                        if (books(asked.url()) != books) {
                            throw new Refused(400, "BadRequest", "One batch, one company.");
                        }
                        var from = own.list.size();
                        var result = carriedOut(books, asked, own);
                        for (var i = from; i < own.list.size(); i++) apply(books, own.list.get(i));
                        if (!together) written(books, own);
                        responses.add(response(request, result.status(), result.body()));
                        var document = asked.body().path("documentNumber").asText();
                        if (!document.isEmpty()) references.add(document);
                    } catch (Refused refused) {
                        responses.add(response(request, refused.status, refused.json()));
                        if (together) restore(books, before);
                        if (!goesOn) return batchAnswer(responses, references);
                    }
                }
                if (together) written(books, changes);
            }
        } catch (Refused refused) {
            return Answer.json(refused.status, refused.json());
        }
        return batchAnswer(responses, references);
    }

    private static Answer batchAnswer(ArrayNode responses, Set<String> references) {
        var answer = Json.object().<ObjectNode>set("responses", responses);
        return Answer.json(200, answer).naming(references.toArray(String[]::new));
    }

    private static ObjectNode response(JsonNode request, int status, JsonNode body) {
        var response = Json.object();
        response.set("id", request.path("id"));
        response.put("status", status);
        response.putObject("headers")
                .put("content-type", "application/json; odata.metadata=minimal")
                .put("odata-version", "4.0");
        if (!body.isMissingNode()) response.set("body", body);
        return response;
    }

    private static Asked asked(JsonNode request) {
        var url = request.path("url").asText();
        var mark = url.indexOf('?');
        var ifMatch = new String[1];
        request.path("headers").fields().forEachRemaining(header -> {
            if (header.getKey().equalsIgnoreCase("If-Match"))
                ifMatch[0] = header.getValue().asText();
        });
        return new Asked(
                request.path("method").asText().toUpperCase(Locale.ROOT),
                absolute(mark < 0 ? url : url.substring(0, mark)),
                Call.query(mark < 0 ? null : url.substring(mark + 1)),
                ifMatch[0],
                request.path("body"));
    }

    private static String absolute(String url) {
        var from = url.indexOf("companies(");
        return from < 0 ? url : ROOT + url.substring(from);
    }

    private Books books(String path) throws Refused {
        var company = COMPANY.matcher(path.startsWith(ROOT) ? path.substring(ROOT.length()) : "");
        if (!company.matches()) throw new Refused(404, "BadRequest_NotFound", "No resource at '" + path + "'.");
        var books = companies.get(company.group(1).toLowerCase(Locale.ROOT));
        if (books == null) throw new Refused(404, "Internal_CompanyNotFound", "The company does not exist.");
        return books;
    }

    private Result carriedOut(Books books, Asked asked, Changes changes) throws Refused {
        var company = COMPANY.matcher(asked.url().substring(ROOT.length()));
        if (!company.matches()) throw notFound();
        var rest = company.group(2);
        if (rest.equals("journals")) {
            return asked.method().equals("POST")
                    ? open(books, asked.body(), changes)
                    : list(books.journals.values(), asked, SHOWN_JOURNAL_FIELDS, "code", null);
        }
        if (rest.equals("generalLedgerEntries")) {
            return list(books.entries, asked, ENTRY_FIELDS, "documentNumber", books.byDocument);
        }
        if (rest.equals("journalLines")) {
            if (!asked.method().equals("POST")) return list(allLines(books), asked, SHOWN_LINE_FIELDS, "id", null);
            return write(books, existing(books, asked.body().path("journalId").asText()), asked.body(), changes);
        }
        var entry = ENTRY.matcher(rest);
        if (entry.matches()) {
            for (var row : books.entries) {
                if (row.path("id").asText().equals(entry.group(1))) return new Result(200, row);
            }
            throw notFound();
        }
        var line = LINE.matcher(rest);
        if (line.matches()) return line(books, line.group(1), asked, changes);
        var one = JOURNAL.matcher(rest);
        if (!one.matches()) throw notFound();
        var opened = existing(books, one.group(1));
        if (one.group(2) == null) return journal(books, opened, asked, changes);
        if (one.group(2).equals("journalLines")) {
            return asked.method().equals("POST")
                    ? write(books, opened, asked.body(), changes)
                    : list(linesOf(books, opened).values(), asked, SHOWN_LINE_FIELDS, "documentNumber", null);
        }
        if (one.group(2).equals("Microsoft.NAV.post") && asked.method().equals("POST")) {
            return post(books, opened, changes);
        }
        throw notFound();
    }

    private Result open(Books books, JsonNode body, Changes changes) throws Refused {
        var fields = checked(body, JOURNAL_FIELDS);
        var code = Json.text(fields, "code", null);
        if (code == null) throw new Refused(400, "BadRequest", "The field 'code' is required.");
        code = code.toUpperCase(Locale.ROOT);
        for (var known : books.journals.values()) {
            if (known.path("code").asText().equals(code)) {
                throw new Refused(
                        400,
                        "Internal_EntityWithSameKeyExists",
                        "The record in table Gen. Journal Batch already exists. Identification fields and values:"
                                + " Journal Template Name='GENERAL',Name='" + code + "'.");
            }
        }
        var opened = Json.object();
        opened.put("@odata.etag", etag());
        opened.put("id", UUID.randomUUID().toString());
        opened.put("code", code);
        opened.put("displayName", Json.text(fields, "displayName", code));
        opened.put("templateDisplayName", Json.text(fields, "templateDisplayName", "GENERAL"));
        opened.put("lastModifiedDateTime", clock.instant().toString());
        opened.put("balancingAccountId", NO_ID);
        opened.put("balancingAccountNumber", "");
        change(changes, "journal", opened);
        changes.effects.add(
                effect("open-journal", code, null, books, opened.path("id").asText()));
        return new Result(201, opened);
    }

    private Result journal(Books books, ObjectNode opened, Asked asked, Changes changes) throws Refused {
        switch (asked.method()) {
            case "GET":
                return new Result(200, opened);
            case "PATCH":
                checkEtag(asked, opened);
                var changed = opened.deepCopy().put("@odata.etag", etag());
                checked(asked.body(), JOURNAL_FIELDS)
                        .fields()
                        .forEachRemaining(field -> changed.set(field.getKey(), field.getValue()));
                change(changes, "journal", changed);
                return new Result(200, changed);
            case "DELETE":
                checkEtag(asked, opened);
                change(
                        changes,
                        "journal-gone",
                        Json.object().put("id", opened.path("id").asText()));
                return new Result(204, Json.MAPPER.missingNode());
            default:
                throw new Refused(405, "BadRequest_MethodNotAllowed", "The method is not allowed.");
        }
    }

    private Result write(Books books, ObjectNode opened, JsonNode body, Changes changes) throws Refused {
        var fields = checked(body, LINE_FIELDS);
        var lines = linesOf(books, opened);
        var number = fields.path("lineNumber").isIntegralNumber()
                ? fields.path("lineNumber").asInt()
                : lines.values().stream()
                                .mapToInt(line -> line.path("lineNumber").asInt())
                                .max()
                                .orElse(0)
                        + 10_000;
        for (var known : lines.values()) {
            if (known.path("lineNumber").asInt() == number) {
                throw new Refused(
                        400,
                        "Internal_EntityWithSameKeyExists",
                        "The record in table Gen. Journal Line already exists. Identification fields and values:"
                                + " Line No.='" + number + "'.");
            }
        }
        var line = Json.object();
        line.put("@odata.etag", etag());
        line.put("id", UUID.randomUUID().toString());
        line.put("journalId", opened.path("id").asText());
        line.put("journalDisplayName", opened.path("displayName").asText());
        line.put("lineNumber", number);
        fill(line, fields, books);
        line.put("lastModifiedDateTime", clock.instant().toString());
        change(changes, "line", line);
        Amounts.minor(line.path("amount").decimalValue(), books.currency);
        return new Result(201, line);
    }

    private Result line(Books books, String id, Asked asked, Changes changes) throws Refused {
        ObjectNode line = null;
        for (var lines : books.lines.values()) if (lines.containsKey(id)) line = lines.get(id);
        if (line == null) throw notFound();
        switch (asked.method()) {
            case "GET":
                return new Result(200, line);
            case "PATCH":
                checkEtag(asked, line);
                var changed = line.deepCopy().put("@odata.etag", etag());
                fill(changed, checked(asked.body(), LINE_FIELDS), books);
                change(changes, "line", changed);
                return new Result(200, changed);
            case "DELETE":
                checkEtag(asked, line);
                change(
                        changes,
                        "line-gone",
                        Json.object()
                                .put("id", id)
                                .put("journalId", line.path("journalId").asText()));
                return new Result(204, Json.MAPPER.missingNode());
            default:
                throw new Refused(405, "BadRequest_MethodNotAllowed", "The method is not allowed.");
        }
    }

    private void fill(ObjectNode line, JsonNode fields, Books books) throws Refused {
        fields.fields().forEachRemaining(field -> {
            if (!field.getValue().isNull() && !Set.of("journalId", "lineNumber").contains(field.getKey())) {
                line.set(field.getKey(), field.getValue());
            }
        });
        if (!line.has("accountType")) line.put("accountType", "G/L Account");
        if (!ACCOUNT_TYPES.contains(line.path("accountType").asText())) {
            throw new Refused(400, "BadRequest", "The account type is not an option.");
        }
        var account = line.path("accountNumber").asText();
        if (!account.matches("[1-9]\\d{3,4}")) {
            throw new Refused(
                    400,
                    "Internal_RecordNotFound",
                    "The field Account No. of table Gen. Journal Line contains a value (" + account
                            + ") that cannot be found in the related table (G/L Account).");
        }
        try {
            if (line.has("postingDate"))
                LocalDate.parse(line.path("postingDate").asText());
        } catch (DateTimeParseException e) {
            throw new Refused(400, "BadRequest", "Cannot convert the literal to the expected type 'Edm.Date'.");
        }
        if (!line.path("amount").isNumber()) {
            if (line.has("amount")) {
                throw new Refused(400, "BadRequest", "Cannot convert the literal to the expected type 'Edm.Decimal'.");
            }
            line.put("amount", 0);
        }
        try {
            Amounts.minor(line.path("amount").decimalValue(), books.currency);
        } catch (ArithmeticException e) {
            throw new Refused(
                    400, "Application_DialogException", "The amount must be rounded to " + books.currency + ".");
        }
    }

    private Result post(Books books, ObjectNode opened, Changes changes) throws Refused {
        var lines = List.copyOf(linesOf(books, opened).values());
        if (lines.isEmpty()) {
            throw new Refused(400, "Application_DialogException", "There is nothing to post.");
        }
        var sums = new LinkedHashMap<String, Long>();
        var debits = new LinkedHashMap<String, Long>();
        for (var line : lines) {
            var document = line.path("documentNumber").asText();
            if (document.isEmpty() || line.path("postingDate").asText().isEmpty()) {
                throw new Refused(
                        400,
                        "Application_DialogException",
                        (document.isEmpty() ? "Document No." : "Posting Date") + " must have a value in Gen. Journal"
                                + " Line: Line No.=" + line.path("lineNumber").asInt() + ".");
            }
            var amount = Amounts.minor(line.path("amount").decimalValue(), books.currency);
            sums.merge(document, amount, Long::sum);
            debits.merge(document, Math.max(0, amount), Long::sum);
        }
        for (var sum : sums.entrySet()) {
            if (sum.getValue() != 0) {
                throw new Refused(
                        400,
                        "Application_DialogException",
                        "The lines in document " + sum.getKey() + " are out of balance by "
                                + Amounts.text(sum.getValue(), books.currency) + ".");
            }
        }
        var number = books.entries.size();
        var posted = Json.array();
        for (var line : lines) posted.add(entry(line, ++number));
        var change = Json.object().put("journalId", opened.path("id").asText());
        change.set("entries", posted);
        change(changes, "posted", change);
        debits.forEach((document, amount) -> changes.effects.add(effect(
                "post-journal", document, amount, books, opened.path("code").asText())));
        return new Result(204, Json.MAPPER.missingNode());
    }

    private ObjectNode entry(ObjectNode line, int number) {
        var amount = line.path("amount").decimalValue();
        var entry = Json.object();
        entry.put("@odata.etag", etag());
        entry.put("id", UUID.randomUUID().toString());
        entry.put("entryNumber", number);
        entry.put("postingDate", line.path("postingDate").asText());
        entry.put("documentNumber", line.path("documentNumber").asText());
        entry.put("documentType", " ");
        entry.put("accountId", accountId(line.path("accountNumber").asText()));
        entry.put("accountNumber", line.path("accountNumber").asText());
        entry.put("description", line.path("description").asText());
        entry.put("debitAmount", amount.max(BigDecimal.ZERO));
        entry.put("creditAmount", amount.negate().max(BigDecimal.ZERO));
        entry.put("additionalCurrencyDebitAmount", 0);
        entry.put("additionalCurrencyCreditAmount", 0);
        entry.put("lastModifiedDateTime", clock.instant().toString());
        return entry;
    }

    private Result list(
            Iterable<ObjectNode> rows,
            Asked asked,
            Set<String> fields,
            String keyField,
            Map<String, List<ObjectNode>> index)
            throws Refused {
        if (!asked.method().equals("GET")) {
            throw new Refused(405, "BadRequest_MethodNotAllowed", "The method is not allowed.");
        }
        Iterable<ObjectNode> candidates = rows;
        Predicate<JsonNode> matches = row -> true;
        var filter = asked.query().get("$filter");
        if (filter != null && !filter.isBlank()) {
            try {
                var reading = ODataFilter.read(filter, fields, keyField);
                matches = reading.matches();
                if (index != null && reading.only().isPresent()) {
                    candidates = reading.only().get().stream()
                            .flatMap(key -> index.getOrDefault(key, List.of()).stream())
                            .toList();
                }
            } catch (ODataFilter.Unreadable e) {
                throw new Refused(400, "BadRequest", e.getMessage());
            }
        }
        var answer = Json.object();
        answer.put("@odata.context", "http://127.0.0.1/v2.0/$metadata");
        var value = answer.putArray("value");
        var top = number(asked, "$top", PAGE);
        var skip = number(asked, "$skip", 0);
        var selected = asked.query().get("$select");
        var names = selected == null ? null : Set.of(selected.split("\\s*,\\s*"));
        for (var row : candidates) {
            if (!matches.test(row) || skip-- > 0) continue;
            if (value.size() == top) break;
            value.add(names == null ? row : row.deepCopy().retain(names));
        }
        if ("true".equals(asked.query().get("$count"))) answer.put("@odata.count", value.size());
        return new Result(200, answer);
    }

    private static int number(Asked asked, String option, int fallback) throws Refused {
        var text = asked.query().get(option);
        if (text == null) return fallback;
        if (!text.matches("\\d{1,7}")) throw new Refused(400, "BadRequest", "Invalid value for " + option + ".");
        return Integer.parseInt(text);
    }

    private Answer answer(Result result, Asked asked) {
        if (result.status() == 204) return Answer.empty(204);
        var references = new ArrayList<String>();
        for (var field : List.of("code", "documentNumber")) {
            var reference = asked.body().path(field).asText();
            if (!reference.isEmpty()) references.add(reference);
        }
        if (asked.method().equals("GET") && result.body().path("value").isArray()) {
            for (var row : result.body().path("value")) {
                for (var field : List.of("code", "documentNumber")) {
                    if (row.has(field) && !references.contains(row.path(field).asText())) {
                        references.add(row.path(field).asText());
                    }
                }
                if (references.size() > 100) break;
            }
        }
        return Answer.json(result.status(), result.body()).naming(references.toArray(String[]::new));
    }

    private void keep(Books books, Changes changes) {
        if (changes.list.isEmpty()) return;
        changes.list.forEach(change -> apply(books, change));
        written(books, changes);
    }

    /** Writes down changes that are made already; one line in the journal, all or nothing. */
    private void written(Books books, Changes changes) {
        if (changes.list.isEmpty()) return;
        var event = Json.object().put("partner", NAME).put("event", "changed").put("company", books.id);
        event.set("changes", changes.list);
        journal.append(event, changes.effects, List.of());
    }

    private static void change(Changes changes, String kind, ObjectNode row) {
        changes.list.addObject().put("kind", kind).set("row", row);
    }

    private static void apply(Books books, JsonNode change) {
        var row = (ObjectNode) change.path("row");
        switch (change.path("kind").asText()) {
            case "journal" -> {
                books.journals.put(row.path("id").asText(), row);
                books.lines.computeIfAbsent(row.path("id").asText(), id -> new LinkedHashMap<>());
            }
            case "journal-gone" -> {
                books.journals.remove(row.path("id").asText());
                books.lines.remove(row.path("id").asText());
            }
            case "line" -> books.lines
                    .get(row.path("journalId").asText())
                    .put(row.path("id").asText(), row);
            case "line-gone" -> books.lines
                    .get(row.path("journalId").asText())
                    .remove(row.path("id").asText());
            case "posted" -> {
                books.lines.get(row.path("journalId").asText()).clear();
                for (var entry : row.path("entries")) {
                    books.entries.add((ObjectNode) entry);
                    books.byDocument
                            .computeIfAbsent(entry.path("documentNumber").asText(), key -> new ArrayList<>())
                            .add((ObjectNode) entry);
                }
            }
            default -> throw new IllegalStateException("a change the books do not know: " + change);
        }
    }

    private static void restore(Books books, Before before) {
        books.journals.clear();
        books.journals.putAll(before.journals());
        books.lines.clear();
        books.lines.putAll(before.lines());
        while (books.entries.size() > before.entries()) {
            var last = books.entries.remove(books.entries.size() - 1);
            var siblings = books.byDocument.get(last.path("documentNumber").asText());
            siblings.remove(siblings.size() - 1);
        }
    }

    private static JsonNode checked(JsonNode body, Set<String> fields) throws Refused {
        if (!body.isObject()) throw new Refused(400, "BadRequest", "The request body is not a JSON object.");
        for (var names = body.fieldNames(); names.hasNext(); ) {
            var name = names.next();
            if (!fields.contains(name)) {
                throw new Refused(400, "BadRequest", "The property '" + name + "' does not exist on this type.");
            }
            var longest = LONGEST.get(name);
            if (longest != null && body.path(name).asText().length() > longest) {
                throw new Refused(
                        400,
                        "Application_StringExceededLength",
                        "The length of the string is "
                                + body.path(name).asText().length() + ", but it must be less than or equal to "
                                + longest + " characters. Field: " + name);
            }
        }
        return body;
    }

    private static void checkEtag(Asked asked, ObjectNode row) throws Refused {
        if (asked.ifMatch() == null) throw new Refused(400, "BadRequest", "The If-Match header must be given.");
        if (!asked.ifMatch().equals("*")
                && !asked.ifMatch().equals(row.path("@odata.etag").asText())) {
            throw new Refused(409, "Request_EntityChanged", "Another user has already changed the record.");
        }
    }

    private static ObjectNode existing(Books books, String id) throws Refused {
        var opened = books.journals.get(id);
        if (opened == null) throw notFound();
        return opened;
    }

    private static Map<String, ObjectNode> linesOf(Books books, ObjectNode opened) {
        return books.lines.get(opened.path("id").asText());
    }

    private static List<ObjectNode> allLines(Books books) {
        return books.lines.values().stream()
                .flatMap(lines -> lines.values().stream())
                .collect(Collectors.toList());
    }

    private Effect effect(String operation, String key, Long amountMinor, Books books, String subject) {
        var currency = amountMinor == null ? null : books.currency;
        return new Effect(NAME, operation, key, clock.instant(), amountMinor, currency, subject);
    }

    private static Refused notFound() {
        return new Refused(404, "BadRequest_ResourceNotFound", "The requested resource does not exist.");
    }

    private static String etag() {
        return "W/\"JzQ0O" + UUID.randomUUID().toString().replace("-", "") + "Jw==\"";
    }

    private static String accountId(String number) {
        return UUID.nameUUIDFromBytes(number.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static Set<String> with(Set<String> fields, String... more) {
        var all = new java.util.HashSet<>(fields);
        all.addAll(List.of(more));
        return Set.copyOf(all);
    }
}
