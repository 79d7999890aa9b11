package routes.sandbox;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;

/**
 * A small table of tax rates. The shop and the tax partner read the same one, so that an order placed here is taxed
 * by both alike, as it is when a merchant has set up both rightly.
 */
final class TaxTable {

    /** One authority's rate: {@code 0.0625} for 6.25 %. */
    record Rate(String name, String level, String code, BigDecimal rate) {}

    private static final Map<String, List<Rate>> STATES = Map.of(
            "CA", List.of(state("CALIFORNIA", "06", "0.06"), county("CA COUNTY", "037", "0.0125")),
            "NY", List.of(state("NEW YORK", "36", "0.04"), county("NEW YORK CITY", "359", "0.04875")),
            "TX", List.of(state("TEXAS", "48", "0.0625"), county("TX CITY", "101", "0.02")),
            "WA", List.of(state("WASHINGTON", "53", "0.065"), county("WA COUNTY", "033", "0.036")),
            "AL", List.of(state("ALABAMA", "01", "0.04")),
            "PA", List.of(state("PENNSYLVANIA", "42", "0.06")),
            "IL", List.of(state("ILLINOIS", "17", "0.0625")),
            "OR", List.of(),
            "DE", List.of());

    private static final Map<String, Rate> COUNTRIES = Map.of(
            "DE", country("GERMANY", "DE", "0.19"),
            "AT", country("AUSTRIA", "AT", "0.20"),
            "FR", country("FRANCE", "FR", "0.20"),
            "NL", country("NETHERLANDS", "NL", "0.21"),
            "PL", country("POLAND", "PL", "0.23"),
            "GB", country("UNITED KINGDOM", "GB", "0.20"),
            "JP", country("JAPAN", "JP", "0.10"),
            "CA", country("CANADA", "CA", "0.05"));

    private TaxTable() {}

    /** The rates at a destination; empty where we have nothing to collect, an unknown country included. */
    static List<Rate> at(String country, String region) {
        if ("US".equals(country) || "USA".equals(country)) {
            return STATES.getOrDefault(region == null ? "" : region, List.of(state("STATE", "99", "0.05")));
        }
        var rate = COUNTRIES.get(country == null ? "" : country);
        return rate == null ? List.of() : List.of(rate);
    }

    /**
     * The tax in minor units by each rate. On top: each is rounded by itself. Included: the net is rounded and the tax
     * is the difference, shared by rate, so that the price the customer saw is sacred.
     */
    static long[] taxes(long amountMinor, List<Rate> rates, boolean included) {
        var amount = BigDecimal.valueOf(amountMinor);
        if (!included) {
            return rates.stream()
                    .mapToLong(rate -> Amounts.rounded(amount.multiply(rate.rate())))
                    .toArray();
        }
        var all = rates.stream().map(Rate::rate).reduce(BigDecimal.ZERO, BigDecimal::add);
        var net = amount.divide(BigDecimal.ONE.add(all), 12, RoundingMode.HALF_UP);
        var weights = rates.stream()
                .mapToLong(rate -> rate.rate().movePointRight(6).longValue())
                .toArray();
        return Amounts.split(amountMinor - Amounts.rounded(net), weights);
    }

    private static Rate state(String name, String code, String rate) {
        return new Rate(name, "State", code, new BigDecimal(rate));
    }

    private static Rate county(String name, String code, String rate) {
        return new Rate(name, "County", code, new BigDecimal(rate));
    }

    private static Rate country(String name, String code, String rate) {
        return new Rate(name, "Country", code, new BigDecimal(rate));
    }
}
