package dev.overlays;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks which layers can be combined, as far as their paths tell. */
final class LayerRules {
  /** The kernel's OVL_MAX_STACK, data-only layers included. */
  private static final int MAX_LOWERS = 500;

  private LayerRules() {}

  static void checkLayers(OverlaySpec spec, List<Problem> problems) {
    int lowers = spec.lowers().size() + spec.dataLowers().size();
    if (spec.lowers().isEmpty()) {
      problems.add(
          Problem.of(
              ProblemCode.NO_LOWER,
              "The spec has no lower.",
              "Add the shared directory with lower(directory)."));
    } else if (lowers == 1 && !spec.hasUpper()) {
      problems.add(
          Problem.of(
              ProblemCode.SINGLE_LOWER_WITHOUT_UPPER,
              spec.lowers().get(0),
              "A view of one lower without an upper would be that lower itself.",
              "Add an upper with instance(directory) or ephemeral(), or a second lower."));
    }
    if (lowers > MAX_LOWERS) {
      problems.add(
          Problem.of(
              ProblemCode.TOO_MANY_LOWERS,
              "The spec has " + lowers + " lowers, and the kernel takes at most 500.",
              "Merge some of them into one."));
    }
    checkUpper(spec, problems);
    checkRepeated(spec, problems);
  }

  private static void checkUpper(OverlaySpec spec, List<Problem> problems) {
    if (spec.upper().isPresent() && spec.work().isEmpty()) {
      problems.add(
          Problem.of(
              ProblemCode.UPPER_WITHOUT_WORK,
              spec.upper().get(),
              "The spec has an upper but no work directory.",
              "Add work(directory), an empty directory beside the upper, or use instance(directory)"
                  + " for both."));
    }
    if (spec.work().isPresent() && spec.upper().isEmpty()) {
      problems.add(
          Problem.of(
              ProblemCode.WORK_WITHOUT_UPPER,
              spec.work().get(),
              "The spec has a work directory but no upper.",
              "Add upper(directory), or leave the work directory out for a read-only view."));
    }
    if (!spec.privatePaths().isEmpty() && !spec.hasUpper()) {
      problems.add(
          Problem.of(
              ProblemCode.PRIVATE_PATH_WITHOUT_UPPER,
              "Private paths are hidden by marks in the upper, and the spec has no upper.",
              "Add an upper with instance(directory), or leave the private paths out."));
    }
    if (spec.isUnattached() && spec.mountPoint().isPresent()) {
      problems.add(
          Problem.of(
              ProblemCode.UNATTACHED_WITH_MOUNT_POINT,
              spec.mountPoint().get(),
              "The view is to be attached nowhere, and the spec names a mount point.",
              "Leave unattached() out, or the mount point."));
    }
    if (spec.ephemeral().isPresent() && (spec.upper().isPresent() || spec.work().isPresent())) {
      problems.add(
          new Problem(
              ProblemCode.EPHEMERAL_WITH_UPPER,
              spec.upper().isPresent() ? spec.upper() : spec.work(),
              "An ephemeral view makes its upper and work directory itself, and the spec names"
                  + " one.",
              "Leave upper and work out, or ephemeral()."));
    }
    if (spec.upper().isPresent() && spec.work().isPresent()) {
      Path upper = absolutePath(spec.upper().get());
      Path work = absolutePath(spec.work().get());
      boolean nested = upper.startsWith(work) || work.startsWith(upper);
      if (nested && !upper.equals(work) && !leadsUp(upper) && !leadsUp(work)) {
        problems.add(
            Problem.of(
                ProblemCode.UPPER_WORK_NESTED,
                work,
                "The work directory and the upper " + upper + " lie one inside the other.",
                "Put them side by side."));
      }
    }
  }

  private static void checkRepeated(OverlaySpec spec, List<Problem> problems) {
    List<Path> layers = new ArrayList<>(spec.lowers());
    layers.addAll(spec.dataLowers());
    if (spec.upper().isPresent()) {
      layers.add(spec.upper().get());
    }
    if (spec.work().isPresent()) {
      layers.add(spec.work().get());
    }
    Set<Path> seen = new HashSet<>();
    for (Path layer : layers) {
      if (!seen.add(absolutePath(layer))) {
        problems.add(
            Problem.of(
                ProblemCode.LAYER_REPEATED,
                layer,
                "The directory is named twice in the spec.",
                "Use every directory once: each lower, the upper and the work directory must be"
                    + " different ones."));
      }
    }
  }

  /** Normalizes the path unless it contains "..", which may lead anywhere after a symbolic link. */
  private static Path absolutePath(Path path) {
    Path absolute = path.toAbsolutePath();
    return leadsUp(absolute) ? absolute : absolute.normalize();
  }

  private static boolean leadsUp(Path path) {
    for (Path name : path) {
      if (name.toString().equals("..")) {
        return true;
      }
    }
    return false;
  }
}
