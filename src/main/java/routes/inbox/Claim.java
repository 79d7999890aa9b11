package routes.inbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Takes runnable lanes. A power cut may undo it: then the lanes are simply runnable again. */
final class Claim extends Operation<List<Store.Grant>> {

    private final Store store;
    private final int wanted;
    private final boolean oldestFirst;

    Claim(Store store, int wanted, boolean oldestFirst) {
        super(null);
        this.store = store;
        this.wanted = wanted;
        this.oldestFirst = oldestFirst;
    }

    @Override
    protected String kind() {
        return "claim";
    }

    @Override
    protected void write(Batch batch) {}

    @Override
    protected void read(Connection connection) throws SQLException {
        result(store.claim(connection, wanted, oldestFirst));
    }

    @Override
    protected boolean durable() {
        return false;
    }
}
