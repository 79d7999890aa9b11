package routes.deadletter;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import routes.file.BrokenDataFile;
import routes.file.DataFile;

/** Which role may do what, one file each under {@code roles/}. */
@Component
public class Roles {

    private final Map<String, Set<Permission>> roles = new LinkedHashMap<>();

    /** @throws BrokenDataFile naming file and key when a role cannot be believed */
    @Autowired
    public Roles() {
        for (DataFile file : DataFile.allIn("roles", Roles.class.getClassLoader())) {
            Set<Permission> may = EnumSet.noneOf(Permission.class);
            for (String word : file.texts("may")) {
                may.add(Arrays.stream(Permission.values())
                        .filter(one -> one.word().equals(word))
                        .findFirst()
                        .orElseThrow(() -> file.broken("may", "\"" + word + "\" is no permission")));
            }
            file.nothingElse();
            roles.put(file.name().toUpperCase(Locale.ROOT), may);
        }
    }

    /** Whether a role may; a role without a file may nothing. */
    public boolean may(String role, Permission permission) {
        return roles.getOrDefault(role, Set.of()).contains(permission);
    }
}
