package dev.overlays.linux.boot;

import dev.overlays.OverlayOptions;
import dev.overlays.RedirectDir;
import dev.overlays.linux.table.SpecDecoder;
import java.util.List;

/**
 * Completes options that an entry leaves out. The kernel changes its defaults to fit the options
 * that are given. Source: ovl_fs_params_verify in the kernel's fs/overlayfs/params.c.
 */
final class ImpliedOptions {
  private ImpliedOptions() {}

  static OverlayOptions of(List<String> words, boolean upper) {
    OverlayOptions options = SpecDecoder.decodeOptions(String.join(",", words), true);
    boolean redirects = hasOption(words, "redirect_dir");
    if (options.nfsExport() && upper && !hasOption(words, "index")) {
      options = options.withIndex(true);
    }
    if (options.userXattr() && !hasOption(words, "metacopy")) {
      options = options.withMetacopy(false);
    }
    if (redirects) {
      return options;
    }
    if (options.userXattr()) {
      return options.withRedirectDir(RedirectDir.NOFOLLOW);
    }
    // Without an upper the kernel only follows redirects, and calls that "on".
    boolean follows = options.redirectDir() == RedirectDir.FOLLOW && !upper;
    return options.metacopy() || follows ? options.withRedirectDir(RedirectDir.ON) : options;
  }

  private static boolean hasOption(List<String> words, String key) {
    return words.stream().anyMatch(word -> word.startsWith(key + "="));
  }
}
