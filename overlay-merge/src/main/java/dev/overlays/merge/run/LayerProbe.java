package dev.overlays.merge.run;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.UUID;

/**
 * Tests what two layers allow by operations on a name that neither has. They change nothing and
 * fail for the same reason as the operations of a merge would.
 */
public final class LayerProbe {
  private LayerProbe() {}

  /**
   * Refuses read-only layers, and returns whether entries can be renamed from the upper to the
   * lower.
   */
  public static boolean canRename(LayerDirectory upper, LayerDirectory lower) throws IOException {
    Name nobody = unusedName();
    requireWritable(lower, nobody, ProblemCode.MERGE_LOWER_READ_ONLY);
    requireWritable(upper, nobody, ProblemCode.MERGE_UPPER_READ_ONLY);
    return canMoveBetween(upper, lower);
  }

  /** Returns a problem if entries cannot be renamed into a layer from the directory beside it. */
  public static Optional<Problem> besideProblem(LayerDirectory beside, LayerDirectory layer)
      throws IOException {
    return canMoveBetween(beside, layer)
        ? Optional.empty()
        : Optional.of(
            Problem.of(
                ProblemCode.UPPER_WORK_ON_DIFFERENT_MOUNTS,
                LayerEntries.pathOf(layer, Name.SELF),
                "The layer has renamed entries, which are completed in the directory around it; but"
                    + " it is a mount or a subvolume of its own, so nothing can be moved from"
                    + " there.",
                "Name the layer by a path whose parent is on the same file system and in the same"
                    + " subvolume."));
  }

  /** Returns whether entries can be renamed from one directory to another. */
  private static boolean canMoveBetween(LayerDirectory upper, LayerDirectory lower)
      throws IOException {
    Name nobody = unusedName();
    long upperDevice = LayerEntries.requireStat(upper, Name.SELF).device();
    long lowerDevice = LayerEntries.requireStat(lower, Name.SELF).device();
    if (upperDevice != lowerDevice) {
      return false;
    }
    if (!lower.canMoveFrom(upper)) {
      return false;
    }
    try {
      upper.rename(nobody, lower, nobody);
    } catch (NoSuchFileException e) {
      // As it should be.
    } catch (FileSystemException e) {
      // It is one file system, seen through two mounts.
      return false;
    }
    return true;
  }

  /** Refuses an upper that is read-only. */
  public static void requireUpperWritable(LayerDirectory upper) throws IOException {
    requireWritable(upper, unusedName(), ProblemCode.MERGE_UPPER_READ_ONLY);
  }

  private static Name unusedName() {
    return Name.of(".overlays-" + UUID.randomUUID());
  }

  private static void requireWritable(LayerDirectory directory, Name nobody, ProblemCode code)
      throws IOException {
    try {
      directory.remove(nobody);
    } catch (NoSuchFileException e) {
      // As it should be.
    } catch (FileSystemException e) {
      throw new OverlayException(
          Problem.of(
              code,
              LayerEntries.pathOf(directory, Name.SELF),
              "The directory cannot be changed: " + LayerEntries.reasonOf(e) + ".",
              "Mount it writable, or run this with the rights of its owner; an image (squashfs,"
                  + " erofs) has to be rebuilt from the mounted view."));
    }
  }
}
