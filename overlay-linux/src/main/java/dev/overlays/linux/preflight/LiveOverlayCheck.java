package dev.overlays.linux.preflight;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.live.FileSystemPlace;
import dev.overlays.linux.live.LayerFileSystems;
import dev.overlays.linux.live.LayersInUse;
import dev.overlays.linux.live.LiveOverlay;
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
 * Checks the overlays in the mount tables of all processes. The kernel keeps no record of who uses
 * a plain lower, and prints the paths that a mount was given; so a layer that cannot be
 * distinguished from those of this process counts as one of them.
 */
final class LiveOverlayCheck implements AutoCloseable {
  static final String REMEDY =
      "Unmount every view over these layers first (\"findmnt -t overlay\" lists those of this"
          + " namespace), then run it again.";

  private final List<OpenedLayer> layers;
  private final List<Problem> problems;
  private final LayerFileSystems disks;
  private final Map<OpenedLayer, FileSystemPlace> places = new HashMap<>();

  private LiveOverlayCheck(List<OpenedLayer> layers, List<Problem> problems)
      throws SyscallException {
    this.layers = layers;
    this.problems = problems;
    this.disks = new LayerFileSystems(layers.stream().map(OpenedLayer::handle).toList());
    layers.forEach(
        layer -> FileSystemPlace.of(layer.handle()).ifPresent(place -> places.put(layer, place)));
  }

  /** Adds a problem for each layer that shares files with a layer of a live overlay. */
  static void checkLayers(List<OpenedLayer> layers, List<Problem> problems) {
    LiveFuseCheck.checkViews(layers, problems);
    if (layers.isEmpty()) {
      return;
    }
    try (LiveOverlayCheck live = new LiveOverlayCheck(layers, problems)) {
      live.checkLayers();
    } catch (SyscallException e) {
      OpenedLayer first = layers.get(0);
      problems.add(
          Problem.of(
              ProblemCode.LAYER_NOT_ACCESSIBLE,
              first.path(),
              "The kernel does not identify the " + first.role() + ": " + e.getMessage() + ".",
              "Repair its file system, then run it again."));
    }
  }

  private void checkLayers() {
    for (LiveOverlay overlay : LiveOverlay.listAll()) {
      List<PrintedLayer> untold = unknownLayers(overlay);
      // The layers of an overlay that was just unmounted are unknown, too.
      if (!untold.isEmpty() && !overlay.isGuardedByLocks() && overlay.isMounted()) {
        problems.add(unknownLayersProblem(layers.get(0), overlay, untold));
      }
    }
  }

  /** Adds a problem for each layer in use, and returns the layers that remain unknown. */
  private List<PrintedLayer> unknownLayers(LiveOverlay overlay) {
    try (LayersInUse use = LayersInUse.of(overlay, disks)) {
      List<OpenedLayer> others =
          use.directoriesInUse().stream()
              .map(
                  found ->
                      new OpenedLayer(LayerRole.LOWER, found.path(), found.handle(), found.id()))
              .toList();
      boolean used = false;
      for (OpenedLayer layer : layers) {
        if (LayerOverlaps.overlapsAny(layer, others) || isAmong(layer, use.placesInUse())) {
          used = true;
          addProblem(layer, overlay);
        }
      }
      return used ? List.of() : use.unknownLayers();
    }
  }

  private boolean isAmong(OpenedLayer layer, Set<FileSystemPlace> used) {
    FileSystemPlace own = places.get(layer);
    return own == null
        ? used.stream()
            .anyMatch(place -> place.device().equals(LayerFileSystems.deviceNumber(layer.id())))
        : used.stream().anyMatch(own::overlapsPlace);
  }

  private void addProblem(OpenedLayer layer, LiveOverlay overlay) {
    boolean known = problems.stream().anyMatch(p -> p.path().equals(Optional.of(layer.path())));
    if (!known) {
      problems.add(inUseProblem(layer, overlay));
    }
  }

  @Override
  public void close() {
    disks.close();
  }

  static Stream<OpenedLayer> openLayer(Path path, Path seen) {
    try {
      Descriptor handle = Descriptor.open(seen, OpenFlags.PATH | OpenFlags.DIRECTORY);
      try {
        return Stream.of(new OpenedLayer(LayerRole.LOWER, path, handle, FileId.of(handle)));
      } catch (SyscallException e) {
        handle.close();
        throw e;
      }
    } catch (SyscallException e) {
      // The process has ended, or this process may not access its files.
      return Stream.of();
    }
  }

  private static Problem inUseProblem(OpenedLayer layer, LiveOverlay overlay) {
    return Problem.of(
        ProblemCode.LAYER_IN_USE,
        layer.path(),
        "The "
            + layer.role()
            + " is part of the overlay mounted at "
            + overlay.places().get(0).describePlace()
            + ".",
        REMEDY);
  }

  private static Problem unknownLayersProblem(
      OpenedLayer layer, LiveOverlay overlay, List<PrintedLayer> untold) {
    return Problem.of(
        ProblemCode.LAYER_IN_USE,
        layer.path(),
        "The "
            + layer.role()
            + " may be part of the overlay mounted at "
            + overlay.places().get(0).describePlace()
            + ": the place of its layers "
            + untold.stream()
                .map(PrintedLayer::layerText)
                .distinct()
                .collect(Collectors.joining(", "))
            + " is unknown, because these paths lead nowhere from here.",
        "Unmount that view first, then run it again. Root can identify more layers than an ordinary"
            + " user, and Linux 6.6 and later more than older kernels.");
  }
}
