package dev.overlays.linux.live;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.live.LiveOverlay.MountPlace;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.FileSystemInfo;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import dev.overlays.linux.table.PrintedLayer.PrintedKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds layers whose paths lead into the view that is made of them. */
public final class CoveredLayers {
  private CoveredLayers() {}

  /**
   * Refuses a spec if one of its layers is hidden by its view.
   *
   * @param spec the spec whose layers are going to be read
   * @throws OverlayException for each such layer ({@link ProblemCode#LAYER_HIDDEN})
   */
  public static void requireVisible(OverlaySpec spec) throws OverlayException {
    if (spec.upper().isEmpty()) {
      return;
    }
    List<Problem> problems = new ArrayList<>();
    try (Descriptor upper = open(spec.upper().get())) {
      FileId id = FileId.of(upper);
      Stream.concat(
              spec.upper().stream(),
              Stream.concat(spec.lowers().stream(), spec.dataLowers().stream()))
          .flatMap(path -> coveringMount(path, id).map(view -> hiddenProblem(path, view)).stream())
          .forEach(problems::add);
    } catch (SyscallException e) {
      // Opening the layers later reports what is wrong with them.
      return;
    }
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
  }

  private static Descriptor open(Path path) throws SyscallException {
    return Descriptor.open(path, OpenFlags.PATH | OpenFlags.DIRECTORY);
  }

  /** Returns the view that a path leads into, if that view writes to the upper. */
  private static Optional<MountRecord> coveringMount(Path path, FileId upper) {
    try (Descriptor layer = open(path)) {
      return FileSystemInfo.of(layer).magic() == FileSystemInfo.OVERLAY
          ? MountTable.findMount(FileId.of(layer)).filter(view -> writesTo(view, upper))
          : Optional.empty();
    } catch (IOException e) {
      // It does not exist, so nothing hides it.
      return Optional.empty();
    }
  }

  private static boolean writesTo(MountRecord view, FileId upper) {
    LiveOverlay overlay =
        new LiveOverlay(view.device(), view.options(), List.of(MountPlace.placeHere(view)));
    try (PrintedLayerSearch search = PrintedLayerSearch.searchIn(overlay, Optional.empty())) {
      return overlay.showsDirectory(upper)
          ? search.hiddenLayers().keySet().stream()
              .anyMatch(layer -> layer.kind() == PrintedKind.UPPER)
          : search.foundLayers().stream()
              .anyMatch(
                  found ->
                      found.layer().kind() == PrintedKind.UPPER && found.id().isSameFile(upper));
    }
  }

  static Problem hiddenProblem(Path layer, MountRecord view) {
    return Problem.of(
        ProblemCode.LAYER_HIDDEN,
        layer,
        "The layer is hidden: its view is mounted at "
            + view.mountPoint()
            + ", and the path leads into it.",
        "Unmount the view first, or name the layer by another path (a bind mount that was made"
            + " before).");
  }
}
