package dev.overlays.linux.preflight;

import dev.overlays.Ephemeral;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.context.IdMappedTree;
import dev.overlays.linux.context.MemoryFileSystem;
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
    IdMappedTree.check(spec, problems);
    OptionSupport.check(spec, problems);
    checkMarks(spec, problems);
    checkMemory(spec, problems);
    return problems;
  }

  private static void checkMarks(OverlaySpec spec, List<Problem> problems) {
    if (spec.hasUpper() && !spec.options().userXattr() && Privilege.inUserNamespace()) {
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

  private static void checkMemory(OverlaySpec spec, List<Problem> problems) {
    if (spec.ephemeral().orElse(null) instanceof Ephemeral.Memory
        && !MemoryFileSystem.mayHoldLayers()) {
      problems.add(
          Problem.of(
              ProblemCode.EPHEMERAL_UPPER_NOT_CREATED,
              "This kernel takes no layers from a file system that is mounted nowhere.",
              "Use Ephemeral.in(directory), on a tmpfs for example, or Linux 6.15 or later."));
    }
  }
}
