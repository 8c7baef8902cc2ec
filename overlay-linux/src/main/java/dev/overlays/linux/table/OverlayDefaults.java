package dev.overlays.linux.table;

import dev.overlays.OverlayOptions;
import dev.overlays.RedirectDir;
import dev.overlays.Xino;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the kernel's overlay does where nothing is said, which it then does not print either.
 * Source: the parameters in /sys/module/overlay/parameters, and ovl_redirect_mode_def and
 * ovl_show_options in fs/overlayfs/params.c.
 */
final class OverlayDefaults {
  private static final Path PARAMETERS = Path.of("/sys/module/overlay/parameters");

  private OverlayDefaults() {}

  static OverlayOptions read() {
    RedirectDir redirect = unaskedRedirect();
    return OverlayOptions.defaults()
        .withIndex(isOn("index"))
        .withNfsExport(isOn("nfs_export"))
        .withMetacopy(isOn("metacopy"))
        .withXino(isOn("xino_auto") ? Xino.AUTO : Xino.OFF)
        .withRedirectDir(isOn("redirect_dir") ? RedirectDir.ON : redirect);
  }

  /** What {@code redirect_dir=off} comes to. */
  static RedirectDir unaskedRedirect() {
    return isOn("redirect_always_follow") ? RedirectDir.FOLLOW : RedirectDir.NOFOLLOW;
  }

  private static boolean isOn(String parameter) {
    try {
      return Files.readString(PARAMETERS.resolve(parameter)).startsWith("Y");
    } catch (IOException e) {
      // An older kernel without the parameter does not have the feature either.
      return false;
    }
  }
}
