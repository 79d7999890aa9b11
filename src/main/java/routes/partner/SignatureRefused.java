package routes.partner;

/** What came in was not signed by whom it claims to be from. The message says why, without a secret in it. */
public class SignatureRefused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SignatureRefused(String message) {
        super(message);
    }
}
