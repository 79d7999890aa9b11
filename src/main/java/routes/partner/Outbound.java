package routes.partner;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Where the hub may call. Outside the sandbox only https and only public addresses, so that neither a wrong setting nor a
 * partner's name server can make the hub talk to what stands beside it: its own ports, the cluster, the cloud's metadata.
 * The address that was judged is the address that is called; a name is not resolved a second time. Redirects are never
 * followed.
 *
 * <p>{@code oms.outbound.allowed} lists exceptions: {@code 10.1.0.0/16} (addresses that may be called although they are
 * private) and {@code http://erp.example:8080} (an origin that may be called without TLS).
 */
@Component("outbound")
class Outbound implements HttpClientConfigurer {

    /** A call that was not made: its address is none we may call. */
    static final class AddressRefused extends HttpException {

        private static final long serialVersionUID = 1L;

        AddressRefused(String why) {
            super(why);
        }
    }

    /** Asks the name server. */
    interface Names {
        InetAddress[] of(String host) throws UnknownHostException;
    }

    /** An address and how many of its leading bits count. */
    private record Block(byte[] address, int bits) {

        static Block of(String text) {
            int slash = text.indexOf('/');
            String address = slash < 0 ? text : text.substring(0, slash);
            if (!address.matches("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")) {
                throw new IllegalArgumentException(
                        "oms.outbound.allowed: \"" + text + "\" is neither an address block nor an http:// origin");
            }
            try {
                byte[] bytes = InetAddress.getByName(address).getAddress();
                int bits = slash < 0 ? bytes.length * 8 : Integer.parseInt(text.substring(slash + 1));
                if (bits < 0 || bits > bytes.length * 8) {
                    throw new IllegalArgumentException("oms.outbound.allowed: \"" + text + "\" has too many bits");
                }
                return new Block(bytes, bits);
            } catch (UnknownHostException | NumberFormatException wrong) {
                throw new IllegalArgumentException("oms.outbound.allowed: \"" + text + "\" is no address block", wrong);
            }
        }

        boolean holds(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> bit % 8;
                if ((other[bit / 8] & mask) != (address[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Link-local addresses, where clouds keep what a machine may know of itself. Not even the sandbox calls them. */
    private static final List<Block> METADATA =
            blocks("169.254.0.0/16", "fe80::/10", "fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16");

    private static final List<Block> PRIVATE = blocks(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "224.0.0.0/3",
            "::/96",
            "100::/64",
            "fc00::/7",
            "fec0::/10",
            "ff00::/8");

    /** Blocks whose addresses carry an IPv4 address: where in it. */
    private static final Block NAT64 = Block.of("64:ff9b::/96");

    private static final Block SIX_TO_FOUR = Block.of("2002::/16");

    private final boolean sandbox;
    private final Names names;
    private final List<Block> allowed = new ArrayList<>();
    private final Set<String> plain = new TreeSet<>();

    @Autowired
    Outbound(
            PartnerSettings settings,
            @Value("${oms.sandbox.enabled}") boolean sandbox,
            @Value("${oms.outbound.allowed:}") List<String> allowed,
            @Value("${oms.public-url:}") String publicUrl) {
        this(sandbox, allowed, InetAddress::getAllByName);
        settings.partners().forEach((name, partner) -> {
            if (!partner.url().isEmpty()) {
                checkUrl("oms.partners." + name + ".url", partner.url());
            }
        });
        if (!publicUrl.isBlank()) {
            checkUrl("oms.public-url", publicUrl);
        }
    }

    Outbound(boolean sandbox, List<String> allowed, Names names) {
        this.sandbox = sandbox;
        this.names = names;
        for (String one : allowed) {
            if (one.isBlank()) {
                continue;
            }
            if (one.startsWith("http://")) {
                plain.add(origin(URI.create(one.trim())));
            } else {
                this.allowed.add(Block.of(one.trim()));
            }
        }
    }

    private static List<Block> blocks(String... texts) {
        List<Block> blocks = new ArrayList<>();
        for (String text : texts) {
            blocks.add(Block.of(text));
        }
        return List.copyOf(blocks);
    }

    /**
     * Looks at an address as it is set, without asking a name server.
     *
     * @throws IllegalArgumentException naming the setting
     */
    void checkUrl(String setting, String url) {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException notOne) {
            throw new IllegalArgumentException(setting + " is no URL");
        }
        String host = uri.getHost();
        if (host == null || uri.getUserInfo() != null || uri.getFragment() != null) {
            throw new IllegalArgumentException(setting + " is to be https://<host>[:port][/path], without a user");
        }
        if (!"https".equalsIgnoreCase(uri.getScheme()) && !mayBePlain(uri)) {
            throw new IllegalArgumentException(setting + " is to begin with https:// outside the sandbox;"
                    + " oms.outbound.allowed may name \"" + origin(uri) + "\"");
        }
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        if (bare.matches("[0-9.]+|.*:.*")) {
            try {
                String refused = refusal(InetAddress.getByName(bare));
                if (refused != null) {
                    throw new IllegalArgumentException(setting + " leads to " + refused);
                }
            } catch (UnknownHostException notAnAddress) {
                throw new IllegalArgumentException(setting + " has no address in it", notAnAddress);
            }
        }
    }

    private boolean mayBePlain(URI uri) {
        return "http".equalsIgnoreCase(uri.getScheme()) && (sandbox || plain.contains(origin(uri)));
    }

    private static String origin(URI uri) {
        int port = uri.getPort() < 0 ? "http".equalsIgnoreCase(uri.getScheme()) ? 80 : 443 : uri.getPort();
        return (uri.getScheme() + "://" + uri.getHost() + ":" + port).toLowerCase(Locale.ROOT);
    }

    /** Every call of camel-http takes the way decided here. */
    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        client.disableRedirectHandling();
        client.disableCookieManagement();
        client.setRoutePlanner((target, context) -> route(target));
    }

    /**
     * The way to a host: by the first of its addresses, all of which must be ones we may call.
     *
     * @throws AddressRefused when one is not, or the host is to be called without TLS
     */
    HttpRoute route(HttpHost target) throws HttpException {
        if (target == null) {
            throw new AddressRefused("There is no host to call");
        }
        HttpHost host =
                RoutingSupport.normalize(target, org.apache.hc.client5.http.impl.DefaultSchemePortResolver.INSTANCE);
        boolean secure = "https".equalsIgnoreCase(host.getSchemeName());
        if (!secure && !sandbox && !plain.contains(host.toURI().toLowerCase(Locale.ROOT))) {
            throw new AddressRefused(host.getHostName() + " would be called without TLS");
        }
        InetAddress[] addresses;
        try {
            addresses = names.of(host.getHostName());
        } catch (UnknownHostException unknown) {
            // Left to the connection, which says it as for every unknown host.
            return new HttpRoute(host, null, secure);
        }
        for (InetAddress address : addresses) {
            String refused = refusal(address);
            if (refused != null) {
                throw new AddressRefused(host.getHostName() + " leads to " + refused);
            }
        }
        return new HttpRoute(
                new HttpHost(host.getSchemeName(), addresses[0], host.getHostName(), host.getPort()), null, secure);
    }

    /** Why an address may not be called, or null when it may. */
    private String refusal(InetAddress address) {
        byte[] bytes = plainBytes(address.getAddress());
        if (allowed.stream().anyMatch(block -> block.holds(bytes))) {
            return null;
        }
        if (METADATA.stream().anyMatch(block -> block.holds(bytes))) {
            return "a link-local address (" + address.getHostAddress() + ")";
        }
        if (!sandbox && PRIVATE.stream().anyMatch(block -> block.holds(bytes))) {
            return "a private address (" + address.getHostAddress() + "); oms.outbound.allowed may name it";
        }
        return null;
    }

    /** The IPv4 address inside an IPv6 one that only carries it. */
    private static byte[] plainBytes(byte[] bytes) {
        int from = NAT64.holds(bytes) ? 12 : SIX_TO_FOUR.holds(bytes) ? 2 : -1;
        return from < 0 ? bytes : java.util.Arrays.copyOfRange(bytes, from, from + 4);
    }
}
