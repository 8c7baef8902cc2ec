package dev.overlays.linux.fuse;

import dev.overlays.Ephemeral;
import dev.overlays.MountAttribute;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.Propagation;
import dev.overlays.RedirectDir;
import dev.overlays.UuidMode;
import dev.overlays.Verity;
import dev.overlays.Xino;
import dev.overlays.linux.syscall.ThreadPrivilege;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the options of a spec that fuse-overlayfs does not have. Source: the table of options in
 * its main.c; it ignores others with only a line on its standard error.
 */
final class FuseOptionCheck {
  private static final String LEAVE_OUT_REMEDY = "Leave it out, or use the kernel's overlay.";

  private final OverlaySpec spec;
  private final List<Problem> problems = new ArrayList<>();

  private FuseOptionCheck(OverlaySpec spec) {
    this.spec = spec;
  }

  static List<Problem> of(OverlaySpec spec) {
    FuseOptionCheck check = new FuseOptionCheck(spec);
    check.checkOptions();
    check.checkMount();
    check.checkMarks();
    return check.problems;
  }

  private void checkOptions() {
    OverlayOptions options = spec.options();
    boolean redirects =
        options.redirectDir() == RedirectDir.ON || options.redirectDir() == RedirectDir.FOLLOW;
    refuseOption(spec.hasUpper() && options.index(), "index=on");
    refuseOption(options.nfsExport(), "nfs_export=on");
    refuseOption(redirects, "redirect_dir=" + options.redirectDir().kernelName());
    refuseOption(options.metacopy(), "metacopy=on");
    refuseOption(options.verity() != Verity.OFF, "verity");
    refuseOption(options.xino() != Xino.OFF, "xino=" + options.xino().kernelName());
    refuseOption(options.uuid() != UuidMode.AUTO, "uuid=" + options.uuid().kernelName());
    refuseOption(options.overrideCreds(), "override_creds");
    refuseOption(!spec.dataLowers().isEmpty(), "data-only lowers");
    refuseOption(!spec.idMappings().isEmpty(), "lowers with other owners");
    if (spec.ephemeral().orElse(null) instanceof Ephemeral.Memory) {
      problems.add(
          Problem.of(
              ProblemCode.EPHEMERAL_UPPER_NOT_CREATED,
              "A view of fuse-overlayfs outlives this process, so nothing would free the memory of"
                  + " its upper.",
              "Use Ephemeral.in(directory) with a directory of a tmpfs, such as /dev/shm."));
    }
  }

  private void checkMount() {
    if (!ThreadPrivilege.mayMount()) {
      refuseOption(
          spec.attributes().contains(MountAttribute.NOSYMFOLLOW),
          "nosymfollow for an ordinary user");
      refuseOption(
          spec.propagation() != Propagation.PRIVATE,
          "propagation " + spec.propagation().kernelName() + " for an ordinary user");
    }
  }

  /** The daemon writes marks in {@code trusted.*} if root starts it; other users cannot. */
  private void checkMarks() {
    boolean root = FuseMarks.areTrusted();
    if (root && spec.options().userXattr()) {
      refuseOption(
          true,
          "userxattr for root, for whom it marks in trusted.overlay.*",
          "Leave userxattr out, or mount as an ordinary user.");
    } else if (!root && !spec.options().userXattr()) {
      problems.add(
          new Problem(
              ProblemCode.USERXATTR_REQUIRED,
              spec.upper().or(spec::mountPoint),
              "This user can write no marks in trusted.overlay.*.",
              "Add options(o -> o.withUserXattr(true)), or mount as root on the host."));
    }
  }

  private void refuseOption(boolean asked, String what) {
    refuseOption(asked, what, LEAVE_OUT_REMEDY);
  }

  private void refuseOption(boolean asked, String what, String remedy) {
    if (asked) {
      problems.add(
          new Problem(
              ProblemCode.OPTION_UNSUPPORTED,
              spec.mountPoint(),
              "fuse-overlayfs does not know " + what + ".",
              remedy));
    }
  }
}
