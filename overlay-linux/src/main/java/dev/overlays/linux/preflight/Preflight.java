package dev.overlays.linux.preflight;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.context.OptionSupport;
import dev.overlays.linux.syscall.Privilege;
import java.util.ArrayList;
import java.util.List;

/** Everything that can be told of a spec before it is mounted. Changes nothing. */
public final class Preflight {
  private Preflight() {}

  /**
   * Asks all questions.
   *
   * @param spec what is to be mounted, on paths of the default provider
   * @return what is in the way, the most important first
   */
  public static List<Problem> of(OverlaySpec spec) {
    List<Problem> problems = new ArrayList<>();
    MountPointCheck.check(spec, problems);
    try (SpecLayers layers = SpecLayers.open(spec, problems)) {
      LayerOverlaps.check(layers.all(), problems);
      LayerStacking.check(layers.all(), problems);
      layers
          .upperPlace()
          .ifPresent(
              place -> {
                if (UpperFileSystem.check(place, problems)) {
                  UpperDirectories.check(layers, place, problems);
                }
              });
      LayerUse.check(layers, problems);
    }
    OptionSupport.check(spec, problems);
    checkMarks(spec, problems);
    return problems;
  }

  private static void checkMarks(OverlaySpec spec, List<Problem> problems) {
    if (spec.upper().isPresent() && !spec.options().userXattr() && Privilege.inUserNamespace()) {
      problems.add(marksOfUsersNeeded(spec));
    }
  }

  /**
   * Tells that marks of root cannot be had inside a user namespace.
   *
   * @param spec what is to be mounted there
   * @return the problem
   */
  public static Problem marksOfUsersNeeded(OverlaySpec spec) {
    return new Problem(
        ProblemCode.USERXATTR_REQUIRED,
        spec.upper(),
        "Inside a user namespace the kernel keeps no marks in trusted.overlay.*.",
        "Add options(o -> o.withUserXattr(true)), or mount as root of the machine.");
  }
}
