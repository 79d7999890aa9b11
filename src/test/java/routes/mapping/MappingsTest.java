package routes.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import routes.partner.PartnerSettings;

class MappingsTest {

    @TempDir
    Path folder;

    @Test
    void everythingThatCanBeABodyIsTurned() throws Exception {
        Mappings mappings = with("toy/echo", "{\"got\": ., \"who\": $subject, \"set\": $settings, \"none\": $nobody}");
        byte[] json = "{\"a\": 24.10}".getBytes(StandardCharsets.UTF_8);
        for (Object body : new Object[] {json, "{\"a\": 24.10}", new ByteArrayInputStream(json), Reading.json(json)}) {
            assertEquals(
                    "{\"got\":{\"a\":24.10}}",
                    mappings.apply("toy/echo", body, Map.of()).toString());
        }
        assertEquals(
                "{\"got\":{\"x\":7}}",
                mappings.apply("toy/echo", new Point(7), Map.of()).toString());
        assertEquals("{}", mappings.apply("toy/echo", null, Map.of()).toString());
        assertEquals(
                "{\"got\":{\"@root\":\"a\"},\"who\":\"P1\"}",
                mappings.apply("toy/echo", "<a/>", Map.of("subject", TextNode.valueOf("P1")))
                        .toString());
    }

    record Point(int x) {}

    @Test
    void aBrokenFileStopsTheStartAndIsNamedWithItsLine() {
        IllegalStateException broken = assertThrows(
                IllegalStateException.class, () -> with("toy/broken", "// top\n{\n  \"a\": .b,\n  \"c\": \n}"));
        assertTrue(broken.getMessage().contains("mappings/toy/broken.jslt"), broken.getMessage());
        assertTrue(broken.getMessage().contains("line 5"), broken.getMessage());
        IllegalStateException misspelt = assertThrows(
                IllegalStateException.class, () -> with("toy/misspelt", "{\n \"a\": miner(.b, \"USD\") }"));
        assertTrue(misspelt.getMessage().contains("mappings/toy/misspelt.jslt:2"), misspelt.getMessage());
    }

    @Test
    void aMapThatNobodyCanKeepStopsTheStartAndIsNamedWithItsRemedy() throws Exception {
        assertRefused(
                "lookup(\"colour\", .a)",
                "looks up the value map \"colour\", but there is no value-maps/colour.yaml; write it, or name one of [country,");
        assertRefused(
                "lookup-back( \"country\", .a)",
                "it is read one way; write both-ways: true in value-maps/country.yaml");
        assertRefused("lookup(.map, .a)", "does not name; write its name in quotes");
        with("toy/maps", "// lookup(\"colour\", .a)\nlookup-back(\"sku\", lookup(\"sku\", .a))");
    }

    private void assertRefused(String code, String said) {
        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> with("toy/maps", code));
        assertTrue(refused.getMessage().startsWith("mappings/toy/maps.jslt looks "), refused.getMessage());
        assertTrue(refused.getMessage().contains(said), refused.getMessage());
    }

    @Test
    void aFailureNamesFileAndPlaceButNotWhatItMet() throws Exception {
        Mappings mappings = with("toy/picky", "// top\n{\"id\": require(.id, \"id\"),\n \"n\": number(.n)}");
        MappingFailure missing = assertThrows(MappingFailure.class, () -> mappings.apply("toy/picky", "{}", Map.of()));
        assertEquals("mappings/toy/picky.jslt: id is missing", missing.getMessage());
        MappingFailure wrong = assertThrows(
                MappingFailure.class, () -> mappings.apply("toy/picky", "{\"id\":1,\"n\":\"abc\"}", Map.of()));
        assertEquals("MAPPING_BROKEN", wrong.causeCode());
        assertEquals("mappings/toy/picky.jslt: JSLT says \"number ...\"", wrong.getMessage());
        MappingFailure unreadable =
                assertThrows(MappingFailure.class, () -> mappings.apply("toy/picky", "{", Map.of()));
        assertEquals("UNREADABLE", unreadable.causeCode());
        assertTrue(unreadable.getMessage().startsWith("mappings/toy/picky.jslt: "));
    }

    @Test
    void namesRevisionsAndDocuments() throws Exception {
        Mappings one = with("toy/a", "1");
        String revision = one.revision("toy/a");
        assertTrue(revision.matches("[0-9a-f]{12}"));
        assertNotEquals(revision, with("toy/a", "2").revision("toy/a"));
        assertTrue(one.exists("toy/a"));
        assertTrue(one.exists("avalara/quote-tax.request"));
        assertFalse(one.exists("toy/b"));
        assertThrows(IllegalArgumentException.class, () -> one.apply("toy/b", "{}", Map.of()));
        assertTrue(one.document("shopify/capture-payment").contains("orderCapture"));
        assertThrows(IllegalArgumentException.class, () -> one.document("shopify/nothing"));
    }

    /** The folder lies in a jar in production. */
    @Test
    void mappingsAreFoundInAJar() throws Exception {
        Path jar = folder.resolve("hub.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            for (String directory : new String[] {"mappings/", "mappings/jarred/"}) {
                entries.putNextEntry(new JarEntry(directory));
            }
            entries.putNextEntry(new JarEntry("mappings/jarred/a.jslt"));
            entries.write("{\"b\": .a}".getBytes(StandardCharsets.UTF_8));
            entries.closeEntry();
        }
        assertEquals(
                "{\"b\":1}",
                seeing(jar).apply("jarred/a", "{\"a\":1}", Map.of()).toString());
    }

    @Test
    void settingsAreSeenByTheMappingsOfTheirPartnerAlone() {
        new ApplicationContextRunner()
                .withUserConfiguration(Beans.class)
                .withInitializer(
                        context -> context.getEnvironment()
                                .getPropertySources()
                                .addFirst(
                                        yaml(
                                                """
                                oms.partners:
                                  accertify:
                                    protocol: xml
                                    timeout-ms: 1500
                                    code-map: {ACCEPT: ACCEPT, "[1:Allow]": ACCEPT}
                                    webhook-secrets: [one, two]
                                  avalara:
                                    url: http://127.0.0.1:1/x/
                                    variables: {company: ACME, origin: {line1: 1 Main St, postalCode: "98101"}}
                                  warehouse:
                                    headers: {shipbob_channel_id: 100}
                                    variables: {centers: {"11": "4511"}}
                                """)))
                .run(context -> {
                    Mappings mappings = context.getBean(Mappings.class);
                    String answer = "<transaction-results><transaction-id>1</transaction-id>"
                            + "<recommendation-code>1:Allow</recommendation-code></transaction-results>";
                    assertEquals(
                            "ACCEPT",
                            mappings.apply("accertify/screen-order.response", answer, Map.of())
                                    .path("decision")
                                    .asText());
                    var request = mappings.apply(
                            "avalara/quote-tax.request",
                            "{\"number\":\"OH-1\",\"currency\":\"USD\",\"placedAt\":\"2026-11-01T00:00:00Z\",\"lines\":[],"
                                    + "\"shipTo\":{\"country\":\"US\"}}",
                            Map.of());
                    assertEquals("ACME", request.at("/body/companyCode").asText());
                    assertEquals(
                            "98101",
                            request.at("/body/addresses/shipFrom/postalCode").asText());
                    PartnerSettings settings = context.getBean(PartnerSettings.class);
                    assertEquals(2, settings.of("accertify").webhookSecrets().size());
                    assertEquals("xml", settings.of("accertify").protocol());
                    assertEquals(1500, settings.of("accertify").timeoutMs());
                    assertEquals("http://127.0.0.1:1/x", settings.of("avalara").url());
                    assertEquals("100", settings.of("warehouse").headers().get("shipbob_channel_id"));
                });
    }

    private static PropertySource<?> yaml(String text) {
        try {
            return new YamlPropertySourceLoader()
                    .load("settings", new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)))
                    .get(0);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Configuration
    @EnableConfigurationProperties({MappingSettings.class, PartnerSettings.class})
    static class Beans {
        @org.springframework.context.annotation.Bean
        Mappings mappings(MappingSettings settings) {
            return new Mappings(Golden.JSON, settings);
        }
    }

    private Mappings with(String name, String code) throws Exception {
        Path root = Files.createTempDirectory(folder, "classes");
        Path file = root.resolve("mappings/" + name + ".jslt");
        Files.createDirectories(file.getParent());
        Files.writeString(file, code);
        return seeing(root);
    }

    private static Mappings seeing(Path place) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {place.toUri().toURL()}, before)) {
            thread.setContextClassLoader(loader);
            return new Mappings(Golden.JSON, new MappingSettings(Map.of()));
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
