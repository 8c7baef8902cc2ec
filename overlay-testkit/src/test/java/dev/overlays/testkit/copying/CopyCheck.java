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

  static List<Problem> problems(OverlaySpec spec) {
    CopyCheck check = new CopyCheck(spec);
    check.options();
    if (spec.upper().isPresent()) {
      check.layers();
      check.mountPoint();
      check.use();
    }
    return check.problems;
  }

  private void tell(ProblemCode code, Path path, String message, String remedy) {
    problems.add(Problem.of(code, path, message, remedy));
  }

  private void options() {
    if (!spec.options().userXattr()) {
      problems.add(
          Problem.of(
              ProblemCode.USERXATTR_REQUIRED,
              "Copies keep marks in user.overlay.* only.",
              "Add withUserXattr(true)."));
    }
    if (!spec.options().withUserXattr(false).equals(OverlayOptions.defaults())) {
      unsupported("any option but userxattr");
    }
    if (!spec.attributes().isEmpty()) {
      unsupported(spec.attributes().toString());
    }
    if (spec.upper().isEmpty()) {
      unsupported("a view without an upper that is given");
    }
    if (spec.propagation() != Propagation.PRIVATE || !spec.idMappings().isEmpty()) {
      unsupported("propagation and other owners");
    }
  }

  private void unsupported(String what) {
    problems.add(
        Problem.of(
            ProblemCode.OPTION_UNSUPPORTED,
            "A copy does not know " + what + ".",
            "Leave it out, or use another backend."));
  }

  private void layers() {
    List<Path> layers = new ArrayList<>(spec.lowers());
    layers.add(spec.upper().orElseThrow());
    layers.add(spec.work().orElseThrow());
    for (Path layer : layers) {
      boolean made = spec.instance().isPresent() && !spec.lowers().contains(layer);
      if (!Files.exists(layer) && !made) {
        tell(ProblemCode.LAYER_NOT_FOUND, layer, "It does not exist.", "Create it.");
      } else if (Files.exists(layer) && !Files.isDirectory(layer)) {
        tell(ProblemCode.LAYER_NOT_DIRECTORY, layer, "It is no directory.", "Name a directory.");
      }
    }
    for (Path inner : layers) {
      for (Path outer : layers) {
        if (!inner.equals(outer)) {
          overlap(inner, outer, layers.indexOf(inner) > layers.indexOf(outer));
        }
      }
    }
  }

  private void overlap(Path inner, Path outer, boolean later) {
    Path there = real(inner);
    if (there.equals(real(outer))) {
      if (later) {
        tell(ProblemCode.LAYER_REPEATED, inner, "It is " + outer + " too.", "Name it once.");
      }
    } else if (there.startsWith(real(outer))) {
      boolean lower = spec.lowers().contains(inner) || spec.lowers().contains(outer);
      tell(
          lower ? ProblemCode.LAYER_NESTED : ProblemCode.UPPER_WORK_NESTED,
          inner,
          "It lies inside " + outer + ".",
          "Put them side by side.");
    }
  }

  static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path.toAbsolutePath().normalize();
    }
  }

  private void mountPoint() {
    if (spec.mountPoint().isEmpty()) {
      return;
    }
    Path place = spec.mountPoint().get();
    if (spec.instance().isPresent() && !Files.exists(spec.instance().get())) {
      Path parent = spec.instance().get().toAbsolutePath().getParent();
      if (!Files.isDirectory(parent)) {
        tell(
            ProblemCode.INSTANCE_DIRECTORY_NOT_FOUND,
            parent,
            "The directory for the instance does not exist.",
            "Create it.");
      }
    } else if (!Files.exists(place) && spec.instance().isEmpty()) {
      tell(ProblemCode.MOUNT_POINT_NOT_FOUND, place, "It does not exist.", "Create it.");
    } else if (Files.exists(place) && !Files.isDirectory(place)) {
      tell(ProblemCode.MOUNT_POINT_NOT_DIRECTORY, place, "It is no directory.", "Name one.");
    } else if (CopyBackend.LIVE.stream().anyMatch(mount -> isAt(mount, place))) {
      tell(ProblemCode.MOUNT_POINT_IN_USE, place, "Another view has it.", "Close that one.");
    } else if (Files.exists(place) && !isEmpty(place)) {
      tell(ProblemCode.MOUNT_POINT_NOT_EMPTY, place, "There are files in it.", "Take another.");
    }
  }

  private static boolean isAt(CopyMount mount, Path place) {
    return mount.spec().mountPoint().filter(p -> real(p).equals(real(place))).isPresent();
  }

  private static boolean isEmpty(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.findAny().isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  /** Checks whether the layers are in use, if nothing else is wrong. */
  private void use() {
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
