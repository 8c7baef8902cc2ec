package dev.overlays.linux.table;

import dev.overlays.OverlayOptions;
import dev.overlays.RedirectDir;
import dev.overlays.Xino;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The defaults of the kernel's overlay, which it does not print among the options of a mount.
 * Source: the parameters in /sys/module/overlay/parameters, and ovl_redirect_mode_def and
 * ovl_show_options in fs/overlayfs/params.c.
 */
final class OverlayDefaults {
  private static final Path PARAMETERS = Path.of("/sys/module/overlay/parameters");

  private static final OverlayOptions ALL_OFF = OverlayOptions.defaults();

  private OverlayDefaults() {}

  private static volatile OverlayOptions lastRead;

  /**
   * Returns the defaults as they were read last, unless one of them is on. Defaults that are on are
   * read again, because they may have changed, and an option that the kernel has dropped must not
   * appear to be in force.
   */
  static OverlayOptions rememberedDefaults() {
    OverlayOptions defaults = lastRead;
    return defaults != null && defaults.equals(ALL_OFF.withRedirectDir(defaults.redirectDir()))
        ? defaults
        : readDefaults();
  }

  /**
   * Reads the defaults. They are cached only if all could be read: too many files may be open at
   * this moment.
   */
  static OverlayOptions readDefaults() {
    try {
      OverlayOptions defaults =
          ALL_OFF
              .withIndex(isOn("index"))
              .withNfsExport(isOn("nfs_export"))
              .withMetacopy(isOn("metacopy"))
              .withXino(isOn("xino_auto") ? Xino.AUTO : Xino.OFF)
              .withRedirectDir(isOn("redirect_dir") ? RedirectDir.ON : redirectWhenOff());
      lastRead = defaults;
      return defaults;
    } catch (IOException e) {
      OverlayOptions last = lastRead;
      return last != null ? last : ALL_OFF;
    }
  }

  /** The mode that {@code redirect_dir=off} means. */
  private static RedirectDir redirectWhenOff() throws IOException {
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
