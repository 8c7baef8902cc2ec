package dev.overlays.linux.mount;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.Propagation;
import dev.overlays.RedirectDir;
import dev.overlays.UuidMode;
import dev.overlays.Xino;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import dev.overlays.linux.table.SpecDecoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Compares the options of a mount with the requested ones: the kernel drops some options with only
 * a line in its log. Without an upper, options about writing are not compared, because they have no
 * effect there and the kernel may print them or not.
 */
public final class OptionsInForce {
  private OptionsInForce() {}

  /** Returns a problem for each requested option that an attached mount does not have. */
  static List<Problem> findProblems(OverlaySpec asked, FileId mount) {
    try {
      Optional<MountRecord> record = MountTable.findMount(mount);
      return record.isPresent() ? listDifferences(asked, record.get()) : List.of();
    } catch (IOException e) {
      // Without a mount table there is nothing to compare with.
      return List.of();
    }
  }

  /**
   * Compares a mount with the requested options.
   *
   * @param asked the requested spec
   * @param record the mount
   * @return a problem for each difference
   */
  public static List<Problem> listDifferences(OverlaySpec asked, MountRecord record) {
    List<String> wrong = findDifferences(asked, record, false);
    if (!wrong.isEmpty()) {
      wrong = findDifferences(asked, record, true);
    }
    List<Problem> problems = new ArrayList<>();
    for (String what : wrong) {
      problems.add(differenceProblem(asked, what));
    }
    return problems;
  }

  private static List<String> findDifferences(
      OverlaySpec asked, MountRecord record, boolean fresh) {
    List<String> wrong = new ArrayList<>();
    OverlayOptions want = asked.options();
    OverlayOptions have = SpecDecoder.decodeOptions(record.options(), fresh);
    if (asked.hasUpper()) {
      addIfDifferent("index", want.index(), have.index(), wrong);
      addIfDifferent("volatile", want.volatileUpper(), have.volatileUpper(), wrong);
      if (want.uuid() != UuidMode.AUTO) {
        addIfDifferent("uuid", want.uuid(), have.uuid(), wrong);
      }
    }
    addIfDifferent("nfs_export", want.nfsExport(), have.nfsExport(), wrong);
    addIfDifferent("metacopy", want.metacopy(), have.metacopy(), wrong);
    addIfDifferent("verity", want.verity(), have.verity(), wrong);
    addIfDifferent("userxattr", want.userXattr(), have.userXattr(), wrong);
    if (!isEquivalentRedirect(want.redirectDir(), have.redirectDir(), asked.hasUpper())) {
      addIfDifferent("redirect_dir", want.redirectDir(), have.redirectDir(), wrong);
    }
    // Layers of one file system have unique numbers anyway, and the kernel then says "off".
    if (want.xino() == Xino.OFF) {
      addIfDifferent("xino", want.xino(), have.xino(), wrong);
    }
    // The kernel mounts read-only, with a line in its log, when it cannot use the work directory.
    boolean writable =
        asked.upper().isPresent() && !asked.attributes().contains(MountAttribute.READ_ONLY);
    if (writable && record.isFileSystemReadOnly()) {
      wrong.add("asked for a writable view, got a read-only one");
    }
    if (!record.attributes().containsAll(asked.attributes())) {
      wrong.add("attributes: asked " + asked.attributes() + ", got " + record.attributes());
    }
    // The kernel calls a slave without a master private.
    boolean slaveOfNobody =
        asked.propagation() == Propagation.SLAVE && record.propagation() == Propagation.PRIVATE;
    if (!slaveOfNobody) {
      addIfDifferent("propagation", asked.propagation(), record.propagation(), wrong);
    }
    List<Integer> layers =
        List.of(
            asked.lowers().size(), asked.dataLowers().size(), asked.upper().isPresent() ? 1 : 0);
    addIfDifferent("layers", layers, SpecDecoder.countLayers(record.options()), wrong);
    return wrong;
  }

  /**
   * Whether a printed value of redirect_dir stands for the requested one: the kernel turns "off"
   * into "follow" or "nofollow", as it was built, and prints "follow" without an upper as "on".
   */
  private static boolean isEquivalentRedirect(RedirectDir want, RedirectDir have, boolean upper) {
    return switch (have) {
      case FOLLOW, NOFOLLOW -> want == RedirectDir.OFF;
      case ON -> !upper && (want == RedirectDir.FOLLOW || want == RedirectDir.OFF);
      case OFF -> false;
    };
  }

  private static void addIfDifferent(String what, Object want, Object have, List<String> wrong) {
    if (!want.equals(have)) {
      wrong.add(what + ": asked " + want + ", got " + have);
    }
  }

  static Problem differenceProblem(OverlaySpec spec, String what) {
    return new Problem(
        ProblemCode.OPTION_NOT_IN_FORCE,
        spec.mountPoint(),
        "The kernel mounted without some requested options (" + what + "); it was undone.",
        "Request what it can do with these layers, or put them on a file system that can do more;"
            + " its log (dmesg) says what is missing.");
  }
}
