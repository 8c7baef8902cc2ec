package dev.overlays.linux.live;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.PathBytes;
import dev.overlays.linux.live.LiveOverlay.MountPlace;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.PrintedLayer;
import dev.overlays.linux.table.SpecDecoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The spec of a mounted overlay that this process sees, with paths that lead to its layers. A layer
 * whose path is unknown gets a path that leads nowhere, instead of one that leads to another
 * directory.
 *
 * @param spec the spec of the overlay
 * @param problems a problem for each path that does not lead to its layer
 */
public record MountedSpec(OverlaySpec spec, List<Problem> problems) {
  /** A place where the machine has no directory. */
  private static final Path NOWHERE = Path.of("/dev/null");

  /** Finds the paths of the layers of one mount. */
  private static final class LayerNaming {
    private final MountRecord mount;
    private final PrintedLayerSearch search;
    private final Map<PrintedLayer, Integer> printed = new HashMap<>();
    private final Set<PrintedLayer> missing;
    private final List<Problem> problems = new ArrayList<>();
    private int nowhere;

    LayerNaming(MountRecord mount, PrintedLayerSearch search) {
      this.mount = mount;
      this.search = search;
      missing = Set.copyOf(search.missingLayers());
      search.printedLayers().forEach(layer -> printed.merge(layer, 1, Integer::sum));
    }

    Path nameLayer(PrintedLayer layer) {
      if (printed.get(layer) > 1) {
        return unknownPath(layer);
      }
      if (search.hiddenLayers().containsKey(layer)) {
        Path path = SpecDecoder.pathOf(layer);
        problems.add(CoveredLayers.hiddenProblem(path, mount));
        return path;
      }
      Optional<Path> found =
          search.foundLayers().stream()
              .filter(f -> f.layer().equals(layer))
              .findFirst()
              .flatMap(LayerNaming::pathOf);
      if (layer.isNameless() || layer.isRelative()) {
        return found.filter(path -> !layer.isNameless()).orElseGet(() -> unknownPath(layer));
      }
      if (missing.contains(layer)) {
        problems.add(goneLayer(layer));
      }
      return SpecDecoder.pathOf(layer);
    }

    private static Optional<Path> pathOf(FoundLayer found) {
      try {
        return Optional.of(found.handle().targetPath());
      } catch (SyscallException e) {
        return Optional.empty();
      }
    }

    private Path unknownPath(PrintedLayer layer) {
      problems.add(
          Problem.of(
              ProblemCode.LAYER_PATH_UNKNOWN,
              mount.mountPoint(),
              "The place of the layer "
                  + layer.layerText()
                  + " of the view is unknown: it was mounted by a relative path, a"
                  + " descriptor, or a mount that is gone.",
              "Make a spec of the directories that it was mounted with."));
      nowhere++;
      return NOWHERE.resolve("layer-" + nowhere);
    }

    private Problem goneLayer(PrintedLayer layer) {
      return Problem.of(
          ProblemCode.LAYER_NOT_FOUND,
          SpecDecoder.pathOf(layer),
          "The path by which the layer was mounted does not lead to it any more.",
          "Name the directory as it is called now, or make a spec of the directories.");
    }
  }

  /**
   * Makes the spec of a mount.
   *
   * @param mount a mount of an overlay in the table of this process
   * @return its spec; empty if it is a bind mount of a part of a view, or no spec can describe its
   *     options
   */
  public static Optional<MountedSpec> of(MountRecord mount) {
    if (mount.root().getNameCount() > 0) {
      return Optional.empty();
    }
    LiveOverlay overlay =
        new LiveOverlay(mount.device(), mount.options(), List.of(MountPlace.placeHere(mount)));
    Optional<RealInode> root = overlay.open().flatMap(MountedSpec::rootInode);
    try (PrintedLayerSearch search = PrintedLayerSearch.searchIn(overlay, root)) {
      LayerNaming naming = new LayerNaming(mount, search);
      return SpecDecoder.decodeSpec(mount, naming::nameLayer)
          .map(spec -> new MountedSpec(spec, List.copyOf(naming.problems)));
    }
  }

  private static Optional<RealInode> rootInode(OpenedView view) {
    try (view) {
      return RealInode.shownAt(PathBytes.of(view.directory().pathOfDirectory()));
    }
  }
}
