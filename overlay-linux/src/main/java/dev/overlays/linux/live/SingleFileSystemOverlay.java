package dev.overlays.linux.live;

import dev.overlays.Xino;
import dev.overlays.linux.table.PrintedLayer;
import dev.overlays.linux.table.PrintedLayer.PrintedKind;
import dev.overlays.linux.table.SpecDecoder;
import java.util.Optional;

/**
 * Recognises overlays whose layers are all on one file system: only then do the directories of the
 * view have the inode numbers of the layers. If the layer that the root shows is on another file
 * system than the layers of this process, all layers are. Source: ovl_map_ino in the kernel's
 * fs/overlayfs/inode.c.
 */
final class SingleFileSystemOverlay {
  /**
   * The largest inode number that the root of a view gets if the view has inode numbers of its own.
   */
  private static final long LARGEST_OWN = 256;

  private SingleFileSystemOverlay() {}

  /**
   * Returns whether no layer of an overlay is on some disks.
   *
   * @param overlay the overlay
   * @param view its root
   * @param search its layers, as far as they are known
   * @param disks the disks
   */
  static boolean isElsewhere(
      LiveOverlay overlay, OpenedView view, PrintedLayerSearch search, LayerFileSystems disks) {
    // With xino, layers on several file systems give such numbers, too.
    return view.isWhole()
        && view.id().inode() > LARGEST_OWN
        && SpecDecoder.decodeOptions(overlay.options(), true).xino() == Xino.OFF
        && rootLayer(search).filter(layer -> isShownAsRoot(layer, view, disks)).isPresent();
  }

  private static Optional<FoundLayer> rootLayer(PrintedLayerSearch search) {
    PrintedKind kind =
        search.printedLayers().stream().anyMatch(layer -> layer.kind() == PrintedKind.UPPER)
            ? PrintedKind.UPPER
            : PrintedKind.LOWER;
    Optional<PrintedLayer> first =
        search.printedLayers().stream().filter(layer -> layer.kind() == kind).findFirst();
    return search.foundLayers().stream()
        .filter(found -> first.equals(Optional.of(found.layer())))
        .findFirst();
  }

  private static boolean isShownAsRoot(FoundLayer layer, OpenedView view, LayerFileSystems disks) {
    return layer.id().inode() == view.id().inode() && disks.isOnOtherDisk(layer);
  }
}
