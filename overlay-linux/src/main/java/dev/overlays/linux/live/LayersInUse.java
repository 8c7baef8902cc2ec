package dev.overlays.linux.live;

import dev.overlays.layer.PathBytes;
import dev.overlays.linux.table.PrintedLayer;
import dev.overlays.linux.table.PrintedLayer.PrintedKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The layers that a live overlay uses: directories at its printed paths, places that its files
 * reveal, and layers that remain unknown. A layer whose path says nothing is known not to belong to
 * this process if the view shows as many other layers of that kind as there are, each by a file of
 * its own. The same is true if the overlay is the root of this process, as in a container: its
 * layers have no path there, and nobody there can unmount it.
 */
public final class LayersInUse implements AutoCloseable {
  private final PrintedLayerSearch search;
  private final Set<FoundLayer> confirmed = new HashSet<>();
  private final Set<FileSystemPlace> places = new HashSet<>();
  private final List<PrintedLayer> unknown = new ArrayList<>();

  private LayersInUse(PrintedLayerSearch search) {
    this.search = search;
    places.addAll(search.hiddenLayers().values());
    unknown.addAll(search.missingLayers());
    unknown.removeIf(layer -> layer.kind() == PrintedKind.WORK);
  }

  /**
   * Finds the layers of an overlay.
   *
   * @param overlay the overlay
   * @param disks the file systems of this process's layers
   * @return its layers, to be closed
   */
  public static LayersInUse of(LiveOverlay overlay, LayerFileSystems disks) {
    try (AutoCloseableView view = new AutoCloseableView(overlay.open())) {
      return of(overlay, view.opened(), disks);
    }
  }

  private record AutoCloseableView(Optional<OpenedView> opened) implements AutoCloseable {
    @Override
    public void close() {
      opened.ifPresent(OpenedView::close);
    }
  }

  private static LayersInUse of(
      LiveOverlay overlay, Optional<OpenedView> view, LayerFileSystems disks) {
    Optional<RealInode> root =
        view.filter(OpenedView::isWhole)
            .flatMap(v -> RealInode.shownAt(PathBytes.of(v.directory().pathOfDirectory())));
    LayersInUse use = new LayersInUse(PrintedLayerSearch.searchIn(overlay, root));
    try {
      root.filter(RealInode::upper).ifPresent(upper -> use.resolveUpper(upper, disks));
      view.ifPresent(v -> use.resolveLowers(v, disks));
      if (overlay.isOwnRoot()) {
        use.unknown.clear();
      }
      if (!use.unknown.isEmpty()
          && view.filter(v -> SingleFileSystemOverlay.isElsewhere(overlay, v, use.search, disks))
              .isPresent()) {
        use.unknown.clear();
      }
      return use;
    } catch (RuntimeException | Error e) {
      use.close();
      throw e;
    }
  }

  /** Locates the upper by the root of the view, which shows the root of the upper. */
  private void resolveUpper(RealInode root, LayerFileSystems disks) {
    LayerFileSystems.DiskAnswer answer = disks.findInode(root);
    answer.place().ifPresent(places::add);
    if (answer.isElsewhere() || answer.place().isPresent()) {
      unknown.removeIf(layer -> layer.kind() == PrintedKind.UPPER);
    }
  }

  private void resolveLowers(OpenedView view, LayerFileSystems disks) {
    List<FoundLayer> known =
        search.foundLayers().stream().filter(found -> isLower(found.layer())).toList();
    ShownLayers shown = new ShownLayers(view, known, search.hiddenLayers().values(), disks);
    shown.lookAtRoot();
    if (unknown.isEmpty() && !shown.shownPlaces().isEmpty()) {
      // Some path leads to another directory than before, so no path can be trusted.
      unknown.addAll(search.printedLayers().stream().filter(LayersInUse::isLower).toList());
    }
    if (countUnknownLowers(shown) > 0) {
      // A layer that is known to be elsewhere may be one of those shown.
      long beside = search.countElsewhere(disks);
      shown.lookThrough((int) (countUnknownLowers(shown) + beside));
      if (shown.countOthers() >= countUnknownLowers(shown) + beside) {
        unknown.removeIf(LayersInUse::isLower);
      }
    }
    confirmed.addAll(shown.confirmedLayers());
    places.addAll(shown.shownPlaces());
  }

  private long countUnknownLowers(ShownLayers shown) {
    shown.confirmedLayers().forEach(layer -> unknown.remove(layer.layer()));
    return unknown.stream().filter(LayersInUse::isLower).count();
  }

  private static boolean isLower(PrintedLayer layer) {
    return layer.kind() == PrintedKind.LOWER || layer.kind() == PrintedKind.DATA_LOWER;
  }

  /**
   * Returns the directories that were found by their paths.
   *
   * @return open directories, valid until this is closed
   */
  public List<FoundLayer> directoriesInUse() {
    return search.foundLayers().stream()
        .filter(found -> !found.layer().isNameless() || confirmed.contains(found))
        .toList();
  }

  /**
   * Returns the layers of which only the place is known.
   *
   * @return the places
   */
  public Set<FileSystemPlace> placesInUse() {
    return places;
  }

  /**
   * Returns the layers whose place is unknown.
   *
   * @return the printed layers; empty if all are found, or are known to be on other disks or in
   *     other directories
   */
  public List<PrintedLayer> unknownLayers() {
    return unknown;
  }

  @Override
  public void close() {
    search.close();
  }
}
