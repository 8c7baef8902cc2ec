package dev.overlays.testkit.memory;

import dev.overlays.testkit.backend.BackendUnderTest;
import dev.overlays.testkit.backend.OverlayBackendContract;
import java.io.IOException;

/** The contract, run on a backend that breaks it. Run by {@link BrokenViewsTest} only. */
final class BrokenViewsContract extends OverlayBackendContract {
  /** The defect of the next run; set by the thread that runs it. */
  private static BrokenViewsBackend.ViewDefect defect;

  static void setDefect(BrokenViewsBackend.ViewDefect newDefect) {
    defect = newDefect;
  }

  @Override
  protected BackendUnderTest backend() throws IOException {
    return InMemoryBackendTest.underTest(new BrokenViewsBackend(defect));
  }
}
