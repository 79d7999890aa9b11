package routes.region;

import java.util.Collection;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import routes.file.BrokenDataFile;
import routes.file.DataFile;
import routes.region.Market.Company;
import routes.region.Market.Policies;
import routes.region.Market.ServiceLevel;
import routes.region.Market.TaxedBy;
import routes.region.Market.Tolerances;

/** The markets we sell in, one file each under {@code regions/}: to serve another one is to add its file. */
@Component
public class Regions {

    private static final List<String> ROLES = List.of("shop", "tax", "fraud", "warehouse", "erp");
    private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());
    private static final Set<String> LANGUAGES = Set.of(Locale.getISOLanguages());
    private static final Pattern GUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final Map<String, Market> markets = new LinkedHashMap<>();
    private final Map<String, Market> byCountry = new TreeMap<>();
    private final Map<String, Company> companies = new TreeMap<>();

    /** @throws BrokenDataFile naming file and key when a market cannot be believed */
    @Autowired
    public Regions() {
        this(Regions.class.getClassLoader());
    }

    Regions(ClassLoader classes) {
        DataFile.allIn("regions", classes).forEach(this::add);
    }

    /**
     * The market that serves a country.
     *
     * @param iso2 ISO 3166 code in any case; null serves nobody
     */
    public Optional<Market> forCountry(String iso2) {
        return iso2 == null ? Optional.empty() : Optional.ofNullable(byCountry.get(iso2.toUpperCase(Locale.ROOT)));
    }

    /** @throws IllegalArgumentException when there is no such market */
    public Market named(String name) {
        Market market = markets.get(name);
        if (market == null) {
            throw new IllegalArgumentException(
                    "There is no market \"" + name + "\" (there are " + markets.keySet() + ")");
        }
        return market;
    }

    /** All markets, by name. */
    public Collection<Market> all() {
        return List.copyOf(markets.values());
    }

    /** @throws IllegalArgumentException when no market keeps its books there */
    public Company company(String name) {
        Company company = companies.get(name);
        if (company == null) {
            throw new IllegalArgumentException(
                    "No market keeps its books at \"" + name + "\" (there are " + companies.keySet() + ")");
        }
        return company;
    }

    private void add(DataFile file) {
        Market market = market(file);
        file.leave("sourcing");
        file.nothingElse();
        markets.put(market.name(), market);
        for (String country : market.countries()) {
            Market other = byCountry.put(country, market);
            if (other != null) {
                throw file.broken("countries", country + " is served by regions/" + other.name() + ".yaml already");
            }
        }
        Company known = companies.putIfAbsent(market.company().name(), market.company());
        if (known != null && !known.equals(market.company())) {
            throw file.broken("company", "another market describes " + known.name() + " differently: " + known);
        }
    }

    private static Market market(DataFile file) {
        Map<String, ServiceLevel> levels = serviceLevels(file.part("service-levels"));
        String usual = file.text("usual-service-level");
        if (!levels.containsKey(usual)) {
            throw file.broken("usual-service-level", "\"" + usual + "\" is none of " + levels.keySet());
        }
        return new Market(
                file.name(),
                among(file, "countries", COUNTRIES, "an ISO 3166 country code such as \"US\""),
                currency(file, "currency"),
                file.flag("prices-include-tax"),
                taxedBy(file),
                List.copyOf(among(file, "languages", LANGUAGES, "an ISO 639 language code such as en")),
                partners(file.part("partners")),
                company(file.part("company")),
                levels,
                usual,
                new Tolerances(file.part("tolerances").number("tax-minor", 0)),
                policies(file.part("policies")),
                file.part("nodes").allTexts());
    }

    private static Set<String> among(DataFile file, String key, Set<String> known, String what) {
        Set<String> codes = new LinkedHashSet<>(file.texts(key));
        for (String code : codes) {
            if (!known.contains(code)) {
                throw file.broken(key, "\"" + code + "\" is not " + what);
            }
        }
        return codes;
    }

    private static TaxedBy taxedBy(DataFile file) {
        String word = file.text("taxed-by");
        return switch (word) {
            case "country" -> TaxedBy.COUNTRY;
            case "region" -> TaxedBy.REGION;
            default -> throw file.broken("taxed-by", "it is \"" + word + "\"; write country or region");
        };
    }

    private static Policies policies(DataFile file) {
        int cancelHours = file.number("review-cancel-hours", 1);
        int authorisationDays = file.number("authorisation-days", 1);
        if (cancelHours >= authorisationDays * 24) {
            throw file.broken(
                    "review-cancel-hours",
                    "a review must end before the " + authorisationDays + " days of an authorisation do");
        }
        String outage = file.text("tax-outage");
        return new Policies(
                file.flag("correct-addresses"),
                switch (outage) {
                    case "keep-the-shops-tax" -> Policies.TaxOutage.KEEP_THE_SHOPS_TAX;
                    case "hold" -> Policies.TaxOutage.HOLD;
                    default -> throw file.broken(
                            "tax-outage", "it is \"" + outage + "\"; write keep-the-shops-tax or hold");
                },
                file.number("accept-unscreened-below-minor", 0),
                file.number("screen-again-minutes", 1),
                file.number("review-escalate-hours", 1),
                cancelHours,
                authorisationDays,
                file.number("renew-authorisation-hours", 1),
                file.number("remorse-minutes", 0),
                file.number("delay-notice-days", 1),
                file.number("delay-consent-days", 1));
    }

    private static Map<String, String> partners(DataFile file) {
        ROLES.forEach(file::text);
        return file.allTexts();
    }

    private static Company company(DataFile file) {
        String guid = file.text("guid").toLowerCase(Locale.ROOT);
        if (!GUID.matcher(guid).matches()) {
            throw file.broken("guid", "\"" + guid + "\" is not of the form 8-4-4-4-12 hexadecimal digits");
        }
        return new Company(file.text("name"), guid, currency(file, "books-currency"));
    }

    private static Map<String, ServiceLevel> serviceLevels(DataFile file) {
        Map<String, ServiceLevel> levels = new LinkedHashMap<>();
        for (String name : file.keys()) {
            DataFile level = file.part(name);
            levels.put(name, new ServiceLevel(name, level.number("ship-within-hours", 1), level.number("priority", 0)));
        }
        return levels;
    }

    private static String currency(DataFile file, String key) {
        String code = file.text(key);
        // The ledger knows markets, so markets ask the table itself rather than the ledger.
        boolean money = Currency.getAvailableCurrencies().stream()
                .anyMatch(known -> known.getCurrencyCode().equals(code) && known.getDefaultFractionDigits() >= 0);
        if (!money) {
            throw file.broken(key, "\"" + code + "\" is not an ISO 4217 currency one can pay with");
        }
        return code;
    }
}
