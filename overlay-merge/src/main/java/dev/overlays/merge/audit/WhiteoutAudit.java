package dev.overlays.merge.audit;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.run.ViewPlace;
import java.io.IOException;
import java.util.UUID;

/** Whether the whiteouts of a layer hide something, in a form that the kernel knows there. */
final class WhiteoutAudit {
  private static final String HEXADECIMAL = "0123456789abcdef";

  private final MarkNamespace marks;
  private final boolean upper;
  private final boolean emptyBelow;
  private final ProblemSink findings;

  /** Takes what {@link LayerAudit} takes. */
  WhiteoutAudit(MarkNamespace marks, boolean upper, boolean emptyBelow, ProblemSink findings) {
    this.marks = marks;
    this.upper = upper;
    this.emptyBelow = emptyBelow;
    this.findings = findings;
  }

  /** Looks at a whiteout of a directory at a place of the view. */
  void checkWhiteout(
      LayerDirectory directory, Name name, EntryStat stat, MergedDirectory below, ViewPlace place)
      throws IOException {
    if (below.find(name).isEmpty()) {
      if (!place.isRoot() || !isOfComposefs(directory, name)) {
        foundOrphan(directory, name, below);
      }
    } else if (!stat.isWhiteoutDevice() && !isListedRightly(directory)) {
      Problem problem =
          Problem.of(
              ProblemCode.WHITEOUT_LISTED,
              LayerEntries.path(directory, name),
              "The name is deleted, but listings have it: the kernel knows a whiteout in the form"
                  + " of a mark only in a lower, in a directory that is marked to hold such.",
              "OverlayCheck.repair() turns it into a form that the kernel knows here.");
      findings.foundProblem(problem, () -> makeKnown(directory, name));
    }
  }

  private void foundOrphan(LayerDirectory directory, Name name, MergedDirectory below)
      throws IOException {
    Problem problem =
        Problem.of(
            ProblemCode.WHITEOUT_ORPHAN,
            LayerEntries.path(directory, name),
            "The whiteout hides nothing: no layer below shows anything of this name. Where no"
                + " other layer has its directory, listings have the name, and programs fail on"
                + " it.",
            "OverlayCheck.repair() removes it.");
    boolean needless = isOpaqueBelow(directory, below) || !emptyBelow;
    findings.foundProblem(problem, needless ? () -> removeWhiteout(directory, name) : null);
  }

  /** Whether it hides nothing whatever the layers below have. */
  private boolean isOpaqueBelow(LayerDirectory directory, MergedDirectory below)
      throws IOException {
    return below.isNothing() && LayerEntries.isOpaque(directory, Name.SELF, marks);
  }

  /** Source: the kernel's fs/overlayfs/readdir.c, {@code in_xwhiteouts_dir}. */
  private boolean isListedRightly(LayerDirectory directory) throws IOException {
    return !upper
        && directory
            .xattr(Name.SELF, Mark.OPAQUE.xattr(marks))
            .filter(value -> value.length == 1 && value[0] == 'x')
            .isPresent();
  }

  private void makeKnown(LayerDirectory directory, Name name) throws IOException {
    if (!upper) {
      directory.setXattr(Name.SELF, Mark.OPAQUE.xattr(marks), new byte[] {'x'});
      return;
    }
    EntryStat before = LayerEntries.present(directory, Name.SELF);
    Name device = Name.of(".overlays-whiteout-" + UUID.randomUUID());
    directory.createWhiteout(device);
    directory.rename(device, directory, name);
    directory.setTimes(Name.SELF, before.accessed(), before.modified());
  }

  /**
   * An image of composefs has the whiteouts {@code 00} to {@code ff} in its root. They hide the
   * objects from kernels that take their directory for an ordinary lower. Source: composefs,
   * libcomposefs/lcfs-writer-erofs.c, {@code add_overlay_whiteouts}.
   */
  private boolean isOfComposefs(LayerDirectory root, Name name) throws IOException {
    return !upper
        && isHexadecimal(name)
        && isWhiteoutDevice(root, Name.of("00"))
        && isWhiteoutDevice(root, Name.of("ff"));
  }

  private static boolean isHexadecimal(Name name) {
    byte[] bytes = name.toBytes();
    return bytes.length == 2
        && HEXADECIMAL.indexOf(bytes[0]) >= 0
        && HEXADECIMAL.indexOf(bytes[1]) >= 0;
  }

  private static boolean isWhiteoutDevice(LayerDirectory directory, Name name) throws IOException {
    return directory.stat(name).filter(EntryStat::isWhiteoutDevice).isPresent();
  }

  /** Removes what no view shows; the directory keeps its time. */
  static void removeWhiteout(LayerDirectory directory, Name name) throws IOException {
    EntryStat before = LayerEntries.present(directory, Name.SELF);
    directory.remove(name);
    directory.setTimes(Name.SELF, before.accessed(), before.modified());
  }
}
