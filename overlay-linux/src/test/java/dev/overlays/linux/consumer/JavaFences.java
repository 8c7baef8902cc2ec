package dev.overlays.linux.consumer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The Java of a page of Markdown: the code in its fences, in their order. */
final class JavaFences {
  private static final String BEGIN = "```java";
  private static final String END = "```";

  private JavaFences() {}

  /**
   * A piece of code that a reader can paste.
   *
   * @param line the line of the page where it begins
   * @param code its text
   */
  record Snippet(int line, String code) {
    boolean isImports() {
      return code.lines().allMatch(each -> each.startsWith("import "));
    }

    private boolean isClass() {
      return code.contains("\nclass ");
    }

    /** Returns a source file with the class {@code Main}, which runs the code. */
    String asProgram(String imports) {
      return isClass() ? imports + code + testRunner() : imports + asMethod();
    }

    private String asMethod() {
      return """

      public class Main {
        public static void main(String[] args) throws Exception {
      %s
        }
      }
      """
          .formatted(code);
    }

    private String testRunner() {
      String name = code.replaceAll("(?s).*\nclass (\\w+).*", "$1");
      return """

      class Main {
        public static void main(String[] args) {
          org.junit.platform.launcher.listeners.SummaryGeneratingListener tests =
              new org.junit.platform.launcher.listeners.SummaryGeneratingListener();
          org.junit.platform.launcher.core.LauncherFactory.create()
              .execute(
                  org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder.request()
                      .selectors(
                          org.junit.platform.engine.discovery.DiscoverySelectors.selectClass(%s.class))
                      .build(),
                  tests);
          tests.getSummary().printFailuresTo(new java.io.PrintWriter(System.err));
          System.exit(tests.getSummary().getTestsSucceededCount() > 0
              && tests.getSummary().getTotalFailureCount() == 0 ? 0 : 1);
        }
      }
      """
          .formatted(name);
    }
  }

  static List<Snippet> readFrom(Path page) throws IOException {
    List<Snippet> snippets = new ArrayList<>();
    List<String> lines = Files.readAllLines(page);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).equals(BEGIN)) {
        int end = i + 1 + lines.subList(i + 1, lines.size()).indexOf(END);
        snippets.add(new Snippet(i + 1, String.join("\n", lines.subList(i + 1, end)) + "\n"));
        i = end;
      }
    }
    return snippets;
  }
}
