package dev.overlays;

import java.util.List;

/**
 * Which options go together on every kernel. What some kernels take and others do not, such as
 * data-only lowers without {@code metacopy}, is for the kernel to say when it mounts. Source:
 * ovl_fs_params_verify in the kernel's fs/overlayfs/params.c, which refuses the same, or silently
 * turns one of the two off.
 */
final class OptionRules {
  private OptionRules() {}

  static void check(OverlaySpec spec, List<Problem> problems) {
    OverlayOptions options = spec.options();
    boolean upper = spec.hasUpper();
    RedirectDir redirect = options.redirectDir();
    if (options.metacopy()) {
      boolean redirects = redirect == RedirectDir.ON || (!upper && redirect == RedirectDir.FOLLOW);
      refuse(
          !redirects,
          "metacopy=on needs redirect_dir=on, or redirect_dir=follow where there is no upper",
          "Add withRedirectDir(RedirectDir.ON), or leave metacopy off",
          problems);
      refuse(
          options.nfsExport(),
          "metacopy=on and nfs_export=on exclude each other",
          "Turn one of them off",
          problems);
    }
    refuse(
        options.nfsExport() && !options.index() && upper,
        "nfs_export=on needs index=on",
        "Add withIndex(true), or leave nfs_export off",
        problems);
    refuse(
        options.volatileUpper() && !upper,
        "volatile needs an upper",
        "Add an upper, or leave volatile off",
        problems);
    refuse(
        options.userXattr() && options.metacopy(),
        "userxattr excludes metacopy=on, which nobody without root's rights may be trusted with",
        "Turn one of them off",
        problems);
    refuse(
        options.userXattr() && redirect != RedirectDir.NOFOLLOW,
        "userxattr excludes redirect_dir=" + redirect.kernelName(),
        "Leave redirect_dir at nofollow",
        problems);
  }

  private static void refuse(boolean wrong, String what, String remedy, List<Problem> problems) {
    if (wrong) {
      problems.add(
          Problem.of(ProblemCode.OPTION_CONFLICT, "The option " + what + ".", remedy + "."));
    }
  }
}
