package dev.overlays.linux.boot;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.hiding.HiddenPaths;
import dev.overlays.hiding.PrivatePaths;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * Whether private paths are hidden already: at the start nobody hides them. What would have to be
 * put into the upper is put there, and taken out again.
 */
final class HiddenCheck {
  private static final LayerStore STORE = new NativeLayerStore();

  private HiddenCheck() {}

  static List<Problem> of(OverlaySpec spec) throws OverlayException {
    if (spec.privatePaths().isEmpty()) {
      return List.of();
    }
    try {
      Closeable hold = STORE.hold(spec);
      try {
        return shownPaths(spec);
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
                  "It cannot be told what private paths show: " + e.getMessage() + ".",
                  "Give this process the right to write to the upper.")),
          e);
    }
  }

  private static List<Problem> shownPaths(OverlaySpec spec) throws IOException {
    HiddenPaths hidden = PrivatePaths.hide(spec, STORE);
    if (hidden.isEmpty()) {
      return List.of();
    }
    hidden.show(spec, STORE);
    return List.of(
        new Problem(
            ProblemCode.BOOT_PRIVATE_PATH_SHOWN,
            spec.upper(),
            "The upper does not hide yet what a lower holds at a private path, and nothing hides it"
                + " at the start.",
            "Mount the view once by this library, which hides it for good."));
  }
}
