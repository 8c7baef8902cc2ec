package dev.overlays.testkit.copying;

import dev.overlays.testkit.backend.BackendUnderTest;
import dev.overlays.testkit.backend.Capability;
import dev.overlays.testkit.backend.OverlayBackendContract;
import dev.overlays.testkit.backend.RefusalStrictness;
import java.io.IOException;

/** The contract, run on a backend that breaks it. Run by {@link BackendDefectTest} only. */
final class BrokenBackendContract extends OverlayBackendContract {
  /** The defect of the next run; set by the thread that runs it. */
  private static BackendDefect defect;

  private static RefusalStrictness strictness;

  static void setDefect(BackendDefect newDefect, RefusalStrictness newStrictness) {
    defect = newDefect;
    strictness = newStrictness;
  }

  @Override
  protected BackendUnderTest backend() throws IOException {
    BackendUnderTest broken = CopyInMemoryTest.inMemory(new BrokenBackend(defect)).with(strictness);
    return switch (defect) {
      case DECLARES_EVERYTHING -> broken.with(Capability.values());
      case DECLARES_TOO_LITTLE ->
          BackendUnderTest.of(broken.backend(), broken.directory()).withCleanup(broken.cleanup());
      default -> broken;
    };
  }
}
