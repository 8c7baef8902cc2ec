package dev.overlays.linux.rootless;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.Xino;
import dev.overlays.linux.mount.UnlistedMounts;
import dev.overlays.linux.preflight.Preflight;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks a spec before it is mounted without root's rights. */
public final class RootlessCheck {
  private RootlessCheck() {}

  /**
   * Returns why a spec cannot be mounted in a user namespace, whatever its layers are. Source:
   * ovl_can_decode_fh in the kernel's fs/overlayfs/util.c, mount_setattr(2).
   *
   * @param spec what is to be mounted
   * @return the problem; empty if this backend may be able to mount it
   */
  public static Optional<Problem> impossibleProblem(OverlaySpec spec) {
    if (!spec.options().userXattr()) {
      return Optional.of(Preflight.marksOfUsersNeeded(spec));
    }
    if (!spec.idMappings().isEmpty()) {
      return Optional.of(
          Problem.of(
              ProblemCode.LOWER_NOT_IDMAPPABLE,
              spec.idMappings().keySet().iterator().next(),
              "The owners of a lower are mapped with root's rights only.",
              "Leave the mapping out, or mount as root on the host."));
    }
    boolean indexed = spec.hasUpper() && spec.options().index();
    if (indexed || spec.options().nfsExport()) {
      return Optional.of(fileHandlesProblem("index and nfs_export", spec));
    }
    return spec.options().xino() == Xino.OFF
        ? Optional.empty()
        : Optional.of(fileHandlesProblem("xino", spec));
  }

  private static Problem fileHandlesProblem(String options, OverlaySpec spec) {
    return new Problem(
        ProblemCode.OPTION_UNSUPPORTED,
        spec.mountPoint(),
        "The option " + options + " needs file handles, which nobody gets inside a user namespace.",
        "Leave it out, or mount as root on the host.");
  }

  /**
   * Makes all checks.
   *
   * @param spec what is to be mounted, on paths of the default provider
   * @return the problems, the most important first
   */
  public static List<Problem> of(OverlaySpec spec) {
    List<Problem> problems = new ArrayList<>();
    spec.mountPoint().filter(RootlessCheck::isTaken).ifPresent(p -> problems.add(takenProblem(p)));
    problems.addAll(Preflight.of(spec));
    return problems;
  }

  /**
   * Whether a view of this process has the mount point; the mount table of this process does not
   * show it.
   */
  static boolean isTaken(Path mountPoint) {
    try {
      Path place = NeededPath.realPath(mountPoint);
      return UnlistedMounts.of(RootlessMount.BACKEND).stream()
          .flatMap(view -> view.spec().mountPoint().stream())
          .anyMatch(taken -> leadsTo(taken, place));
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean leadsTo(Path path, Path place) {
    try {
      return NeededPath.realPath(path).equals(place);
    } catch (IOException e) {
      return false;
    }
  }

  static Problem takenProblem(Path mountPoint) {
    return Problem.of(
        ProblemCode.MOUNT_POINT_IN_USE,
        mountPoint,
        "A view of this process is mounted at the mount point already.",
        "Unmount it first, take it over with Overlays.find, or name another directory.");
  }
}
