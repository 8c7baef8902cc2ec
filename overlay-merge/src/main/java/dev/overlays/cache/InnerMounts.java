package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks for file systems that are mounted somewhere inside a mount point. A rename would move them
 * to a path that their owner does not know, so their owner must decide.
 */
final class InnerMounts {
  private InnerMounts() {}

  /**
   * Refuses a directory that something is mounted in.
   *
   * @throws OverlayException if something is mounted in it ({@link
   *     ProblemCode#MOUNT_POINT_NOT_EMPTY})
   */
  static void refuseMounts(LayerDirectory directory) throws IOException {
    for (Name name : listNames(directory)) {
      Optional<EntryStat> stat = directory.stat(name);
      if (stat.isPresent() && stat.get().isDirectory()) {
        refuseMountsIn(directory, name);
      }
    }
  }

  private static void refuseMountsIn(LayerDirectory directory, Name name) throws IOException {
    try (LayerDirectory inner = directory.open(name)) {
      refuseMounts(inner);
    } catch (NoSuchFileException | NotDirectoryException | AccessDeniedException e) {
      // It has been removed, or its owner denies access.
      return;
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw mountedInside(directory, name, e);
    }
  }

  static List<Name> listNames(LayerDirectory directory) throws IOException {
    List<Name> names = new ArrayList<>();
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      names.add(entry.name());
    }
    return names;
  }

  private static OverlayException mountedInside(
      LayerDirectory directory, Name name, IOException cause) {
    return new OverlayException(
        List.of(
            Problem.of(
                ProblemCode.MOUNT_POINT_NOT_EMPTY,
                LayerEntries.pathOf(directory, name),
                "The mount point holds files, which are not moved aside because something is"
                    + " mounted here: "
                    + cause.getMessage()
                    + ".",
                "Unmount it, and mount the instance again.")),
        cause);
  }
}
