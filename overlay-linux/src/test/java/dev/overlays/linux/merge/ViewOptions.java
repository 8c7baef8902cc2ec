package dev.overlays.linux.merge;

import dev.overlays.OverlayOptions;
import dev.overlays.RedirectDir;
import dev.overlays.Xino;

/**
 * Options of a view by which the kernel makes something else of its layers, as they go together.
 */
@SuppressWarnings("ImmutableEnumChecker") // A record that cannot change.
enum ViewOptions {
  INDEX(indexOptions()),
  NFS_EXPORT(indexOptions().withNfsExport(true)),
  INDEX_METACOPY(indexOptions().withRedirectDir(RedirectDir.ON).withMetacopy(true)),
  NFS_EXPORT_REDIRECTS(indexOptions().withNfsExport(true).withRedirectDir(RedirectDir.ON)),
  INDEX_XINO(indexOptions().withRedirectDir(RedirectDir.ON).withXino(Xino.ON)),
  METACOPY_XINO(
      OverlayOptions.defaults()
          .withRedirectDir(RedirectDir.ON)
          .withMetacopy(true)
          .withXino(Xino.ON));

  private final OverlayOptions options;

  ViewOptions(OverlayOptions options) {
    this.options = options;
  }

  private static OverlayOptions indexOptions() {
    return OverlayOptions.defaults().withIndex(true);
  }

  OverlayOptions overlayOptions() {
    return options;
  }

  boolean allowsRenames() {
    return options.redirectDir() == RedirectDir.ON;
  }
}
