package routes.ledger;

/** What must never be written in the ledger; the Java style check has to find it. */
class FloatingPrice {

    double price;

    static float shared(Float whole) {
        return whole;
    }
}
