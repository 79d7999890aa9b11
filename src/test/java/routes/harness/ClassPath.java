package routes.harness;

import java.io.File;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** This JVM's class path, for processes that are to see the same classes. */
final class ClassPath {

    private ClassPath() {}

    /** Inside Maven it is the class loader that knows it. */
    static String ofThisJvm() {
        if (ClassPath.class.getClassLoader() instanceof URLClassLoader urls) {
            return Arrays.stream(urls.getURLs())
                    .map(url -> Path.of(URI.create(url.toString())).toString())
                    .collect(Collectors.joining(File.pathSeparator));
        }
        return System.getProperty("java.class.path");
    }
}
