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
  private static final Set<Mark> INDEX_ONLY = EnumSet.of(Mark.WHITEOUT, Mark.UPPER, Mark.UUID);

  private final ProblemHandler findings;
  private final DirectoryTimes times;
  private final boolean needsIndex;

  /**
   * Makes a check. {@code needsIndex} says that {@link Mark#NLINK} is a problem, because the layer
   * is an upper without an index beside it.
   */
  MarkCheck(ProblemHandler findings, DirectoryTimes times, boolean needsIndex) {
    this.findings = findings;
    this.times = times;
    this.needsIndex = needsIndex;
  }

  /** Checks an entry that is not a whiteout. */
  void checkEntry(MarkedEntry entry) throws IOException {
    for (String xattr : entry.unknownMarks()) {
      findings.handleProblem(
          entry.createProblem(
              ProblemCode.MERGE_UNKNOWN_MARK,
              "The entry has the unknown mark " + xattr + ".",
              "Use a version of this library that knows it, or copy the entry in the view over"
                  + " itself."));
    }
    Set<Mark> meaningless = meaninglessMarks(entry);
    for (Mark mark : entry.marks()) {
      if (meaningless.contains(mark)) {
        reportStray(entry, mark, "means nothing on this entry");
      }
    }
    if (entry.hasMark(Mark.NLINK) && needsIndex) {
      findings.handleProblem(
          entry.createProblem(
              ProblemCode.MARK_STRAY,
              "The link count belongs to an index, and there is none beside this upper.",
              "Mount the upper with the work directory that it was written with."));
    }
    checkLeftovers(entry);
  }

  private static Set<Mark> meaninglessMarks(MarkedEntry entry) throws IOException {
    Set<Mark> meaningless = EnumSet.copyOf(INDEX_ONLY);
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
    } else if (entry.hasMark(Mark.OPAQUE) && !isOpaqueValue(entry)) {
      meaningless.add(Mark.OPAQUE);
    }
    return meaningless;
  }

  private static boolean isOpaqueValue(MarkedEntry entry) throws IOException {
    return entry
        .markValue(Mark.OPAQUE)
        .filter(value -> value.length == 1 && (value[0] == 'y' || value[0] == 'x'))
        .isPresent();
  }

  /** Reports a mark that the view does not depend on. */
  void reportStray(MarkedEntry entry, Mark mark, String why) throws IOException {
    findings.handleProblem(
        entry.createProblem(
            ProblemCode.MARK_STRAY,
            "The mark " + mark.xattr(entry.namespace()) + ' ' + why + ".",
            "It does no harm; OverlayCheck.repair() removes it."),
        () -> entry.removeMark(mark));
  }

  private void checkLeftovers(MarkedEntry entry) throws IOException {
    if (entry.hasMark(Mark.MERGE_TIME)) {
      boolean timed = entry.stat().isDirectory();
      findings.handleProblem(
          entry.createProblem(
              ProblemCode.STAGING_LEFTOVER,
              "A merge was interrupted here; the mark records when this was last changed.",
              "Run the merge again; or OverlayCheck.repair() restores the time and removes the"
                  + " mark."),
          () -> {
            if (timed) {
              var stat = times.rememberTime(entry.directory(), entry.name(), entry.stat());
              times.restoreTime(entry.directory(), entry.name(), stat);
            } else {
              entry.removeMark(Mark.MERGE_TIME);
            }
          });
    }
    if (entry.hasMark(Mark.MERGE_COPY)) {
      findings.handleProblem(
          entry.createProblem(
              ProblemCode.STAGING_LEFTOVER,
              "A merge was interrupted here; the mark records that the lower has a copy.",
              "Run the merge again; or OverlayCheck.repair() removes the mark, and a later merge"
                  + " makes another file of the remaining names."),
          () -> entry.removeMark(Mark.MERGE_COPY));
    }
    if (entry.isRoot() && entry.hasMark(Mark.MERGE_STAGING)) {
      findings.handleProblem(
          entry.createProblem(
              ProblemCode.STAGING_LEFTOVER,
              "A merge of this layer was interrupted; the mark records the name of the directory"
                  + " beside the layer in which it prepared its changes.",
              "Run the merge or the squash again, which removes both."));
    }
  }
}
