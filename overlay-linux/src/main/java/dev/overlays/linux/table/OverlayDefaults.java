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

  private static final OverlayOptions ALL_OFF = OverlayOptions.defaults();

  private OverlayDefaults() {}

  private static volatile OverlayOptions lastRead;

  /**
   * The defaults as they were read last, unless one of them is on: they may have changed since, and
   * an option that the kernel has dropped must not seem to be in force by default.
   */
  static OverlayOptions remembered() {
    OverlayOptions defaults = lastRead;
    return defaults != null && defaults.equals(ALL_OFF.withRedirectDir(defaults.redirectDir()))
        ? defaults
        : read();
  }

  static OverlayOptions read() {
    RedirectDir redirect = unaskedRedirect();
    OverlayOptions defaults =
        ALL_OFF
            .withIndex(isOn("index"))
            .withNfsExport(isOn("nfs_export"))
            .withMetacopy(isOn("metacopy"))
            .withXino(isOn("xino_auto") ? Xino.AUTO : Xino.OFF)
            .withRedirectDir(isOn("redirect_dir") ? RedirectDir.ON : redirect);
    lastRead = defaults;
    return defaults;
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
