package routes.ledger;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
     * @param amountMinor all that was taken
     * @param giftCardMinor the part of it that gift cards paid: it redeems what we owed their holders
     * @param processor who holds the money, such as the payment gateway's name
     */
    public static Optional<Entry> capturedAtOrder(
            String orderNumber,
            String company,
            String currency,
            long amountMinor,
            long giftCardMinor,
            String processor) {
        return entry(orderNumber, Kind.CAPTURE_AT_ORDER, "", company, currency)
                .debit(Account.PROCESSOR_CLEARING, amountMinor - giftCardMinor, processor)
                .debit(Account.STORE_CREDIT, giftCardMinor, "")
                .credit(Account.CUSTOMER_DEPOSITS, amountMinor, "")
                .made();
    }

    /** The money of one shipped parcel, or a part of it, was captured: its receivable is settled. */
    public static Optional<Entry> captured(
            String orderNumber, String due, String company, String currency, long amountMinor, String processor) {
        return entry(orderNumber, Kind.CAPTURE, due, company, currency)
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
     * @param prepaidMinor the part of its amount that came with the order (it settles deposits); the rest comes after
     *     shipment (it becomes a receivable)
     * @param giftCardLines lines that sell gift cards: no revenue, but something we owe their holders
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
            long prepaidMinor,
            Set<Integer> giftCardLines,
            String jurisdiction) {
        long revenue = 0;
        long discounts = 0;
        long duty = 0;
        long giftCards = 0;
        for (LineShare line : parcel.lines()) {
            duty += line.dutyMinor();
            if (giftCardLines.contains(line.line())) {
                giftCards += line.netMinor() - (taxIncluded ? line.taxMinor() : 0);
                continue;
            }
            long discount = taxIncluded ? withoutTax(line) : line.discountMinor();
            discounts += discount;
            revenue += line.netMinor() + discount - (taxIncluded ? line.taxMinor() : 0);
        }
        return entry(orderNumber, Kind.SHIPMENT, parcelId, company, currency)
                .debit(Account.CUSTOMER_DEPOSITS, prepaidMinor, "")
                .debit(Account.RECEIVABLE, parcel.amountMinor() - prepaidMinor, "")
                .debit(Account.DISCOUNTS, discounts, "")
                .credit(Account.PRODUCT_REVENUE, revenue, "")
                .credit(
                        Account.SHIPPING_REVENUE,
                        parcel.shippingMinor() - (taxIncluded ? parcel.shippingTaxMinor() : 0),
                        "")
                .credit(Account.TAX_PAYABLE, parcel.taxMinor(), jurisdiction)
                .credit(Account.DUTY_PAYABLE, duty, "")
                .credit(Account.TIPS_PAYABLE, parcel.tipMinor(), "")
                .credit(Account.STORE_CREDIT, giftCards, "")
                .made();
    }

    /** Units that were paid for when the order was placed are cancelled: no revenue to reverse, but money to give back. */
    public static Optional<Entry> cancelled(
            String orderNumber, String cancellation, String company, String currency, long refundMinor) {
        return entry(orderNumber, Kind.CANCELLATION, cancellation, company, currency)
                .debit(Account.CUSTOMER_DEPOSITS, refundMinor, "")
                .credit(Account.REFUNDS_PAYABLE, refundMinor, "")
                .made();
    }

    /**
     * The money went back to the customer; booked when the partner says that it did, not when it was asked to.
     *
     * @param giftCardMinor the part that went back onto gift cards: we owe it to their holders again
     */
    public static Optional<Entry> refunded(
            String orderNumber,
            String cancellation,
            String company,
            String currency,
            long refundMinor,
            long giftCardMinor,
            String processor) {
        return entry(orderNumber, Kind.REFUND, cancellation, company, currency)
                .debit(Account.REFUNDS_PAYABLE, refundMinor, "")
                .credit(Account.PROCESSOR_CLEARING, refundMinor - giftCardMinor, processor)
                .credit(Account.STORE_CREDIT, giftCardMinor, "")
                .made();
    }

    /** Goods left that nobody pays for: more than was ordered, or what had been cancelled. */
    public static Optional<Entry> writtenOff(
            String orderNumber, String subject, String company, String currency, long costMinor) {
        return entry(orderNumber, Kind.WRITE_OFF, subject, company, currency)
                .debit(Account.WRITE_OFFS, costMinor, "")
                .credit(Account.INVENTORY, costMinor, "")
                .made();
    }

    /** What a customer owed for a parcel was paid outside the shop, into the bank. */
    public static Optional<Entry> collected(
            String orderNumber, String due, String company, String currency, long amountMinor, String reference) {
        return entry(orderNumber, Kind.COLLECTION, due, company, currency)
                .debit(Account.BANK, amountMinor, reference)
                .credit(Account.RECEIVABLE, amountMinor, "")
                .made();
    }

    /** What a customer owes for a parcel is given up. */
    public static Optional<Entry> givenUp(
            String orderNumber, String due, String company, String currency, long amountMinor) {
        return entry(orderNumber, Kind.LOSS, due, company, currency)
                .debit(Account.WRITE_OFFS, amountMinor, "")
                .credit(Account.RECEIVABLE, amountMinor, "")
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
