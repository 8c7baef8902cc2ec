package dev.overlays.testkit.copying;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.testkit.backend.ContractRun;
import dev.overlays.testkit.backend.Strictness;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract finds each defect of a backend. */
class DefectTest {

  @ParameterizedTest
  @EnumSource
  void isFound(Defect defect) {
    Set<String> failed = failed(defect, Strictness.STRICT);
    assertTrue(failed.containsAll(defect.broken()), () -> "found are only " + failed);
  }

  /** A wrong refusal is never accepted. */
  @Test
  void anotherCodeIsForgivenOnlyLeniently() {
    assertEquals(Set.of(), failed(Defect.REFUSES_WITH_ANOTHER_CODE, Strictness.LENIENT));
    Set<String> failed = failed(Defect.REFUSES_WITHOUT_A_REMEDY, Strictness.LENIENT);
    assertTrue(failed.containsAll(Defect.REFUSES_WITHOUT_A_REMEDY.broken()), failed::toString);
  }

  /** Returns the numbers of the promises that the backend breaks. */
  private static Set<String> failed(Defect defect, Strictness strictness) {
    BrokenContract.have(defect, strictness);
    Set<String> failed = ContractRun.failed(BrokenContract.class, defect.broken());
    CopyBackend.LIVE.clear();
    return failed;
  }
}
