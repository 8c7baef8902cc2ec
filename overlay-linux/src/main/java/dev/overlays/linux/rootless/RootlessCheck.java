package dev.overlays.linux.rootless;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.Xino;
import dev.overlays.linux.mount.LiveMounts;
import dev.overlays.linux.preflight.Preflight;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What can be told of a spec before it is mounted without root's rights. */
public final class RootlessCheck {
  private RootlessCheck() {}

  /**
   * Tells what cannot be had in a user namespace, whatever the layers are. Source:
   * ovl_can_decode_fh in the kernel's fs/overlayfs/util.c, mount_setattr(2).
   *
   * @param spec what is to be mounted
   * @return why another backend should be asked
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
              "Leave the mapping out, or mount as root of the machine."));
    }
    boolean indexed = spec.hasUpper() && spec.options().index();
    if (indexed || spec.options().nfsExport()) {
      return Optional.of(needsHandles("index and nfs_export", spec));
    }
    return spec.options().xino() == Xino.OFF
        ? Optional.empty()
        : Optional.of(needsHandles("xino", spec));
  }

  private static Problem needsHandles(String options, OverlaySpec spec) {
    return new Problem(
        ProblemCode.OPTION_UNSUPPORTED,
        spec.mountPoint(),
        "The option "
            + options
            + " needs file handles, which the kernel has for nobody inside a user namespace.",
        "Leave it out, or mount as root of the machine.");
  }

  /**
   * Asks all questions.
   *
   * @param spec what is to be mounted, on paths of the default provider
   * @return what is in the way, the most important first
   */
  public static List<Problem> of(OverlaySpec spec) {
    List<Problem> problems = new ArrayList<>();
    spec.mountPoint().filter(RootlessCheck::isTaken).ifPresent(p -> problems.add(takenProblem(p)));
    problems.addAll(Preflight.of(spec));
    return problems;
  }

  /** This process does not see it there. */
  static boolean isTaken(Path mountPoint) {
    try {
      Path place = NeededPath.realPath(mountPoint);
      return LiveMounts.of(RootlessMount.BACKEND).stream()
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
