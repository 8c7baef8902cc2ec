package dev.overlays.instance;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.copy.LayerCopy;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Moves or copies an ephemeral upper to a place where it stays. */
final class UpperKeeping {
  private UpperKeeping() {}

  static Optional<Problem> findObstacle(OverlaySpec spec, Path target, boolean discarded) {
    Path parent = target.toAbsolutePath().getParent();
    if (discarded) {
      return notKept(
          target, "The view is closed, and what was written is gone or kept.", "Mount anew.");
    }
    if (spec.options().index() || spec.options().nfsExport()) {
      return notKept(
          target,
          "An upper with an index is useless without its work directory or at another place.",
          "To keep an upper, mount the view without index and nfs_export.");
    }
    if (parent == null || Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return notKept(
          target, "There is something already.", "Name a directory that does not exist.");
    }
    if (!Files.isDirectory(parent)) {
      return notKept(
          target, "The directory that it should be in does not exist.", "Create " + parent + ".");
    }
    return Optional.empty();
  }

  private static Optional<Problem> notKept(Path target, String what, String remedy) {
    return Optional.of(Problem.of(ProblemCode.NOT_KEPT, target, what, remedy));
  }

  static void keepUpper(OverlaySpec spec, Path directory, Name upper, Path target)
      throws OverlayException {
    MarkNamespace marks = MarkNamespace.of(spec.options());
    Path parent = target.toAbsolutePath().getParent();
    Name name = Name.of(target.getFileName().toString());
    try {
      LayerStore from = LayerStore.of(directory);
      LayerStore to = LayerStore.of(parent);
      try (LayerDirectory source = from.open(directory);
          LayerDirectory there = to.open(parent)) {
        if (from != to || !moveUpper(source, upper, marks, there, name)) {
          try (LayerDirectory layer = source.open(upper)) {
            LayerCopy.copyLayer(layer, marks, there, name, from == to);
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      throw new OverlayException(
          List.of(
              Problem.of(
                  ProblemCode.NOT_KEPT,
                  target,
                  "What was written to the view cannot be kept here: " + e + ".",
                  "Keep it in another directory: until the view is closed nothing is lost.")),
          e);
    }
  }

  /**
   * Moves the upper. Returns false if it has to be copied: to another file system, or to another
   * mount of the same one.
   */
  private static boolean moveUpper(
      LayerDirectory source, Name upper, MarkNamespace marks, LayerDirectory there, Name name)
      throws IOException {
    if (LayerEntries.requireStat(source, Name.SELF).device()
        != LayerEntries.requireStat(there, Name.SELF).device()) {
      return false;
    }
    try {
      LayerCopy.moveLayer(source, upper, marks, there, name);
      return true;
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException e) {
      return false;
    }
  }
}
