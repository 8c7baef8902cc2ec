package dev.overlays.testkit.memory;

import dev.overlays.testkit.backend.BackendUnderTest;
import dev.overlays.testkit.backend.OverlayBackendContract;
import java.io.IOException;

/** The contract, held against a backend that does not keep it. Run by {@link BrokenViewsTest}. */
final class BrokenViewsContract extends OverlayBackendContract {
  /** The defect that the next run has; set by the one thread that runs it. */
  private static BrokenViews.Defect defect;

  static void have(BrokenViews.Defect newDefect) {
    defect = newDefect;
  }

  @Override
  protected BackendUnderTest backend() throws IOException {
    return InMemoryBackendTest.with(new BrokenViews(defect));
  }
}
