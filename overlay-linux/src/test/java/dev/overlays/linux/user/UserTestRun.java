package dev.overlays.linux.user;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.Base64;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The main class of a child JVM: runs test classes, and reports each result to {@link
 * OrdinaryUser}.
 */
public final class UserTestRun implements TestExecutionListener {
  static final String RESULT = "@@result ";

  private TestPlan plan;

  private UserTestRun() {}

  /** Runs the test classes of the names given. */
  public static void main(String[] classes) throws ClassNotFoundException {
    LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
    for (String name : Arrays.asList(classes)) {
      request.selectors(selectClass(Class.forName(name)));
    }
    LauncherFactory.create().execute(request.build(), new UserTestRun());
    System.out.println(RESULT + "end");
  }

  @Override
  public void testPlanExecutionStarted(TestPlan testPlan) {
    plan = testPlan;
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    printResult(OrdinaryUser.TestStatus.SKIPPED, test, reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    boolean succeeded = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
    if (!test.isTest() && succeeded) {
      return;
    }
    StringWriter why = new StringWriter();
    result.getThrowable().ifPresent(thrown -> thrown.printStackTrace(new PrintWriter(why)));
    printResult(
        switch (result.getStatus()) {
          case SUCCESSFUL -> OrdinaryUser.TestStatus.PASSED;
          case ABORTED -> OrdinaryUser.TestStatus.SKIPPED;
          case FAILED -> OrdinaryUser.TestStatus.FAILED;
        },
        test,
        why.toString());
  }

  private void printResult(OrdinaryUser.TestStatus status, TestIdentifier test, String why) {
    StringBuilder name = new StringBuilder(test.getDisplayName());
    plan.getParent(test)
        .filter(parent -> parent.getParentId().isPresent())
        .ifPresent(parent -> name.insert(0, parent.getDisplayName() + " / "));
    System.out.println(RESULT + status + " " + encodeText(name.toString()) + " " + encodeText(why));
  }

  private static String encodeText(String text) {
    return "=" + Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }
}
