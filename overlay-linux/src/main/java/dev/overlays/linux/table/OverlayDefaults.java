package dev.overlays.linux.table;

import dev.overlays.OverlayOptions;
import dev.overlays.RedirectDir;
import dev.overlays.Xino;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
  static OverlayOptions rememberedDefaults() {
    OverlayOptions defaults = lastRead;
    return defaults != null && defaults.equals(ALL_OFF.withRedirectDir(defaults.redirectDir()))
        ? defaults
        : readDefaults();
  }

  /** Remembered only when all could be read: too many files may be open at this moment. */
  static OverlayOptions readDefaults() {
    try {
      OverlayOptions defaults =
          ALL_OFF
              .withIndex(isOn("index"))
              .withNfsExport(isOn("nfs_export"))
              .withMetacopy(isOn("metacopy"))
              .withXino(isOn("xino_auto") ? Xino.AUTO : Xino.OFF)
              .withRedirectDir(isOn("redirect_dir") ? RedirectDir.ON : unaskedRedirect());
      lastRead = defaults;
      return defaults;
    } catch (IOException e) {
      OverlayOptions last = lastRead;
      return last != null ? last : ALL_OFF;
    }
  }

  /** What {@code redirect_dir=off} comes to. */
  private static RedirectDir unaskedRedirect() throws IOException {
    return isOn("redirect_always_follow") ? RedirectDir.FOLLOW : RedirectDir.NOFOLLOW;
  }

  private static boolean isOn(String parameter) throws IOException {
    try {
      return Files.readString(PARAMETERS.resolve(parameter)).startsWith("Y");
    } catch (NoSuchFileException e) {
      // An older kernel without the parameter does not have the feature either.
      return false;
    }
  }
}
