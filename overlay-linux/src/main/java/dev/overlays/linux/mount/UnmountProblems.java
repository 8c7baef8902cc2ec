package dev.overlays.linux.mount;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Why a view stays mounted, in words that fit every backend of this module. */
public final class UnmountProblems {
  private UnmountProblems() {}

  /**
   * Another mount has come to the same place.
   *
   * @param place where the view is seen otherwise
   * @return what is thrown
   */
  public static OverlayException coveredMount(Path place) {
    return new OverlayException(
        Problem.of(
            ProblemCode.MOUNT_COVERED,
            place,
            "Another mount lies on top of this one at the same mount point.",
            "Unmount that one first."));
  }

  /**
   * It cannot be told where the view is.
   *
   * @param place where it was mounted
   * @param cause why the mount table cannot be read
   * @return what is thrown
   */
  public static OverlayException tableUnreadable(Path place, IOException cause) {
    return new OverlayException(
        List.of(
            Problem.of(
                ProblemCode.UNMOUNT_REFUSED,
                place,
                "The mount table cannot be read: " + cause.getMessage() + ".",
                "Make /proc readable for this process.")),
        cause);
  }
}
