package routes.stock;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import routes.file.DataFile;

/** The rules by which each market sources, and which warehouses there are to be asked for their stock. */
@Component("sourcingRules")
public class AllRules {

    private final Map<String, SourcingRules> byMarket = new LinkedHashMap<>();
    private final Set<String> warehouses = new TreeSet<>();

    /** @throws routes.file.BrokenDataFile naming file and key when a market's rules cannot be believed */
    @Autowired
    public AllRules() {
        this(AllRules.class.getClassLoader());
    }

    AllRules(ClassLoader classes) {
        // What else stands in these files is read and checked by the one who owns them.
        for (DataFile market : DataFile.allIn("regions", classes)) {
            byMarket.put(market.name(), SourcingRules.of(market));
            warehouses.add(market.part("partners").text("warehouse"));
        }
    }

    /** @throws IllegalArgumentException when there is no such market */
    public SourcingRules of(String market) {
        SourcingRules rules = byMarket.get(market);
        if (rules == null) {
            throw new IllegalArgumentException(
                    "There is no market \"" + market + "\" (there are " + byMarket.keySet() + ")");
        }
        return rules;
    }

    /** Partners that have the role of a warehouse somewhere. */
    Collection<String> warehouses() {
        return warehouses;
    }
}
