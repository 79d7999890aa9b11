package routes.file;

import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;

/**
 * The languages the hub speaks: English in {@code messages/messages.properties}, and each further one in a file
 * {@code messages_<language>.properties} beside it. To add a language is to add its file. It says also what other files say in
 * English: the texts of data files under their addresses, the sentences of routes under {@code route.<id>}.
 */
@Component
public final class Languages {

    /** What is always there, and what readers of other languages get. */
    public static final String ENGLISH = "en";

    private static final String FOLDER = "messages/";
    private static final Pattern FILE = Pattern.compile("messages(?:_([a-z]{2,3}))?\\.properties");

    private final Map<String, Map<String, String>> byLanguage = new TreeMap<>();

    /** @throws BrokenDataFile naming the file when one of them is not named after a language or says a key twice */
    @Autowired
    public Languages(ResourceLoader resources) {
        this(resources.getClassLoader());
    }

    /** Those on this class path, also inside a packaged jar; English alone, without a text, when there are none. */
    public Languages(ClassLoader classes) {
        byLanguage.put(ENGLISH, Map.of());
        try {
            for (Resource found : new PathMatchingResourcePatternResolver(classes)
                    .getResources("classpath*:" + FOLDER + "messages*.properties")) {
                String file = FOLDER + found.getFilename();
                Matcher name = FILE.matcher(String.valueOf(found.getFilename()));
                if (!name.matches()) {
                    throw new BrokenDataFile(file + ": name it messages_<language>.properties, such as messages_fr");
                }
                byLanguage.put(name.group(1) == null ? ENGLISH : name.group(1), read(file, found));
            }
        } catch (IOException unreadable) {
            throw new BrokenDataFile(FOLDER + ": the folder cannot be read", unreadable);
        }
    }

    private static Map<String, String> read(String file, Resource resource) throws IOException {
        Map<String, String> texts = new HashMap<>();
        Properties each = new Properties() {
            @Override
            public synchronized Object put(Object key, Object text) {
                if (texts.put((String) key, (String) text) != null) {
                    throw new BrokenDataFile(file + ": " + key + ": it stands there twice; keep one");
                }
                return null;
            }
        };
        try (InputStreamReader in = new InputStreamReader(resource.getInputStream(), StandardCharsets.UTF_8)) {
            each.load(in);
        }
        return texts;
    }

    /** Their codes, such as "en" and "de", in alphabetical order. */
    public Set<String> codes() {
        return byLanguage.keySet();
    }

    /** Whether there is a file for it. */
    public boolean speaks(String language) {
        return byLanguage.containsKey(language);
    }

    /** What a language's file says, by key; nothing for a language without a file. */
    public Map<String, String> said(String language) {
        return byLanguage.getOrDefault(language, Map.of());
    }

    /**
     * A text of a data file, {@code {en: ..., de: ...}}, with what the files of further languages say under its address. Where
     * both say it in one language the data file wins.
     *
     * @param key such as "title", whose address is "causes/sku-unmapped.title"
     * @throws BrokenDataFile when it is not there, or not in English
     */
    public Texts texts(DataFile file, String key) {
        DataFile own = file.part(key);
        own.text(ENGLISH);
        Map<String, String> texts = new LinkedHashMap<>(own.allTexts());
        byLanguage.forEach((language, said) -> {
            if (said.containsKey(file.address(key))) {
                texts.putIfAbsent(language, said.get(file.address(key)));
            }
        });
        return new Texts(texts);
    }
}
