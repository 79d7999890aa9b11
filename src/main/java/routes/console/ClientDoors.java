package routes.console;

import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import routes.api.Clients;

/** Who may use the partner API: which keys are active, until when, and when each was last used. */
@RestController
class ClientDoors {

    private final Clients clients;

    ClientDoors(Clients clients) {
        this.clients = clients;
    }

    @GetMapping("/ops/clients")
    Map<String, List<Clients.KeyShown>> keys() {
        return Map.of("items", clients.keys());
    }
}
