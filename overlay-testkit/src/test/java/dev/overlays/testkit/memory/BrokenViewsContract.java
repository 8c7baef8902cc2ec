package dev.overlays.testkit.memory;

import dev.overlays.testkit.backend.BackendUnderTest;
import dev.overlays.testkit.backend.OverlayBackendContract;
import java.io.IOException;

/** The contract, run on a backend that breaks it. Run by {@link BrokenViewsTest} only. */
final class BrokenViewsContract extends OverlayBackendContract {
  /** The defect of the next run; set by the thread that runs it. */
  private static BrokenViews.Defect defect;

  static void have(BrokenViews.Defect newDefect) {
    defect = newDefect;
  }

  @Override
  protected BackendUnderTest backend() throws IOException {
    return InMemoryBackendTest.with(new BrokenViews(defect));
  }
}
