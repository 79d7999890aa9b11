package routes.file;

/** A data file that cannot be believed. The message names the file, the key and what to write; the start stops here. */
public class BrokenDataFile extends RuntimeException {

    public BrokenDataFile(String message) {
        super(message);
    }

    public BrokenDataFile(String message, Throwable why) {
        super(message, why);
    }
}
