package dev.overlays.linux.live;

import dev.overlays.linux.syscall.PathBytes;
import dev.overlays.linux.table.PrintedLayer;
import dev.overlays.linux.table.PrintedLayer.PrintedKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a live overlay uses: directories that its printed paths lead to, places that its files show,
 * and layers that cannot be told. A layer that cannot be told by its path is known to be none of
 * this process's where the view shows as many other layers as there are of that kind, each with a
 * file of its own. So it is where the overlay is the root of this process, as in a container: what
 * it is made of has no path there, and nobody there can unmount it.
 */
public final class LayersInUse implements AutoCloseable {
  private final LayerSearch search;
  private final Set<FoundLayer> confirmed = new HashSet<>();
  private final Set<DiskPlace> places = new HashSet<>();
  private final List<PrintedLayer> untold = new ArrayList<>();

  private LayersInUse(LayerSearch search) {
    this.search = search;
    places.addAll(search.hiddenLayers().values());
    untold.addAll(search.missingLayers());
    untold.removeIf(layer -> layer.kind() == PrintedKind.WORK);
  }

  /**
   * Finds them.
   *
   * @param overlay the overlay
   * @param disks the file systems of this process's layers
   * @return what it uses, to be closed
   */
  public static LayersInUse of(LiveOverlay overlay, OwnDisks disks) {
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

  private static LayersInUse of(LiveOverlay overlay, Optional<OpenedView> view, OwnDisks disks) {
    Optional<RealInode> root =
        view.filter(OpenedView::isWhole)
            .flatMap(v -> RealInode.shownAt(PathBytes.of(v.directory().pathOfDirectory())));
    LayersInUse use = new LayersInUse(LayerSearch.searchIn(overlay, root));
    try {
      root.filter(RealInode::upper).ifPresent(upper -> use.tellUpper(upper, disks));
      view.ifPresent(v -> use.tellLowers(v, disks));
      if (overlay.isOwnRoot()) {
        use.untold.clear();
      }
      if (!use.untold.isEmpty()
          && view.filter(v -> OneDisk.isElsewhere(overlay, v, use.search, disks)).isPresent()) {
        use.untold.clear();
      }
      return use;
    } catch (RuntimeException | Error e) {
      use.close();
      throw e;
    }
  }

  /** The root of the view is that of its upper. */
  private void tellUpper(RealInode root, OwnDisks disks) {
    OwnDisks.DiskAnswer answer = disks.findInode(root);
    answer.place().ifPresent(places::add);
    if (answer.isElsewhere() || answer.place().isPresent()) {
      untold.removeIf(layer -> layer.kind() == PrintedKind.UPPER);
    }
  }

  private void tellLowers(OpenedView view, OwnDisks disks) {
    List<FoundLayer> known =
        search.foundLayers().stream().filter(found -> isLower(found.layer())).toList();
    ShownLayers shown = new ShownLayers(view, known, search.hiddenLayers().values(), disks);
    shown.lookAtRoot();
    if (untold.isEmpty() && !shown.shownPlaces().isEmpty()) {
      // A path leads to another directory than it did: none of them is to be trusted.
      untold.addAll(search.printedLayers().stream().filter(LayersInUse::isLower).toList());
    }
    if (countUntoldLowers(shown) > 0) {
      // What is known to be elsewhere may be what is shown.
      long beside = search.countElsewhere(disks);
      shown.lookThrough((int) (countUntoldLowers(shown) + beside));
      if (shown.countOthers() >= countUntoldLowers(shown) + beside) {
        untold.removeIf(LayersInUse::isLower);
      }
    }
    confirmed.addAll(shown.confirmedLayers());
    places.addAll(shown.shownPlaces());
  }

  private long countUntoldLowers(ShownLayers shown) {
    shown.confirmedLayers().forEach(layer -> untold.remove(layer.layer()));
    return untold.stream().filter(LayersInUse::isLower).count();
  }

  private static boolean isLower(PrintedLayer layer) {
    return layer.kind() == PrintedKind.LOWER || layer.kind() == PrintedKind.DATA_LOWER;
  }

  /**
   * Returns the directories that are known by their paths.
   *
   * @return open directories, good until this is closed
   */
  public List<FoundLayer> directoriesInUse() {
    return search.foundLayers().stream()
        .filter(found -> !found.layer().isNameless() || confirmed.contains(found))
        .toList();
  }

  /**
   * Returns what is known by its place only.
   *
   * @return the places
   */
  public Set<DiskPlace> placesInUse() {
    return places;
  }

  /**
   * Returns the layers of which it cannot be told where they are.
   *
   * @return as they are printed; empty if all are known, or are known to be on other disks or in
   *     other directories
   */
  public List<PrintedLayer> untoldLayers() {
    return untold;
  }

  @Override
  public void close() {
    search.close();
  }
}
