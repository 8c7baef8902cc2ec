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

/** How long an unmount waits without being asked to. */
class RetryBackoffTest {
  private static final Problem HOLDER =
      Problem.of(ProblemCode.MOUNT_BUSY, Path.of("/view"), "Process 1 uses it.", "End it.");

  /** Set when the holders are listed, as if they let go meanwhile. */
  private boolean asked;

  private boolean unmounts(UnmountOptions options, List<Problem> holders) throws OverlayException {
    return RetryBackoff.retryUnmount(
        options,
        () -> asked,
        () -> {
          asked = true;
          return holders;
        });
  }

  @Test
  void waitsForHoldersThatCannotBeNamed() throws OverlayException {
    assertTrue(unmounts(UnmountOptions.strict(), List.of()));
  }

  @Test
  void doesNotWaitForNamedHolders() throws OverlayException {
    assertFalse(unmounts(UnmountOptions.strict(), List.of(HOLDER)));
    assertTrue(asked);
  }

  @Test
  void lazyUnmountDoesNotWait() throws OverlayException {
    assertFalse(unmounts(UnmountOptions.lazily(), List.of()));
    assertFalse(asked);
  }
}
