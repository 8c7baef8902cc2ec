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
  void isFound(BrokenViews.Defect defect) throws OverlayException {
    BrokenViewsContract.have(defect);
    Set<String> failed = ContractRun.failed(BrokenViewsContract.class, defect.broken());
    for (OverlayMount left : new InMemoryBackend().mounted()) {
      left.close(UnmountOptions.lazily());
    }
    assertTrue(failed.containsAll(defect.broken()), () -> "found are only " + failed);
  }
}
