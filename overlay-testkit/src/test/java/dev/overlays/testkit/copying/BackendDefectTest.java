package dev.overlays.testkit.copying;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.testkit.backend.ContractRun;
import dev.overlays.testkit.backend.RefusalStrictness;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract finds each defect of a backend. */
class BackendDefectTest {

  @ParameterizedTest
  @EnumSource
  void theContractFindsTheDefect(BackendDefect defect) {
    Set<String> failed = failedPromises(defect, RefusalStrictness.STRICT);
    assertTrue(failed.containsAll(defect.brokenPromises()), () -> "found are only " + failed);
  }

  /** A wrong refusal is never accepted. */
  @Test
  void onlyTheLenientContractAcceptsAnotherCode() {
    assertEquals(
        Set.of(),
        failedPromises(BackendDefect.REFUSES_WITH_ANOTHER_CODE, RefusalStrictness.LENIENT));
    Set<String> failed =
        failedPromises(BackendDefect.REFUSES_WITHOUT_A_REMEDY, RefusalStrictness.LENIENT);
    assertTrue(
        failed.containsAll(BackendDefect.REFUSES_WITHOUT_A_REMEDY.brokenPromises()),
        failed::toString);
  }

  /** Returns the numbers of the promises that the backend breaks. */
  private static Set<String> failedPromises(BackendDefect defect, RefusalStrictness strictness) {
    BrokenBackendContract.setDefect(defect, strictness);
    Set<String> failed =
        ContractRun.failedPromises(BrokenBackendContract.class, defect.brokenPromises());
    CopyBackend.LIVE.clear();
    return failed;
  }
}
