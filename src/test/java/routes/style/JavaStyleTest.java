package routes.style;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.RoutesBuilder;

/** The house rules of Java: who may know whom, where rows and web live, what things are called, money and time. */
@AnalyzeClasses(packages = "routes", importOptions = ImportOption.DoNotIncludeTests.class)
class JavaStyleTest {

    private static final Set<String> FLOATING =
            Set.of("float", "double", "java.lang.Float", "java.lang.Double", "float[]", "double[]");

    @ArchTest
    static final ArchRule routesAreWrittenInYaml = noClasses()
            .should()
            .beAssignableTo(RoutesBuilder.class)
            .because("where a message goes next is read in YAML; Java keeps promises")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule packagesKnowEachOtherOneWay = slices().matching("routes.(*)..")
            .should()
            .beFreeOfCycles()
            .because("the map in routes/package-info.java has no circles")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule webAnnotationsLiveInTheConsole = noClasses()
            .that()
            .resideOutsideOfPackages("routes.console..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework.web.bind.annotation..")
            .because("partners come in through YAML doors, people through the console")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule sqlLivesWhereRowsLive = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "routes.inbox..",
                    "routes.partner..",
                    "routes.order..",
                    "routes.ledger..",
                    "routes.stock..",
                    "routes.deadletter..",
                    "routes.api..")
            .should()
            .dependOnClassesThat(describe(
                    "java.sql, JdbcClient or JdbcTemplate",
                    type -> type.getPackageName().equals("java.sql")
                            || type.getPackageName().startsWith("org.springframework.jdbc.core")))
            .because("a row has one owner; others ask it")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule namesAreDomainWords = noClasses()
            .should()
            .haveNameMatching(".*(Service|Utils?|Manager|Helper|Impl|Processor)(\\$.*)?")
            .because("such a name says nothing of what the class promises")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule moneyNeverFloats = classes()
            .that()
            .resideInAnyPackage("routes.ledger..", "routes.order..")
            .should(neverFloat())
            .because("money is whole minor units")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule timeComesFromTheClock = noClasses()
            .that()
            .resideOutsideOfPackages("routes.inbox..", "routes.sandbox..")
            .should()
            .callMethodWhere(describe(
                    "the machine's time is read",
                    call -> readsTheMachinesTime(
                            call.getTargetOwner().getFullName(),
                            call.getTarget().getName(),
                            call.getTarget().getRawParameterTypes().stream()
                                    .map(JavaClass::getFullName)
                                    .toList())))
            .because("the business clock is injected and can be moved; only leases live by the machine's time")
            .allowEmptyShould(true);

    static boolean readsTheMachinesTime(String owner, String method, List<String> parameters) {
        boolean clock = owner.equals("java.lang.System") && method.equals("currentTimeMillis");
        boolean now = owner.startsWith("java.time.") && method.equals("now") && !parameters.contains("java.time.Clock");
        return clock || now;
    }

    private static ArchCondition<JavaClass> neverFloat() {
        return new ArchCondition<>("have no float or double in fields, parameters and results") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getFields().stream()
                        .filter(field -> FLOATING.contains(field.getRawType().getFullName()))
                        .forEach(field -> events.add(SimpleConditionEvent.violated(field, field.getDescription())));
                type.getCodeUnits().stream()
                        .filter(unit -> Stream.concat(
                                        Stream.of(unit.getRawReturnType()), unit.getRawParameterTypes().stream())
                                .anyMatch(used -> FLOATING.contains(used.getFullName())))
                        .forEach(unit -> events.add(SimpleConditionEvent.violated(unit, unit.getDescription())));
            }
        };
    }
}
