package dev.overlays.linux.kernels;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The main class of a JVM on another kernel, which {@code .ci/kernels/run} starts: runs the tests
 * of a {@link TestSelection}, and writes a line of fields, parted by tabs, for each: what came of
 * it, the feature, the test, milliseconds, why. The last line says {@code END}; where it is missing
 * the run was cut off.
 */
public final class KernelTestRun implements TestExecutionListener {
  private final PrintStream results;
  private final Map<String, Long> started = new ConcurrentHashMap<>();
  private TestPlan plan;

  private KernelTestRun(PrintStream results) {
    this.results = results;
  }

  /** Runs the tests of the selection named first, and writes to the file or device named second. */
  public static void main(String[] arguments) throws IOException {
    TestSelection selection = TestSelection.valueOf(arguments[0]);
    try (PrintStream results = new PrintStream(arguments[1], StandardCharsets.UTF_8)) {
      for (KernelFeature feature : KernelFeature.values()) {
        results.println(line("FEATURE", feature.title()));
      }
      LauncherFactory.create()
          .execute(
              LauncherDiscoveryRequestBuilder.request().selectors(selection.selectors()).build(),
              new KernelTestRun(results));
      results.println("END");
      if (results.checkError()) {
        throw new UncheckedIOException(new IOException("cannot write to " + arguments[1]));
      }
    }
    // Threads that a failed test has left behind do not keep the machine running.
    System.exit(0);
  }

  @Override
  public void testPlanExecutionStarted(TestPlan testPlan) {
    plan = testPlan;
  }

  @Override
  public void executionStarted(TestIdentifier test) {
    started.put(test.getUniqueId(), System.nanoTime());
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    tell("SKIPPED", test, reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (test.isTest() || result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
      String status =
          switch (result.getStatus()) {
            case SUCCESSFUL -> "PASSED";
            case ABORTED -> "SKIPPED";
            case FAILED -> "FAILED";
          };
      tell(status, test, result.getThrowable().map(Throwable::toString).orElse(""));
    }
  }

  private void tell(String status, TestIdentifier test, String why) {
    String name = name(test);
    Optional<KernelFeature> feature = KernelFeature.of(name);
    results.println(
        line(
            feature.isPresent() ? status : "FAILED",
            feature.map(KernelFeature::title).orElse("no feature"),
            name,
            Long.toString(millis(test)),
            feature.isPresent() ? why : "KernelFeature has no feature for this test"));
  }

  private long millis(TestIdentifier test) {
    Long start = started.get(test.getUniqueId());
    return start == null ? 0 : (System.nanoTime() - start) / 1_000_000;
  }

  /** The class without its package, then what stands between it and the test. */
  private String name(TestIdentifier test) {
    String shown = test.getDisplayName();
    String name =
        test.getSource().filter(MethodSource.class::isInstance).isPresent()
            ? shown.replaceAll("\\([\\w, .\\[\\]]*\\)$", "")
            : shown;
    return plan.getParent(test)
        .filter(parent -> parent.getParentId().isPresent())
        .map(parent -> name(parent) + " / " + name)
        .orElse(name);
  }

  /** On one line each, whatever the fields hold. */
  private static String line(String... fields) {
    StringBuilder line = new StringBuilder();
    for (String field : fields) {
      line.append(line.isEmpty() ? "" : "\t").append(field.strip().replaceAll("\\s+", " "));
    }
    return line.toString();
  }
}
