package dev.overlays.merge;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What can be told of the two layers as a whole, by operations on a name that neither has: they
 * fail for the reason that those of the merge would, and change nothing.
 */
final class LayerCheck {
  private LayerCheck() {}

  static List<Problem> check(Layers layers) throws IOException {
    List<Problem> problems = new ArrayList<>();
    LayerDirectory upper = layers.upper();
    LayerDirectory lower = layers.lower();
    Name nobody = Name.of(".overlays-" + UUID.randomUUID());
    try {
      lower.remove(nobody);
    } catch (NoSuchFileException e) {
      // As it should be.
    } catch (FileSystemException e) {
      problems.add(notWritable(lower, e));
      return problems;
    }
    long upperDevice = LayerEntries.present(upper, Name.SELF).device();
    long lowerDevice = LayerEntries.present(lower, Name.SELF).device();
    if (upperDevice != lowerDevice) {
      problems.add(across(upper, lower, "file systems"));
      return problems;
    }
    try {
      upper.rename(nobody, lower, nobody);
    } catch (NoSuchFileException e) {
      // As it should be.
    } catch (AccessDeniedException e) {
      problems.add(notWritable(upper, e));
    } catch (FileSystemException e) {
      // One file system, seen through two mounts.
      problems.add(across(upper, lower, "mounts"));
    }
    return problems;
  }

  private static Problem notWritable(LayerDirectory directory, FileSystemException e) {
    return Problem.of(
        ProblemCode.MERGE_LOWER_READ_ONLY,
        LayerEntries.path(directory, Name.SELF),
        "The directory cannot be changed: " + reason(e) + ".",
        "Mount it writable, or run this with the rights of its owner; an image (squashfs, erofs)"
            + " has to be made anew from the mounted view.");
  }

  private static Problem across(LayerDirectory upper, LayerDirectory lower, String what) {
    return Problem.of(
        ProblemCode.MERGE_ACROSS_FILE_SYSTEMS,
        LayerEntries.path(upper, Name.SELF),
        "The upper and the lower " + lower + " are on different " + what + ".",
        "Name both by paths on one mount of one file system; this version moves files, it does"
            + " not copy them.");
  }

  static String reason(FileSystemException e) {
    return e.getReason() != null ? e.getReason() : e.getClass().getSimpleName();
  }
}
