package dev.overlays.linux.denied;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.overlays.OverlayException;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.OlderStatx;
import dev.overlays.linux.syscall.SeccompFilter;
import dev.overlays.linux.syscall.Syscall;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * A JVM in which calls are denied runs test classes, and prints a line for each outcome: how many
 * passed, and which failed or were skipped, and why.
 */
public final class DeniedRun implements TestExecutionListener {
  static final String PASSED = "passed";
  static final String FAILED = "failed";
  static final String SKIPPED = "skipped";
  static final String NO_CALL = "-";

  private TestPlan plan;
  private int passed;

  /**
   * Runs.
   *
   * @param arguments the error, the calls with commas between, whether statx tells of mounts, and
   *     the names of the test classes
   */
  public static void main(String[] arguments) {
    System.setProperty("overlays.seeds", "1");
    List<Syscall> calls =
        Stream.of(arguments[1].split(",", -1))
            .filter(name -> !name.equals(NO_CALL))
            .map(Syscall::valueOf)
            .toList();
    if (!calls.isEmpty()) {
      SeccompFilter.deny(Errno.valueOf(arguments[0]), calls);
    }
    if (!Boolean.parseBoolean(arguments[2])) {
      OlderStatx.begin();
    }
    List<? extends DiscoverySelector> classes =
        Stream.of(arguments).skip(3).map(name -> selectClass(name)).toList();
    DeniedRun run = new DeniedRun();
    LauncherFactory.create()
        .execute(LauncherDiscoveryRequestBuilder.request().selectors(classes).build(), run);
    System.out.println(PASSED + "\t" + run.passed);
    System.out.println("end");
  }

  @Override
  public void testPlanExecutionStarted(TestPlan started) {
    plan = started;
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    print(SKIPPED, test, "", reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    switch (result.getStatus()) {
      case SUCCESSFUL -> passed += test.isTest() ? 1 : 0;
      case ABORTED -> print(SKIPPED, test, "", result.getThrowable().toString());
      case FAILED -> {
        Throwable failure = result.getThrowable().orElseThrow();
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        print(FAILED, test, codes(failure), trace.toString());
      }
    }
  }

  /** The problems that a test has met, in its failure or the causes of that. */
  private static String codes(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof OverlayException refused) {
        return refused.problems().get(0).code() + ": " + refused.problems().get(0).message();
      }
    }
    return "";
  }

  private void print(String outcome, TestIdentifier test, String codes, String why) {
    String line = String.join("\t", outcome, name(test), codes, why);
    System.out.println(line.replace("\r", "").replace("\n", " | "));
  }

  /** The class of the run and the method, and which of its invocations. */
  private String name(TestIdentifier test) {
    StringBuilder name = new StringBuilder();
    for (TestIdentifier at = test; at != null; at = plan.getParent(at).orElse(null)) {
      boolean method = at.getSource().orElse(null) instanceof MethodSource;
      String display = at.getDisplayName();
      if (plan.getParent(at).isPresent()) {
        name.insert(0, "/" + (method ? display.replace("()", "") : display));
      }
    }
    return name.substring(Math.min(1, name.length()));
  }
}
