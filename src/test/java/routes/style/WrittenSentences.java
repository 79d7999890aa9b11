package routes.style;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The sentences that Java writes for people: into an order's history, as the reason of a hold or a matter, as a refusal. Read
 * from the sources, with a placeholder for each part that is known only when it runs.
 */
final class WrittenSentences {

    /** @param text such as "Parcel X1 delivered." */
    record Sentence(String file, long line, String text) {}

    private static final Pattern WORD = Pattern.compile("\\b[A-Z]?[a-z]{2,}\\b");
    private static final Pattern FORMAT = Pattern.compile("%[sd]");
    private static final Pattern SQL = Pattern.compile(
            "^\\s*(select|insert|update|delete|where|and|order by|values|on conflict|with|X1( |,.*)from) .*");

    private WrittenSentences() {}

    /**
     * @param everything folders where every sentence is for people
     * @param refusals folders where those are that a refusal gives as its reason
     */
    static List<Sentence> in(List<Path> everything, List<Path> refusals) throws IOException {
        List<Sentence> all = new ArrayList<>();
        for (Path folder : everything) {
            read(folder, false, all);
        }
        for (Path folder : refusals) {
            read(folder, true, all);
        }
        return all;
    }

    private static void read(Path folder, boolean refusalsOnly, List<Sentence> found) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> sources = Files.list(folder)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null,
                    files,
                    null,
                    List.of(),
                    null,
                    files.getJavaFileObjectsFromPaths(
                            sources.filter(file -> file.toString().endsWith(".java"))
                                    .sorted()
                                    .toList()));
            for (CompilationUnitTree unit : task.parse()) {
                new Reader(unit, Trees.instance(task), refusalsOnly, found).scan(unit, null);
            }
        }
    }

    private static final class Reader extends TreePathScanner<Void, Void> {

        private final CompilationUnitTree unit;
        private final Trees trees;
        private final boolean refusalsOnly;
        private final List<Sentence> found;

        Reader(CompilationUnitTree unit, Trees trees, boolean refusalsOnly, List<Sentence> found) {
            this.unit = unit;
            this.trees = trees;
            this.refusalsOnly = refusalsOnly;
            this.found = found;
        }

        @Override
        public Void visitAnnotation(AnnotationTree annotation, Void nothing) {
            return null;
        }

        @Override
        public Void visitNewClass(NewClassTree made, Void nothing) {
            String type = made.getIdentifier().toString();
            // What an exception says is for engineers, and so is what a program did wrong in its parameters.
            boolean engineers =
                    type.endsWith("Exception") || made.getArguments().toString().contains("BAD_PARAMETER");
            return engineers ? null : super.visitNewClass(made, nothing);
        }

        @Override
        public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
            // Logs and what is wrong with a file are for engineers, too.
            String method = call.getMethodSelect().toString();
            return method.startsWith("LOG.") || method.endsWith("broken")
                    ? null
                    : super.visitMethodInvocation(call, nothing);
        }

        @Override
        public Void visitBinary(BinaryTree sum, Void nothing) {
            if (sum.getKind() == Tree.Kind.PLUS && !within(Tree.Kind.PLUS)) {
                keep(sum);
            }
            return super.visitBinary(sum, nothing);
        }

        @Override
        public Void visitLiteral(LiteralTree literal, Void nothing) {
            if (!within(Tree.Kind.PLUS)) {
                keep(literal);
            }
            return null;
        }

        /** Whether this is a part of a larger one, by sums, choices and brackets. */
        private boolean within(Tree.Kind kind) {
            TreePath above = getCurrentPath().getParentPath();
            while (above.getLeaf() instanceof ParenthesizedTree
                    || above.getLeaf() instanceof ConditionalExpressionTree) {
                above = above.getParentPath();
            }
            return above.getLeaf().getKind() == kind;
        }

        private boolean refusal() {
            for (TreePath above = getCurrentPath(); above != null; above = above.getParentPath()) {
                if (above.getLeaf() instanceof NewClassTree made
                        && made.getIdentifier().toString().endsWith("Refused")) {
                    return true;
                }
            }
            return false;
        }

        private void keep(ExpressionTree expression) {
            if (refusalsOnly && !refusal()) {
                return;
            }
            for (List<String> parts : ways(expression)) {
                StringBuilder text = new StringBuilder();
                long words = 0;
                int unknown = 0;
                for (String part : parts) {
                    if (part == null) {
                        text.append("X").append(++unknown);
                        continue;
                    }
                    words += part.contains(" ") ? WORD.matcher(part).results().count() : 0;
                    text.append(FORMAT.matcher(part).replaceAll("X"));
                }
                if (words > 1 && !SQL.matcher(text).matches()) {
                    found.add(new Sentence(
                            Path.of(unit.getSourceFile().getName())
                                    .getFileName()
                                    .toString(),
                            unit.getLineMap()
                                    .getLineNumber(trees.getSourcePositions().getStartPosition(unit, expression)),
                            text.toString()));
                }
            }
        }

        /** Each text the expression may come to: its literals, and null for what is known only when it runs. */
        private static List<List<String>> ways(ExpressionTree expression) {
            if (expression instanceof ParenthesizedTree brackets) {
                return ways(brackets.getExpression());
            }
            if (expression instanceof LiteralTree literal && literal.getValue() instanceof String text) {
                return List.of(List.of(text));
            }
            if (expression instanceof ConditionalExpressionTree choice) {
                return Stream.concat(
                                ways(choice.getTrueExpression()).stream(), ways(choice.getFalseExpression()).stream())
                        .toList();
            }
            if (expression instanceof BinaryTree sum && sum.getKind() == Tree.Kind.PLUS) {
                List<List<String>> all = new ArrayList<>();
                for (List<String> left : ways(sum.getLeftOperand())) {
                    for (List<String> right : ways(sum.getRightOperand())) {
                        List<String> both = new ArrayList<>(left);
                        both.addAll(right);
                        all.add(both);
                    }
                }
                return all;
            }
            List<String> unknown = new ArrayList<>();
            unknown.add(null);
            return List.of(unknown);
        }
    }
}
