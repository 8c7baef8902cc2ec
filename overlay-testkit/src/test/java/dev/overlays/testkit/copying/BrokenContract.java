package dev.overlays.testkit.copying;

import dev.overlays.testkit.backend.BackendUnderTest;
import dev.overlays.testkit.backend.OverlayBackendContract;
import java.io.IOException;

/** The contract, held against a backend that does not keep it. Run by {@link DefectTest} only. */
final class BrokenContract extends OverlayBackendContract {
  /** The defect that the next run has; set by the one thread that runs it. */
  private static Defect defect;

  static void have(Defect newDefect) {
    defect = newDefect;
  }

  @Override
  protected BackendUnderTest backend() throws IOException {
    return CopyInMemoryTest.inMemory(new BrokenBackend(defect));
  }
}
