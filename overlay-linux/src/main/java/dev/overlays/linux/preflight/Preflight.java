package dev.overlays.linux.preflight;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.RedirectDir;
import dev.overlays.linux.context.IdMappedTree;
import dev.overlays.linux.context.OptionSupport;
import dev.overlays.linux.preflight.OpenedLayer.LayerRole;
import dev.overlays.linux.syscall.ThreadPrivilege;
import java.util.ArrayList;
import java.util.List;

/** Checks a spec before it is mounted, without changing anything. */
public final class Preflight {
  private Preflight() {}

  /**
   * Runs all checks.
   *
   * @param spec what is to be mounted, on paths of the default provider
   * @return what would make the mount fail, the most important problem first
   */
  public static List<Problem> of(OverlaySpec spec) {
    List<Problem> problems = new ArrayList<>();
    MountPointCheck.checkMountPoint(spec, problems);
    try (SpecLayers layers = SpecLayers.open(spec, problems)) {
      LayerOverlaps.checkOverlaps(layers.allLayers(), problems);
      LayerStacking.checkStacking(layers.allLayers(), problems);
      layers
          .upperPlace()
          .ifPresent(
              place -> {
                if (layers.findLayer(LayerRole.UPPER).isEmpty()) {
                  LayerOverlaps.checkPlace(place, layers.allLayers(), problems);
                }
                if (UpperFileSystem.checkFileSystem(place, problems)) {
                  UpperDirectories.checkDirectories(layers, place, problems);
                }
              });
      VerityCheck.checkVerity(spec, layers, problems);
      LayerUse.checkUse(layers, problems);
    }
    IdMappedTree.checkMapping(spec, problems);
    OptionSupport.checkOptions(spec, problems);
    checkMarks(spec, problems);
    return problems;
  }

  /**
   * Switches to the marks that can be written here: inside a user namespace only those in {@code
   * user.overlay.*}. The kernel mounts with the others, too, but such a view fails to remove and to
   * rename. Source: user_namespaces(7); the kernel's Documentation/filesystems/overlayfs.rst.
   *
   * @param spec what is to be mounted
   * @return the spec, with {@code userXattr} if only that can work and no other option excludes it
   */
  public static OverlaySpec withUsableMarks(OverlaySpec spec) {
    boolean excluded =
        spec.options().metacopy() || spec.options().redirectDir() != RedirectDir.NOFOLLOW;
    return needsMarksOfUsers(spec) && !excluded
        ? spec.toBuilder().options(o -> o.withUserXattr(true)).build()
        : spec;
  }

  private static boolean needsMarksOfUsers(OverlaySpec spec) {
    return spec.hasUpper() && !spec.options().userXattr() && ThreadPrivilege.inUserNamespace();
  }

  private static void checkMarks(OverlaySpec spec, List<Problem> problems) {
    if (needsMarksOfUsers(spec)) {
      problems.add(marksOfUsersNeeded(spec));
    }
  }

  /**
   * Returns the problem that root's marks cannot be written inside a user namespace.
   *
   * @param spec what is going to be mounted there
   * @return the problem
   */
  public static Problem marksOfUsersNeeded(OverlaySpec spec) {
    return new Problem(
        ProblemCode.USERXATTR_REQUIRED,
        spec.upper(),
        "Inside a user namespace the kernel keeps no marks in trusted.overlay.*.",
        "Add options(o -> o.withUserXattr(true)), or mount as root on the host.");
  }
}
