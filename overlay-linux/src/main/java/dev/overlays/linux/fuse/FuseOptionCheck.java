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
 * What of a spec fuse-overlayfs has no word for. Source: the table of options in its main.c; it
 * ignores the others with no more than a line on its standard error.
 */
final class FuseOptionCheck {
  private static final String ANOTHER = "Leave it out, or use the kernel's overlay.";

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
              "A view of fuse-overlayfs outlives this process, and no memory of its own would be"
                  + " gone with it.",
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

  /** Root's daemon marks in {@code trusted.*}; anybody else's cannot. */
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
              "Add options(o -> o.withUserXattr(true)), or mount as root of the machine."));
    }
  }

  private void refuseOption(boolean asked, String what) {
    refuseOption(asked, what, ANOTHER);
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
