package routes.harness;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The five sandbox partners as a process of their own, so that killing the hub leaves their memory of it whole. */
public final class PartnersProcess extends JarProcess {

    private final Map<String, String> own = new LinkedHashMap<>();

    public PartnersProcess(String name, Path data) {
        super(name, data);
        own.put("spring.profiles.active", "partners");
        own.put("oms.sandbox.orders-per-minute", "0");
    }

    /** Where the partners send their webhooks; set before the start. */
    public PartnersProcess callingBack(HubProcess hub) {
        own.put("oms.sandbox.hub-url", hub.url());
        return this;
    }

    /** One more setting, as {@code --name=value}. */
    public PartnersProcess with(String setting, Object value) {
        put(setting, value);
        return this;
    }

    /** The doors of these partners: shop, faults, clock, effects. */
    public Doors doors() {
        return new Doors(url(), PASSWORD);
    }

    @Override
    Map<String, String> ownSettings() {
        return own;
    }
}
