package dev.overlays.merge.audit;

import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.Mark;
import dev.overlays.merge.change.DirectoryTimes;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

/**
 * Finds marks that mean nothing on their type of entry, and those that a merge has left.
 *
 * <p>A redirect on a file that is no metacopy is not reported: the kernel leaves it when it copies
 * the data up, and does not read it again. Source: the kernel's fs/overlayfs/copy_up.c, {@code
 * ovl_copy_up_meta_inode_data}.
 */
final class MarkCheck {
  private static final Set<Mark> NEVER = EnumSet.of(Mark.WHITEOUT, Mark.UPPER, Mark.UUID);

  private final Findings findings;
  private final DirectoryTimes times;
  private final boolean needsIndex;

  /**
   * Makes a check. {@code needsIndex} says that {@link Mark#NLINK} is a problem, because the layer
   * is an upper without an index beside it.
   */
  MarkCheck(Findings findings, DirectoryTimes times, boolean needsIndex) {
    this.findings = findings;
    this.times = times;
    this.needsIndex = needsIndex;
  }

  /** Checks an entry that is not a whiteout. */
  void check(Marked entry) throws IOException {
    for (String xattr : entry.unknown()) {
      findings.found(
          entry.problem(
              ProblemCode.MERGE_UNKNOWN_MARK,
              "The entry has the unknown mark " + xattr + ".",
              "Use a version of this library that knows it, or copy the entry in the view over"
                  + " itself."));
    }
    Set<Mark> meaningless = meaningless(entry);
    for (Mark mark : entry.marks()) {
      if (meaningless.contains(mark)) {
        stray(entry, mark, "means nothing on this entry");
      }
    }
    if (entry.has(Mark.NLINK) && needsIndex) {
      findings.found(
          entry.problem(
              ProblemCode.MARK_STRAY,
              "The link count belongs to an index, and there is none beside this upper.",
              "Mount the upper with the work directory that it was written with."));
    }
    leftovers(entry);
  }

  private static Set<Mark> meaningless(Marked entry) throws IOException {
    Set<Mark> meaningless = EnumSet.copyOf(NEVER);
    if (entry.stat().isDirectory()) {
      meaningless.add(Mark.METACOPY);
    } else {
      meaningless.add(Mark.OPAQUE);
      meaningless.add(Mark.IMPURE);
    }
    if (entry.isRoot()) {
      meaningless.remove(Mark.UUID);
      meaningless.add(Mark.REDIRECT);
    } else if (!entry.stat().isDirectory() && entry.stat().type() != EntryType.FILE) {
      meaningless.add(Mark.METACOPY);
      meaningless.add(Mark.REDIRECT);
    } else if (entry.has(Mark.OPAQUE) && !isOpaqueValue(entry)) {
      meaningless.add(Mark.OPAQUE);
    }
    return meaningless;
  }

  private static boolean isOpaqueValue(Marked entry) throws IOException {
    return entry
        .value(Mark.OPAQUE)
        .filter(value -> value.length == 1 && (value[0] == 'y' || value[0] == 'x'))
        .isPresent();
  }

  /** Reports a mark that the view does not depend on. */
  void stray(Marked entry, Mark mark, String why) throws IOException {
    findings.found(
        entry.problem(
            ProblemCode.MARK_STRAY,
            "The mark " + mark.xattr(entry.namespace()) + ' ' + why + ".",
            "It does no harm; OverlayCheck.repair() removes it."),
        () -> entry.drop(mark));
  }

  private void leftovers(Marked entry) throws IOException {
    if (entry.has(Mark.MERGE_TIME)) {
      boolean timed = entry.stat().isDirectory();
      findings.found(
          entry.problem(
              ProblemCode.STAGING_LEFTOVER,
              "A merge was cut off here; it has remembered when this was last changed.",
              "Run the merge again; or OverlayCheck.repair() puts the time right and removes the"
                  + " mark."),
          () -> {
            if (timed) {
              var stat = times.remember(entry.directory(), entry.name(), entry.stat());
              times.restore(entry.directory(), entry.name(), stat);
            } else {
              entry.drop(Mark.MERGE_TIME);
            }
          });
    }
    if (entry.has(Mark.MERGE_COPY)) {
      findings.found(
          entry.problem(
              ProblemCode.STAGING_LEFTOVER,
              "A merge was cut off here; it has remembered that the lower has a copy of this file.",
              "Run the merge again; or OverlayCheck.repair() removes the mark, and a later merge"
                  + " makes another file of the remaining names."),
          () -> entry.drop(Mark.MERGE_COPY));
    }
    if (entry.isRoot() && entry.has(Mark.MERGE_STAGING)) {
      findings.found(
          entry.problem(
              ProblemCode.STAGING_LEFTOVER,
              "A merge of this layer was cut off; it has remembered the name of the directory"
                  + " beside the layer in which it prepared its changes.",
              "Run the merge or the squash again, which removes both."));
    }
  }
}
