package dev.overlays;

import java.util.List;

/**
 * Checks which options can be combined on every kernel. Combinations that only some kernels accept,
 * such as data-only lowers without {@code metacopy}, are left to the kernel. Without an upper,
 * options that affect only writing are accepted, because they have no effect. Source:
 * ovl_fs_params_verify in the kernel's fs/overlayfs/params.c, which refuses the same combinations,
 * or silently turns off an option.
 */
final class OptionRules {
  private OptionRules() {}

  static void checkOptions(OverlaySpec spec, List<Problem> problems) {
    OverlayOptions options = spec.options();
    boolean upper = spec.hasUpper();
    RedirectDir redirect = options.redirectDir();
    if (options.metacopy()) {
      // Without an upper, the meaning of "off" depends on how the kernel was built.
      boolean redirects =
          redirect == RedirectDir.ON || (!upper && redirect != RedirectDir.NOFOLLOW);
      refuseIf(
          !redirects,
          "metacopy=on needs redirect_dir=on, or redirect_dir=follow where there is no upper",
          "Add withRedirectDir(RedirectDir.ON), or leave metacopy off",
          problems);
      refuseIf(
          options.nfsExport(),
          "metacopy=on and nfs_export=on exclude each other",
          "Turn one of them off",
          problems);
    }
    refuseIf(
        options.nfsExport() && !options.index() && upper,
        "nfs_export=on needs index=on",
        "Add withIndex(true), or leave nfs_export off",
        problems);
    refuseIf(
        options.nfsExport() && !upper && redirect != RedirectDir.NOFOLLOW,
        "nfs_export=on needs redirect_dir=nofollow where there is no upper",
        "Leave redirect_dir at nofollow, or nfs_export off",
        problems);
    refuseIf(
        options.uuid() == UuidMode.ON && !upper,
        "uuid=on needs an upper, in which the UUID is kept",
        "Add an upper, or leave uuid out",
        problems);
    refuseIf(
        options.userXattr() && options.metacopy(),
        "userxattr excludes metacopy=on, which is safe only if root alone can write marks",
        "Turn one of them off",
        problems);
    refuseIf(
        options.userXattr() && redirect != RedirectDir.NOFOLLOW,
        "userxattr excludes redirect_dir=" + redirect.kernelName(),
        "Leave redirect_dir at nofollow",
        problems);
  }

  private static void refuseIf(boolean wrong, String what, String remedy, List<Problem> problems) {
    if (wrong) {
      problems.add(
          Problem.of(ProblemCode.OPTION_CONFLICT, "The option " + what + ".", remedy + "."));
    }
  }
}
