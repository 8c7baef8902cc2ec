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
import dev.overlays.merge.run.TreePlace;
import java.io.IOException;
import java.util.UUID;

/**
 * Checks whether the whiteouts of a layer hide something and have a form that the kernel accepts
 * there.
 */
final class WhiteoutAudit {
  private static final String HEXADECIMAL = "0123456789abcdef";

  private final MarkNamespace marks;
  private final boolean isUpper;
  private final boolean hasEmptyBelow;
  private final ProblemHandler findings;

  /** Takes the same parameters as {@link LayerAudit}. */
  WhiteoutAudit(MarkNamespace marks, boolean upper, boolean emptyBelow, ProblemHandler findings) {
    this.marks = marks;
    this.isUpper = upper;
    this.hasEmptyBelow = emptyBelow;
    this.findings = findings;
  }

  /** Checks a whiteout. */
  void checkWhiteout(
      LayerDirectory directory, Name name, EntryStat stat, MergedDirectory below, TreePlace place)
      throws IOException {
    if (below.findShown(name).isEmpty()) {
      if (!place.isRoot() || !isOfComposefs(directory, name)) {
        reportOrphan(directory, name, below);
      }
    } else if (!stat.isWhiteoutDevice() && !isListedRightly(directory)) {
      Problem problem =
          Problem.of(
              ProblemCode.WHITEOUT_LISTED,
              LayerEntries.pathOf(directory, name),
              "The name is deleted, but listings have it: the kernel recognizes a whiteout that"
                  + " is a marked file only in a lower, in a directory marked as holding such.",
              "OverlayCheck.repair() turns it into a form that the kernel accepts here.");
      findings.handleProblem(problem, () -> makeKnown(directory, name));
    }
  }

  private void reportOrphan(LayerDirectory directory, Name name, MergedDirectory below)
      throws IOException {
    Problem problem =
        Problem.of(
            ProblemCode.WHITEOUT_ORPHAN,
            LayerEntries.pathOf(directory, name),
            "The whiteout hides nothing: no layer below shows anything of this name. Where no"
                + " other layer has its directory, listings have the name, and programs fail on"
                + " it.",
            "OverlayCheck.repair() removes it.");
    boolean needless = isInOpaqueDirectory(directory, below) || !hasEmptyBelow;
    findings.handleProblem(problem, needless ? () -> removeWhiteout(directory, name) : null);
  }

  /**
   * Whether it is in an opaque directory, so that it hides nothing whatever the layers below have.
   */
  private boolean isInOpaqueDirectory(LayerDirectory directory, MergedDirectory below)
      throws IOException {
    return below.isInNoLayer() && LayerEntries.isOpaque(directory, Name.SELF, marks);
  }

  /**
   * Whether the kernel hides a whiteout in the form of a mark in listings of this directory.
   * Source: the kernel's fs/overlayfs/readdir.c, {@code in_xwhiteouts_dir}.
   */
  private boolean isListedRightly(LayerDirectory directory) throws IOException {
    return !isUpper
        && directory
            .xattr(Name.SELF, Mark.OPAQUE.xattr(marks))
            .filter(value -> value.length == 1 && value[0] == 'x')
            .isPresent();
  }

  private void makeKnown(LayerDirectory directory, Name name) throws IOException {
    if (!isUpper) {
      directory.setXattr(Name.SELF, Mark.OPAQUE.xattr(marks), new byte[] {'x'});
      return;
    }
    EntryStat before = LayerEntries.requireStat(directory, Name.SELF);
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
    return !isUpper
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

  /** Removes a whiteout that hides nothing. The directory keeps its time. */
  static void removeWhiteout(LayerDirectory directory, Name name) throws IOException {
    EntryStat before = LayerEntries.requireStat(directory, Name.SELF);
    directory.remove(name);
    directory.setTimes(Name.SELF, before.accessed(), before.modified());
  }
}
