package routes.ledger;

import java.util.Arrays;

/** The chart of accounts. Numbers are what the ERP books; a dimension (jurisdiction, processor) tells more within one. */
public enum Account {
    BANK("1010", "Bank", Side.DEBIT),
    PROCESSOR_CLEARING("1050", "Processor clearing", Side.DEBIT),
    RECEIVABLE("1100", "Receivable", Side.DEBIT),
    INVENTORY("1200", "Inventory", Side.DEBIT),
    RETURNS_IN_INSPECTION("1210", "Returns in inspection", Side.DEBIT),
    RIGHT_OF_RETURN("1220", "Right-of-return asset", Side.DEBIT),
    CARRIER_CLAIMS("1300", "Carrier claims", Side.DEBIT),
    CUSTOMER_DEPOSITS("2050", "Customer deposits", Side.CREDIT),
    TAX_PAYABLE("2100", "Tax payable", Side.CREDIT),
    DUTY_PAYABLE("2110", "Duty payable", Side.CREDIT),
    TIPS_PAYABLE("2120", "Tips owed to staff", Side.CREDIT),
    REFUND_LIABILITY("2200", "Refund liability (estimate)", Side.CREDIT),
    REFUNDS_PAYABLE("2210", "Refunds payable", Side.CREDIT),
    STORE_CREDIT("2300", "Store credit and gift cards", Side.CREDIT),
    PRODUCT_REVENUE("4000", "Product revenue", Side.CREDIT),
    DISCOUNTS("4010", "Discounts", Side.DEBIT),
    SHIPPING_REVENUE("4100", "Shipping revenue", Side.CREDIT),
    RETURNS("4200", "Returns", Side.DEBIT),
    APPEASEMENTS("4210", "Appeasements", Side.DEBIT),
    RETURN_FEES("4300", "Return fees", Side.CREDIT),
    COST_OF_GOODS("5000", "Cost of goods sold", Side.DEBIT),
    REPLACEMENT_COST("5010", "Replacement cost", Side.DEBIT),
    WRITE_OFFS("5020", "Write-offs", Side.DEBIT),
    FREIGHT("5100", "Freight", Side.DEBIT),
    PROCESSOR_FEES("6000", "Processor fees", Side.DEBIT),
    CHARGEBACK_LOSS("6010", "Chargeback loss", Side.DEBIT),
    DUTY_ABSORBED("6020", "Duty absorbed", Side.DEBIT),
    EXCHANGE_DIFFERENCES("7000", "Exchange gain or loss", Side.DEBIT),
    ROUNDING("7010", "Rounding", Side.DEBIT);

    /** The side on which an account's balance normally stands. */
    public enum Side {
        DEBIT,
        CREDIT
    }

    private final String number;
    private final String title;
    private final Side side;

    Account(String number, String title, Side side) {
        this.number = number;
        this.title = title;
        this.side = side;
    }

    /** The number in the books, such as "1050". */
    public String number() {
        return number;
    }

    /** What people call it. */
    public String title() {
        return title;
    }

    /** Where its balance normally stands; contra accounts stand opposite to their neighbours. */
    public Side side() {
        return side;
    }

    /** @throws IllegalArgumentException when the chart has no such number */
    public static Account numbered(String number) {
        return Arrays.stream(values())
                .filter(account -> account.number.equals(number))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("The chart of accounts has no " + number));
    }
}
