package dev.overlays.linux.preflight;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.table.FuseDaemon;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The views that processes of fuse-overlayfs serve. Those of this library have locks on their
 * layers; what others use is told by the directories that they have open.
 */
final class LiveFuseViews {
  private LiveFuseViews() {}

  /** Adds a problem for each layer that shares a directory with one of theirs. */
  static void checkViews(List<OpenedLayer> layers, List<Problem> problems) {
    FuseDaemon.listAll().forEach(daemon -> checkViews(layers, daemon, problems));
  }

  private static void checkViews(
      List<OpenedLayer> layers, FuseDaemon daemon, List<Problem> problems) {
    List<OpenedLayer> others = new ArrayList<>();
    try {
      daemon.layerDirectories().stream()
          .flatMap(link -> LiveOverlays.open(link, link))
          .forEach(others::add);
      for (OpenedLayer layer : layers) {
        boolean known = problems.stream().anyMatch(p -> p.path().equals(Optional.of(layer.path())));
        if (!known && LayerOverlaps.anyShares(layer, others)) {
          problems.add(inUse(layer, daemon));
        }
      }
    } finally {
      others.forEach(other -> other.handle().close());
    }
  }

  private static Problem inUse(OpenedLayer layer, FuseDaemon daemon) {
    return Problem.of(
        ProblemCode.LAYER_IN_USE,
        layer.path(),
        "The "
            + layer.role()
            + " is part of a view of fuse-overlayfs, which process "
            + daemon.pid()
            + " serves.",
        "Unmount it first (\"findmnt -t fuse.fuse-overlayfs\" lists those of this namespace), then"
            + " run it again.");
  }
}
