package dev.overlays.testkit.union;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.util.Optional;

/**
 * Opens union file systems. They show layers through {@code java.nio.file} as an overlay mount
 * would, without a mount.
 *
 * <p>The layers may be on any file system that a {@link LayerStore} serves. With real directories
 * and the native store, the kernel can mount the upper. On other file systems, such as jimfs,
 * whiteouts are marked files. The spec determines the namespace of the marks.
 */
public final class UnionFileSystems {
  private UnionFileSystems() {}

  /**
   * Opens the view of a spec, each layer by the best store that serves it. The mount point, private
   * paths and most mount attributes are ignored. Without an upper, or with {@link
   * dev.overlays.MountAttribute#READ_ONLY}, the view is read-only.
   *
   * @param spec the layers and options; {@code index}, {@code nfs_export}, {@code xino}, {@code
   *     uuid}, {@code verity}, {@code volatile} and {@code override_creds} have no effect
   * @return a file system, to be closed
   * @throws OverlayException if no store serves a layer
   * @throws IOException if a layer cannot be opened, or the work directory not written
   */
  public static UnionFileSystem open(OverlaySpec spec) throws IOException {
    return new UnionFileSystem(UnionLayers.open(spec, new LayerStores(Optional.empty())));
  }

  /**
   * Opens the view of a spec, all layers by one store.
   *
   * @param spec as above
   * @param store the store that opens the layers, for example a {@link
   *     dev.overlays.testkit.layer.FaultyLayerStore}
   * @return a file system, to be closed
   * @throws IOException if a layer cannot be opened, or the work directory not written
   */
  public static UnionFileSystem open(OverlaySpec spec, LayerStore store) throws IOException {
    return new UnionFileSystem(UnionLayers.open(spec, new LayerStores(Optional.of(store))));
  }
}
