package dev.overlays.testkit.junit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The result of test classes that a test runs. */
final class TestRun implements TestExecutionListener {
  private final List<String> passed = Collections.synchronizedList(new ArrayList<>());
  private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());

  private TestRun() {}

  static TestRun of(Class<?>... classes) {
    return of(Map.of(), classes);
  }

  static TestRun of(Map<String, String> configuration, Class<?>... classes) {
    LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
    for (Class<?> test : classes) {
      request.selectors(selectClass(test));
    }
    LauncherDiscoveryRequest built = request.configurationParameters(configuration).build();
    TestRun run = new TestRun();
    LauncherFactory.create().execute(built, run);
    return run;
  }

  @Override
  public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
    result.getThrowable().ifPresent(failures::add);
    if (identifier.isTest() && result.getStatus() == Status.SUCCESSFUL) {
      passed.add(identifier.getDisplayName());
    }
  }

  /** Returns the temporary directory that contains a path of a view or fixture. */
  static Path temporaryDirectoryOf(Path path) {
    Path found = path;
    while (!found.getFileName().toString().startsWith("overlays-")) {
      found = found.getParent();
    }
    return found;
  }

  /** Returns the tests that passed; fails if any test failed. */
  List<String> passedTests() {
    if (!failures.isEmpty()) {
      AssertionError error = new AssertionError("tests failed: " + failures);
      failures.forEach(error::addSuppressed);
      throw error;
    }
    return List.copyOf(passed);
  }

  /** Returns the only failure; fails if there is none or more than one. */
  Throwable onlyFailure() {
    if (failures.size() != 1) {
      AssertionError error = new AssertionError("failures: " + failures);
      failures.forEach(error::addSuppressed);
      throw error;
    }
    return failures.get(0);
  }
}
