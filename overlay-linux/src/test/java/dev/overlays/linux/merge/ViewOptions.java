package dev.overlays.linux.merge;

import dev.overlays.OverlayOptions;
import dev.overlays.RedirectDir;
import dev.overlays.Xino;

/**
 * Options of a view by which the kernel makes something else of its layers, as they go together.
 */
@SuppressWarnings("ImmutableEnumChecker") // A record that cannot change.
enum ViewOptions {
  INDEX(index()),
  NFS_EXPORT(index().withNfsExport(true)),
  INDEX_METACOPY(index().withRedirectDir(RedirectDir.ON).withMetacopy(true)),
  NFS_EXPORT_REDIRECTS(index().withNfsExport(true).withRedirectDir(RedirectDir.ON)),
  INDEX_XINO(index().withRedirectDir(RedirectDir.ON).withXino(Xino.ON)),
  METACOPY_XINO(
      OverlayOptions.defaults()
          .withRedirectDir(RedirectDir.ON)
          .withMetacopy(true)
          .withXino(Xino.ON));

  private final OverlayOptions options;

  ViewOptions(OverlayOptions options) {
    this.options = options;
  }

  private static OverlayOptions index() {
    return OverlayOptions.defaults().withIndex(true);
  }

  OverlayOptions options() {
    return options;
  }

  boolean renames() {
    return options.redirectDir() == RedirectDir.ON;
  }
}
