package dev.overlays.linux.boot;

import dev.overlays.OverlayOptions;
import dev.overlays.RedirectDir;
import dev.overlays.linux.table.SpecDecoder;
import java.util.List;

/**
 * What options come to that say less than a spec does. The kernel's defaults give way to what is
 * said. Source: ovl_fs_params_verify in the kernel's fs/overlayfs/params.c.
 */
final class ImpliedOptions {
  private ImpliedOptions() {}

  static OverlayOptions of(List<String> words, boolean upper) {
    OverlayOptions options = SpecDecoder.decodeOptions(String.join(",", words), true);
    boolean redirects = saysOption(words, "redirect_dir");
    if (options.nfsExport() && upper && !saysOption(words, "index")) {
      options = options.withIndex(true);
    }
    if (options.userXattr() && !saysOption(words, "metacopy")) {
      options = options.withMetacopy(false);
    }
    if (redirects) {
      return options;
    }
    if (options.userXattr()) {
      return options.withRedirectDir(RedirectDir.NOFOLLOW);
    }
    // Without an upper there is nothing but following, and the kernel calls it so.
    boolean follows = options.redirectDir() == RedirectDir.FOLLOW && !upper;
    return options.metacopy() || follows ? options.withRedirectDir(RedirectDir.ON) : options;
  }

  private static boolean saysOption(List<String> words, String key) {
    return words.stream().anyMatch(word -> word.startsWith(key + "="));
  }
}
