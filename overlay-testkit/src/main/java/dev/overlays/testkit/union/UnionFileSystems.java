package dev.overlays.testkit.union;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.util.Optional;

/**
 * Opens union file systems: views of layers as an overlay mount would show them, for {@code
 * java.nio.file}, without a mount.
 *
 * <p>The layers may be on any file system that a {@link LayerStore} serves. Over real directories
 * and the native store, the upper is one that the kernel can mount. Over others, in memory with
 * jimfs say, whiteouts are marked files. Marks are in the namespace that the spec says.
 */
public final class UnionFileSystems {
  private UnionFileSystems() {}

  /**
   * Opens the view of a spec, each layer by the best store that serves it. The mount point, private
   * paths and most mount attributes are left out of account; without an upper, or with {@link
   * dev.overlays.MountAttribute#READ_ONLY}, the view is read-only.
   *
   * @param spec the layers and options; {@code index}, {@code nfs_export}, {@code xino}, {@code
   *     uuid}, {@code verity}, {@code volatile} and {@code override_creds} make no difference
   * @return a file system, to be closed
   * @throws OverlayException if no store serves a layer
   * @throws IOException if a layer cannot be opened, or the work directory not written
   */
  public static UnionFileSystem open(OverlaySpec spec) throws IOException {
    return new UnionFileSystem(OpenLayers.open(spec, new LayerStores(Optional.empty())));
  }

  /**
   * Opens the view of a spec, all layers by one store.
   *
   * @param spec as above
   * @param store what opens the layers, a {@link dev.overlays.testkit.layer.FaultyLayerStore} say
   * @return a file system, to be closed
   * @throws IOException if a layer cannot be opened, or the work directory not written
   */
  public static UnionFileSystem open(OverlaySpec spec, LayerStore store) throws IOException {
    return new UnionFileSystem(OpenLayers.open(spec, new LayerStores(Optional.of(store))));
  }
}
