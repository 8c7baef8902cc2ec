package dev.overlays.testkit.copying;

import dev.overlays.OverlayException;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.Propagation;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Finds everything that is wrong with a spec. */
final class CopyCheck {
  private final OverlaySpec spec;
  private final List<Problem> problems = new ArrayList<>();

  private CopyCheck(OverlaySpec spec) {
    this.spec = spec;
  }

  static List<Problem> findProblems(OverlaySpec spec) {
    CopyCheck check = new CopyCheck(spec);
    check.checkOptions();
    if (spec.upper().isPresent()) {
      check.checkLayers();
      check.checkMountPoint();
      check.checkUse();
    }
    return check.problems;
  }

  private void addProblem(ProblemCode code, Path path, String message, String remedy) {
    problems.add(Problem.of(code, path, message, remedy));
  }

  private void checkOptions() {
    if (!spec.options().userXattr()) {
      problems.add(
          Problem.of(
              ProblemCode.USERXATTR_REQUIRED,
              "Copies keep marks in user.overlay.* only.",
              "Add withUserXattr(true)."));
    }
    if (!spec.options().withUserXattr(false).equals(OverlayOptions.defaults())) {
      addUnsupported("any option but userxattr");
    }
    if (!spec.attributes().isEmpty()) {
      addUnsupported(spec.attributes().toString());
    }
    if (spec.upper().isEmpty()) {
      addUnsupported("a view without an upper that is given");
    }
    if (spec.propagation() != Propagation.PRIVATE || !spec.idMappings().isEmpty()) {
      addUnsupported("propagation and other owners");
    }
  }

  private void addUnsupported(String what) {
    problems.add(
        Problem.of(
            ProblemCode.OPTION_UNSUPPORTED,
            "A copy does not know " + what + ".",
            "Leave it out, or use another backend."));
  }

  private void checkLayers() {
    List<Path> layers = new ArrayList<>(spec.lowers());
    layers.add(spec.upper().orElseThrow());
    layers.add(spec.work().orElseThrow());
    for (Path layer : layers) {
      boolean made = spec.instance().isPresent() && !spec.lowers().contains(layer);
      if (!Files.exists(layer) && !made) {
        addProblem(ProblemCode.LAYER_NOT_FOUND, layer, "It does not exist.", "Create it.");
      } else if (Files.exists(layer) && !Files.isDirectory(layer)) {
        addProblem(
            ProblemCode.LAYER_NOT_DIRECTORY, layer, "It is no directory.", "Name a directory.");
      }
    }
    for (Path inner : layers) {
      for (Path outer : layers) {
        if (!inner.equals(outer)) {
          checkOverlap(inner, outer, layers.indexOf(inner) > layers.indexOf(outer));
        }
      }
    }
  }

  private void checkOverlap(Path inner, Path outer, boolean later) {
    Path there = realPath(inner);
    if (there.equals(realPath(outer))) {
      if (later) {
        addProblem(ProblemCode.LAYER_REPEATED, inner, "It is " + outer + " too.", "Name it once.");
      }
    } else if (there.startsWith(realPath(outer))) {
      boolean lower = spec.lowers().contains(inner) || spec.lowers().contains(outer);
      addProblem(
          lower ? ProblemCode.LAYER_NESTED : ProblemCode.UPPER_WORK_NESTED,
          inner,
          "It lies inside " + outer + ".",
          "Put them side by side.");
    }
  }

  static Path realPath(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path.toAbsolutePath().normalize();
    }
  }

  private void checkMountPoint() {
    if (spec.mountPoint().isEmpty()) {
      return;
    }
    Path place = spec.mountPoint().get();
    if (spec.instance().isPresent() && !Files.exists(spec.instance().get())) {
      Path parent = spec.instance().get().toAbsolutePath().getParent();
      if (!Files.isDirectory(parent)) {
        addProblem(
            ProblemCode.INSTANCE_DIRECTORY_NOT_FOUND,
            parent,
            "The directory for the instance does not exist.",
            "Create it.");
      }
    } else if (!Files.exists(place) && spec.instance().isEmpty()) {
      addProblem(ProblemCode.MOUNT_POINT_NOT_FOUND, place, "It does not exist.", "Create it.");
    } else if (Files.exists(place) && !Files.isDirectory(place)) {
      addProblem(ProblemCode.MOUNT_POINT_NOT_DIRECTORY, place, "It is no directory.", "Name one.");
    } else if (CopyBackend.LIVE.stream().anyMatch(mount -> isAt(mount, place))) {
      addProblem(ProblemCode.MOUNT_POINT_IN_USE, place, "Another view has it.", "Close that one.");
    } else if (Files.exists(place) && !isEmpty(place)) {
      addProblem(
          ProblemCode.MOUNT_POINT_NOT_EMPTY, place, "There are files in it.", "Take another.");
    }
  }

  private static boolean isAt(CopyMount mount, Path place) {
    return mount.spec().mountPoint().filter(p -> realPath(p).equals(realPath(place))).isPresent();
  }

  private static boolean isEmpty(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.findAny().isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  /** Checks whether the layers are in use, if nothing else is wrong. */
  private void checkUse() {
    if (!problems.isEmpty() || !Files.exists(spec.upper().orElseThrow())) {
      return;
    }
    try {
      LayerStore.of(spec.upper().orElseThrow()).hold(spec).close();
    } catch (OverlayException e) {
      problems.addAll(e.problems());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
