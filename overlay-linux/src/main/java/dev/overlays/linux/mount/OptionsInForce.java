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

/**
 * Compares what was asked with what came about: the kernel drops some options with no more than a
 * line in its log. Without an upper those that are about writing to it have nothing to act on, and
 * whether the kernel prints them tells nothing.
 */
public final class OptionsInForce {
  private OptionsInForce() {}

  /** What an attached mount has not. */
  static List<Problem> findProblems(OverlaySpec asked, FileId mount) {
    try {
      return MountTable.findMount(mount)
          .map(record -> listDifferences(asked, record))
          .orElse(List.of());
    } catch (IOException e) {
      // Where no mount table can be read there is nothing to compare with.
      return List.of();
    }
  }

  /**
   * Compares a mount with what was asked for.
   *
   * @param asked the spec
   * @param record what came about
   * @return a problem for each difference
   */
  public static List<Problem> listDifferences(OverlaySpec asked, MountRecord record) {
    List<String> wrong = compareOptions(asked, record, false);
    if (!wrong.isEmpty()) {
      wrong = compareOptions(asked, record, true);
    }
    return wrong.stream().map(what -> differenceProblem(asked, what)).toList();
  }

  private static List<String> compareOptions(OverlaySpec asked, MountRecord record, boolean fresh) {
    List<String> wrong = new ArrayList<>();
    OverlayOptions want = asked.options();
    OverlayOptions have = SpecDecoder.decodeOptions(record.options(), fresh);
    if (asked.hasUpper()) {
      compareOptions("index", want.index(), have.index(), wrong);
      compareOptions("volatile", want.volatileUpper(), have.volatileUpper(), wrong);
      if (want.uuid() != UuidMode.AUTO) {
        compareOptions("uuid", want.uuid(), have.uuid(), wrong);
      }
    }
    compareOptions("nfs_export", want.nfsExport(), have.nfsExport(), wrong);
    compareOptions("metacopy", want.metacopy(), have.metacopy(), wrong);
    compareOptions("verity", want.verity(), have.verity(), wrong);
    compareOptions("userxattr", want.userXattr(), have.userXattr(), wrong);
    if (!cameTo(want.redirectDir(), have.redirectDir(), asked.hasUpper())) {
      compareOptions("redirect_dir", want.redirectDir(), have.redirectDir(), wrong);
    }
    // Layers of one file system have unique numbers anyway, and the kernel then says "off".
    if (want.xino() == Xino.OFF) {
      compareOptions("xino", want.xino(), have.xino(), wrong);
    }
    // The kernel does so with a line in its log when it cannot make what it needs in the work
    // directory.
    boolean writable =
        asked.upper().isPresent() && !asked.attributes().contains(MountAttribute.READ_ONLY);
    if (writable && record.readOnly()) {
      wrong.add("asked for a writable view, got a read-only one");
    }
    if (!record.attributes().containsAll(asked.attributes())) {
      wrong.add("attributes: asked " + asked.attributes() + ", got " + record.attributes());
    }
    // A slave of nobody is what the kernel calls private.
    boolean slaveOfNobody =
        asked.propagation() == Propagation.SLAVE && record.propagation() == Propagation.PRIVATE;
    if (!slaveOfNobody) {
      compareOptions("propagation", asked.propagation(), record.propagation(), wrong);
    }
    List<Integer> layers =
        List.of(
            asked.lowers().size(), asked.dataLowers().size(), asked.upper().isPresent() ? 1 : 0);
    compareOptions("layers", layers, SpecDecoder.countLayers(record.options()), wrong);
    return wrong;
  }

  /**
   * Whether one way with redirects stands for another: "off" comes to "follow" or "nofollow", as
   * the kernel was built, and without an upper "follow" is called "on".
   */
  private static boolean cameTo(RedirectDir want, RedirectDir have, boolean upper) {
    return switch (have) {
      case FOLLOW, NOFOLLOW -> want == RedirectDir.OFF;
      case ON -> !upper && (want == RedirectDir.FOLLOW || want == RedirectDir.OFF);
      case OFF -> false;
    };
  }

  private static void compareOptions(String what, Object want, Object have, List<String> wrong) {
    if (!want.equals(have)) {
      wrong.add(what + ": asked " + want + ", got " + have);
    }
  }

  static Problem differenceProblem(OverlaySpec spec, String what) {
    return new Problem(
        ProblemCode.OPTION_NOT_IN_FORCE,
        spec.mountPoint(),
        "The kernel mounted without something that was asked for (" + what + "); it was undone.",
        "Ask for what it can do with these layers, or put them on a file system that can do more;"
            + " its log (dmesg) says what is missing.");
  }
}
