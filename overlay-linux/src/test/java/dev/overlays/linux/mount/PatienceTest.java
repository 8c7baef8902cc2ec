package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who is waited for that no caller has asked to wait for. */
class PatienceTest {
  private static final Problem HOLDER =
      Problem.of(ProblemCode.MOUNT_BUSY, Path.of("/view"), "Process 1 uses it.", "End it.");

  /** Set when it has been asked who uses the view, as if that took until they let go. */
  private boolean asked;

  private boolean unmounts(UnmountOptions options, List<Problem> holders) throws OverlayException {
    return RetryBackoff.ofUnmount(
        options,
        () -> asked,
        () -> {
          asked = true;
          return holders;
        });
  }

  @Test
  void whoCannotBeNamedIsWaitedFor() throws OverlayException {
    assertTrue(unmounts(UnmountOptions.strict(), List.of()));
  }

  @Test
  void whoIsNamedIsNot() throws OverlayException {
    assertFalse(unmounts(UnmountOptions.strict(), List.of(HOLDER)));
    assertTrue(asked);
  }

  @Test
  void nobodyIsBeforeALazyUnmount() throws OverlayException {
    assertFalse(unmounts(UnmountOptions.lazily(), List.of()));
    assertFalse(asked);
  }
}
