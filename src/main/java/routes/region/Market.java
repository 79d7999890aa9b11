package routes.region;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A market we sell in, as its file {@code regions/<name>.yaml} says.
 *
 * @param countries ISO 3166 codes that it serves, such as "US"
 * @param currency ISO 4217 code that its orders are in
 * @param pricesIncludeTax what shops in this market usually do; the order itself says what it did
 * @param languages language codes, the usual one first
 * @param partners role (shop, tax, fraud, warehouse, erp) to partner, such as tax -> avalara
 * @param company whose books its orders go to
 * @param serviceLevels by name
 * @param usualServiceLevel the one for orders that name none of these
 * @param tolerances differences we accept from partners
 * @param policies what the hub does here when something is late, doubtful or away
 * @param nodes the shop's location id to the warehouse's id of the same place
 */
public record Market(
        String name,
        Set<String> countries,
        String currency,
        boolean pricesIncludeTax,
        TaxedBy taxedBy,
        List<String> languages,
        Map<String, String> partners,
        Company company,
        Map<String, ServiceLevel> serviceLevels,
        String usualServiceLevel,
        Tolerances tolerances,
        Policies policies,
        Map<String, String> nodes) {

    /** Who in a country sets the tax on sales. */
    public enum TaxedBy {
        /** One tax office for the whole country, as in Germany. */
        COUNTRY,
        /** Each state or province, as in the United States. */
        REGION
    }

    /**
     * A company in the ERP.
     *
     * @param guid the ERP's id of it
     * @param currency what its books are kept in
     */
    public record Company(String name, String guid, String currency) {}

    /**
     * How fast an order is to be.
     *
     * @param shipWithinHours from placing to shipping
     * @param priority lower is more urgent
     */
    public record ServiceLevel(String name, int shipWithinHours, int priority) {}

    /**
     * How much a partner's figure may differ from ours before a person looks, in minor units of the market's currency.
     *
     * @param taxMinor on the tax of an order
     */
    public record Tolerances(long taxMinor) {}

    /**
     * What the hub does by itself when something is late, doubtful or away; none of it is ever a silent yes.
     *
     * @param correctAddresses whether an address is replaced by the one the tax partner says it means
     * @param taxOutage what becomes of an order whose tax nobody can quote
     * @param acceptUnscreenedBelowMinor orders below this value go on while the fraud partner is down; 0: none does
     * @param screenAgainMinutes when an order that went on unscreened is screened after all
     * @param reviewEscalateHours when a review that nobody decided is brought to the leads
     * @param reviewCancelHours when such an order is cancelled; it must lie before authorisations end
     * @param authorisationDays how long payments stay authorised where the shop does not say
     * @param renewAuthorisationHours how long before its end an authorisation is renewed, if goods are still to leave
     * @param remorseMinutes how long a customer may think better of it before anything is sent
     * @param delayNoticeDays when a customer must be asked whether to wait any longer
     * @param delayConsentDays how long after that silence means no
     */
    public record Policies(
            boolean correctAddresses,
            TaxOutage taxOutage,
            long acceptUnscreenedBelowMinor,
            int screenAgainMinutes,
            int reviewEscalateHours,
            int reviewCancelHours,
            int authorisationDays,
            int renewAuthorisationHours,
            int remorseMinutes,
            int delayNoticeDays,
            int delayConsentDays) {

        /** What to do without the tax partner. */
        public enum TaxOutage {
            /** The shop's own tax is kept, and the order says that nobody checked it. */
            KEEP_THE_SHOPS_TAX,
            /** The order is held until a person looks. */
            HOLD
        }
    }

    /**
     * The partner that has a role here.
     *
     * @throws IllegalArgumentException when the market has nobody in that role
     */
    public String partner(String role) {
        return known(partners, role, "partner in the role");
    }

    /**
     * The warehouse's id of one of the shop's locations.
     *
     * @throws IllegalArgumentException when the market does not ship from there
     */
    public String node(String shopLocation) {
        return known(nodes, shopLocation, "node for the shop's location");
    }

    /** The service level of that name, or the usual one when the market has no such level. */
    public ServiceLevel serviceLevel(String level) {
        ServiceLevel named = level == null ? null : serviceLevels.get(level);
        return named == null ? serviceLevels.get(usualServiceLevel) : named;
    }

    /** To whom the tax on a delivery is owed: "DE", or "US-CA" where regions set it; without a region the country. */
    public String jurisdiction(String country, String region) {
        return taxedBy == TaxedBy.COUNTRY || region == null || region.isBlank() ? country : country + "-" + region;
    }

    private <T> T known(Map<String, T> map, String key, String what) {
        T value = key == null ? null : map.get(key);
        if (value == null) {
            Collection<String> there = map.keySet();
            throw new IllegalArgumentException(
                    "Market " + name + " has no " + what + " \"" + key + "\" (it has " + there + ")");
        }
        return value;
    }
}
