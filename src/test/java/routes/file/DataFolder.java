package routes.file;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** Makes a classpath of a few files, as a folder or inside a jar, for tests of what is read from one. */
public final class DataFolder {

    private DataFolder() {}

    /** @param files path on the classpath to content */
    public static ClassLoader of(Path temp, Map<String, String> files) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = temp.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        return new URLClassLoader(new URL[] {temp.toUri().toURL()}, null);
    }

    /** The same inside a jar, with an entry for the folder, as the build makes it. */
    public static ClassLoader inJar(Path temp, String folder, Map<String, String> files) throws IOException {
        Path jar = temp.resolve("data.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            entries.putNextEntry(new JarEntry(folder + "/"));
            for (Map.Entry<String, String> file : files.entrySet()) {
                entries.putNextEntry(new JarEntry(file.getKey()));
                entries.write(file.getValue().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        }
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
    }
}
