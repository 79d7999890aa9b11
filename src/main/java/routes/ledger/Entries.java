package routes.ledger;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import routes.ledger.Entry.Kind;
import routes.ledger.Entry.Posting;
import routes.ledger.ParcelShares.LineShare;

/**
 * What each event of an order means in the books. Nothing here knows the order or the store: amounts go in, an entry comes
 * out, and the same event always makes the same entry. An event that moves no money makes none.
 */
public final class Entries {

    /** Longest text a dimension may have in the store. */
    private static final int LONGEST_DIMENSION = 60;

    private Entries() {}

    /**
     * The shop took the whole payment when the order was placed: we owe goods for it, there is no revenue yet.
     *
     * @param processor who holds the money, such as the payment gateway's name
     */
    public static Optional<Entry> capturedAtOrder(
            String orderNumber, String company, String currency, long amountMinor, String processor) {
        return entry(orderNumber, Kind.CAPTURE_AT_ORDER, "", company, currency)
                .debit(Account.PROCESSOR_CLEARING, amountMinor, processor)
                .credit(Account.CUSTOMER_DEPOSITS, amountMinor, "")
                .made();
    }

    /** The money of one shipped parcel was captured: its receivable is settled. */
    public static Optional<Entry> captured(
            String orderNumber, String parcel, String company, String currency, long amountMinor, String processor) {
        return entry(orderNumber, Kind.CAPTURE, parcel, company, currency)
                .debit(Account.PROCESSOR_CLEARING, amountMinor, processor)
                .credit(Account.RECEIVABLE, amountMinor, "")
                .made();
    }

    /**
     * A parcel left the warehouse: revenue, discounts, shipping and tax.
     *
     * <p>Where prices include tax, revenue and discounts are both booked without it. Their difference is exact by
     * construction (what the customer pays less the tax); only the share of tax in the discount is rounded.
     *
     * @param parcel the parcel's amounts, as {@link ParcelShares#of} gives them
     * @param taxIncluded whether these amounts already include tax
     * @param capturedAtOrder whether the money came with the order (it settles deposits) or comes after shipment (it becomes
     *     a receivable)
     * @param jurisdiction to whom the tax is owed, such as "US-CA" or "DE"
     * @throws UnbalancedEntry when the parcel's amount is not the sum of its parts
     */
    public static Optional<Entry> shipped(
            String orderNumber,
            String parcelId,
            String company,
            String currency,
            ParcelShares parcel,
            boolean taxIncluded,
            boolean capturedAtOrder,
            String jurisdiction) {
        long revenue = 0;
        long discounts = 0;
        for (LineShare line : parcel.lines()) {
            long discount = taxIncluded ? withoutTax(line) : line.discountMinor();
            discounts += discount;
            revenue += line.netMinor() + discount - (taxIncluded ? line.taxMinor() : 0);
        }
        return entry(orderNumber, Kind.SHIPMENT, parcelId, company, currency)
                .debit(capturedAtOrder ? Account.CUSTOMER_DEPOSITS : Account.RECEIVABLE, parcel.amountMinor(), "")
                .debit(Account.DISCOUNTS, discounts, "")
                .credit(Account.PRODUCT_REVENUE, revenue, "")
                .credit(
                        Account.SHIPPING_REVENUE,
                        parcel.shippingMinor() - (taxIncluded ? parcel.shippingTaxMinor() : 0),
                        "")
                .credit(Account.TAX_PAYABLE, parcel.taxMinor(), jurisdiction)
                .made();
    }

    /** The goods of a parcel left the stock; no entry when their cost is not known (0). */
    public static Optional<Entry> cost(
            String orderNumber, String parcel, String company, String currency, long costMinor) {
        return entry(orderNumber, Kind.COST, parcel, company, currency)
                .debit(Account.COST_OF_GOODS, costMinor, "")
                .credit(Account.INVENTORY, costMinor, "")
                .made();
    }

    /** The discount less the tax in it, at the rate the line was really taxed at: discount x (net - tax) / net. */
    private static long withoutTax(LineShare line) {
        if (line.netMinor() <= 0) {
            return line.discountMinor(); // given away: no tax was charged, so none is in the discount
        }
        BigInteger net = BigInteger.valueOf(line.netMinor());
        return BigInteger.valueOf(line.discountMinor())
                .multiply(BigInteger.valueOf(line.netMinor() - line.taxMinor()))
                .shiftLeft(1)
                .add(net)
                .divide(net.shiftLeft(1))
                .longValueExact();
    }

    private static Draft entry(String orderNumber, Kind kind, String subject, String company, String currency) {
        return new Draft(orderNumber, kind, subject, company, currency, new ArrayList<>());
    }

    /** An entry being written; lines of zero are left out. */
    private record Draft(
            String orderNumber, Kind kind, String subject, String company, String currency, List<Posting> postings) {

        Draft debit(Account account, long amountMinor, String dimension) {
            if (amountMinor != 0) {
                String text = dimension == null ? "" : dimension;
                String shortened = text.length() > LONGEST_DIMENSION ? text.substring(0, LONGEST_DIMENSION) : text;
                postings.add(new Posting(account, amountMinor, shortened));
            }
            return this;
        }

        Draft credit(Account account, long amountMinor, String dimension) {
            return debit(account, Math.negateExact(amountMinor), dimension);
        }

        Optional<Entry> made() {
            if (postings.isEmpty()) {
                return Optional.empty();
            }
            String id = Entry.idOf(orderNumber, kind, subject);
            return Optional.of(new Entry(id, orderNumber, kind, subject, company, currency, postings));
        }
    }
}
