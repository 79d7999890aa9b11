package routes.ledger;

import java.util.List;
import java.util.Objects;

/**
 * One balanced movement in the books: what happened to which order, in one currency. Entries are only ever added; a
 * correction is a new entry.
 *
 * @param id {@code <order>-<short kind>[-<subject>]}, at most 20 characters: it is the ERP's document number too
 * @param subject what within the order moved, such as the parcel "P1"; empty when it is the order itself
 * @param company whose books these are
 * @param postings at least two, none of them zero, their sum zero
 */
public record Entry(
        String id,
        String orderNumber,
        Kind kind,
        String subject,
        String company,
        String currency,
        List<Posting> postings) {

    /** The ERP's document numbers are no longer than this. */
    public static final int LONGEST_ID = 20;

    /** What an entry is about; the short form stands in its id. */
    public enum Kind {
        /** The shop took the money when the order was placed. */
        CAPTURE_AT_ORDER("CAO"),
        /** The money of one shipped parcel came in. */
        CAPTURE("CAP"),
        /** A parcel left: revenue and tax. */
        SHIPMENT("SAL"),
        /** A parcel left: what its goods cost us. */
        COST("COG"),
        /** Units that were paid for were cancelled: we owe their money back. */
        CANCELLATION("CAN"),
        /** That money went back. */
        REFUND("REF"),
        /** Goods left that nobody pays for. */
        WRITE_OFF("WOF"),
        /** What a customer owed was paid some other way. */
        COLLECTION("COL"),
        /** What a customer owed will never be paid. */
        LOSS("LOS");

        private final String shortForm;

        Kind(String shortForm) {
            this.shortForm = shortForm;
        }

        public String shortForm() {
            return shortForm;
        }
    }

    /**
     * One line of an entry.
     *
     * @param amountMinor minor units of the entry's currency; debit positive, credit negative
     * @param dimension what tells more within the account: the jurisdiction of a tax, the processor of a payment; else empty
     */
    public record Posting(Account account, long amountMinor, String dimension) {

        public Posting {
            Objects.requireNonNull(account, "account");
            dimension = dimension == null ? "" : dimension;
        }
    }

    /**
     * @throws UnbalancedEntry when debits and credits differ
     * @throws IllegalArgumentException when a part is missing, the id is too long or the currency unknown
     */
    public Entry {
        named(id, "id");
        named(orderNumber, "order number");
        named(company, "company");
        Objects.requireNonNull(kind, "kind");
        subject = subject == null ? "" : subject;
        postings = List.copyOf(postings);
        Money.exponent(currency);
        if (id.length() > LONGEST_ID) {
            throw new IllegalArgumentException("Entry id " + id + " is longer than " + LONGEST_ID + " characters");
        }
        if (postings.size() < 2 || postings.stream().anyMatch(posting -> posting.amountMinor() == 0)) {
            throw new IllegalArgumentException("Entry " + id + " moves nothing: " + postings);
        }
        long sum = postings.stream().mapToLong(Posting::amountMinor).reduce(0, Math::addExact);
        if (sum != 0) {
            throw new UnbalancedEntry("Entry " + id + " is " + Math.absExact(sum) + " minor units of " + currency
                    + (sum > 0 ? " heavier on the debit side: " : " heavier on the credit side: ") + postings);
        }
    }

    /** The id an event's entry has; the same event always has the same one. */
    public static String idOf(String orderNumber, Kind kind, String subject) {
        String id = orderNumber + "-" + kind.shortForm();
        return subject == null || subject.isEmpty() ? id : id + "-" + subject;
    }

    private static void named(String text, String what) {
        if (text == null || text.isBlank()) {
            throw new IllegalArgumentException("An entry has no " + what);
        }
    }
}
