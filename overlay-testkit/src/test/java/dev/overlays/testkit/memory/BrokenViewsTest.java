package dev.overlays.testkit.memory;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.UnmountOptions;
import dev.overlays.testkit.backend.ContractRun;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract finds defects of ephemeral and mounted views. */
class BrokenViewsTest {

  @ParameterizedTest
  @EnumSource
  void theContractFindsTheDefect(BrokenViewsBackend.ViewDefect defect) throws OverlayException {
    BrokenViewsContract.setDefect(defect);
    Set<String> failed =
        ContractRun.failedPromises(BrokenViewsContract.class, defect.brokenPromises());
    for (OverlayMount left : new InMemoryBackend().mounted()) {
      left.close(UnmountOptions.lazily());
    }
    assertTrue(failed.containsAll(defect.brokenPromises()), () -> "found are only " + failed);
  }
}
