package routes.file;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * One YAML file of a folder where each file is one thing, read strictly: a missing key, a key of the wrong kind or a key
 * nobody asked for stops the start and is named with its file.
 *
 * <p>Not safe for several threads; it is read once and forgotten.
 */
public final class DataFile {

    private final String file;
    private final String path;
    private final Map<String, Object> values;
    private final Set<String> asked = new LinkedHashSet<>();
    private final List<DataFile> parts = new ArrayList<>();

    private DataFile(String file, String path, Map<String, Object> values) {
        this.file = file;
        this.path = path;
        this.values = values;
    }

    /**
     * All {@code .yaml} files of a classpath folder, by name; also inside a packaged jar.
     *
     * @param folder such as "regions"
     * @throws BrokenDataFile when the folder is empty or a file is not YAML
     */
    public static List<DataFile> allIn(String folder, ClassLoader classes) {
        try {
            Resource[] found =
                    new PathMatchingResourcePatternResolver(classes).getResources("classpath*:" + folder + "/*.yaml");
            Map<String, DataFile> files = new LinkedHashMap<>();
            for (Resource resource : found) {
                String file = folder + "/" + resource.getFilename();
                if (files.put(file, read(file, resource)) != null) {
                    throw new BrokenDataFile(file + ": it is there twice on the classpath; keep one");
                }
            }
            if (files.isEmpty()) {
                throw new BrokenDataFile(folder + "/: there is no .yaml file in this folder");
            }
            return files.values().stream()
                    .sorted(Comparator.comparing(DataFile::file))
                    .toList();
        } catch (IOException unreadable) {
            throw new BrokenDataFile(folder + "/: the folder cannot be read", unreadable);
        }
    }

    private static DataFile read(String file, Resource resource) throws IOException {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        try (InputStream in = resource.getInputStream()) {
            Object content = new Yaml(new SafeConstructor(options)).load(in);
            return new DataFile(file, "", keyed(file, "the file", content));
        } catch (YAMLException notYaml) {
            throw new BrokenDataFile(file + ": this is not YAML: " + notYaml.getMessage(), notYaml);
        }
    }

    /** The folder and name, such as "regions/us.yaml". */
    public String file() {
        return file;
    }

    /** The name without folder and ending, such as "us". */
    public String name() {
        return file.substring(file.lastIndexOf('/') + 1, file.lastIndexOf('.'));
    }

    /** Where a key stands among all files: "causes/sku-unmapped.title". */
    public String address(String key) {
        return file.substring(0, file.lastIndexOf('.')) + "." + (path.isEmpty() ? key : path + "." + key);
    }

    public boolean has(String key) {
        return values.get(key) != null;
    }

    /** A text that is not blank. */
    public String text(String key) {
        return text(key, needed(key));
    }

    public boolean flag(String key) {
        return is(key, needed(key), Boolean.class, "true or false");
    }

    /** A whole number of at least {@code least}. */
    public int number(String key, int least) {
        int number = is(key, needed(key), Integer.class, "a whole number");
        if (number < least) {
            throw broken(key, "it is " + number + "; write a whole number of at least " + least);
        }
        return number;
    }

    /** A list of texts with at least one in it. */
    public List<String> texts(String key) {
        List<?> list = is(key, needed(key), List.class, "a list");
        if (list.isEmpty()) {
            throw broken(key, "the list is empty; write at least one");
        }
        return list.stream().map(each -> text(key, each)).toList();
    }

    /** The keys and values below a key, themselves read strictly. */
    public DataFile part(String key) {
        String below = path.isEmpty() ? key : path + "." + key;
        DataFile part = new DataFile(file, below, keyed(file, below, needed(key)));
        parts.add(part);
        return part;
    }

    /** A list of such parts with at least one in it, each read strictly; the first is {@code key[1]} in messages. */
    public List<DataFile> parts(String key) {
        return parts(key, null);
    }

    /** The same, each called by one of its own keys where it has that, so that another order of them changes no address. */
    public List<DataFile> parts(String key, String name) {
        List<?> list = is(key, needed(key), List.class, "a list");
        if (list.isEmpty()) {
            throw broken(key, "the list is empty; write at least one");
        }
        List<DataFile> read = new ArrayList<>();
        for (Object one : list) {
            Object own = one instanceof Map<?, ?> map && name != null ? map.get(name) : null;
            String below = (path.isEmpty() ? key : path + "." + key) + "["
                    + (own == null ? String.valueOf(read.size() + 1) : own) + "]";
            read.add(new DataFile(file, below, keyed(file, below, one)));
        }
        parts.addAll(read);
        return read;
    }

    /** A key that somebody else reads and checks. */
    public void leave(String key) {
        needed(key);
    }

    /** All keys on this level, in the file's order. */
    public Set<String> keys() {
        return values.keySet();
    }

    /** All keys on this level with their texts. */
    public Map<String, String> allTexts() {
        Map<String, String> texts = new LinkedHashMap<>();
        keys().forEach(key -> texts.put(key, text(key)));
        return texts;
    }

    /**
     * To be called when all is read: complains of keys nobody asked for, which are misspelt or out of date.
     *
     * @throws BrokenDataFile naming the first of them
     */
    public void nothingElse() {
        for (String key : keys()) {
            if (!asked.contains(key)) {
                throw broken(key, "nobody reads this key; it is misspelt or out of date. Known here: " + asked);
            }
        }
        parts.forEach(DataFile::nothingElse);
    }

    /** Something is wrong with a key; the message says where, the words say what and what to write. */
    public BrokenDataFile broken(String key, String what) {
        return new BrokenDataFile(file + ": " + (path.isEmpty() ? key : path + "." + key) + ": " + what);
    }

    private Object needed(String key) {
        asked.add(key);
        Object value = values.get(key);
        if (value == null) {
            throw broken(key, "it is missing");
        }
        return value;
    }

    private String text(String key, Object value) {
        // YAML reads NO as false and 11 as a number; saying so spares Norway an evening.
        String text = is(key, value, String.class, "a text (in quotes, when it looks like a number or like yes or no)");
        if (text.isBlank()) {
            throw broken(key, "it is empty");
        }
        return text.strip();
    }

    private <T> T is(String key, Object value, Class<T> kind, String wanted) {
        if (!kind.isInstance(value)) {
            throw broken(key, "it is " + value + "; write " + wanted);
        }
        return kind.cast(value);
    }

    private static Map<String, Object> keyed(String file, String path, Object content) {
        if (!(content instanceof Map<?, ?> map)) {
            throw new BrokenDataFile(file + ": " + path + ": write keys and values here");
        }
        Map<String, Object> keyed = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (!(key instanceof String)) {
                throw new BrokenDataFile(file + ": " + path + ": the key " + key + " is not a text; put it in quotes");
            }
            keyed.put((String) key, value);
        });
        return keyed;
    }
}
