package dev.overlays.linux.preflight;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.live.DiskPlace;
import dev.overlays.linux.live.LayersInUse;
import dev.overlays.linux.live.LiveOverlay;
import dev.overlays.linux.live.OwnDisks;
import dev.overlays.linux.preflight.OpenedLayer.LayerRole;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.PrintedLayer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The overlays that the mount tables of all processes tell of. The kernel keeps no record of who
 * uses a plain lower, and prints the paths that a mount was given: so a layer that cannot be told
 * apart from those of this process counts as one of them.
 */
final class LiveOverlays implements AutoCloseable {
  static final String REMEDY =
      "Unmount every view over these layers first (\"findmnt -t overlay\" lists those of this"
          + " namespace), then run it again.";

  private final List<OpenedLayer> layers;
  private final List<Problem> problems;
  private final OwnDisks disks;
  private final Map<OpenedLayer, DiskPlace> places = new HashMap<>();

  private LiveOverlays(List<OpenedLayer> layers, List<Problem> problems) throws SyscallException {
    this.layers = layers;
    this.problems = problems;
    this.disks = new OwnDisks(layers.stream().map(OpenedLayer::handle).toList());
    layers.forEach(
        layer -> DiskPlace.of(layer.handle()).ifPresent(place -> places.put(layer, place)));
  }

  /** Adds a problem for each layer that shares a directory with a layer of a live overlay. */
  static void checkLayers(List<OpenedLayer> layers, List<Problem> problems) {
    LiveFuseViews.checkViews(layers, problems);
    if (layers.isEmpty()) {
      return;
    }
    try (LiveOverlays live = new LiveOverlays(layers, problems)) {
      live.checkLayers();
    } catch (SyscallException e) {
      OpenedLayer first = layers.get(0);
      problems.add(
          Problem.of(
              ProblemCode.LAYER_NOT_ACCESSIBLE,
              first.path(),
              "It cannot be told which directory the "
                  + first.role()
                  + " is: "
                  + e.getMessage()
                  + ".",
              "Mend its file system, then run it again."));
    }
  }

  private void checkLayers() {
    for (LiveOverlay overlay : LiveOverlay.listAll()) {
      List<PrintedLayer> untold = untoldLayers(overlay);
      // One that was just being unmounted could not be told either.
      if (!untold.isEmpty() && !overlay.isGuardedByLocks() && overlay.isMounted()) {
        problems.add(untoldLayers(layers.get(0), overlay, untold));
      }
    }
  }

  /** Adds what is found, and returns what cannot be told. */
  private List<PrintedLayer> untoldLayers(LiveOverlay overlay) {
    try (LayersInUse use = LayersInUse.of(overlay, disks)) {
      List<OpenedLayer> others =
          use.directoriesInUse().stream()
              .map(
                  found ->
                      new OpenedLayer(LayerRole.LOWER, found.path(), found.handle(), found.id()))
              .toList();
      boolean used = false;
      for (OpenedLayer layer : layers) {
        if (LayerOverlaps.anyShares(layer, others) || isAmong(layer, use.placesInUse())) {
          used = true;
          addProblem(layer, overlay);
        }
      }
      return used ? List.of() : use.untoldLayers();
    }
  }

  private boolean isAmong(OpenedLayer layer, Set<DiskPlace> used) {
    DiskPlace own = places.get(layer);
    return own == null
        ? used.stream().anyMatch(place -> place.device().equals(OwnDisks.deviceNumber(layer.id())))
        : used.stream().anyMatch(own::overlapsPlace);
  }

  private void addProblem(OpenedLayer layer, LiveOverlay overlay) {
    boolean known = problems.stream().anyMatch(p -> p.path().equals(Optional.of(layer.path())));
    if (!known) {
      problems.add(inUse(layer, overlay));
    }
  }

  @Override
  public void close() {
    disks.close();
  }

  static Stream<OpenedLayer> open(Path path, Path seen) {
    try {
      Descriptor handle = Descriptor.open(seen, OpenFlags.PATH | OpenFlags.DIRECTORY);
      try {
        return Stream.of(new OpenedLayer(LayerRole.LOWER, path, handle, FileId.of(handle)));
      } catch (SyscallException e) {
        handle.close();
        throw e;
      }
    } catch (SyscallException e) {
      // The process has ended, or its files are hidden from this one.
      return Stream.of();
    }
  }

  private static Problem inUse(OpenedLayer layer, LiveOverlay overlay) {
    return Problem.of(
        ProblemCode.LAYER_IN_USE,
        layer.path(),
        "The "
            + layer.role()
            + " is part of the overlay mounted at "
            + overlay.places().get(0).placeWords()
            + ".",
        REMEDY);
  }

  private static Problem untoldLayers(
      OpenedLayer layer, LiveOverlay overlay, List<PrintedLayer> untold) {
    return Problem.of(
        ProblemCode.LAYER_IN_USE,
        layer.path(),
        "The "
            + layer.role()
            + " may be part of the overlay mounted at "
            + overlay.places().get(0).placeWords()
            + ": where its layers "
            + untold.stream()
                .map(PrintedLayer::layerText)
                .distinct()
                .collect(Collectors.joining(", "))
            + " are cannot be told, because these paths lead nowhere from here.",
        "Unmount that view first, then run it again; as root more can be told than by an ordinary"
            + " user, and by Linux 6.6 and later more than before.");
  }
}
