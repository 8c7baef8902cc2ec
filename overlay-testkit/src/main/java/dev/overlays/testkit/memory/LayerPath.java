package dev.overlays.testkit.memory;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An existing layer of a spec, with its real path. */
record LayerPath(String role, Path path, Path realPath) {
  private static final String LOWER = "lower";
  private static final String DATA_LOWER = "data-only lower";

  /** Finds the layers of a spec, and adds a problem for each missing one. */
  static List<LayerPath> findLayers(OverlaySpec spec, List<Problem> problems) {
    List<LayerPath> layers = new ArrayList<>();
    spec.lowers().forEach(path -> addLayer(LOWER, path, false, layers, problems));
    spec.dataLowers().forEach(path -> addLayer(DATA_LOWER, path, false, layers, problems));
    boolean created = spec.instance().isPresent();
    spec.upper().ifPresent(path -> addLayer("upper", path, created, layers, problems));
    spec.work().ifPresent(path -> addLayer("work directory", path, created, layers, problems));
    return layers;
  }

  private static void addLayer(
      String role, Path path, boolean created, List<LayerPath> layers, List<Problem> problems) {
    if (Files.isDirectory(path)) {
      layers.add(new LayerPath(role, path, realPathOf(path)));
    } else if (Files.exists(path)) {
      problems.add(
          Problem.of(
              ProblemCode.LAYER_NOT_DIRECTORY,
              path,
              "The " + role + " is not a directory.",
              "Name a directory."));
    } else if (!created) {
      problems.add(
          Problem.of(
              ProblemCode.LAYER_NOT_FOUND,
              path,
              "The " + role + " does not exist.",
              "Create it, or correct the path."));
    }
  }

  /** Resolves symbolic links, as far as the path exists. */
  static Path realPathOf(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path.toAbsolutePath().normalize();
    }
  }

  /**
   * Adds a problem for each layer that is the same directory as another one, or lies inside one.
   */
  static void checkOverlaps(List<LayerPath> layers, List<Problem> problems) {
    for (int i = 0; i < layers.size(); i++) {
      for (LayerPath before : layers.subList(0, i)) {
        LayerPath layer = layers.get(i);
        if (layer.realPath.equals(before.realPath)) {
          problems.add(layer.repetitionProblem(before));
        } else if (layer.realPath.startsWith(before.realPath)) {
          problems.add(layer.nestingProblem(before));
        } else if (before.realPath.startsWith(layer.realPath)) {
          problems.add(before.nestingProblem(layer));
        }
      }
    }
  }

  private boolean isLower() {
    return role.equals(LOWER) || role.equals(DATA_LOWER);
  }

  private Problem repetitionProblem(LayerPath other) {
    return Problem.of(
        ProblemCode.LAYER_REPEATED,
        path,
        "The " + role + " is the same directory as the " + other.role + " " + other.path + ".",
        "Use every directory once.");
  }

  private Problem nestingProblem(LayerPath outer) {
    boolean lower = isLower() || outer.isLower();
    return Problem.of(
        lower ? ProblemCode.LAYER_NESTED : ProblemCode.UPPER_WORK_NESTED,
        path,
        "The " + role + " lies inside the " + outer.role + " " + outer.path + ".",
        "Put the layers side by side, none inside another.");
  }
}
