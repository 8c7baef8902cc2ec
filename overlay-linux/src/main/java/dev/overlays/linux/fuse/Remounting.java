package dev.overlays.linux.fuse;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Makes a view read-only or writable: the mount, not the file system, whose daemon knows no such
 * change. Only root may.
 */
final class Remounting {
  private Remounting() {}

  static void run(OverlaySpec spec, Path root, boolean readOnly) throws OverlayException {
    if (!readOnly && (!spec.hasUpper() || spec.attributes().contains(MountAttribute.READ_ONLY))) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.REMOUNT_REFUSED,
              root,
              "The daemon of this view was started for reading only.",
              "Unmount it, and mount it writable."));
    }
    MountChange change = MountChange.of(root);
    try {
      if (readOnly) {
        change.set(Set.of(MountAttribute.READ_ONLY)).apply();
      } else {
        change.clear(MountAttribute.READ_ONLY).apply();
      }
    } catch (SyscallException e) {
      throw new OverlayException(List.of(problem(root, e.errno())), e);
    }
  }

  private static Problem problem(Path root, Errno errno) {
    return errno == Errno.EBUSY
        ? Problem.of(
            ProblemCode.MOUNT_BUSY,
            root,
            "Files of the view are open for writing.",
            "Let them be closed, and try again.")
        : Problem.of(
            ProblemCode.REMOUNT_REFUSED,
            root,
            "The view cannot be changed: " + errno.text() + ".",
            "Only root may; otherwise unmount the view, and mount it anew.");
  }
}
