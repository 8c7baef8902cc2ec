package dev.overlays.testkit.backend;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedClass;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.NestedClassSelector;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs parts of the contract inside a test. */
public final class ContractRun {
  private ContractRun() {}

  /**
   * Runs the parts that contain the given promises, and returns the numbers of the promises that
   * failed.
   *
   * @param contract a contract of one backend
   * @param promises numbers of promises
   */
  public static Set<String> failedPromises(
      Class<? extends OverlayBackendContract> contract, List<String> promises) {
    Set<String> failed = new TreeSet<>();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(partsOf(contract, promises)).build();
    TestExecutionListener listener =
        new TestExecutionListener() {
          @Override
          public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (test.isTest() && result.getStatus() == TestExecutionResult.Status.FAILED) {
              failed.add(test.getDisplayName().split(" ", 2)[0]);
            }
          }
        };
    LauncherFactory.create().execute(request, listener);
    return failed;
  }

  private static List<NestedClassSelector> partsOf(
      Class<? extends OverlayBackendContract> contract, List<String> promises) {
    List<NestedClassSelector> parts = new ArrayList<>();
    for (Class<?> part : OverlayBackendContract.class.getDeclaredClasses()) {
      String number = part.getAnnotation(DisplayName.class).value().split(" ", 2)[0];
      if (promises.stream().anyMatch(promise -> promise.startsWith(number + "."))) {
        parts.add(selectNestedClass(List.of(contract), part));
      }
    }
    return parts;
  }
}
