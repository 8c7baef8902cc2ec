package dev.overlays.linux.boot;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.hiding.HidingRecord;
import dev.overlays.hiding.PrivatePaths;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * Checks whether the upper hides the private paths already, since nothing hides them at the start.
 * It hides them, and takes back what that changed.
 */
final class PrivatePathCheck {
  private static final LayerStore STORE = new NativeLayerStore();

  private PrivatePathCheck() {}

  static List<Problem> of(OverlaySpec spec) throws OverlayException {
    if (spec.privatePaths().isEmpty()) {
      return List.of();
    }
    try {
      Closeable hold = STORE.hold(spec);
      try {
        return findShownPaths(spec);
      } finally {
        hold.close();
      }
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw new OverlayException(
          List.of(
              new Problem(
                  ProblemCode.UPPER_NOT_WRITABLE,
                  spec.upper(),
                  "What private paths show cannot be determined: " + e.getMessage() + ".",
                  "Give this process the right to write to the upper.")),
          e);
    }
  }

  private static List<Problem> findShownPaths(OverlaySpec spec) throws IOException {
    HidingRecord hidden = PrivatePaths.hide(spec, STORE);
    if (hidden.isEmpty()) {
      return List.of();
    }
    hidden.undo(spec, STORE);
    return List.of(
        new Problem(
            ProblemCode.BOOT_PRIVATE_PATH_SHOWN,
            spec.upper(),
            "The upper does not hide yet what a lower holds at a private path, and nothing hides it"
                + " at the start.",
            "Mount the view once by this library, which hides it for good."));
  }
}
