package dev.overlays.linux.live;

import dev.overlays.Xino;
import dev.overlays.linux.table.PrintedLayer;
import dev.overlays.linux.table.PrintedLayer.PrintedKind;
import dev.overlays.linux.table.SpecDecoder;
import java.util.Optional;

/**
 * Overlays that have all their layers on one file system: only there the directories of the view
 * have the inode numbers of the layers. So where the layer that the root is of is on another file
 * system than those of this process, all are. Source: ovl_map_ino in the kernel's
 * fs/overlayfs/inode.c.
 */
final class OneDisk {
  /** The root of a view that has numbers of its own gets one of the first. */
  private static final long LARGEST_OWN = 256;

  private OneDisk() {}

  /**
   * Tells whether no layer of an overlay is on some disks.
   *
   * @param overlay the overlay
   * @param view its root
   * @param search its layers, as far as they are known
   * @param disks the disks
   */
  static boolean isElsewhere(
      LiveOverlay overlay, OpenedView view, LayerSearch search, OwnDisks disks) {
    // With xino the numbers are like that on several file systems, too.
    return view.isWhole()
        && view.id().inode() > LARGEST_OWN
        && SpecDecoder.decodeOptions(overlay.options(), true).xino() == Xino.OFF
        && rootLayer(search).filter(layer -> isRoot(layer, view, disks)).isPresent();
  }

  private static Optional<FoundLayer> rootLayer(LayerSearch search) {
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

  private static boolean isRoot(FoundLayer layer, OpenedView view, OwnDisks disks) {
    return layer.id().inode() == view.id().inode() && disks.areOthersThan(layer);
  }
}
