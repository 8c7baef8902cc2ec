package dev.overlays.testkit.copying;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedClass;

import dev.overlays.testkit.backend.OverlayBackendContract;
import dev.overlays.testkit.backend.Strictness;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.NestedClassSelector;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The contract finds what is wrong: it is run on a backend with one defect after the other. */
class DefectTest {

  @ParameterizedTest
  @EnumSource
  void isFound(Defect defect) {
    Set<String> failed = failed(defect, Strictness.STRICT);
    assertTrue(failed.containsAll(defect.broken()), () -> "found are only " + failed);
  }

  /** Of the refusal itself nothing is forgiven. */
  @Test
  void anotherCodeIsForgivenOnlyLeniently() {
    assertEquals(Set.of(), failed(Defect.REFUSES_WITH_ANOTHER_CODE, Strictness.LENIENT));
    Set<String> failed = failed(Defect.REFUSES_WITHOUT_A_REMEDY, Strictness.LENIENT);
    assertTrue(failed.containsAll(Defect.REFUSES_WITHOUT_A_REMEDY.broken()), failed::toString);
  }

  /** The numbers of the promises that are not kept. */
  private static Set<String> failed(Defect defect, Strictness strictness) {
    BrokenContract.have(defect, strictness);
    Set<String> failed = new TreeSet<>();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(sections(defect)).build();
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
    CopyBackend.LIVE.clear();
    return failed;
  }

  /** The parts of the contract that hold the promises which the defect breaks. */
  private static List<NestedClassSelector> sections(Defect defect) {
    List<NestedClassSelector> sections = new ArrayList<>();
    for (Class<?> section : OverlayBackendContract.class.getDeclaredClasses()) {
      String number = section.getAnnotation(DisplayName.class).value().split(" ", 2)[0];
      if (defect.broken().stream().anyMatch(promise -> promise.startsWith(number + "."))) {
        sections.add(selectNestedClass(List.of(BrokenContract.class), section));
      }
    }
    return sections;
  }
}
