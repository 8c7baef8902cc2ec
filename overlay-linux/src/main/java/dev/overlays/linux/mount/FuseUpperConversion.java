package dev.overlays.linux.mount;

import dev.overlays.OverlaySpec;
import dev.overlays.fuseform.FuseForm;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.spi.LayerStore;
import java.io.IOException;

/**
 * Converts an upper that fuse-overlayfs left in its own form, because its daemon was killed or the
 * view was unmounted by another program. The kernel would show deleted files of such an upper
 * again.
 */
public final class FuseUpperConversion {
  private FuseUpperConversion() {}

  /**
   * Converts the upper of a spec to the kernel's form if it is marked as one of fuse-overlayfs.
   *
   * @param spec the spec, whose upper is locked
   * @param store opens the upper
   * @throws IOException if it cannot be read or written
   */
  public static void convertIfMarked(OverlaySpec spec, LayerStore store) throws IOException {
    if (spec.upper().isPresent()) {
      try (LayerDirectory upper = store.open(spec.upper().get())) {
        FuseForm.convertIfMarked(upper, MarkNamespace.of(spec.options()));
      }
    }
  }
}
