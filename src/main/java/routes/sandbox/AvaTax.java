package routes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * AvaTax REST v2: addresses, quotes, documents and their life. Orders are Temporary and not kept; invoices are Saved
 * or, with {@code commit}, Committed; {@code create} on a committed code is refused, {@code createoradjust} raises the
 * version; {@code void} cancels.
 */
final class AvaTax implements Partner {

    static final String NAME = "avalara";
    static final String USER = "sandbox";
    static final String KEY = "avalara-sandbox-key";

    private static final int COMPANY_ID = 7_816_098;
    private static final String DEFAULT_COMPANY = "DEFAULT";
    private static final Set<String> KINDS =
            Set.of("SalesOrder", "SalesInvoice", "PurchaseOrder", "PurchaseInvoice", "ReturnOrder", "ReturnInvoice");
    private static final Pattern DOCUMENT =
            Pattern.compile("/api/v2/companies/([^/]+)/transactions/(.+?)(/void|/types/([A-Za-z]+))?");
    private static final Map<String, Integer> LONGEST = Map.of(
            "code",
            50,
            "companyCode",
            50,
            "customerCode",
            50,
            "email",
            50,
            "purchaseOrderNo",
            50,
            "referenceCode",
            1024);

    /** A business error in the partner's own envelope. */
    private static final class Refused extends Exception {
        private final int status;
        private final int number;
        private final String code;
        private final String description;

        Refused(int status, String code, int number, String message, String description) {
            super(message);
            this.status = status;
            this.code = code;
            this.number = number;
            this.description = description;
        }

        Answer answer() {
            var error =
                    Json.object().put("code", code).put("message", getMessage()).put("target", "HttpRequest");
            var detail = error.putArray("details").addObject().put("code", code);
            if (number > 0) detail.put("number", number);
            detail.put("message", getMessage())
                    .put("description", description)
                    .put("faultCode", "Client")
                    .put("helpLink", "https://developer.avalara.com/avatax/errors/" + code)
                    .put("severity", "Error");
            return Answer.json(status, Json.object().set("error", error));
        }
    }

    /** The tax of the document's period is reported. */
    static final String DOCUMENT_LOCKED = "document-locked";

    private record Document(long id, String status, int version, byte[] json) {}

    private final Webhooks journal;
    private final Clock clock;
    private final Map<String, Document> documents = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong(85_065_000_000_000L);

    private final Object[] locks = Stream.generate(Object::new).limit(64).toArray();

    AvaTax(Webhooks journal, Clock clock) {
        this.journal = journal;
        this.clock = clock;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String operation(Call call) {
        var path = call.path();
        if (path.equals("/api/v2/utilities/ping")) return "ping";
        if (path.equals("/api/v2/addresses/resolve")) return "check-address";
        if (path.equals("/api/v2/transactions/create") || path.equals("/api/v2/transactions/createoradjust")) {
            var body = call.json();
            var model = body.has("createTransactionModel") ? body.path("createTransactionModel") : body;
            var type = model.path("type").asText("SalesOrder");
            return type.endsWith("Order") ? "quote-tax" : "commit-tax";
        }
        if (path.endsWith("/void")) return "void-document";
        return path.contains("/transactions/") ? "find-document" : "unknown";
    }

    @Override
    public Answer answer(Call call) {
        var known = call.basic(USER, KEY);
        if (call.path().equals("/api/v2/utilities/ping")) return Answer.json(200, ping(known));
        try {
            if (!known) {
                throw new Refused(
                        401,
                        "AuthenticationException",
                        30,
                        "Authentication failed.",
                        "Missing authentication or unable to authenticate the user or the account.");
            }
            return answerKnown(call);
        } catch (Refused refused) {
            return refused.answer();
        }
    }

    @Override
    public Answer refusal(String operation) {
        return new Refused(400, "GetTaxError", 300, "Refused by the sandbox.", "A fault was ordered for this call.")
                .answer();
    }

    @Override
    public Set<String> reasons() {
        return Set.of(DOCUMENT_LOCKED);
    }

    @Override
    public Answer refusal(String operation, String because) {
        if (!DOCUMENT_LOCKED.equals(because)) return refusal(operation);
        return new Refused(
                        400,
                        "CannotModifyLockedTransaction",
                        1100,
                        "Modifying a locked document is not allowed.",
                        "Document -0- is locked. Modification is not allowed.")
                .answer();
    }

    @Override
    public Answer trouble(int status) {
        return switch (status) {
            case 429 -> new Refused(429, "RateLimitExceededError", 1304, "Rate limit exceeded.", "Slow down.").answer();
            case 503 -> new Refused(503, "ServiceNotReady", 1300, "The service is not ready.", "Try later.").answer();
            default -> new Refused(
                            500, "ServerUnreachable", 500, "AvaTax server unable to reach data services", "Logged.")
                    .answer();
        };
    }

    @Override
    public void apply(ObjectNode event) {
        var document = event.path("document");
        documents.put(
                event.path("key").asText(),
                new Document(
                        document.path("id").longValue(),
                        document.path("status").asText(),
                        document.path("version").asInt(),
                        Json.bytes(document)));
        lastId.accumulateAndGet(document.path("id").longValue() + 99, Math::max);
    }

    private Answer answerKnown(Call call) throws Refused {
        var post = call.method().equals("POST");
        switch (call.path()) {
            case "/api/v2/addresses/resolve":
                return resolve(post ? object(call) : Json.MAPPER.valueToTree(call.query()));
            case "/api/v2/transactions/create":
                if (post) return create(object(call), false);
                break;
            case "/api/v2/transactions/createoradjust":
                if (post) {
                    var model = object(call).path("createTransactionModel");
                    if (!model.isObject()) throw modelRequired();
                    return create((ObjectNode) model, true);
                }
                break;
            default:
        }
        var path = DOCUMENT.matcher(call.path());
        if (!path.matches()) {
            throw new Refused(404, "IncorrectPathError", 91, "No such path.", call.method() + " " + call.path());
        }
        var type = path.group(4) != null ? path.group(4) : call.query().getOrDefault("documentType", "SalesInvoice");
        return "/void".equals(path.group(3))
                ? cancel(path.group(1), type, path.group(2), object(call))
                : find(path.group(1), type, path.group(2));
    }

    private static ObjectNode ping(boolean known) {
        var answer = Json.object().put("version", "26.9.0").put("authenticated", known);
        answer.put("authenticationType", known ? "AccountIdLicenseKey" : "None");
        if (known) {
            answer.put("authenticatedUserName", USER)
                    .put("authenticatedUserId", 356_147)
                    .put("authenticatedAccountId", 2_000_336_981);
        }
        return answer;
    }

    /** Scenario {@code address-corrected}: the street as customers write it, and as it is. */
    private static final String MISSPELT = "47 West 13 Street";

    private static final String CORRECT = "47 W 13th St";
    /** A street nobody knows, in a place whose tax is known all the same. */
    private static final String NOT_ON_ANY_MAP = "1 Nonexistent St";

    private static Answer resolve(JsonNode address) throws Refused {
        var line1 = Json.text(address, "line1", "");
        var city = Json.text(address, "city", "");
        var postalCode = Json.text(address, "postalCode", "");
        var country = Json.text(address, "country", "US");
        if (postalCode.isEmpty() && (line1.isEmpty() || city.isEmpty())) {
            throw new Refused(
                    400,
                    "InvalidAddress",
                    309,
                    "The address value was incomplete.",
                    "You must provide either a valid postal code, line1 + city + region, or line1 + postal code.");
        }
        if (postalCode.length() > 11) throw tooLong("postalCode", 11);
        var answer = Json.object();
        var repeated = (ObjectNode) address.deepCopy();
        repeated.remove("textCase");
        answer.set("address", repeated);
        var unknown = undeliverable(address) || line1.equals(NOT_ON_ANY_MAP);
        var asIs =
                unknown || !isUs(country) || address.path("textCase").asText().equals("Mixed");
        var found = answer.putArray("validatedAddresses").addObject();
        found.put("addressType", unknown ? "UnknownAddressType" : "StreetOrResidentialAddress");
        for (var field : List.of("line1", "line2", "line3", "city", "region")) {
            var text = Json.text(address, field, "");
            found.put(field, asIs ? text : text.toUpperCase(Locale.ROOT));
        }
        found.put("country", country).put("postalCode", postalCode);
        if (isUs(country) && line1.equalsIgnoreCase(MISSPELT)) {
            found.put("line1", asIs ? CORRECT : CORRECT.toUpperCase(Locale.ROOT))
                    .put("postalCode", "10011-7946");
        }
        answer.put("resolutionQuality", unknown ? "External" : "Intersection");
        if (unknown) {
            message(answer, "Address not geocoded.", "Address cannot be geocoded.", "Address");
            message(
                    answer,
                    "The city could not be determined.",
                    "The city could not be found or determined from postal code.",
                    "Address.City");
        } else {
            found.put("latitude", new BigDecimal("40.736333")).put("longitude", new BigDecimal("-73.996328"));
            answer.putObject("coordinates")
                    .put("latitude", new BigDecimal("40.736333"))
                    .put("longitude", new BigDecimal("-73.996328"));
            var authorities = answer.putArray("taxAuthorities");
            for (var rate : TaxTable.at(country, Json.text(address, "region", null))) {
                authorities
                        .addObject()
                        .put("avalaraId", rate.code())
                        .put("jurisdictionName", rate.name())
                        .put("jurisdictionType", rate.level())
                        .put("signatureCode", "");
            }
        }
        return Answer.json(200, answer);
    }

    private static void message(ObjectNode answer, String summary, String details, String refersTo) {
        answer.withArray("messages")
                .addObject()
                .put("summary", summary)
                .put("details", details)
                .put("refersTo", refersTo)
                .put("severity", "Error")
                .put("source", "Avalara.AvaTax.Common");
    }

    private Answer create(ObjectNode model, boolean orAdjust) throws Refused {
        check(model);
        var type = Json.text(model, "type", "SalesOrder");
        var company = Json.text(model, "companyCode", DEFAULT_COMPANY);
        var code = Json.text(model, "code", UUID.randomUUID().toString());
        if (type.endsWith("Order")) {
            var quote = document(model, type, code, 0, 1, "Temporary", "NotAdjusted");
            return created(quote, code, 201);
        }
        var commit = model.path("commit").asBoolean();
        var key = key(company, type, code);
        synchronized (lock(key)) {
            var known = documents.get(key);
            var committed = known != null && known.status().equals("Committed");
            if (committed && !orAdjust) {
                throw new Refused(
                        400, "GetTaxError", 300, "DocStatus is invalid for this operation.", "Expected Saved|Posted");
            }
            var living = known != null && !known.status().equals("Cancelled");
            var version = living && orAdjust ? known.version() + 1 : 1;
            var id = living ? known.id() : lastId.addAndGet(100);
            var reason = version > 1 ? "Other" : "NotAdjusted";
            var document = document(model, type, code, id, version, commit ? "Committed" : "Saved", reason);
            keep(key, document, commit ? committed ? "adjust-tax" : "commit-tax" : null);
            return created(document, code, version > 1 ? 200 : 201);
        }
    }

    private static Answer created(ObjectNode document, String code, int status) {
        var where = "/api/v2/companies/" + COMPANY_ID + "/transactions/"
                + document.path("id").asText();
        return Answer.json(status, document).naming(code).with("Location", where);
    }

    private Answer find(String company, String type, String code) throws Refused {
        var document = documents.get(key(company, type, code));
        if (document == null) throw notFound("Transaction", company + ":" + code);
        return Answer.json(200, Json.read(document.json())).naming(code);
    }

    private Answer cancel(String company, String type, String code, JsonNode model) throws Refused {
        var why = model.path("code").asText();
        if (!Set.of("DocVoided", "DocDeleted", "AdjustmentCancelled", "PostFailed")
                .contains(why)) {
            throw new Refused(400, "InvalidEnumValue", 164, "The field 'code' has an incorrect value.", why);
        }
        var key = key(company, type, code);
        synchronized (lock(key)) {
            var known = documents.get(key);
            if (known == null) throw notFound("Document", code);
            if (known.status().equals("Cancelled")) {
                throw new Refused(
                        400, "TransactionAlreadyCancelled", 198, "The transaction has already been cancelled.", code);
            }
            var document = (ObjectNode) Json.read(known.json());
            document.put("status", "Cancelled")
                    .put("modifiedDate", clock.instant().toString());
            keep(key, document, "void-document");
            return Answer.json(200, document).naming(code);
        }
    }

    private void keep(String key, ObjectNode document, String operation) {
        var event = Json.object().put("partner", NAME).put("event", "kept").put("key", key);
        event.set("document", document);
        var currency = document.path("currencyCode").asText();
        var tax = Amounts.minor(document.path("totalTax").decimalValue(), currency);
        var effects = operation == null
                ? List.<Effect>of()
                : List.of(new Effect(
                        NAME,
                        operation,
                        document.path("code").asText(),
                        clock.instant(),
                        tax,
                        currency,
                        document.path("type").asText()));
        journal.append(event, effects, List.of());
        apply(event);
    }

    private ObjectNode document(
            ObjectNode model, String type, String code, long id, int version, String status, String reason)
            throws Refused {
        var currency = Json.text(model, "currencyCode", "USD");
        var date = model.path("date").asText();
        var shipTo = address(model, "shipto");
        var shipFrom = address(model, "shipfrom");
        var rates = TaxTable.at(Json.text(shipTo, "country", "US"), Json.text(shipTo, "region", null));
        var sums = new Sums(currency);
        var lines = Json.array();
        var discounts = discounts(model, currency);
        var overrides = overrides(model, currency);
        var position = 0;
        for (var line : model.path("lines")) {
            lines.add(line(line, position, id, date, shipTo, rates, discounts[position], overrides[position], sums));
            position++;
        }
        var json = Json.object();
        json.put("id", id);
        json.put("code", code);
        json.put("companyId", COMPANY_ID);
        json.put("date", date);
        json.put("paymentDate", date);
        json.put("status", status);
        json.put("type", type);
        json.put("batchCode", "");
        json.put("currencyCode", currency);
        json.put("exchangeRateCurrencyCode", currency);
        json.put("customerUsageType", "");
        json.put("entityUseCode", "");
        json.put("customerVendorCode", model.path("customerCode").asText());
        json.put("customerCode", model.path("customerCode").asText());
        json.put("exemptNo", "");
        json.put("reconciled", false);
        json.put("locationCode", "");
        json.put("reportingLocationCode", "");
        json.put("purchaseOrderNo", Json.text(model, "purchaseOrderNo", ""));
        json.put("referenceCode", Json.text(model, "referenceCode", ""));
        json.put("salespersonCode", "");
        json.put("taxOverrideType", "None");
        json.put("taxOverrideAmount", BigDecimal.ZERO.setScale(1));
        json.put("taxOverrideReason", "");
        json.put("totalAmount", sums.shown(sums.amount));
        json.put("totalExempt", BigDecimal.ZERO.setScale(1));
        json.put("totalDiscount", sums.shown(sums.discount));
        json.put("totalTax", sums.shown(sums.tax));
        json.put("totalTaxable", sums.shown(sums.taxable));
        json.put("totalTaxCalculated", sums.shown(sums.calculated));
        json.put("adjustmentReason", reason);
        json.put("adjustmentDescription", version > 1 ? "Create or adjust transaction" : "");
        json.put("locked", false);
        json.put("region", Json.text(shipTo, "region", ""));
        json.put("country", Json.text(shipTo, "country", "US"));
        json.put("version", version);
        json.put("softwareVersion", "26.9.0.0");
        json.put("originAddressId", id == 0 ? 0 : id + 2);
        json.put("destinationAddressId", id == 0 ? 0 : id + 1);
        json.put("exchangeRateEffectiveDate", date);
        json.put("exchangeRate", BigDecimal.ONE.setScale(1));
        json.put("isSellerImporterOfRecord", false);
        json.put("description", Json.text(model, "description", ""));
        json.put("email", Json.text(model, "email", ""));
        json.put("businessIdentificationNo", "");
        json.put("modifiedDate", clock.instant().toString());
        json.put("modifiedUserId", 1_450_221);
        json.put("taxDate", date.substring(0, 10) + "T00:00:00Z");
        json.set("lines", lines);
        var addresses = json.putArray("addresses");
        addresses.add(location(shipTo, id, 1));
        addresses.add(location(shipFrom, id, 2));
        json.putArray("locationTypes");
        json.set("summary", sums.summary(shipTo));
        json.putArray("messages");
        return json;
    }

    private ObjectNode line(
            JsonNode line,
            int position,
            long document,
            String date,
            JsonNode shipTo,
            List<TaxTable.Rate> rates,
            long discount,
            Long override,
            Sums sums)
            throws Refused {
        var included = line.path("taxIncluded").asBoolean();
        var taxCode = Json.text(line, "taxCode", "P0000000");
        // PG050000 is a gift card: taxed when it is spent, not when it is sold.
        var untaxed = taxCode.startsWith("NT") || taxCode.equals("PG050000");
        var applied = untaxed ? List.<TaxTable.Rate>of() : rates;
        var amount = minor(line.path("amount"), "amount", sums.currency);
        var taxes = TaxTable.taxes(amount - discount, applied, included);
        var calculated = Arrays.stream(taxes).sum();
        var tax = override == null ? calculated : override;
        var charged = override == null ? taxes : Amounts.split(tax, weights(taxes));
        var lineAmount = included ? amount - tax : amount;
        var taxable = lineAmount - discount;
        var id = document == 0 ? 0 : document + 10 + position;
        var json = Json.object();
        json.put("id", id);
        json.put("transactionId", document);
        json.put("lineNumber", Json.text(line, "number", String.valueOf(position + 1)));
        json.put("boundaryOverrideId", 0);
        json.put("customerUsageType", "");
        json.put("entityUseCode", "");
        json.put("description", Json.text(line, "description", ""));
        json.put("destinationAddressId", document == 0 ? 0 : document + 1);
        json.put("originAddressId", document == 0 ? 0 : document + 2);
        json.put("discountAmount", sums.shown(discount));
        json.put("discountTypeId", 0);
        json.put("exemptAmount", BigDecimal.ZERO.setScale(1));
        json.put("exemptCertId", 0);
        json.put("exemptNo", "");
        json.put("isItemTaxable", !applied.isEmpty());
        json.put("isSSTP", false);
        json.put("itemCode", Json.text(line, "itemCode", ""));
        json.put("lineAmount", sums.shown(lineAmount));
        json.put("quantity", quantity(line));
        json.put("ref1", Json.text(line, "ref1", ""));
        json.put("ref2", Json.text(line, "ref2", ""));
        json.put("reportingDate", date);
        json.put("revAccount", "");
        json.put("sourcing", "Destination");
        json.put("tax", sums.shown(tax));
        json.put("taxableAmount", sums.shown(applied.isEmpty() ? 0 : taxable));
        json.put("taxCalculated", sums.shown(calculated));
        json.put("taxCode", taxCode);
        json.put("taxCodeId", 8087);
        json.put("taxDate", date);
        json.put("taxEngine", "");
        json.put("taxOverrideType", override == null ? "None" : "TaxAmount");
        json.put("businessIdentificationNo", "");
        json.put("taxOverrideAmount", sums.shown(override == null ? 0 : tax));
        json.put("taxOverrideReason", Json.text(line.path("taxOverride"), "reason", ""));
        json.put("taxIncluded", included);
        var details = json.putArray("details");
        for (var i = 0; i < applied.size(); i++) {
            details.add(detail(applied.get(i), id, document, shipTo, taxable, charged[i], taxes[i], sums));
        }
        json.putArray("nonPassthroughDetails");
        json.putArray("lineLocationTypes");
        json.put("hsCode", "");
        json.put("costInsuranceFreight", BigDecimal.ZERO.setScale(1));
        json.put("vatCode", "");
        json.put("vatNumberTypeId", 0);
        sums.add(lineAmount, discount, applied.isEmpty() ? 0 : taxable, tax, calculated);
        return json;
    }

    private static ObjectNode detail(
            TaxTable.Rate rate,
            long line,
            long document,
            JsonNode shipTo,
            long taxable,
            long tax,
            long calculated,
            Sums sums) {
        var vat = rate.level().equals("Country");
        var json = Json.object();
        json.put("id", line == 0 ? 0 : line + 40);
        json.put("transactionLineId", line);
        json.put("transactionId", document);
        json.put("country", Json.text(shipTo, "country", "US"));
        json.put("region", Json.text(shipTo, "region", Json.text(shipTo, "country", "US")));
        json.put("exemptAmount", BigDecimal.ZERO.setScale(1));
        json.put("jurisCode", rate.code());
        json.put("jurisName", rate.name());
        json.put("stateAssignedNo", "");
        json.put("jurisType", vat ? "CNT" : rate.level().equals("State") ? "STA" : "CTY");
        json.put("jurisdictionType", rate.level());
        json.put("nonTaxableAmount", BigDecimal.ZERO.setScale(1));
        json.put("rate", rate.rate());
        json.put("tax", sums.shown(tax));
        json.put("taxableAmount", sums.shown(taxable));
        json.put("taxType", vat ? "Output" : "Sales");
        json.put("taxSubTypeId", vat ? "O" : "S");
        json.put("taxName", vat ? "Standard Rate" : rate.name() + " TAX");
        json.put("taxAuthorityTypeId", 45);
        json.put("taxCalculated", sums.shown(calculated));
        json.put("taxOverride", BigDecimal.ZERO.setScale(1));
        json.put("rateType", vat ? "Standard" : "General");
        json.put("rateTypeCode", vat ? "S" : "G");
        json.put("unitOfBasis", "PerCurrencyUnit");
        json.put("isNonPassThru", false);
        json.put("isFee", false);
        json.put("liabilityType", "Seller");
        sums.add(rate, taxable, tax, calculated);
        return json;
    }

    private static ObjectNode location(JsonNode address, long document, int position) {
        return Json.object()
                .put("id", document == 0 ? 0 : document + position)
                .put("transactionId", document)
                .put("boundaryLevel", "Address")
                .put("line1", Json.text(address, "line1", ""))
                .put("line2", Json.text(address, "line2", ""))
                .put("line3", Json.text(address, "line3", ""))
                .put("city", Json.text(address, "city", ""))
                .put("region", Json.text(address, "region", ""))
                .put("postalCode", Json.text(address, "postalCode", ""))
                .put("country", Json.text(address, "country", "US"))
                .put("taxRegionId", 0);
    }

    /** Totals of a document in minor units, and by authority. */
    private static final class Sums {
        final String currency;
        long amount;
        long discount;
        long taxable;
        long tax;
        long calculated;
        private final Map<TaxTable.Rate, long[]> byRate = new LinkedHashMap<>();

        Sums(String currency) {
            this.currency = currency;
        }

        void add(long lineAmount, long lineDiscount, long lineTaxable, long lineTax, long lineCalculated) {
            amount += lineAmount;
            discount += lineDiscount;
            taxable += lineTaxable;
            tax += lineTax;
            calculated += lineCalculated;
        }

        void add(TaxTable.Rate rate, long rateTaxable, long rateTax, long rateCalculated) {
            var sums = byRate.computeIfAbsent(rate, r -> new long[3]);
            sums[0] += rateTaxable;
            sums[1] += rateTax;
            sums[2] += rateCalculated;
        }

        BigDecimal shown(long minor) {
            return Amounts.trimmed(Amounts.decimal(minor, currency));
        }

        ArrayNode summary(JsonNode shipTo) {
            var list = Json.array();
            byRate.forEach((rate, sums) -> list.addObject()
                    .put("country", Json.text(shipTo, "country", "US"))
                    .put("region", Json.text(shipTo, "region", ""))
                    .put("jurisType", rate.level())
                    .put("jurisCode", rate.code())
                    .put("jurisName", rate.name())
                    .put("taxAuthorityType", 45)
                    .put("stateAssignedNo", "")
                    .put("taxType", rate.level().equals("Country") ? "Output" : "Sales")
                    .put("taxName", rate.name() + " TAX")
                    .put("rateType", rate.level().equals("Country") ? "Standard" : "General")
                    .put("taxable", shown(sums[0]))
                    .put("rate", rate.rate())
                    .put("tax", shown(sums[1]))
                    .put("taxCalculated", shown(sums[2]))
                    .put("nonTaxable", BigDecimal.ZERO.setScale(1))
                    .put("exemption", BigDecimal.ZERO.setScale(1)));
            return list;
        }
    }

    private static void check(ObjectNode model) throws Refused {
        if (!model.path("lines").isArray() || model.path("lines").isEmpty()) {
            throw new Refused(
                    400,
                    "MissingLine",
                    311,
                    "Transactions must have at least one line.",
                    "The CreateTransactionModel object must have an element called 'lines'.");
        }
        for (var field : List.of("date", "customerCode")) {
            if (Json.text(model, field, null) == null) {
                var message = "Field " + field + " is required.";
                throw new Refused(400, "ValueRequiredError", 5, message, "Please provide a value for " + field + ".");
            }
        }
        for (var field : LONGEST.entrySet()) {
            if (model.path(field.getKey()).asText().length() > field.getValue()) {
                throw tooLong(field.getKey(), field.getValue());
            }
        }
        if (!KINDS.contains(Json.text(model, "type", "SalesOrder"))) {
            throw new Refused(
                    400,
                    "InvalidEnumValue",
                    164,
                    "The field 'type' has an incorrect value.",
                    model.path("type").asText());
        }
        try {
            LocalDate.parse(model.path("date").asText().replaceFirst("T.*", ""));
            Amounts.decimals(Json.text(model, "currencyCode", "USD"));
        } catch (DateTimeParseException e) {
            var message = "Dates are only recognized in ISO 8601 format.";
            throw new Refused(
                    400, "DateFormatError", 26, message, model.path("date").asText());
        } catch (IllegalArgumentException e) {
            var message = "The field 'currencyCode' has an incorrect value.";
            throw new Refused(
                    400,
                    "InvalidEnumValue",
                    164,
                    message,
                    model.path("currencyCode").asText());
        }
        for (var line : model.path("lines")) {
            if (line.path("taxCode").asText().length() > 25) throw tooLong("taxCode", 25);
            if (line.path("itemCode").asText().length() > 50) throw tooLong("itemCode", 50);
            if (line.path("description").asText().length() > 2096) throw tooLong("description", 2096);
        }
        var shipTo = address(model, "shipto");
        if (shipTo.isMissingNode()) {
            throw new Refused(400, "MissingAddress", 305, "Address is required.", "No ShipTo or SingleLocation.");
        }
        if (shipTo.path("postalCode").asText().length() > 11) throw tooLong("postalCode", 11);
        if (undeliverable(shipTo)) {
            throw new Refused(
                    400,
                    "GetTaxError",
                    300,
                    "Tax calculation cannot be determined. Zip is not valid for the state.",
                    shipTo.path("postalCode").asText() + " (AddressLocationType: ShipTo)");
        }
    }

    /** The document's address of this kind; its own keys come in any case. */
    private static JsonNode address(JsonNode model, String kind) {
        JsonNode single = Json.MAPPER.missingNode();
        for (var fields = model.path("addresses").fields(); fields.hasNext(); ) {
            var field = fields.next();
            if (field.getKey().toLowerCase(Locale.ROOT).equals(kind)) return field.getValue();
            if (field.getKey().toLowerCase(Locale.ROOT).equals("singlelocation")) single = field.getValue();
        }
        return single;
    }

    /** The document's discount, shared by the lines that say they are discounted. */
    private static long[] discounts(JsonNode model, String currency) throws Refused {
        var lines = model.path("lines");
        var weights = new long[lines.size()];
        for (var i = 0; i < weights.length; i++) {
            if (lines.get(i).path("discounted").asBoolean()) {
                weights[i] = Math.abs(minor(lines.get(i).path("amount"), "amount", currency));
            }
        }
        var discount = model.path("discount");
        var any = Arrays.stream(weights).anyMatch(weight -> weight > 0);
        return any && !discount.isMissingNode() && !discount.isNull()
                ? Amounts.split(minor(discount, "discount", currency), weights)
                : new long[weights.length];
    }

    /** The tax each line is told to have; null where it is to be worked out. */
    private static Long[] overrides(JsonNode model, String currency) throws Refused {
        var lines = model.path("lines");
        var overrides = new Long[lines.size()];
        var whole = model.path("taxOverride");
        if (isTaxAmount(whole)) {
            var weights = new long[overrides.length];
            for (var i = 0; i < weights.length; i++) {
                weights[i] = Math.abs(minor(lines.get(i).path("amount"), "amount", currency));
            }
            var shares = Amounts.split(minor(whole.path("taxAmount"), "taxAmount", currency), weights);
            for (var i = 0; i < shares.length; i++) overrides[i] = shares[i];
        }
        for (var i = 0; i < overrides.length; i++) {
            var own = lines.get(i).path("taxOverride");
            if (isTaxAmount(own)) overrides[i] = minor(own.path("taxAmount"), "taxAmount", currency);
        }
        return overrides;
    }

    private static boolean isTaxAmount(JsonNode override) {
        return override.path("type").asText().equalsIgnoreCase("TaxAmount");
    }

    private static long[] weights(long[] taxes) {
        return Arrays.stream(taxes).map(Math::abs).toArray();
    }

    private static long minor(JsonNode amount, String field, String currency) throws Refused {
        try {
            var exact = new BigDecimal(amount.asText()).movePointRight(Amounts.decimals(currency));
            if (exact.precision() - exact.scale() > 15) throw new ArithmeticException("too large");
            return Amounts.rounded(exact);
        } catch (ArithmeticException | NumberFormatException e) {
            throw new Refused(400, "InvalidDecimalValue", 48, "The field '" + field + "' is no amount.", "" + amount);
        }
    }

    private static BigDecimal quantity(JsonNode line) throws Refused {
        try {
            return Amounts.trimmed(new BigDecimal(Json.text(line, "quantity", "1")));
        } catch (NumberFormatException e) {
            throw new Refused(400, "InvalidDecimalValue", 48, "The field 'quantity' is no number.", "quantity");
        }
    }

    private static boolean undeliverable(JsonNode address) {
        return isUs(Json.text(address, "country", "US"))
                && address.path("postalCode").asText().startsWith("00000");
    }

    private static boolean isUs(String country) {
        return country.equals("US") || country.equals("USA");
    }

    private static ObjectNode object(Call call) throws Refused {
        if (call.json() instanceof ObjectNode object) return object;
        throw modelRequired();
    }

    private static Refused modelRequired() {
        return new Refused(
                400,
                "ModelRequiredException",
                38,
                "A required model was not provided.",
                "Please verify that your request included a request body in valid JSON format.");
    }

    private static Refused tooLong(String field, int longest) {
        return new Refused(
                400,
                "StringLengthError",
                13,
                "Field '" + field + "' has an invalid length.",
                "Field '" + field + "' must be between 0 and " + longest + " characters in length.");
    }

    private static Refused notFound(String what, String code) {
        return new Refused(
                404,
                "EntityNotFoundError",
                4,
                what + " not found.",
                "The " + what + " with code '" + code + "' was not found.");
    }

    private static String key(String company, String type, String code) {
        return company + "/" + type + "/" + code;
    }

    /** Two calls for one document take turns. */
    private Object lock(String key) {
        return locks[Math.floorMod(key.hashCode(), locks.length)];
    }
}
