package dev.overlays.linux.mount;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The reasons why a view cannot be unmounted, for every backend of this module. */
public final class UnmountProblems {
  private UnmountProblems() {}

  /**
   * Returns the exception for a view that another mount covers.
   *
   * @param place the mount point of both
   * @return the exception
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
   * Returns the exception for a mount table that cannot be read.
   *
   * @param place where it was mounted
   * @param cause why the mount table cannot be read
   * @return the exception
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
