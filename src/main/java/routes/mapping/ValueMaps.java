package routes.mapping;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import routes.file.BrokenDataFile;
import routes.file.DataFile;
import routes.file.Languages;

/** The value maps there are, one file each under {@code value-maps/}: to add another is to add its file. */
@Component
public class ValueMaps {

    /** As wide as the column that holds it. */
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,39}");

    /** The lists that a map's right side may be bound to. */
    private static final Map<String, Set<String>> LISTS =
            Map.of("countries", new TreeSet<>(Set.of(Locale.getISOCountries())));

    private final Languages languages;
    private final Map<String, ValueMap> maps = new LinkedHashMap<>();

    /** @throws BrokenDataFile naming file and key when a map cannot be believed */
    @Autowired
    public ValueMaps(Languages languages) {
        this(languages, ValueMaps.class.getClassLoader());
    }

    /** Those on this class path. */
    public ValueMaps(ClassLoader classes) {
        this(new Languages(classes), classes);
    }

    private ValueMaps(Languages languages, ClassLoader classes) {
        this.languages = languages;
        DataFile.allIn("value-maps", classes).forEach(this::add);
    }

    /** All maps, by name. */
    public List<ValueMap> all() {
        return List.copyOf(maps.values());
    }

    public Optional<ValueMap> find(String name) {
        return Optional.ofNullable(maps.get(name));
    }

    private void add(DataFile file) {
        if (!NAME.matcher(file.name()).matches()) {
            throw new BrokenDataFile(file.file() + ": a map is called by 1 to 40 small letters, digits and dashes");
        }
        maps.put(
                file.name(),
                new ValueMap(
                        file.name(),
                        languages.texts(file, "title"),
                        languages.texts(file, "purpose"),
                        languages.texts(file, "left"),
                        languages.texts(file, "right"),
                        file.has("both-ways") && file.flag("both-ways"),
                        file.has("values") ? values(file) : Set.of()));
        file.nothingElse();
    }

    private static Set<String> values(DataFile file) {
        Set<String> list = LISTS.get(file.text("values"));
        if (list == null) {
            throw file.broken("values", "it is \"" + file.text("values") + "\"; write one of " + LISTS.keySet());
        }
        return list;
    }
}
