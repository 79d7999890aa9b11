package routes.inbox;

/** Something the hub will not do, with the cause staff will read; another try would end the same way. */
public class Refused extends RuntimeException implements Caused {

    private static final long serialVersionUID = 1L;

    private final String code;

    public Refused(String code, String why) {
        super(why);
        this.code = code;
    }

    @Override
    public String causeCode() {
        return code;
    }
}
