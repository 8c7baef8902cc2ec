package dev.overlays.linux.mount;

import dev.overlays.OverlaySpec;
import dev.overlays.fuseform.FuseForm;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.spi.LayerStore;
import java.io.IOException;

/**
 * An upper that fuse-overlayfs has left in its own form: its daemon was killed, or unmounted by
 * somebody else. To the kernel, what is deleted there may not be.
 */
public final class SettledUpper {
  private SettledUpper() {}

  /**
   * Turns the upper of a spec into the kernel's form if it is marked as one of the other.
   *
   * @param spec whose upper it is, which is locked
   * @param store what opens it
   * @throws IOException if it cannot be read or written
   */
  public static void settleUpper(OverlaySpec spec, LayerStore store) throws IOException {
    if (spec.upper().isPresent()) {
      try (LayerDirectory upper = store.open(spec.upper().get())) {
        FuseForm.settle(upper, MarkNamespace.of(spec.options()));
      }
    }
  }
}
