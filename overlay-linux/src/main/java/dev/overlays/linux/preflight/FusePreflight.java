package dev.overlays.linux.preflight;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.preflight.OpenedLayer.LayerRole;
import dev.overlays.linux.syscall.SyscallException;
import java.util.ArrayList;
import java.util.List;

/**
 * The questions of {@link Preflight} that matter to fuse-overlayfs. It stacks as high as one likes,
 * and takes uppers of kinds that the kernel does not, as long as they keep what marks are made of.
 */
public final class FusePreflight {
  private static final int COLON = ':';

  private FusePreflight() {}

  /**
   * Asks all questions about the layers and the mount point.
   *
   * @param spec what is to be mounted, on paths of the default provider
   * @return what is in the way, the most important first
   */
  public static List<Problem> of(OverlaySpec spec) {
    List<Problem> problems = new ArrayList<>();
    if (spec.mountPoint().isEmpty()) {
      problems.add(
          Problem.of(
              ProblemCode.MOUNT_POINT_NOT_GIVEN,
              "The spec has no mount point, and a view of fuse-overlayfs is seen nowhere else.",
              "Add mountPoint(directory), or use instance(directory)."));
    } else {
      MountPointCheck.checkMountPoint(spec, problems);
    }
    try (SpecLayers layers = SpecLayers.open(spec, problems)) {
      LayerOverlaps.checkOverlaps(layers.allLayers(), problems);
      layers
          .upperPlace()
          .ifPresent(
              place -> {
                if (layers.findLayer(LayerRole.UPPER).isEmpty()) {
                  LayerOverlaps.checkPlace(place, layers.allLayers(), problems);
                }
                checkName(spec, place, problems);
                UpperDirectories.checkDirectories(layers, place, problems);
              });
      LayerUse.checkUse(layers, problems);
    }
    return problems;
  }

  /**
   * The program takes the name of its upper apart at colons, whatever it was called by. Source:
   * read_dirs in its main.c.
   */
  private static void checkName(OverlaySpec spec, OpenedLayer place, List<Problem> problems) {
    try {
      String name = place.handle().procPath().toString();
      if (place.role() == LayerRole.PLACE) {
        name += spec.instance().get().getFileName() + "/" + spec.upper().get().getFileName();
      }
      if (name.indexOf(COLON) >= 0) {
        problems.add(
            Problem.of(
                ProblemCode.OPTION_UNSUPPORTED,
                place.path(),
                "fuse-overlayfs takes no upper with a colon in its path.",
                "Rename the directory, or put the upper elsewhere; lowers may have colons."));
      }
    } catch (SyscallException e) {
      // Whoever opens it next meets the same error.
    }
  }
}
