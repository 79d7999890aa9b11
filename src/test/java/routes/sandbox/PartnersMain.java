package routes.sandbox;

import org.springframework.boot.builder.SpringApplicationBuilder;

/** Starts only the partners, as the packaged jar does in profile {@code partners}. */
public final class PartnersMain {

    private PartnersMain() {}

    public static void main(String[] arguments) {
        new SpringApplicationBuilder(PartnersProcess.class).profiles("partners").run(arguments);
    }
}
